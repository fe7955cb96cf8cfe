"""The shift, the send budget, what was misrouted, and the import of a table."""

import io

import sqlalchemy as sa

from bot.access.models import AuditEntry
from handlers.tickets.models import Handover, Ticket
from notifier.models import OutboxMessage, QuotaUse
from tests.bot.console.conftest import open_ticket, read
from tests.bot.console.test_ticket import step


def test_the_shift_shows_what_is_open_and_takes_a_note(parts, browser, ticket):
    person = browser("zhou")
    assert ticket in person.get("/shift").text
    assert person.post("/shift/handover", text="3栋的电缆明天到货").status_code == 302
    assert "周志强（10:00）：3栋的电缆明天到货" in browser("liu").get("/shift").text
    with parts.database.reading() as session:
        assert session.scalars(sa.select(Handover)).one().to_userids == ["liu", "deng"]
        told = sa.select(OutboxMessage.target).where(OutboxMessage.kind == "handover")
        assert set(session.scalars(told)) == {"liu", "deng"}


def test_a_note_without_words_is_asked_for_again(browser):
    answer = browser("zhou").post("/shift/handover", text=" ")
    assert answer.status_code == 422
    assert "请写上要交代的话" in answer.text


def test_another_stations_notes_stay_there(browser):
    browser("zhou").post("/shift/handover", text="抢修车要加油")
    assert "抢修车" not in browser("luo").get("/shift").text


def test_a_ticket_is_given_back_and_put_right_on_its_page(parts, browser, ticket):
    answer = step(browser("zhou"), parts, ticket, "misroute", text="是莲溪村的")
    assert answer.location.endswith("/console/")
    assert read(parts, ticket).grid_code is None
    centre = browser("command")
    assert "周志强退回：派错了，是莲溪村的" in centre.get(f"/tickets/{ticket}").text
    step(centre, parts, ticket, "place", community="莲溪村", building="2")
    assert read(parts, ticket).area_code == "TQ0003"
    assert "棉纺一厂宿舍3栋" in browser("hu").get("/misrouted").text
    assert "棉纺一厂宿舍3栋" in browser("command").get("/misrouted").text
    assert "棉纺一厂宿舍3栋" not in browser("qiu").get("/misrouted").text


def test_a_ticket_is_split_and_a_merge_undone_on_its_page(parts, browser, ticket):
    person = browser("zhou")
    refused = step(person, parts, ticket, "split", text="电费不对")
    assert refused.status_code == 422
    assert "电费不对</textarea>" in refused.text
    step(person, parts, ticket, "split", category="billing", text="电费不对")
    with parts.database.reading() as session:
        made = session.scalars(sa.select(Ticket.number).where(Ticket.category == "billing")).one()
    assert (
        f'分出去的单</dt><dd><a href="/console/tickets/{made}"'
        in person.get(f"/tickets/{ticket}").text
    )
    step(person, parts, made, "merge", into=ticket)
    assert "取消合并" in person.get(f"/tickets/{made}").text
    step(person, parts, made, "unmerge")
    assert read(parts, made).state == "assigned"


def test_a_leader_closes_without_proof_by_a_reason(parts, browser, ticket):
    parent = read(parts, ticket)
    child = open_ticket(
        parts, category="complaint", intent="rate_service", parent_id=parent.id, keeps_apart=True
    )
    refused = step(browser("zhou"), parts, child, "resolve", text="已上门", waiver="来不及")
    assert refused.status_code == 422
    assert "差评的原因" in refused.text
    assert "请班长或站长" in refused.text
    answer = step(browser("deng"), parts, child, "resolve", text="已上门", waiver="原因待查")
    assert answer.status_code == 302
    assert read(parts, child).state == "resolved"


def test_the_budget_names_what_is_used_up(parts, browser):
    assert "都发得出" in browser("hu").get("/budget").text
    with parts.database.scope() as session:
        session.add(QuotaUse(key="group:wrSample0001", window="2026-11", used=30))
    page = browser("hu").get("/budget").text
    assert "棉纺一厂宿舍用电服务群" in page
    assert "已用完" in page


def upload(person, rows, source="12345"):
    person.get("/me")
    content = "\n".join(("工单编号,类别,内容,小区", *rows)).encode()
    return person.post("/import", source=source, file=(io.BytesIO(content), "单子.csv"))


def test_a_table_is_imported_or_its_faults_are_listed(parts, browser):
    centre = browser("command")
    refused = upload(centre, ["H1,停电报修,没电,莲溪村", "H2,停水,没水,"])
    assert refused.status_code == 422
    assert "第3行「类别」" in refused.text
    assert upload(centre, ["H1,停电报修,没电,莲溪村"]).status_code == 302
    assert "新单 1 张" in centre.get("/import").text
    with parts.database.reading() as session:
        assert session.scalars(sa.select(Ticket.external_number)).one() == "H1"
        entry = sa.select(AuditEntry).where(AuditEntry.action == "ticket_import")
        assert session.scalars(entry).one().actor == "command"


def test_an_import_without_file_or_channel_says_so(browser):
    centre = browser("command")
    assert "请选一个 CSV" in centre.post("/import", source="12345").text
    assert "从哪个渠道来" in upload(centre, [], source="wechat").text
