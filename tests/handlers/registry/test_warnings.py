from tests.handlers.registry.cities import city, with_row


def _places(report):
    assert report.faults == ()
    return [(w.file, w.row, w.column) for w in report.warnings]


def test_the_small_city_has_nothing_to_warn_of(tmp_path, bring_in):
    assert _places(bring_in(city(tmp_path / "city"))) == []


def test_an_area_and_a_community_without_a_group_are_warned_of_and_imported(tmp_path, bring_in):
    groups = ["Q1,棉纺群,wecom_customer_group,wr1,zhou,C001,1-6,22:00,07:00"]
    report = bring_in(city(tmp_path / "city", groups=groups))
    assert _places(report) == [
        ("transformer_areas.csv", 3, "area_code"),
        ("communities.csv", 3, "community_code"),
    ]
    assert report.changes[0].added == 1


def test_an_alias_of_two_communities_is_warned_of(tmp_path, bring_in):
    rows = [
        "C001,棉纺一厂宿舍,一棉;莲溪,estate,路,,,",
        "C002,莲溪村,莲溪,village,乡,,,",
    ]
    assert _places(bring_in(city(tmp_path / "city", communities=rows))) == [
        ("communities.csv", 3, "aliases")
    ]


def test_an_untrained_b_is_warned_of(tmp_path, bring_in):
    staff = [
        "zhou,周志强,19900009432,customer_manager,CD,1,08:00,18:00",
        "liu,刘小燕,19900008091,customer_manager,CD,0,08:00,18:00",
    ]
    assert _places(bring_in(city(tmp_path / "city", staff=staff))) == [
        ("grid_staff.csv", 3, "userid")
    ]


def test_a_community_of_the_database_can_share_an_alias_with_a_new_one(tmp_path, bring_in):
    bring_in(city(tmp_path / "city"))
    report = bring_in(
        city(
            tmp_path / "city",
            communities=["C003,东村,一棉,village,路,,,"],
            community_areas=["C003,TQ1,"],
            groups=with_row("groups", "Q2,东村群,wecom_webhook,k,,C003,,,"),
        )
    )
    assert [w.file for w in report.warnings] == ["communities.csv"]
