"""What is done to a ticket on its page: one address a step, each with the version it was seen in."""

from collections.abc import Callable

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from bot.access import audit
from bot.access.signed_in import only, person
from bot.console import application, faults, timeline
from bot.console import ticket as pages
from bot.console.may import STAFF, own_ticket, staff_of
from bot.parts import Parts
from handlers.desk import Desk
from handlers.errors import DomainError, StateConflictError
from handlers.grid import queries as grid
from handlers.grid.models import Community, Staff
from handlers.grid.places import Where
from handlers.grid.rules import building_of
from handlers.tickets import misrouting, permissions, service, splitting, twins
from handlers.tickets.evidence import Proof
from handlers.tickets.models import Action, Category, Ticket

CHANGED = "您打开之后有变化：{news}。没有保存，您写的还在，请看一眼再提交。"

# A page's step that is no action of a history: who may do the other may do this.
ALSO = {"place": Action.MISROUTE, "apart": Action.NOTE, **application.LIKE}

Step = Callable[[Desk, Ticket, str], None]


def register(console: Blueprint, parts: Parts) -> None:
    @console.post("/tickets/<number>/<action>")
    @only(*STAFF)
    def take_step(number: str, action: str) -> ResponseReturnValue:
        if action not in STEPS:
            abort(404)
        step, done = STEPS[action]
        with parts.working() as desk:
            ticket = own_ticket(desk, number)
            faults.show_again(lambda: pages.page(parts, number))
            permissions.require(desk, staff_of(desk), ticket, ALSO.get(action) or Action(action))
            _require_seen(desk, ticket)
            step(desk, ticket, person().userid)
            audit.write(
                desk.session,
                actor=person().userid,
                action=f"ticket_{action}",
                subject=ticket.number,
                now=desk.now,
            )
            may_see = person().may_see(ticket)
        flash(f"{number} {done}")
        target = url_for(".ticket", number=number) if may_see else url_for(".queue")
        return redirect(target)

    @console.get("/communities")
    @only(*STAFF)
    def communities() -> ResponseReturnValue:
        """Names for the place field, loaded when someone needs them."""
        with parts.looking() as desk:
            names = [row.name for row, _, _ in grid.all_places(desk.session)]
        return render_template("console/communities.html", names=names)


def _require_seen(desk: Desk, ticket: Ticket) -> None:
    """Refuse a step on a ticket that changed since this person saw it."""
    if request.form.get("version") != str(ticket.version):
        raise StateConflictError(CHANGED.format(news=timeline.last_words(desk, ticket)))


def _text() -> str:
    return request.form.get("text", "").strip()


def _accept(desk: Desk, ticket: Ticket, by: str) -> None:
    service.accept(desk, ticket, by=by)


def _depart(desk: Desk, ticket: Ticket, by: str) -> None:
    service.depart(desk, ticket, by=by)


def _arrive(desk: Desk, ticket: Ticket, by: str) -> None:
    service.arrive(desk, ticket, by=by)


def _resolve(desk: Desk, ticket: Ticket, by: str) -> None:
    """The result is for the resident; the checklist is confirmed or excused, and noted."""
    form = request.form
    if not _text():
        raise DomainError("请写上处理结果，住户会看到，例如：已更换保险，恢复供电。", field="text")
    proof = Proof(
        checked=frozenset(form.getlist("evidence")),
        is_excused=bool(form.get("special")),
        cause=form.get("root_cause", "").strip()[:100],
        waiver=form.get("waiver", "").strip()[:200],
        is_leader=person().is_leading,
    )
    service.resolve(desk, ticket, by=by, text=_text(), proof=proof)


def _reply(desk: Desk, ticket: Ticket, by: str) -> None:
    if not _text():
        raise DomainError("请写上要对住户说的话。", field="text")
    if not ticket.openid:
        raise DomainError("这位住户没有用微信联系，发不了消息，请打电话。", field="text")
    service.reply(desk, ticket, by=by, text=_text())


def _note(desk: Desk, ticket: Ticket, by: str) -> None:
    service.note(desk, ticket, by=by, text=_text())


def _transfer(desk: Desk, ticket: Ticket, by: str) -> None:
    to = request.form.get("to", "").strip()
    if not to:
        raise DomainError("请选转给谁。", field="to")
    service.transfer(desk, ticket, to=to, by=by, text=_text() or None)


def _escalate(desk: Desk, ticket: Ticket, by: str) -> None:
    if not _text():
        raise DomainError("请写上升级的原因，上级先看这句话。", field="text")
    service.escalate(desk, ticket, by=by, text=_text())


