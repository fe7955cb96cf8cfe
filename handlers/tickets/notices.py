"""Who hears of what happens to a ticket; the words are in notifier/templates/."""

from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from handlers.desk import Desk
from handlers.grid import queries as grid
from handlers.grid.models import Community, Role, Staff
from handlers.masking import mask_room, mask_text
from handlers.outages.models import Incident
from handlers.tickets import assignment, links
from handlers.tickets.models import Action, Category, Priority, State, Ticket
from handlers.tickets.rules import CATEGORY_WORDS, STATE_WORDS
from notifier.models import Channel
from notifier.outbox import DANGER, FAULT, NORMAL, Outgoing, put

TO_RESIDENT = {
    Action.ACCEPT,
    Action.DEPART,
    Action.ARRIVE,
    Action.REPLY,
    Action.RESOLVE,
    Action.CLOSE,
    Action.CANCEL,
    Action.TRANSFER,
    Action.MERGE,
    Action.REOPEN,
    Action.TAKE_OVER,
    Action.HAND_BACK,
}
BUTTONS: dict[State, tuple[tuple[str, str], ...]] = {
    State.ASSIGNED: (("接单", "accept"), ("转派", "transfer"), ("派错了", "misrouted")),
    State.REOPENED: (("接单", "accept"), ("转派", "transfer")),
    State.ACCEPTED: (
        ("出发", "depart"),
        ("到场", "arrive"),
        ("办结", "resolve"),
        ("接管聊天", "take_over"),
    ),
    State.ARRIVED: (("办结", "resolve"), ("升级", "escalate"), ("接管聊天", "take_over")),
}
# An application goes from stage to stage; nobody departs and arrives for it.
STAGE_BUTTONS = (
    ("完成环节", "stage"),
    ("缺材料", "papers"),
    ("办结", "resolve"),
    ("接管聊天", "take_over"),
)
URGENCY = {Priority.P0: DANGER, Priority.P1: FAULT}
ONE_ALARM = timedelta(hours=2)  # an area's crew is called once for one fault


def opened(desk: Desk, ticket: Ticket) -> None:
    """The assignee's card, the crew's page for danger and faults, the general queue's readers."""
    people = [ticket.assignee] if ticket.assignee else grid.command_center(desk.session)
    messages = [card(desk, ticket, person, "ticket_opened") for person in people]
    is_paged = ticket.category in desk.tables.routing.rules.paged and ticket.priority in URGENCY
    if is_paged and not _is_one_of_many(desk, ticket):
        messages += page(desk, ticket)
    put(desk.session, messages, now=desk.now)


def _is_one_of_many(desk: Desk, ticket: Ticket) -> bool:
    """A further report of an area whose crew was called already: no second alarm for one fault."""
    if ticket.area_code is None or ticket.category != Category.OUTAGE:
        return False
    query = sa.select(Incident.id).where(
        Incident.area_code == ticket.area_code,
        Incident.state.in_(("suspected", "confirmed")),
        Incident.opened_at > desk.now - ONE_ALARM,
    )
    return ticket.priority != Priority.P0 and desk.session.scalar(query) is not None


def page(desk: Desk, ticket: Ticket, *, with_assignee: bool = False) -> list[Outgoing]:
    """Cards for the repair crew on shift; each round of paging sends anew.

    The first round leaves out the assignee, who has the ticket's own card.
    """
    crew = assignment.on_shift_crew(desk, ticket.station_code) if ticket.station_code else []
    people = {person.userid: person for person in crew or grid.command_center(desk.session)}
    if ticket.assignee is not None:
        people.pop(ticket.assignee.userid, None)
        if with_assignee:
            people[ticket.assignee.userid] = ticket.assignee
    ticket.paged_at = desk.now
    return [
        card(desk, ticket, person, "ticket_page", round_of=f"{desk.now:%d%H%M}")
        for person in people.values()
    ]


