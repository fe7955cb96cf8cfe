"""What 办结 must show, beside the result: a checklist, a picture, the cause of a bad mark."""

import re
from dataclasses import dataclass

import sqlalchemy as sa

from config.evidence import Photo
from handlers.desk import Desk
from handlers.errors import DomainError
from handlers.tickets.models import Action, Media, Ticket, TicketEvent
from handlers.tickets.opening import record

PURPOSE = "evidence"
CAUSE = re.compile(r"(?:^|\s)[#＃]([^\s#\d]\S*)")  # 「更换 #2公变」 names a transformer
WAIVER = re.compile(r"特批[:：]\s*(\S.*)$", re.DOTALL)
LACKING = "还不能办结，缺：{missing}。"
LEADERS_MAY = "确实做不到的，请班长或站长办结并写上「特批：原因」。"
NOT_TICKED = "没有确认「{check}」"
NO_PHOTO = "现场照片（直接发给本应用就行）"
NO_CAUSE = "差评的原因，请在结果后面加 #原因（{causes}）"
UNKNOWN_CAUSE = "没有「{cause}」这个原因，可以写：{causes}"
SAME_CLOSER = "{parent} 是您办结的，差评不能由您自己关闭：办结后等住户评价，或请班长核实后关闭。"
HINT = "现场照片也请发一张，直接发给本应用就行。"


@dataclass(frozen=True, slots=True)
class Proof:
    """What whoever closes a ticket shows for it.

    `checked` None: this channel has no checklist; `is_excused`: what was not done stands in the
    result; `waiver`: a leader's reason to do without the rest.
    """

    checked: frozenset[str] | None = None
    is_excused: bool = False
    cause: str = ""
    waiver: str = ""
    is_leader: bool = False


def read(words: str, *, is_leader: bool) -> tuple[str, Proof]:
    """The result and the proof in `换了保险 #设备故障 特批：住户不让拍照`."""
    waiver, cause = WAIVER.search(words), CAUSE.search(words)
    result = CAUSE.sub("", WAIVER.sub("", words)).strip()
    proof = Proof(
        cause=cause[1] if cause else "",
        waiver=waiver[1].strip() if waiver else "",
        is_leader=is_leader,
    )
    return result, proof


def require(desk: Desk, ticket: Ticket, proof: Proof, result: str, *, by: str) -> str:
    """The root cause to keep; raises DomainError that names all that is missing."""
    cause = _cause(desk, ticket, proof, result)
    missing = _missing(desk, ticket, proof, cause)
    if missing and not (proof.is_leader and proof.waiver):
        words = LACKING.format(missing="；".join(missing))
        raise DomainError(words + ("" if proof.is_leader else LEADERS_MAY), field="evidence")
    _note(desk, ticket, proof, missing, by)
    return cause


def asks_photo(desk: Desk, ticket: Ticket) -> bool:
    """Whether a picture is wished for that nobody has sent yet."""
    wanted = desk.tables.evidence.of(ticket.category).photo != Photo.NONE
    return wanted and not has_photo(desk, ticket)


def has_photo(desk: Desk, ticket: Ticket) -> bool:
    query = sa.select(Media.id).where(Media.ticket_id == ticket.id, Media.purpose == PURPOSE)
    return desk.session.scalar(query.limit(1)) is not None


def needs_cause(ticket: Ticket) -> bool:
    """Whether a bad mark opened it, so that its cause is counted."""
    return ticket.intent == "rate_service" and ticket.parent_id is not None


def closer_of(desk: Desk, ticket: Ticket) -> str | None:
    """Who said last that a case was done; None where nobody did."""
    query = (
        sa.select(TicketEvent.by)
        .where(
            TicketEvent.ticket_id == ticket.id,
            TicketEvent.action.in_((Action.RESOLVE, Action.CLOSE)),
            TicketEvent.by != "resident",
        )
        .order_by(TicketEvent.action.desc(), TicketEvent.id.desc())
    )
    return desk.session.scalar(query.limit(1))


def require_another(desk: Desk, ticket: Ticket, *, by: str) -> None:
    """Nobody closes the case about his own work: the resident's word or another does; raises DomainError."""
    if not needs_cause(ticket) or ticket.parent is None:
        return
    if by == closer_of(desk, ticket.parent):
        raise DomainError(SAME_CLOSER.format(parent=ticket.parent.number), field="by")


def cause_told(desk: Desk, ticket: Ticket, words: str) -> tuple[str, str]:
    """The result and the cause of a bad mark in what another system says; empty where it says none.

    Raises DomainError on a cause that is not in the table.
    """
    result, proof = read(words, is_leader=False)
    return result, _cause(desk, ticket, proof, result)


def require_cause(desk: Desk, ticket: Ticket, words: str) -> str:
    """The cause in the words of a closing; raises DomainError where there is none."""
    _, cause = cause_told(desk, ticket, words)
    if not cause:
        missing = NO_CAUSE.format(causes="、".join(desk.tables.evidence.causes))
        raise DomainError(LACKING.format(missing=missing), field="root_cause")
    return cause


def add_photo(
    desk: Desk, ticket: Ticket, *, kind: str, platform: str, media_id: str, by: str
) -> None:
    """A picture or video that staff sent in; it is fetched as a job."""
    desk.session.add(
        Media(
            ticket_id=ticket.id,
            purpose=PURPOSE,
            kind=kind,
            platform=platform,
            media_id=media_id,
            received_at=desk.now,
        )
    )
    record(desk, ticket, Action.ADD, by=by, text="现场照片", is_public=False)


def _missing(desk: Desk, ticket: Ticket, proof: Proof, cause: str) -> list[str]:
    needs = desk.tables.evidence.of(ticket.category)
    missing = []
    if proof.checked is not None and not proof.is_excused:
        missing += [
            NOT_TICKED.format(check=one) for one in needs.checks if one not in proof.checked
        ]
    if needs.photo == Photo.REQUIRED and not has_photo(desk, ticket):
        missing.append(NO_PHOTO)
    if needs_cause(ticket) and not cause:
        missing.append(NO_CAUSE.format(causes="、".join(desk.tables.evidence.causes)))
    return missing


def _cause(desk: Desk, ticket: Ticket, proof: Proof, result: str) -> str:
    """As told; of a bad mark's ticket it is one of the table's, or what the result's words say."""
    if not needs_cause(ticket):
        return proof.cause
    known = desk.tables.evidence
    if proof.cause and proof.cause not in known.causes:
        words = UNKNOWN_CAUSE.format(cause=proof.cause[:20], causes="、".join(known.causes))
        raise DomainError(words, field="root_cause")
    return proof.cause or known.cause_in(result)


def _note(desk: Desk, ticket: Ticket, proof: Proof, missing: list[str], by: str) -> None:
    """What was confirmed and what was done without stays in the history."""
    lines = []
    if proof.checked is not None:
        checks = desk.tables.evidence.of(ticket.category).checks
        lines = [f"{'✓' if one in proof.checked else '✗'} {one}" for one in checks]
    if missing:
        lines.append(f"特批：{proof.waiver}")
    if lines:
        words = "办结确认：" + "；".join(lines)
        record(desk, ticket, Action.NOTE, by=by, text=words, is_public=False)
