"""Names of places and numbers of buildings are set aside before scoring."""

from nlu.neutral import neutral
from tests.nlu.sample_places import sample_gazetteer


def test_a_community_and_its_building_become_neutral_words():
    said = neutral("棉纺二厂宿舍12栋怎么没电了", sample_gazetteer())
    assert said == "小区3栋怎么没电了"


def test_a_place_with_several_candidates_is_replaced_once():
    said = neutral("我住东风新村，没电了", sample_gazetteer())
    assert said.count("小区") == 1


def test_without_a_gazetteer_only_addresses_are_set_aside():
    assert neutral("向阳村5栋没电", None) == "向阳村3栋没电"


def test_a_text_without_names_is_only_normalised():
    assert neutral("我家 没電了！", sample_gazetteer()) == "我家 没电了!"


def test_the_number_of_a_ticket_becomes_a_word():
    assert neutral("查下T2026112500012", sample_gazetteer()) == "查下工单"
    assert neutral("工单号T2026112500012到哪步了", None) == "工单号工单到哪步了"
