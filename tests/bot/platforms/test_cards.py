"""Template cards keep every limit of the platform, whatever they are made from."""

from hypothesis import given
from hypothesis import strategies as st

from bot.platforms import cards
from bot.simulator.parts.cards import check_card

CARD = {
    "title": "新工单 T2026112400001", "desc": "锦绣花园 3 栋没电", "ticket": "T2026112400001",
    "rows": [["地址", "锦绣花园 3 栋"], ["电话", "138****5678"]],
    "buttons": [["接单", "accept:T1"], ["看详情", "https://power.example.cn/t/1"]],
    "url": "https://power.example.cn/t/1",
}  # fmt: skip


def test_a_card_with_buttons_can_be_pressed():
    card = cards.build(CARD, "T2026112400001-7")
    check_card(card)
    assert card["card_type"] == "button_interaction"
    assert card["main_title"] == {"title": CARD["title"], "desc": CARD["desc"]}
    assert card["horizontal_content_list"][0] == {"keyname": "地址", "value": "锦绣花园 3 栋"}
    assert card["button_list"] == [
        {"text": "接单", "style": 1, "type": 0, "key": "accept:T1"},
        {"text": "看详情", "style": 4, "type": 1, "url": "https://power.example.cn/t/1"},
    ]
    assert card["card_action"] == {"type": 1, "url": CARD["url"]}


def test_a_card_without_buttons_leads_to_its_page():
    card = cards.build({**CARD, "buttons": []}, "t-1")
    check_card(card)
    assert card["card_type"] == "text_notice"


def test_a_card_that_leads_nowhere_is_words():
    card = {**CARD, "buttons": [], "url": ""}
    assert cards.build(card, "t-1") is None
    assert cards.words(card).splitlines()[:3] == [
        CARD["title"],
        CARD["desc"],
        "地址：锦绣花园 3 栋",
    ]


def test_a_long_description_stands_below_the_title():
    card = cards.build({**CARD, "desc": "没电" * 100}, "t-1")
    assert "desc" not in card["main_title"]
    assert len(card["sub_title_text"]) == 160


def test_a_card_of_the_platforms_own_form_stays_as_it_is():
    own = {"card_type": "vote_interaction", "task_id": "mine"}
    assert cards.build(own, "t-1") == own


@given(st.dictionaries(st.sampled_from(["title", "desc", "url"]), st.text(max_size=3000)),
       st.lists(st.lists(st.text(max_size=60), min_size=2, max_size=2), max_size=10),
       st.lists(st.lists(st.text(max_size=1500), min_size=2, max_size=2), max_size=10),
       st.text(max_size=200))  # fmt: skip
def test_no_card_breaks_a_limit(fields, rows, buttons, task_id):
    card = cards.build({**fields, "rows": rows, "buttons": buttons}, task_id)
    if card is None:
        return
    check_card(card)
    assert len(card["main_title"]["title"]) <= 36
    for row in card["horizontal_content_list"]:
        assert len(row["keyname"]) <= 5
        assert len(row["value"]) <= 30
    for button in card.get("button_list", []):
        assert len(button["text"]) <= 10


@given(st.text(max_size=300))
def test_a_task_id_is_one_the_platform_takes(task_id):
    cleaned = cards.clean_task_id(task_id)
    assert 0 < len(cleaned) <= 128
    assert cards.clean_task_id(cleaned) == cleaned


def test_task_ids_stay_apart():
    assert cards.clean_task_id("T1:a") != cards.clean_task_id("T1;a")
    assert cards.clean_task_id("T2026112400001-7") == "T2026112400001-7"