def stepped(desk: Desk, ticket: Ticket, action: Action, *, by: str, text: str | None) -> None:
    """A step's words to the resident, and to the staff whom it concerns."""
    messages = []
    if ticket.openid and by != "resident" and action in TO_RESIDENT:
        messages.append(resident(desk, ticket, f"ticket_{action}", text=text or ""))
    if action in {Action.TRANSFER, Action.ASSIGN, Action.REOPEN} and ticket.assignee:
        why = f"重新打开：{text}" if action == Action.REOPEN and text else ""
        messages.append(card(desk, ticket, ticket.assignee, "ticket_opened", because=why))
    if by == "resident" and action in {Action.CANCEL, Action.CLOSE} and ticket.assignee:
        messages.append(_staff_text(desk, ticket, ticket.assignee, f"ticket_{action}", text or ""))
    if action in {Action.ACCEPT, Action.ARRIVE, Action.DEPART, Action.RESOLVE, Action.CANCEL}:
        messages += _card_updates(desk, ticket, action, by)
    put(desk.session, messages, now=desk.now)


def raised(desk: Desk, ticket: Ticket, why: str) -> None:
    """A ticket that became P0: its assignee's card anew, and the crew's page."""
    people = [ticket.assignee] if ticket.assignee else grid.command_center(desk.session)
    messages = [
        card(desk, ticket, one, "ticket_opened", because=f"升为最急件：{why}", round_of="p0")
        for one in people
    ]
    put(desk.session, [*messages, *page(desk, ticket)], now=desk.now)


def words_added(desk: Desk, ticket: Ticket, text: str) -> None:
    if ticket.assignee:
        message = _staff_text(desk, ticket, ticket.assignee, "ticket_words", text)
        put(desk.session, [message], now=desk.now)


def urged(desk: Desk, ticket: Ticket, text: str) -> None:
    people = [ticket.assignee] if ticket.assignee else grid.command_center(desk.session)
    put(
        desk.session,
        [_staff_text(desk, ticket, person, "ticket_urged", text) for person in people],
        now=desk.now,
    )


def escalated(desk: Desk, ticket: Ticket, reason: str) -> None:
    """Tell the next level: team leader, station head, then the command centre (督办)."""
    people = _level(desk, ticket)
    if ticket.escalation_level > len(LEVELS):
        ticket.is_supervised = True
    put(
        desk.session,
        [
            card(desk, ticket, person, "ticket_escalated", because=reason)
            for person in people
            if person.userid != ticket.assignee_userid
        ],
        now=desk.now,
    )


LEVELS = (Role.TEAM_LEADER, Role.STATION_HEAD)


def _level(desk: Desk, ticket: Ticket) -> list[Staff]:
    index = ticket.escalation_level - 1
    if ticket.station_code is None or index >= len(LEVELS):
        return grid.command_center(desk.session)
    people = grid.station_staff(desk.session, ticket.station_code, LEVELS[index])
    return people or grid.command_center(desk.session)


def resident(desk: Desk, ticket: Ticket, kind: str, *, text: str = "") -> Outgoing:
    """A message about a ticket to the resident who wrote it."""
    openid = ticket.openid or ""
    link = links.make(desk, "ticket", ticket.number, openid=openid)
    words = desk.words.text(kind, "resident", facts(desk, ticket) | {"text": text})
    return Outgoing(
        channel=Channel.OFFICIAL_ACCOUNT,
        target=openid,
        kind=kind,
        payload={
            "text": words,
            "link": link,
            "template": "ticket",
            "values": {
                "matter": CATEGORY_WORDS[ticket.category],  # type: ignore[index]
                "number": ticket.number,
                "state": STATE_WORDS[State(ticket.state)],
                "time": f"{desk.now:%Y年%m月%d日 %H:%M}",
                "remark": words[:20],
            },
        },
        key=f"{ticket.number}:{kind}:{ticket.version}:{len(ticket.pauses)}:{openid}:{desk.now:%Y%m%d%H%M%S%f}",
        priority=URGENCY.get(Priority(ticket.priority), NORMAL),
        ticket_number=ticket.number,
    )


