"""A ticket's page: steps, conflicts, what was typed, what the resident gets and how far it came."""

import io

import pytest
import sqlalchemy as sa
from PIL import Image

from bot.access.models import AuditEntry
from bot.console import presence
from handlers.grid.models import CommunityAlias
from handlers.tickets import service
from handlers.tickets.models import Media, TicketEvent
from notifier.models import Channel, OutboxMessage, OutboxState
from tests.bot.console.conftest import open_ticket, read


def step(person, parts, number, action, **fields):
    """Take a step from a page that is up to date."""
    version = str(read(parts, number).version)
    return person.post(f"/tickets/{number}/{action}", **({"version": version} | fields))


def test_the_page_offers_one_next_step_after_the_other(parts, browser, ticket):
    person = browser("zhou")
    for action, after in (("accept", "出发"), ("depart", "到场"), ("arrive", "办结")):
        assert step(person, parts, ticket, action).status_code == 302
        assert f"data-next>{after}<" in person.get(f"/tickets/{ticket}").text
    ticked = ["已验电、确认有电", "住户家里确认来电"]
    answer = step(person, parts, ticket, "resolve", text="已更换保险。", evidence=ticked)
    assert answer.status_code == 302
    assert read(parts, ticket).state == "resolved"


def test_every_step_is_in_the_audit_log(parts, browser, ticket):
    step(browser("zhou"), parts, ticket, "accept")
    with parts.database.reading() as session:
        entry = session.scalars(sa.select(AuditEntry)).one()
        assert (entry.actor, entry.action, entry.subject) == ("zhou", "ticket_accept", ticket)


def test_a_page_out_of_date_says_who_changed_what_and_keeps_the_words(parts, browser, ticket):
    old = str(read(parts, ticket).version)
    step(browser("liu"), parts, ticket, "accept")
    answer = browser("zhou").post(f"/tickets/{ticket}/reply", version=old, text="师傅<十分钟>到")
    assert answer.status_code == 409
    assert "刘小燕：接单，现在已接单" in answer.text
    assert "师傅&lt;十分钟&gt;到</textarea>" in answer.text
    with parts.database.reading() as session:
        replies = sa.select(TicketEvent).where(TicketEvent.action == "reply")
        assert session.scalars(replies).all() == []


def test_the_words_kept_can_be_sent_from_the_page_that_keeps_them(parts, browser, ticket):
    old = str(read(parts, ticket).version)
    step(browser("liu"), parts, ticket, "accept")
    person = browser("zhou")
    page = person.post(f"/tickets/{ticket}/reply", version=old, text="十分钟到").text
    now = read(parts, ticket).version
    assert f'name="version" value="{now}"' in page
    assert step(person, parts, ticket, "reply", text="十分钟到").status_code == 302


def test_nothing_is_resolved_without_a_result(parts, browser, ticket):
    person = browser("zhou")
    step(person, parts, ticket, "arrive")
    answer = step(person, parts, ticket, "resolve", root_cause="保险烧断")
    assert answer.status_code == 422
    assert "请写上处理结果" in answer.text
    assert 'value="保险烧断"' in answer.text


def test_the_checklist_is_ticked_or_excused(parts, browser, ticket):
    person = browser("zhou")
    step(person, parts, ticket, "arrive")
    refused = step(person, parts, ticket, "resolve", text="好了。")
    assert refused.status_code == 422
    assert "好了。</textarea>" in refused.text
    assert (
        step(person, parts, ticket, "resolve", text="住户不在家。", special="1").status_code == 302
    )
    with parts.database.reading() as session:
        note = sa.select(TicketEvent).where(TicketEvent.action == "note")
        assert "✗ 已验电、确认有电" in session.scalars(note).one().text


