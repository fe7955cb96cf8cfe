"""A resident's talk with the Official Account: stages in order, the first that answers wins."""

from dataclasses import replace
from typing import Any

from bot.conversation import events, heard, media, takeover
from bot.conversation.models import Conversation, Utterance
from bot.conversation.wishes import Talk
from bot.platforms.texts import split_reply
from handlers.customers import service as customers
from handlers.desk import Desk
from handlers.dialogue.turn import SILENCE, Inbound, InboundKind, Reply
from handlers.masking import mask_text
from nlu.understanding import Understanding
from notifier.models import Channel
from notifier.outbox import DANGER, Outgoing, put


def answer(
    desk: Desk,
    inbound: Inbound,
    understanding: Understanding | None,
    conversation: Conversation,
    memory: dict[str, Any],
) -> Reply:
    """Keep the ledger of the person, then answer the event, the media or the words."""
    if "confidence" not in inbound.facts:  # what was heard later is no new message
        customers.seen(desk, inbound)
    if inbound.kind == InboundKind.EVENT:
        return events.answer(desk, inbound, memory)
    reply = takeover.pass_on(desk, inbound, understanding, conversation)
    if reply is None:
        reply = media.answer(desk, inbound, memory) if understanding is None else None
    if reply is None and understanding is not None:
        settled = heard.settle(desk, inbound, understanding, memory)
        reply = settled if isinstance(settled, Reply) else Talk(desk, *settled, memory).answer()
    intent = understanding.intent if understanding else ""
    _keep(desk, inbound.user_id, "resident", inbound.text or f"[{inbound.kind}]", intent)
    return _say(desk, inbound, reply or SILENCE)


def _keep(desk: Desk, user_id: str, speaker: str, text: str, intent: str = "") -> None:
    """Both lines of a turn are written at its end, in one statement."""
    desk.session.add(
        Utterance(user_id=user_id, at=desk.now, speaker=speaker, text=text, intent=intent)
    )


def _say(desk: Desk, inbound: Inbound, reply: Reply) -> Reply:
    """Remember what was said; what is too long for one message follows as further ones."""
    text = reply.render()
    if text:
        _keep(desk, inbound.user_id, "bot", mask_text(text))
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
