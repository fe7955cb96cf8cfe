"""What members do in the WeCom application, as the messages and events it pushes."""

from typing import Any

from bot.simulator.parts.cards import SentCard
from bot.simulator.parts.people import Member
from bot.simulator.parts.phones import Bubble, member_chat
from bot.simulator.parts.world import World
from bot.simulator.wecom.push import common, exchange


def _content(sim: World, data: dict[str, Any]) -> tuple[dict[str, Any], str]:
    kind = str(data.get("type", "text"))
    if kind == "text":
        return {"Content": str(data.get("content", ""))}, str(data.get("content", ""))
    if kind in {"image", "voice", "video"}:
        media_id = str(data.get("media_id") or sim.memory.media.sample(kind, sim.now()).media_id)
        extra = {
            "image": {"PicUrl": f"{sim.config.public_base}/media/{media_id}"},
            "voice": {"Format": "amr"},
            "video": {"ThumbMediaId": media_id},
        }[kind]
        return {**extra, "MediaId": media_id}, f"[{kind}]"
    fields = {
        "Location_X": float(data.get("latitude", 0)),
        "Location_Y": float(data.get("longitude", 0)),
        "Scale": 15,
        "Label": str(data.get("label", "")),
        "AppType": "wxwork",
    }
    return fields, f"[位置] {fields['Label']}"


def send(sim: World, member: Member, data: dict[str, Any]) -> dict[str, Any]:
    kind = str(data.get("type", "text"))
    with sim.lock:
        fields, text = _content(sim, data)
        sim.memory.phones.show(
            member_chat(member.userid), "member", text, at=sim.now(), via="member", kind=kind
        )
    number = int(data.get("msg_id") or 2**62 + sim.next_id())
    pushed = {**common(sim, member.userid, kind), **fields, "MsgId": number}
    return exchange(sim, {**pushed, **data.get("fields", {})})


def event(sim: World, member: Member, data: dict[str, Any]) -> dict[str, Any]:
    """Enter the application, click its menu (`click`, lower case at WeCom) and the like."""
    fields = {"Event": str(data["event"]), "EventKey": str(data.get("key", ""))}
    return exchange(sim, {**common(sim, member.userid, "event"), **fields})


def _selected(chosen: dict[str, list[str]]) -> list[dict[str, Any]]:
    return [
        # The platform spells it so: OptionIds, as its samples and SDKs do, with a slip in it.
        {"QuestionKey": question, "OpitonIds": {"OpitonId": options}}
        for question, options in chosen.items()
    ]


def press(
    sim: World, member: Member, bubble: Bubble, key: str, chosen: dict[str, list[str]]
) -> dict[str, Any]:
    """Press a button of a template card on a member's phone."""
    card = bubble.data["card"]
    menu = {action["key"] for action in card.get("action_menu", {}).get("action_list", [])}
    name = "template_card_menu_event" if key in menu else "template_card_event"
    with sim.lock:
        sent = sim.memory.cards.find(card.get("task_id", "")) or SentCard(card)
        sent.bubbles.setdefault(member.userid, bubble)
        code = sim.memory.cards.code_for(sent, sim.now())
    fields: dict[str, Any] = {
        "Event": name,
        "EventKey": key,
        "TaskId": card.get("task_id", ""),
        "CardType": card["card_type"],
        "ResponseCode": code,
    }
    if chosen:
        fields["SelectedItems"] = {"SelectedItem": _selected(chosen)}
    pushed = {**common(sim, member.userid, "event"), **fields}
    return {**exchange(sim, pushed, sent), "response_code": code}
