"""The words of a resident: danger, a survey's answer, an open form, then each wish in turn."""

from dataclasses import dataclass, field
from functools import cache
from typing import Any

from bot.conversation import context, following, offers, places_told, stopping, waiting
from handlers.applications import pictures
from handlers.desk import Desk
from handlers.dialogue.answers import bare
from handlers.dialogue.turn import Choice, Inbound, Reply, Turn
from handlers.guide import elder
from handlers.guide import service as guide
from handlers.routes import INTENT_WORDS, ROUTES, SMALL_TALK, TAKES_OVER
from handlers.surveys import dialogue as surveys
from handlers.surveys import gatherings
from handlers.tickets import faults, late_words
from nlu import calibration
from nlu.understanding import Request, Understanding

PERSON_WORDS = frozenset(["人工", "转人工", "人工服务", "人工客服", "真人", "找人工", "客服"])
OUT_OF_SCOPE = "out_of_scope"
MAX_OFFERS = 3
QUOTED = 16  # characters of a wish that is quoted; a longer one is named

STOPPED = "好的，先不办了。有事随时发消息。"
NOTHING_OPEN = "好的。现在没有正在填的内容，有事直接告诉我就行。"
STAYS = "好的，不问了。{number} 已经登记，会照常处理；不用了就回「撤单」。"
LEFT = "好的，这个先不办了。"
RESTARTED = "好的，我们从头来。"
ALSO = "您还提到「{text}」，接着办吗？"
RESUME = "接着刚才的："


