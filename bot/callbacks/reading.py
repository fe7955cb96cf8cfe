"""Read the fields of a push of the Official Account or the WeCom application into an Inbound."""

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.callbacks.quotes import split_quote
from bot.platforms.xml import Fields, UnreadableError, items, number, part, word
from config.clock import china
from handlers.dialogue.turn import Door, Inbound, InboundKind

PREFIXES = {Door.OFFICIAL_ACCOUNT: "wechat", Door.WECOM_APP: "wecom"}
KINDS = {
    "text": InboundKind.TEXT,
    "image": InboundKind.IMAGE,
    "voice": InboundKind.VOICE,
    "video": InboundKind.VIDEO,
    "shortvideo": InboundKind.VIDEO,
    "location": InboundKind.LOCATION,
    "link": InboundKind.LINK,
    "miniprogrampage": InboundKind.MINI_PROGRAM,
    "event": InboundKind.EVENT,
}
SYSTEM = "sys"  # WeCom's sender of events that no member caused; some come without one
SCENE = "qrscene_"  # before a scene in `subscribe`, not in `SCAN`
MAX_KEY = 250
STRANGE_AGE = timedelta(days=1)
# Facts that are kept under names of ours; both platforms spell some of them in two ways.
FACTS = {
    "to": ("ToUserName",),
    "message_type": ("MsgType",),
    "message_id": ("MsgId", "MsgID"),
    "agent_id": ("AgentID",),
    "bizmsgmenuid": ("bizmsgmenuid",),
    "media_id_16k": ("MediaId16K",),
    "thumb_media_id": ("ThumbMediaId",),
    "title": ("Title",),
    "description": ("Description",),
    "url": ("Url",),
    "page_path": ("PagePath",),
    "ticket": ("Ticket",),
    "status": ("Status",),
    "task_id": ("TaskId", "TaskID"),
    "response_code": ("ResponseCode",),
    "card_type": ("CardType",),
    "change_type": ("ChangeType",),
    "update_detail": ("UpdateDetail",),
    "member_version": ("CurMemVer",),
    "external_userid": ("ExternalUserID",),
    "userid": ("UserID",),
    "welcome_code": ("WelcomeCode",),
    "state": ("State",),
    "open_kfid": ("OpenKfId",),
    "token": ("Token",),
    "openid": ("OpenID",),
    "revoke_info": ("RevokeInfo",),
}
_FACT_OF = {each: name for name, spellings in FACTS.items() for each in spellings}
CARD_EVENTS = {"template_card_event", "template_card_menu_event"}


def read(fields: Fields, door: Door, now: datetime) -> Inbound:
    """One message or event; raises UnreadableError where it says neither what nor from whom.

    `event` is in lower case at both doors; `event_key` of a scan is the bare scene.
    """
    kind = word(fields, "MsgType").lower()
    user_id = word(fields, "FromUserName") or (SYSTEM if kind == "event" else "")
    if not kind or not user_id:
        raise UnreadableError("no MsgType or no FromUserName")
    event = word(fields, "Event").lower() if kind == "event" else ""
    quoted, text = split_quote(word(fields, "Content") or word(fields, "Recognition"))
    latitude, longitude = _place(fields)
    return Inbound(
        door=door,
        user_id=user_id,
        key=_key(fields, door, user_id, now),
        kind=KINDS.get(kind, InboundKind.UNKNOWN),
        at=sent_at(word(fields, "CreateTime"), now),
        text=text,
        media_id=word(fields, "MediaId"),
        media_format=word(fields, "Format"),
        latitude=latitude,
        longitude=longitude,
        label=word(fields, "Label") or word(part(fields, "SendLocationInfo"), "Label"),
        event=event,
        event_key=word(fields, "EventKey").removeprefix(SCENE if event == "subscribe" else ""),
        chat_id=word(fields, "ChatId"),
        quoted_text=quoted,
        facts=_facts(fields, event),
    )


