"""Every console address with every role: what is not allowed by name is refused."""

import pytest

from handlers.customers.models import Resident
from handlers.grid.models import Role
from notifier.models import OutboxMessage
from tests.bot.console.conftest import Browser, open_ticket
from tests.support.desks import NOW

ALL = frozenset(Role)
LEADERS = frozenset({Role.TEAM_LEADER, Role.STATION_HEAD, Role.COMMAND_CENTER, Role.ADMIN})
HEADS = LEADERS - {Role.TEAM_LEADER}
CENTER = frozenset({Role.COMMAND_CENTER, Role.ADMIN})

MAY = {
    "logout": ALL,
    "queue": ALL,
    "bulk": ALL,
    "command": ALL,
    "events": ALL,
    "ticket": ALL,
    "pulse": ALL,
    "take_step": ALL,
    "add_photo": ALL,
    "communities": ALL,
    "media": ALL,
    "outages": ALL,
    "outage": ALL,
    "outage_coverage": ALL,
    "compose": LEADERS,
    "write_draft": LEADERS,
    "edit": LEADERS,
    "outage_step": LEADERS,
    "incidents": LEADERS,
    "incident": LEADERS,
    "confirm_incident": LEADERS,
    "dismiss_incident": LEADERS,
    "finish_task": ALL,
    "review": LEADERS,
    "label": LEADERS,
    "answer_question": LEADERS,
    "export_labels": LEADERS,
    "export": LEADERS,
    "opinions": LEADERS,
    "answer_opinions": LEADERS,
    "anomalies": LEADERS,
    "points": ALL,
    "dispute_points": ALL,
    "decide_dispute": LEADERS,
    "deliveries": LEADERS,
    "resend": LEADERS,
    "groups": LEADERS,
    "storms": LEADERS,
    "declare_storm": HEADS,
    "lift_storm": HEADS,
    "town": ALL,
    "shift": ALL,
    "hand_over": ALL,
    "misrouted": LEADERS,
    "budget": LEADERS,
    "imports": CENTER,
    "import_tickets": CENTER,
    "gatherings": ALL,
    "announce_event": ALL,
    "open_poll": ALL,
    "community_event": ALL,
    "poll": ALL,
    "gathering_code": ALL,
    "me": ALL,
    "take_leave": ALL,
    "cancel_leave": ALL,
    "change_password": ALL,
    "totp": ALL,
    "keep_totp": ALL,
    "remove_totp": ALL,
}
PUBLIC = {"login", "sign_in", "wecom", "wecom_callback", "oidc", "oidc_callback", "oidc_leave"}
PEOPLE = {
    Role.CUSTOMER_MANAGER: "zhou",
    Role.MARKETING_MANAGER: "wan",
    Role.EQUIPMENT_MANAGER: "xu",
    Role.REPAIR_CREW: "he",
    Role.TEAM_LEADER: "deng",
    Role.STATION_HEAD: "hu",
    Role.COMMAND_CENTER: "command",
    Role.ADMIN: "admin",
}


def addresses(app, number):
    """Each console endpoint with a path and its methods."""
    known = {"number": number, "action": "note", "code": "TD2026112601"}
    adapter = app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        blueprint, _, name = rule.endpoint.partition(".")
        if blueprint == "console":
            values = {one: known.get(one, 1) for one in rule.arguments}
            path = adapter.build(rule.endpoint, values).removeprefix("/console")
            for method in sorted(rule.methods - {"HEAD", "OPTIONS"}):
                yield name, method, path


def call(browser: Browser, method: str, path: str) -> int:
    answer = browser.get(path) if method == "GET" else browser.post(path)
    answer.close()
    return answer.status_code


def test_every_page_says_who_may_use_it(app):
    names = {
        rule.endpoint.partition(".")[2]
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("console.")
    }
    assert names == set(MAY) | PUBLIC


@pytest.mark.parametrize("role", list(Role))
def test_a_role_gets_what_it_may_and_nothing_else(app, parts, browser, role):
    number, person = open_ticket(parts), browser(PEOPLE[role])
    for name, method, path in addresses(app, number):
        if name in PUBLIC or name == "logout":
            continue
        status = call(person, method, path)
        assert status < 500, (name, status)
        assert status not in ({302, 401} if method == "GET" else {400, 401}), (name, status)
        assert (status == 403) == (role not in MAY[name]), (name, method, status)