@dataclass(slots=True)
class Talk:
    """One text message being answered; `memory` is the conversation's and is changed in place."""

    desk: Desk
    inbound: Inbound
    understanding: Understanding
    memory: dict[str, Any]
    limits: calibration.Thresholds = field(init=False)

    def __post_init__(self) -> None:
        self.limits = _limits(self.understanding.engine)

    def answer(self) -> Reply:
        self.understanding = context.with_danger(
            self.desk, self.inbound.user_id, self.understanding, self.memory, self.limits
        )
        reply = self._danger() or self._command() or self._waiting_question()
        return reply if reply is not None else self._fresh()

    @property
    def _words(self) -> str:
        return bare(self.inbound.text)

    def _danger(self) -> Reply | None:
        """Danger is answered in any state; what was open waits."""
        hazard = self.understanding.hazard
        if self.understanding.intent not in TAKES_OVER or hazard is None:
            return None
        if self.memory.get("form") and not hazard.evidence:
            return None  # such as a place's name: the model alone is no reason to break off
        if self._is_answer_about_danger() or self._is_choice_itself():
            return None
        if not hazard.evidence and late_words.of_a_detail(
            self.desk, self.inbound.user_id, self.inbound.text
        ):
            return None
        self._set_aside()
        self._keep_pending(self.understanding.requests[1:])
        return self._run(self.understanding.requests[0])

    def _is_answer_about_danger(self) -> bool:
        """Details of the danger already being taken down are its form's, not a new one."""
        form = self.memory.get("form")
        return isinstance(form, dict) and form.get("intent") == self.understanding.intent

    def _is_choice_itself(self) -> bool:
        """A question's own choice, word for word, is its answer, whatever the model hears in it."""
        form, hazard = self.memory.get("form"), self.understanding.hazard
        if not isinstance(form, dict) or hazard is None or hazard.evidence:
            return False
        return self._words in {bare(label) for label in form.get("choices", [])}

    def _command(self) -> Reply | None:
        """「取消」「重来」「人工」 work at any time, 「大字」 between matters."""
        has_key = self._words == elder.PERSON_KEY and elder.KEY in self.memory
        if has_key or self._words in PERSON_WORDS:
            return self._run(Request("human_agent", 1.0, self.inbound.text))
        form = self.memory.get("form")
        turn = self._turn(self.understanding.requests[0])
        if not form and (switched := elder.switch_elder(turn, self.desk)) is not None:
            return switched
        if (said := pictures.say_which(turn, self.desk)) is not None:
            return said
        if stopping.wants_out(self.memory, self._words):
            return self._stop()
        if not form and (begun := waiting.draft_to_go_on(self.desk, turn.user_id, turn.text)):
            return self._run(begun)
        if self._words in stopping.RESTART_WORDS and form:
            intent = form["intent"]
            self.memory.pop("form")
            return _before(RESTARTED, self._run(Request(intent, 1.0, ""), is_fresh=True))
        return None

    def _stop(self) -> Reply:
        """Leave what is open; what it had interrupted is asked again."""
        is_enough = stopping.is_enough(self.memory, self._words)
        if self.memory.get("form") and self.memory.get("stack") and not is_enough:
            self.memory.pop("form")
            return self._resume(Reply(LEFT))
        had = any(self.memory.get(kind) for kind in ("form", "survey", "poll", "offers"))
        form = self.memory.get("form") or {}
        for kind in ("form", "survey", "poll", "offers", "pending", "stack"):
            self.memory.pop(kind, None)
        number = context.ticket_of(form)
        if number and not context.is_over(self.desk, form):
            return Reply(STAYS.format(number=number))
        return Reply(STOPPED if had else NOTHING_OPEN)

    def _waiting_question(self) -> Reply | None:
        """A form, an offer or a survey that waits for exactly this."""
        if isinstance(self.memory.get("form"), dict) and (reply := self._open_form()):
            return reply
        if self.memory.get("offers"):
            found = offers.chosen(self.memory, self.inbound.text)
            return self._after(self._run(found)) if isinstance(found, Request) else found
        beside = self.memory.pop("beside", None)
        if beside and faults.says_only_mine(self.inbound.text):
            request = Request("report_outage", 1.0, self.inbound.text, self.understanding.entities)
            return faults.report_beside(self._turn(request), self.desk, beside)
        if voted := gatherings.take_vote(self._turn(self.understanding.requests[0]), self.desk):
            return voted
        if rated := surveys.take_answer(self._turn(self.understanding.requests[0]), self.desk):
            return rated
        if (checked := waiting.phone_checked(self.memory, self.understanding)) is not None:
            return self._after(self._run(checked)) if isinstance(checked, Request) else checked
        return self._take_pending() if self.memory.get("pending") else None

    def _open_form(self) -> Reply | None:
        """The open question's next step; None where its ticket ended and the words are new."""
        form, turn = self.memory["form"], self._turn(self.understanding.requests[0])
        if context.is_over(self.desk, form):
            if rated := surveys.take_answer(turn, self.desk):
                return rated
            if not context.fits_choices(form, self.inbound.text):
                self.memory.pop("form")
                return None
        return self._continue_form()

    def _continue_form(self) -> Reply:
        form, text, heard = self.memory["form"], self.inbound.text, self.understanding
        if waiting.is_left_behind(text, heard, form, self.desk.now):
            self.memory.pop("form")
            self.memory.pop("stack", None)
            return self._fresh()
        if context.changes_mind(form, text, heard):
            self.memory.pop("form")
            return self._fresh()
        if context.interrupts(form, text, heard, self.limits):
            if heard.intent == "ask_guide":
                following.remember_topic(self.memory, form, self.desk.now)
            self._set_aside()
            reply = self._run(heard.requests[0], is_fresh=True)
            return self._resume(reply)
        if waiting.is_aside(text, heard, form, self.limits):
            reply = ROUTES[heard.intent](self._turn(heard.requests[0]), self.desk)
            return reply.followed_by(f"{RESUME}{form.get('question', '')}")
        request = Request(form["intent"], 1.0, text, heard.entities)
        return self._after(self._run(request, is_fresh=False))

    def _set_aside(self) -> None:
        form = self.memory.pop("form", None)
        self.memory.pop("offers", None)
        if form:
            self.memory["stack"] = [*self.memory.get("stack", []), form][-MAX_OFFERS:]

    def _resume(self, reply: Reply) -> Reply:
        """After an interruption is answered, ask the open question again."""
        if not reply.is_final or not self.memory.get("stack") or self.memory.get("form"):
            return reply
        form = self.memory["stack"].pop()
        if context.is_over(self.desk, form):
            return reply
        self.memory["form"] = form
        question = form.get("question", "")
        return reply.followed_by(f"{RESUME}{question}") if question else reply

    def _take_pending(self) -> Reply | None:
        """The next wish of an earlier message, if the resident wants it still."""
        request, *rest = self.memory["pending"]
        wants = waiting.wants_it(self.inbound.text)
        if wants is None:
            self.memory.pop("pending")
            return None
        self.memory["pending"] = rest
        return self._after(self._run(offers.load(request)) if wants else Reply(STOPPED))

    def _fresh(self) -> Reply:
        first, *others = context.whole_complaint(self.understanding)
        if (kept := self._late_words(first)) is not None:
            return self._after(kept)
        if first.intent == "stop" and (number := context.undoable(self.desk, self.inbound.user_id)):
            cancel = Request("cancel_ticket", 1.0, self.inbound.text)
            return offers.offer(self.memory, [cancel], offers.WITHDRAW.format(number=number))
        first = following.meant(self._turn(first), first, self.desk)
        if noted := waiting.for_person(self.desk, self.understanding, self.memory):
            self._keep_pending([first])
            return self._after(Reply(noted))
        if first.intent == OUT_OF_SCOPE and (reply := self._offer()) is not None:
            return reply
        if (
            first.intent not in SMALL_TALK
            and self.limits.fallback <= first.confidence < self.limits.act
        ):
            guide.review(self.desk, self.inbound.text, self.understanding.ranking, why="unsure")
            if intent := context.of_the_dark(self.desk, self.inbound.user_id, self.understanding):
                entities = self.understanding.entities
                return self._after(self._run(Request(intent, 1.0, self.inbound.text, entities)))
            if (reply := self._offer()) is not None:
                return reply
        self._keep_pending(others)
        reply = self._run(first)
        more = waiting.by_the_way(self.desk, self.inbound.user_id, first.intent, reply, self.memory)
        return self._after(reply.followed_by(more) if more else reply)

    def _late_words(self, first: Request) -> Reply | None:
        alone = offers.is_place_alone(self.understanding)
        return late_words.take(self._turn(first), self.desk, is_place_alone=alone)

    def _offer(self) -> Reply | None:
        """Ask what is meant, where a bare thing or a few likely meanings can be offered."""
        told = places_told.keep(self.memory, self.understanding, self.desk.now)
        if (thing := offers.of_a_bare_thing(self.understanding, told)) is not None:
            question, requests = thing
            return offers.offer(self.memory, requests, question)
        likely = offers.of_meanings(self.understanding, self.limits)
        return offers.offer(self.memory, likely, offers.ASK_MEANING) if likely else None

    def _keep_pending(self, requests: tuple[Request, ...] | list[Request]) -> None:
        first = self.understanding.requests[0]
        wishes = [r for r in requests if r.intent in INTENT_WORDS and not context.is_same(first, r)]
        if wishes:
            self.memory["pending"] = [offers.dump(request) for request in wishes[:MAX_OFFERS]]
        else:
            self.memory.pop("pending", None)

    def _after(self, reply: Reply) -> Reply:
        """A finished answer brings back what waits: an open form, then the next wish."""
        if not reply.is_final:
            return reply
        if self.memory.get("stack") and not self.memory.get("form"):
            return self._resume(reply)
        if pending := self.memory.get("pending"):
            told, intent = pending[0]["text"], pending[0]["intent"]
            also = ALSO.format(text=told if len(told) <= QUOTED else INTENT_WORDS[intent])
            return Reply(
                f"{reply.render()}\n\n{also}",
                (Choice("接着办", "yes"), Choice("不用了", "no")),
                is_final=False,
            )
        return reply

    def _run(self, request: Request, *, is_fresh: bool = True) -> Reply:
        if is_fresh:
            request = places_told.added(self.memory, request, self.desk.now)
        turn = self._turn(request, is_fresh=is_fresh)
        reply = ROUTES[request.intent](turn, self.desk)
        if request.intent not in {"ask_guide", *SMALL_TALK}:
            self.memory.pop("guide", None)  # 「多久」 is no longer about the guide's answer
        form = self.memory.get("form")
        if isinstance(form, dict):
            form["question"] = "" if reply.is_final else waiting.question_of(reply)
            form["choices"] = [choice.label for choice in reply.choices]
            form["choice_words"] = [list(choice.words) for choice in reply.choices]
            form["asked_at"] = self.desk.now.isoformat()
        return reply

    def _turn(self, request: Request, *, is_fresh: bool = True) -> Turn:
        return Turn(
            self.inbound,
            request,
            self.desk.now,
            self.memory,
            is_fresh,
            self.understanding.hazard,
        )


def _before(text: str, reply: Reply) -> Reply:
    return Reply(f"{text}\n{reply.text}", reply.choices, reply.is_final, reply.link)


@cache
def _limits(engine: str) -> calibration.Thresholds:
    return calibration.load(engine)
