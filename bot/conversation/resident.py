"""A resident's talk with the Official Account: stages in order, the first that answers wins."""

from dataclasses import replace

from bot.conversation import events, heard, media, standing, takeover
from bot.conversation.inbox import Beside, Opened
from bot.conversation.wishes import Talk
from bot.platforms.texts import split_reply
from handlers.customers import window
from handlers.desk import Desk
from handlers.dialogue.turn import SILENCE, Inbound, InboundKind, Reply
from handlers.guide import elder
from handlers.masking import mask_text
from nlu.understanding import Understanding
from notifier.models import Channel
from notifier.outbox import DANGER, Outgoing, put


def beside(desk: Desk, inbound: Inbound) -> Beside:
    """The ledger of the person, and what they have with us."""
    is_heard = "confidence" in inbound.facts  # what was heard later is no new message
    entry = None if is_heard else window.entry(desk, inbound)
    if entry is None:
        return Beside((standing.of_writer,))
    return Beside((window.entered, standing.of_writer), entry)


def answer(
    desk: Desk,
    inbound: Inbound,
    understanding: Understanding | None,
    opened: Opened,
) -> Reply:
    """Answer the event, the media or the words."""
    window.hold(desk.session, opened.found)
    standing.hold(desk, inbound.user_id, opened.found)
    memory = opened.memory
    if inbound.kind == InboundKind.EVENT:
        return events.answer(desk, inbound, memory)
    reply = takeover.pass_on(desk, inbound, understanding, opened)
    if reply is None:
        reply = media.answer(desk, inbound, memory) if understanding is None else None
    if reply is None and understanding is not None:
        settled = heard.settle(desk, inbound, understanding, memory)
        reply = settled if isinstance(settled, Reply) else Talk(desk, *settled, memory).answer()
    intent = understanding.intent if understanding else ""
    opened.say("resident", inbound.text or f"[{inbound.kind}]", intent)
    return _say(desk, inbound, reply or SILENCE, opened)


def _say(desk: Desk, inbound: Inbound, reply: Reply, opened: Opened) -> Reply:
    """Remember what was said; what is too long for one message follows as further ones."""
    text = reply.render()
    if text and elder.KEY in opened.memory:
        text = elder.short(text, is_final=reply.is_final)
    if text:
        opened.say("bot", mask_text(text))
    first, *more = split_reply(text) or [""]
    put(
        desk.session,
        [
            Outgoing(
                channel=Channel.OFFICIAL_ACCOUNT,
                target=inbound.user_id,
                kind="reply_part",
                payload={"text": part, "link": "", "template": "", "values": {}},
                key=f"{inbound.key}:part{number}",
                priority=DANGER,
            )
            for number, part in enumerate(more, 2)
        ],
        now=desk.now,
    )
    return replace(reply, text=first, choices=(), link="")