def facts(desk: Desk, ticket: Ticket) -> dict[str, Any]:
    """What every ticket template may say."""
    community = (
        desk.session.get(Community, ticket.community_code) if ticket.community_code else None
    )
    return {
        "number": ticket.number,
        "matter": CATEGORY_WORDS[ticket.category],  # type: ignore[index]
        "state": STATE_WORDS[State(ticket.state)],
        "priority": ticket.priority,
        "place": (community.name if community else ticket.place_text) or "地点待确认",
        "address": (mask_room(ticket.address) if ticket.is_confidential else ticket.address) or "",
        "building": f"{ticket.building}栋" if ticket.building else "",
        "assignee": ticket.assignee.name if ticket.assignee else "供电服务指挥中心",
        "assignee_phone": ticket.assignee.phone if ticket.assignee else "",
        "because": ticket.assigned_because,
        "words": (ticket.masked_text if ticket.is_confidential else ticket.text)[:200],
        "phone": "" if ticket.is_confidential else (ticket.phone or ""),
        "arrival": ticket.due.get("arrival", ""),
        "due": ticket.due,
        "has_generation": ticket.has_generation,
        "stage": str(ticket.fields.get("stage") or ""),
        "triage": ticket.fields.get("triage", {}).get("reason", ""),
        "now": desk.now,
    }


def card(
    desk: Desk, ticket: Ticket, person: Staff, kind: str, *, because: str = "", round_of: str = ""
) -> Outgoing:
    values = facts(desk, ticket) | {"text": because}
    where = f"{values['place']}{values['address']}"
    deadline = notable_deadline(ticket)
    rows = [
        ["工单", ticket.number],
        ["地点", where[:30]],
        ["环节", values["stage"][:30]],
        ["时限", deadline],
        ["电话", values["phone"] or "未留"],
        ["注意", "有光伏/发电机，防反送电" if ticket.has_generation else ""],
        ["分诊", values["triage"]],
        ["为何派您", (because or ticket.assigned_because)[:30]],
    ]
    has_stages = values["stage"] and ticket.state == State.ACCEPTED
    return Outgoing(
        channel=Channel.WECOM_APP,
        target=person.userid,
        kind=kind,
        payload={
            "text": desk.words.text(kind, "staff", values),
            "card": {
                "title": f"【{ticket.priority}】{values['matter']} {where}"[:36],
                "desc": values["words"][:44],
                "rows": [row for row in rows if row[1]],
                "buttons": [
                    list(button)
                    for button in (
                        STAGE_BUTTONS if has_stages else BUTTONS.get(State(ticket.state), ())
                    )
                ],
                "url": f"{desk.public_url}/console/tickets/{ticket.number}",
                "ticket": ticket.number,
            },
        },
        key=f"{ticket.number}:{kind}:{ticket.version}:{ticket.escalation_level}:{round_of}:{person.userid}",
        priority=URGENCY.get(Priority(ticket.priority), NORMAL),
        ticket_number=ticket.number,
    )


def _staff_text(desk: Desk, ticket: Ticket, person: Staff, kind: str, text: str) -> Outgoing:
    words = mask_text(text, ticket.name) if ticket.is_confidential else text
    return Outgoing(
        channel=Channel.WECOM_APP,
        target=person.userid,
        kind=kind,
        payload={"text": desk.words.text(kind, "staff", facts(desk, ticket) | {"text": words})},
        key=f"{ticket.number}:{kind}:{desk.now:%Y%m%d%H%M%S%f}:{person.userid}",
        priority=URGENCY.get(Priority(ticket.priority), NORMAL),
        ticket_number=ticket.number,
    )


def _card_updates(desk: Desk, ticket: Ticket, action: Action, by: str) -> list[Outgoing]:
    """Let the cards of this ticket show what was done; delivery knows which cards there are."""
    person = desk.session.get(Staff, by)
    done = f"{person.name if person else by} {STATE_WORDS[State(ticket.state)]} {desk.now:%H:%M}"
    return [
        Outgoing(
            channel=Channel.CARD_UPDATE,
            target=ticket.number,
            kind=f"card_{action}",
            payload={"ticket": ticket.number, "done": done[:20]},
            key=f"{ticket.number}:card:{action}:{ticket.version}:{desk.now:%Y%m%d%H%M%S%f}",
            priority=NORMAL,
            ticket_number=ticket.number,
        )
    ]


def notable_deadline(ticket: Ticket) -> str:
    """The next time that was promised, as `11-26 09:15 到场`."""
    words = {"arrival": "到场", "first_contact": "联系", "restoration": "复电", "reply": "答复"}
    for stage in ("arrival", "first_contact", "restoration", "reply"):
        if stage in ticket.due:
            return f"{ticket.due[stage][5:16].replace('T', ' ')} {words[stage]}"
    return ""