def _merge(desk: Desk, ticket: Ticket, by: str) -> None:
    into = request.form.get("into", "").strip()
    own_ticket(desk, into)
    service.merge(desk, ticket, into=into, by=by, text=_text() or None)


def _apart(desk: Desk, ticket: Ticket, by: str) -> None:
    twins.keep_apart(desk, ticket, by=by)


def _reopen(desk: Desk, ticket: Ticket, by: str) -> None:
    service.reopen(desk, ticket, by=by, text=_text() or None)


def _cancel(desk: Desk, ticket: Ticket, by: str) -> None:
    if not _text():
        raise DomainError("请写上撤销的原因，住户会看到。", field="text")
    service.cancel(desk, ticket, by=by, text=_text())


def _close(desk: Desk, ticket: Ticket, by: str) -> None:
    service.close(desk, ticket, by=by, text=_text() or None)


def _pause(desk: Desk, ticket: Ticket, by: str) -> None:
    service.pause(desk, ticket, by=by, reason=_text())


def _resume(desk: Desk, ticket: Ticket, by: str) -> None:
    service.resume(desk, ticket, by=by)


def _take_over(desk: Desk, ticket: Ticket, by: str) -> None:
    service.take_over(desk, ticket, by=by)


def _hand_back(desk: Desk, ticket: Ticket, by: str) -> None:
    service.hand_back(desk, ticket, by=by)


def _place(desk: Desk, ticket: Ticket, by: str) -> None:
    """Put it where it belongs; the words the resident used become an alias when asked to."""
    community = _community(desk, request.form.get("community", "").strip())
    building = building_of(request.form.get("building", ""))
    room = request.form.get("room", "").strip()[:20]
    where = Where(community.community_code, community.name, building, room)
    learn = bool(request.form.get("learn"))
    misrouting.put_right(desk, ticket, where, by=by, learn=learn)


def _misroute(desk: Desk, ticket: Ticket, by: str) -> None:
    misrouting.give_back(desk, ticket, by=desk.session.get_one(Staff, by), reason=_text())


def _split(desk: Desk, ticket: Ticket, by: str) -> None:
    """The second matter gets a ticket of its own."""
    chosen = request.form.get("category", "")
    if chosen not in set(Category):
        raise DomainError("请选分出来的是哪一类。", field="category")
    splitting.split(desk, ticket, category=Category(chosen), text=_text(), by=by)


def _unmerge(desk: Desk, ticket: Ticket, by: str) -> None:
    splitting.unmerge(desk, ticket, by=by)


def _community(desk: Desk, name: str) -> Community:
    if not name:
        raise DomainError("请写上小区或村名。", field="community")
    found = grid.communities_by_alias(desk.session, name)
    if len(found) == 1:
        return found[0]
    near = [one.name for one in found] or [one.name for one in desk.places.suggest(name, 3)]
    hint = f"是不是：{'、'.join(near)}？" if near else "请核对名字。"
    problem = "有几处叫这个名字" if found else "登记里没有「" + name[:20] + "」"
    raise DomainError(f"{problem}，{hint}", field="community")


STEPS: dict[str, tuple[Step, str]] = {
    "accept": (_accept, "已接单，住户已知道。"),
    "depart": (_depart, "已出发，住户已知道。"),
    "arrive": (_arrive, "已到场，住户已知道。"),
    "resolve": (_resolve, "已办结，结果发给住户了。"),
    "reply": (_reply, "已发给住户，送到没有看下面的经过。"),
    "note": (_note, "备注已记。"),
    "transfer": (_transfer, "已转派。"),
    "escalate": (_escalate, "已上报。"),
    "merge": (_merge, "已合并。"),
    "apart": (_apart, "记下了，两张单分开办。"),
    "reopen": (_reopen, "已重新处理，时限重新算。"),
    "cancel": (_cancel, "已撤销，住户已知道。"),
    "close": (_close, "已关闭。"),
    "pause": (_pause, "时限已暂停。"),
    "resume": (_resume, "时限继续计。"),
    "take_over": (_take_over, "已接管，机器人先不说话。"),
    "hand_back": (_hand_back, "已交回，机器人接着回。"),
    "misroute": (_misroute, "已退回指挥中心重新派。"),
    "split": (_split, "已分出一张新单。"),
    "unmerge": (_unmerge, "已取消合并，接着办。"),
    "place": (_place, "地点已改，已派给那里的人。"),
    **application.STEPS,
}