def test_a_step_the_state_forbids_is_said(parts, browser, ticket):
    person = browser("zhou")
    step(person, parts, ticket, "accept")
    answer = step(person, parts, ticket, "accept")
    assert answer.status_code == 409
    assert "已接单" in answer.text


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ({"state": OutboxState.SENT, "route": "customer_service"}, "已送达（客服消息）"),
        ({"state": OutboxState.SENT, "route": "template", "delivered_at": None}, "还没有送达回执"),
        ({"state": OutboxState.DEAD}, "没有送到，请打电话"),
    ],
)
def test_each_reply_shows_how_far_it_came(parts, browser, ticket, state, words):
    person = browser("zhou")
    step(person, parts, ticket, "reply", text="十分钟到")
    with parts.database.scope() as session:
        session.execute(
            sa.update(OutboxMessage)
            .where(OutboxMessage.channel == Channel.OFFICIAL_ACCOUNT)
            .values(**({"delivered_at": parts.clock.now()} | state))
        )
    assert words in person.get(f"/tickets/{ticket}").text


def test_a_ticket_without_a_place_is_given_one_and_its_name_is_learned(parts, browser):
    number = open_ticket(parts, community_code=None, place_text="老棉纺家属院")
    person = browser("command")
    assert "指定地点" in person.get(f"/tickets/{number}").text
    wrong = step(person, parts, number, "place", community="棉纺一厂", building="3")
    assert wrong.status_code == 422
    assert 'value="棉纺一厂"' in wrong.text
    answer = step(person, parts, number, "place", community="棉纺一厂宿舍", building="3", learn="1")
    assert answer.status_code == 302
    placed = read(parts, number)
    assert (placed.grid_code, placed.assignee_userid) == ("CD01", "zhou")
    with parts.database.reading() as session:
        assert session.get(CommunityAlias, ("老棉纺家属院", "C001")).is_learned


def test_a_transfer_names_a_colleague(parts, browser, ticket):
    person = browser("zhou")
    assert step(person, parts, ticket, "transfer").status_code == 422
    assert step(person, parts, ticket, "transfer", to="liu", text="离得近").status_code == 302
    assert read(parts, ticket).assignee_userid == "liu"


def test_a_duplicate_is_merged_into_a_ticket_of_the_own_station_only(parts, browser, ticket):
    person = browser("zhou")
    other = open_ticket(parts, openid="openid-li", building="4", room="101")
    foreign = open_ticket(parts, community_code=None, place_text="别处", openid="openid-x")
    refused = step(person, parts, other, "merge", into=foreign)
    assert refused.status_code == 422
    assert f'value="{foreign}"' in refused.text
    assert step(person, parts, other, "merge", into=ticket).status_code == 302
    assert read(parts, other).state == "merged"


def test_pause_and_resume_take_over_and_hand_back(parts, browser, ticket):
    person = browser("zhou")
    assert step(person, parts, ticket, "pause").status_code == 422
    assert step(person, parts, ticket, "pause", text="等住户在家").status_code == 302
    assert "时限暂停中" in person.get(f"/tickets/{ticket}").text
    assert step(person, parts, ticket, "resume").status_code == 302
    assert step(person, parts, ticket, "take_over").status_code == 302
    assert "交回机器人" in person.get(f"/tickets/{ticket}").text
    assert step(person, parts, ticket, "hand_back").status_code == 302


def test_a_resolved_ticket_can_be_reopened(parts, browser, ticket):
    with parts.working() as desk:
        service.resolve(desk, service.get(desk, ticket), by="zhou", text="好了")
    assert step(browser("zhou"), parts, ticket, "reopen", text="又停了").status_code == 302
    assert read(parts, ticket).state == "reopened"


def test_one_sees_who_else_looks_and_that_the_ticket_changed(parts, browser, ticket):
    browser("liu").get(f"/tickets/{ticket}")
    old = read(parts, ticket).version
    pulse = browser("zhou").get(f"/tickets/{ticket}/pulse?version={old}").text
    assert "刘小燕 也在看这张单" in pulse
    assert "刚有变化" not in pulse
    step(browser("liu"), parts, ticket, "accept")
    pulse = browser("zhou").get(f"/tickets/{ticket}/pulse?version={old}").text
    assert "刘小燕：接单" in pulse