def test_a_stranger_is_sent_to_the_sign_in(app, parts):
    client = app.test_client()
    app.config["WTF_CSRF_ENABLED"] = False
    for name, method, path in addresses(app, open_ticket(parts)):
        if name in PUBLIC:
            continue
        answer = client.open(f"/console{path}", method=method)
        assert answer.status_code == (302 if method == "GET" else 401), name
        if method == "GET":
            assert answer.location.startswith("/console/login?next=")


def test_a_form_without_its_token_does_nothing(app, parts, browser, ticket):
    client = browser("zhou").client
    for name, method, path in addresses(app, ticket):
        if method == "POST":
            assert client.post(f"/console{path}").status_code == 400, name


@pytest.mark.parametrize("path", ["/tickets/{n}", "/tickets/{n}/pulse", "/tickets/{n}/media/1"])
def test_another_stations_ticket_is_as_if_it_were_not_there(browser, ticket, path):
    assert browser("zhou").get(path.format(n=ticket)).status_code in {200, 404}
    answer = browser("luo").get(path.format(n=ticket))
    assert answer.status_code == 404
    assert "王芳" not in answer.text


def test_another_stations_ticket_takes_no_step(parts, browser, ticket):
    for action in ("accept", "reply", "note", "resolve", "transfer", "place", "cancel"):
        answer = browser("luo").post(f"/tickets/{ticket}/{action}", version="1", text="x", to="luo")
        assert answer.status_code == 404
    assert browser("luo").post("/command", text=f"接单 {ticket}").status_code == 422
    assert browser("luo").post("/bulk", number=ticket, action="accept").status_code == 422


def test_the_general_queue_is_the_command_centres(parts, browser):
    number = open_ticket(parts, community_code=None, place_text="老棉纺家属院")
    assert browser("hu").get(f"/tickets/{number}").status_code == 404
    assert browser("command").get(f"/tickets/{number}").status_code == 200


def test_a_confidential_report_hides_its_reporter(parts, browser):
    number = open_ticket(parts, category="violation", is_confidential=True)
    assert "19900002625" not in browser("zhou").get(f"/tickets/{number}").text
    assert "199****2625" in browser("zhou").get(f"/tickets/{number}").text
    assert "19900002625" in browser("command").get(f"/tickets/{number}").text


def test_no_word_to_the_station_names_a_confidential_reporter(parts, browser):
    """The name told in the text, or known of the writer alone; the room in the card."""
    with parts.database.scope() as session:
        session.add(
            Resident(openid="openid-wang", first_seen_at=NOW, last_seen_at=NOW, name="王芳")
        )
    secret = open_ticket(
        parts, category="violation", text="我是王芳，举报窃电", name=None, is_confidential=True
    )
    with parts.working() as desk:
        sent = [str(one.payload) for one in desk.session.query(OutboxMessage)]
    shown = [*sent, browser("hu").get(f"/tickets/{secret}").text]
    assert sent
    for text in shown:
        assert "王芳" not in text
        assert "2单元501" not in text
    assert "我是王芳" in browser("command").get(f"/tickets/{secret}").text


def test_a_confidential_report_is_not_known_by_its_reporters_other_matters(parts, browser):
    other = open_ticket(parts, category="meter")
    secret = open_ticket(parts, category="violation", text="有人窃电", is_confidential=True)
    for seen, link in ((secret, other), (other, secret)):
        assert link not in browser("hu").get(f"/tickets/{seen}").text
        assert link in browser("command").get(f"/tickets/{seen}").text


@pytest.mark.parametrize("words", ["19900002625", "2625", "3600012345678"])
def test_a_confidential_report_is_not_found_by_trying_numbers(parts, browser, words):
    other = open_ticket(parts, category="meter")
    secret = open_ticket(parts, category="violation", text="有人窃电", is_confidential=True)
    for userid, found in (("hu", False), ("command", True)):
        page = browser(userid).get("/", query_string={"view": "all", "q": words}).text
        assert other in page
        assert (secret in page) == found
