"""What a scanned code of an event or a poll begins in the chat."""

from typing import Any

from handlers.customers import places
from handlers.desk import Desk
from handlers.dialogue.answers import pick
from handlers.dialogue.turn import Choice, Inbound, Reply, Turn
from handlers.errors import DomainError
from handlers.grid.models import Community
from handlers.grid.places import unit_of
from handlers.surveys import community_events, polls, scopes
from handlers.surveys.models import CommunityEvent, Poll
from handlers.tickets import links

KEY = "poll"
WELCOME = (
    "欢迎参加「{title}」！\n您对供电服务有什么意见、建议，直接写下来发给我，每一条都会答复您。"
)
FORM = "也可以点这里填：{link}"
ASK = "【居民投票】{question}\n（{places}住户，一人一票，{until}截止）"
THANKS = "投好了，谢谢您！{until}截止后在这里看结果：{link}"
LATER = "投票已截止，结果在这里看：{link}"
ON_PAGE = "您登记的住处我们还不知道，请点这里选小区再投：{link}"


def begin(desk: Desk, inbound: Inbound, memory: dict[str, Any]) -> Reply | None:
    """The first words after a scan; None for a scene that is neither an event's nor a poll's."""
    if (event := community_events.of_scene(desk, inbound.event_key)) is not None:
        return _event(desk, inbound, memory, event)
    if (poll := polls.of_scene(desk, inbound.event_key)) is not None:
        return _poll(desk, inbound, memory, poll)
    return None


def take_vote(turn: Turn, desk: Desk) -> Reply | None:
    """The answer to a poll that was asked right before; None for anything else."""
    poll_id = turn.memory.pop(KEY, None)
    if poll_id is None:
        return None
    poll = polls.get(desk, poll_id)
    chosen = pick(turn.inbound.text, _choices(poll))
    if chosen is None:
        return None
    told = poll.community_codes[0] if len(poll.community_codes) == 1 else ""
    try:
        polls.vote(desk, poll, turn.user_id, int(chosen.value), community_code=told)
    except DomainError as fault:
        return Reply(fault.message)
    return Reply(THANKS.format(until=_until(poll), link=_page(desk, poll)))


def _event(desk: Desk, inbound: Inbound, memory: dict[str, Any], event: CommunityEvent) -> Reply:
    if not community_events.takes_opinions(desk, event):
        return Reply(community_events.OVER.format(title=event.title))
    link = links.make(desk, "event", str(event.id), openid=inbound.user_id)
    case: dict[str, Any] = {"texts": [], "facts": {}, "event": event.id, "asked_what": True}
    if places.known_place(desk, inbound.user_id) is None:
        community = desk.session.get_one(Community, event.community_codes[0])
        unit = unit_of(community.kind)
        case["place"] = {"name": community.name, "code": community.community_code, "unit": unit}
    memory["form"] = {
        "name": "",
        "intent": "suggest",
        "answers": {},
        "asking": "what",
        "tries": 0,
        "takes_anything": True,
        "case": case,
    }
    words = WELCOME.format(title=event.title)
    return Reply(f"{words}\n{FORM.format(link=link)}", is_final=False)


def _poll(desk: Desk, inbound: Inbound, memory: dict[str, Any], poll: Poll) -> Reply:
    if polls.is_closed(desk, poll):
        return Reply(LATER.format(link=_page(desk, poll)))
    if polls.has_voted(desk.session, poll, inbound.user_id):
        return Reply(polls.VOTED)
    is_known = places.known_place(desk, inbound.user_id) is not None
    if not is_known and len(poll.community_codes) > 1:
        return Reply(ON_PAGE.format(link=_page(desk, poll)))
    memory.pop("form", None)
    memory[KEY] = poll.id
    where = "、".join(scopes.names(desk.session, poll.community_codes))
    words = ASK.format(question=poll.question, places=where, until=_until(poll))
    return Reply(words, _choices(poll), is_final=False)


def _choices(poll: Poll) -> tuple[Choice, ...]:
    return tuple(Choice(option, str(number)) for number, option in enumerate(poll.options))


def _until(poll: Poll) -> str:
    return f"{poll.closes_at:%m月%d日 %H:%M}"


def _page(desk: Desk, poll: Poll) -> str:
    return f"{desk.public_url}/h5/polls/{poll.id}"