def test_without_redis_nobody_is_seen_and_nothing_breaks(redis, ticket):
    redis.connection_pool.disconnect()
    broken = type(redis)(unix_socket_path="/nonexistent/redis.sock")
    presence.note(broken, ticket, "zhou")
    assert presence.others(broken, ticket, "zhou") == set()
    broken.close()


def test_the_page_explains_the_deadline_and_the_person(browser, ticket):
    page = browser("zhou").get(f"/tickets/{ticket}").text
    assert "【到场】" in page
    assert "网格责任人" in page


def test_a_picture_that_is_not_kept_yet_is_not_there(parts, browser, ticket):
    with parts.database.scope() as session:
        media = Media(
            ticket_id=read(parts, ticket).id,
            kind="image",
            platform="official_account",
            media_id="m1",
            received_at=parts.clock.now(),
        )
        session.add(media)
    assert browser("zhou").get(f"/tickets/{ticket}/media/{media.id}").status_code == 404


def test_a_ticket_that_is_none_is_said(browser):
    answer = browser("zhou").get("/tickets/T2026112599999")
    assert answer.status_code == 404
    assert "核对单号" in answer.text


def picture() -> io.BytesIO:
    content = io.BytesIO()
    Image.new("RGB", (640, 480), "white").save(content, "PNG")
    return io.BytesIO(content.getvalue())


def test_a_picture_of_the_scene_is_kept_sealed_and_shown(parts, browser, ticket, tmp_path):
    person = browser("zhou")
    before = read(parts, ticket).version
    answer = person.post(f"/tickets/{ticket}/photo", photo=(picture(), "x.png"))
    assert answer.status_code == 302
    assert read(parts, ticket).version == before
    with parts.database.reading() as session:
        media = session.scalars(sa.select(Media)).one()
        number, path = media.id, media.path
    assert not (tmp_path / "media" / path).read_bytes().startswith(b"\xff\xd8")
    shown = person.get(f"/tickets/{ticket}/media/{number}")
    assert shown.data.startswith(b"\xff\xd8")
    assert person.get(f"/tickets/{ticket}/media/{number}?thumb=1").status_code == 200
    assert browser("luo").get(f"/tickets/{ticket}/media/{number}").status_code == 404
    assert "现场照片" in person.get(f"/tickets/{ticket}").text


def test_what_is_no_picture_is_said(parts, browser, ticket):
    person = browser("zhou")
    answer = person.post(f"/tickets/{ticket}/photo", photo=(io.BytesIO(b"MZ..."), "x.png"))
    assert answer.status_code == 422
    assert "不是能打开的照片" in answer.text
    assert person.post(f"/tickets/{ticket}/photo").status_code == 422
    foreign = browser("luo").post(f"/tickets/{ticket}/photo", photo=(picture(), "x.png"))
    assert foreign.status_code == 404


def test_what_may_be_the_same_matter_is_merged_or_kept_apart_with_one_tap(parts, browser):
    first = open_ticket(parts, source="95598", external_number="W1", keeps_apart=True)
    second = open_ticket(parts, source="12345", external_number="C1", keeps_apart=True)
    third = open_ticket(parts, source="12398", external_number="C2", keeps_apart=True)
    person = browser("zhou")
    page = person.get(f"/tickets/{second}").text
    assert "是一件事，合并过去" in page
    assert f'name="into" value="{first}"' in page
    version = str(read(parts, second).version)
    person.post(f"/tickets/{second}/merge", version=version, into=first)
    assert read(parts, second).state == "merged"
    version = str(read(parts, third).version)
    person.post(f"/tickets/{third}/apart", version=version)
    assert "合并过去" not in person.get(f"/tickets/{third}").text
    assert read(parts, third).state == "assigned"
