"""message/send and the update of template cards."""

import secrets
from collections.abc import Iterable
from typing import Any

from bot.simulator.gateway import Answer, Call, Table, post
from bot.simulator.parts import cards
from bot.simulator.parts.clock import HOUR
from bot.simulator.parts.errors import Refusal
from bot.simulator.parts.phones import Bubble, member_chat
from bot.simulator.parts.world import World

OK = {"errcode": 0, "errmsg": "ok"}
TEXT_BYTES = 2048
MOST_USERS = 1000
DUPLICATE_SECONDS = 1800
LONGEST_DUPLICATE_CHECK = 4 * HOUR
Shown = tuple[str, dict[str, Any]]


def cut(text: str, size: int) -> str:
    """Cut to a number of bytes as WeCom does, silently."""
    return text.encode()[:size].decode(errors="ignore")


def read_content(sim: World, kind: str, body: dict[str, Any]) -> Shown:
    """Read one message of the application or of a group chat."""
    part = body.get(kind)
    if not isinstance(part, dict):
        raise Refusal(40058, f"invalid Request Parameter, {kind} missing")
    match kind:
        case "text" | "markdown":
            if not part.get("content"):
                raise Refusal(44004)
            return cut(str(part["content"]), TEXT_BYTES), {}
        case "textcard":
            if not (part.get("title") and part.get("description") and part.get("url")):
                raise Refusal(40058)
            return cut(str(part["title"]), 128), {
                "description": cut(str(part["description"]), 512),
                "url": part["url"],
                "button": part.get("btntxt", "详情"),
            }
        case "news" | "mpnews":
            articles = part.get("articles", [])
            if not 1 <= len(articles) <= 8:  # noqa: PLR2004 - the API's own bound
                raise Refusal(45008)
            return str(articles[0].get("title", "")), {"articles": articles}
        case "image" | "voice" | "video" | "file":
            media = sim.memory.media.get(str(part.get("media_id", "")), sim.now())
            return f"[{media.filename}]", {"media_id": media.media_id, "media_type": media.kind}
        case "miniprogram_notice":
            return str(part.get("title", "")), dict(part)
        case _:
            raise Refusal(40008)


def card_text(card: dict[str, Any]) -> str:
    title = card.get("main_title", {})
    parts = [title.get("title", ""), title.get("desc", ""), card.get("sub_title_text", "")]
    return "\n".join(part for part in parts if part)


def _split(value: Any) -> list[str]:
    return [item for item in str(value or "").split("|") if item]


def _receivers(sim: World, body: dict[str, Any]) -> tuple[list[str], list[str]]:
    wanted = _split(body.get("touser"))
    if len(wanted) > MOST_USERS:
        raise Refusal(40032, "invalid user list length")
    if "@all" in wanted or "1" in _split(body.get("toparty")):
        return [m.userid for m in sim.memory.members.all() if m.active], []
    known = [userid for userid in wanted if sim.memory.members.addressed(userid)]
    unknown = [userid.lower() for userid in wanted if userid not in known]
    return known, unknown


def _is_duplicate(sim: World, body: dict[str, Any]) -> bool:
    if not body.get("enable_duplicate_check"):
        return False
    span = min(body.get("duplicate_check_interval", DUPLICATE_SECONDS), LONGEST_DUPLICATE_CHECK)
    key = f"wecom:{sorted(body.items(), key=str)}"
    before = sim.memory.sent_once.get(key)
    if before and sim.now() - before[0] < span:
        return True
    sim.memory.sent_once[key] = (sim.now(), None)
    return False


def _within_rate(sim: World, userid: str) -> bool:
    rates, now = sim.memory.rates, sim.now()
    within = rates["member"].allow(userid, now) and rates["member_hour"].allow(userid, now)
    sim.memory.dropped["message/send"] += not within
    return within


def _show(sim: World, to: Iterable[str], kind: str, shown: Shown) -> dict[str, Bubble]:
    text, data = shown
    return {
        userid: sim.memory.phones.show(
            member_chat(userid), "app", text,
            at=sim.now(), via="message/send", kind=kind, data=dict(data),
        )
        for userid in to
        if _within_rate(sim, userid)  # beyond 30 a minute WeCom drops without a word
    }  # fmt: skip


def send(sim: World, call: Call) -> Answer:
    if str(call.body.get("agentid", "")) != str(sim.config.wecom.agent_id):
        raise Refusal(40056)
    known, unknown = _receivers(sim, call.body)
    kind = str(call.body.get("msgtype", ""))
    card: dict[str, Any] = call.body.get("template_card") or {}
    if kind == "template_card":
        cards.check_card(card)
        shown = (card_text(card), {"card": card, "replaced": ""})
    else:
        shown = read_content(sim, kind, call.body)
    if not known:
        raise Refusal(81013)
    answer: dict[str, Any] = {
        **OK,
        "invaliduser": "|".join(unknown),
        "invalidparty": "",
        "invalidtag": "",
        "unlicenseduser": "",
        "msgid": secrets.token_urlsafe(32),
    }
    if _is_duplicate(sim, call.body):
        return answer
    if kind != "template_card":
        _show(sim, known, kind, shown)
        return answer
    sent = sim.memory.cards.add(card)
    sent.bubbles = _show(sim, known, kind, shown)
    if cards.may_update(card):
        answer["response_code"] = sim.memory.cards.code_for(sent, sim.now())
    return answer


def update(sim: World, call: Call) -> Answer:
    if str(call.body.get("agentid", "")) != str(sim.config.wecom.agent_id):
        raise Refusal(40056)
    code = str(call.need("response_code", 40058))
    card, button = call.body.get("template_card"), call.body.get("button")
    if card:
        cards.check_card(card)
    elif not (button and button.get("replace_name")):
        raise Refusal(40058)
    sent = sim.memory.cards.redeem(code, sim.now())
    wanted = set(call.body.get("userids", []))
    to = None if call.body.get("atall") or not wanted else wanted
    changes = {"template_card": card, "replace_name": (button or {}).get("replace_name", "")}
    changed = cards.replace(sent, changes, sim.memory.phones.touch, to)
    return {**OK, "invaliduser": sorted(wanted - set(changed))}


TABLE: Table = {
    "cgi-bin/message/send": post(send),
    "cgi-bin/message/update_template_card": post(update),
}