def sent_at(stamp: str, now: datetime) -> datetime:
    """When the message was sent; now, where the platform does not say or cannot mean it."""
    try:
        moment = datetime.fromtimestamp(float(stamp), UTC)
    except (ValueError, OverflowError, OSError):
        return now
    return china(moment) if abs(now - moment) < STRANGE_AGE else now


def short_key(*parts: str) -> str:
    """A message's key from its parts; a long one keeps its beginning and a digest of the whole."""
    key = ":".join(parts)
    if len(key) <= MAX_KEY:
        return key
    return f"{key[:180]}:{hashlib.sha256(key.encode()).hexdigest()}"


def _key(fields: Fields, door: Door, user_id: str, now: datetime) -> str:
    """MsgId, or for events sender, time, event and key (消息排重), the same in a redelivery.

    The sender is a digest in it: the key outlives an erasure. A push without CreateTime, which no
    platform makes, counts once a minute.
    """
    prefix, sender = PREFIXES[door], hashlib.sha256(user_id.encode()).hexdigest()[:32]
    stamp = word(fields, "CreateTime") or now.strftime("%Y%m%d%H%M")
    if word(fields, "MsgType").lower() != "event":
        if number_of_message := word(fields, "MsgId"):
            return short_key(prefix, number_of_message)
        content = word(fields, "Content") + word(fields, "MediaId")
        return short_key(prefix, sender, stamp, hashlib.sha256(content.encode()).hexdigest())
    distinct = [word(fields, name) for name in ("MsgID", "TaskId", "ChatId", "ChangeType", "Token")]
    event = (word(fields, "Event"), word(fields, "EventKey"))
    return short_key(prefix, sender, stamp, *event, *filter(None, distinct))


def _place(fields: Fields) -> tuple[float | None, float | None]:
    """Latitude and longitude of a location message, a LOCATION event or a location menu button."""
    for source, names in (
        (fields, ("Location_X", "Location_Y")),
        (fields, ("Latitude", "Longitude")),
        (part(fields, "SendLocationInfo"), ("Location_X", "Location_Y")),
    ):
        latitude, longitude = (number(source, name) for name in names)
        if latitude is None or longitude is None:
            continue
        if abs(latitude) <= 90 and abs(longitude) <= 180:  # noqa: PLR2004 - degrees; NaN fails too
            return latitude, longitude
    return None, None


def _facts(fields: Fields, event: str) -> dict[str, Any]:
    facts: dict[str, Any] = {
        _FACT_OF[spelt]: value
        for spelt in fields
        if spelt in _FACT_OF and (value := word(fields, spelt))
    }
    if event in CARD_EVENTS:
        empty = {"task_id": "", "response_code": "", "card_type": ""}
        facts = {**empty, **facts, "selected": _selected(fields)}
    if scanned := word(part(fields, "ScanCodeInfo"), "ScanResult"):
        facts["scan_result"] = scanned
    if changes := _subscriptions(fields):
        facts["subscriptions"] = changes
    return facts


def _selected(fields: Fields) -> dict[str, list[str]]:
    """The options chosen for each question; the platform spells some of it `Opiton`."""
    chosen: dict[str, list[str]] = {}
    for item in items(part(fields, "SelectedItems"), "SelectedItem"):
        if not isinstance(item, dict):
            continue
        holder = part(item, "OptionIds") or part(item, "OpitonIds")
        options = items(holder, "OptionId") or items(holder, "OpitonId")
        chosen[word(item, "QuestionKey")] = [str(option) for option in options if option]
    return chosen


def _subscriptions(fields: Fields) -> list[dict[str, str]]:
    """Templates a resident has accepted or refused, or a notice's result; XML and JSON forms."""
    found: list[dict[str, str]] = []
    for name in ("SubscribeMsgPopupEvent", "SubscribeMsgChangeEvent", "SubscribeMsgSentEvent"):
        found += _listed(part(fields, name))
    return found or _listed(fields)


def _listed(holder: Fields) -> list[dict[str, str]]:
    entries = [entry for entry in items(holder, "List") if isinstance(entry, dict)]
    return [{key: word(entry, key) for key in entry} for entry in entries]
