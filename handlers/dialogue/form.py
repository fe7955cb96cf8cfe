"""Forms: what must be known before something can be done, asked one question at a time."""

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from handlers.dialogue.answers import bare, is_skip, is_yes, pick
from handlers.dialogue.turn import Choice, Reply, Turn

Answers = dict[str, Any]
MAX_TRIES = 3
CORRECTS = re.compile(r"^(?:改|修改|更改|不对|不是|错了)|[说写填发打]错|[改换]成|改为|应该是")
CORRECTION_LEADS = ("改", "修改", "更改", "不对", "错了")
COURTESY = frozenset(["一下", "一下吧", "可以吗", "好吗", "行吗", "信息", "错了", "不对"])
LABELS = re.compile(r"我的?|(?:联系)?(?:电话|手机)(?:号码?)?|是(?=[\s，,。]|$)")


class RefusedError(Exception):
    """An answer that does not fit; its text is what the resident reads."""


def keep(text: str) -> str:
    return text.strip()[:500]


@dataclass(frozen=True, slots=True)
class Field:
    """One question. `parse` turns the answer into the value or raises RefusedError.

    `entity` names what fills the field from any message without asking. `read` looks at the whole
    turn instead and returns None where it finds nothing. `needed` tells from the answers so far
    whether to ask at all. An optional field takes 「跳过」. `name` is what corrections call it.
    `takes_anything` marks free words, in which another wish is only part of the story.
    """

    key: str
    ask: str
    name: str = ""
    parse: Callable[[str], Any] = keep
    entity: str = ""
    choices: tuple[Choice, ...] = ()
    read: Callable[[Turn, Answers], Any] | None = None
    needed: Callable[[Answers], bool] | None = None
    is_optional: bool = False
    takes_anything: bool = False
    show: Callable[[Any], str] = str


@dataclass(frozen=True, slots=True)
class Form:
    """A named list of fields, kept in `turn.memory["form"]` while it is filled in.

    `advance` takes what the turn says and returns the next question, or the answers.
    With `confirm`, the whole is shown once and waits for 「确认」.
    """

    name: str
    fields: tuple[Field, ...]
    confirm: str = ""

    def advance(self, turn: Turn, known: Mapping[str, Any] | None = None) -> Reply | Answers:
        state = self._state(turn, known or {})
        answers: Answers = state["answers"]
        refusal = self._take(turn, state)
        state["names"] = [field.name for field in self._answered(state)]
        if refusal is not None and state["tries"] >= MAX_TRIES and self._skip_hopeless(state):
            refusal = None
        if isinstance(refusal, Reply):
            return refusal
        field = self._next(answers)
        if field is not None:
            return self._ask(field, state, before=refusal or "")
        if self.confirm and not state.get("confirmed"):
            return self._summary(state)
        return answers

    def summary(self, answers: Answers) -> str:
        """The answers given so far, a line each."""
        return "\n".join(
            f"{field.name}：{_shown(field, answers[field.key])}"
            for field in self.fields
            if field.name and answers.get(field.key) not in (None, "", [])
        )

    def _state(self, turn: Turn, known: Mapping[str, Any]) -> dict[str, Any]:
        state = turn.memory.get("form")
        if not isinstance(state, dict) or state.get("name") != self.name:
            before = state if isinstance(state, dict) else {}
            state = {"name": self.name, "answers": {}, "asking": None, "tries": 0}
            state["intent"] = turn.meaning.intent
            if before.get("intent") == turn.meaning.intent and "case" in before:
                state["case"] = before["case"]
            state["answers"] = {k: v for k, v in known.items() if v not in (None, "")}
            turn.memory["form"] = state
        return state

    def _take(self, turn: Turn, state: dict[str, Any]) -> str | Reply | None:
        """Fill in what the message says; a sentence when the asked answer does not fit."""
        answers: Answers = state["answers"]
        asked = next((f for f in self.fields if f.key == state["asking"]), None)
        correcting = self._correct(turn, state, asked)
        if correcting is not None:
            return correcting
        found = self._fill(turn, answers)
        if asked is None or asked.key in answers or turn.is_fresh:
            state["tries"] = 0
            return None
        try:
            if not found or asked.takes_anything:
                answers[asked.key] = self._parsed(asked, turn.inbound.text)
            elif rest := _without(turn, found):
                answers[asked.key] = self._parsed(asked, rest)
        except RefusedError as error:
            if found:
                return ""  # it answered something else: ask again, without reproach
            state["tries"] += 1
            return str(error)
        state["tries"] = 0
        return None

    def _fill(self, turn: Turn, answers: Answers) -> list[str]:
        """Take what the message names for open fields; the values that were found."""
        found: list[str] = []
        for field in self.fields:
            if field.key in answers:
                continue
            if (value := self._found(field, turn, answers)) is not None:
                answers[field.key] = value
                found.append(str(value))
        return found

    def _found(self, field: Field, turn: Turn, answers: Answers) -> Any:
        if field.read is not None:
            return field.read(turn, answers)
        return turn.value(field.entity) if field.entity else None

    def _parsed(self, field: Field, text: str) -> Any:
        choice = pick(text, field.choices) if field.choices else None
        if choice is not None:
            return choice.value
        if field.is_optional and is_skip(text):
            return ""
        if field.choices:
            raise RefusedError("请回复前面的数字。")
        return field.parse(text)

    def _correct(
        self, turn: Turn, state: dict[str, Any], asked: Field | None
    ) -> Reply | str | None:
        """「改」 asks which; 「改电话」 asks that again; 「改电话139…」 and 「不对，是5栋」 are taken.

        An empty text means that something was changed and the open question stands.
        """
        text = turn.inbound.text.strip()
        if state["asking"] == "which_field":
            choice = pick(text, tuple(Choice(f.name, f.key) for f in self._answered(state)))
            if choice is not None:
                return self._reopen(choice.value, state)
        if turn.is_fresh or (asked is not None and pick(text, asked.choices) is not None):
            return None
        if CORRECTS.search(text) and self._overwrite(turn, state):
            return ""
        if not text.startswith(CORRECTION_LEADS):
            if state["asking"] == "confirm" and _agrees(text):
                state["confirmed"] = True
            return None
        return self._correct_named(text, state)

    def _answered(self, state: dict[str, Any]) -> list[Field]:
        return [f for f in self.fields if f.name and f.key in state["answers"]]

    def _overwrite(self, turn: Turn, state: dict[str, Any]) -> bool:
        """Put what a correction names in place of the earlier answers."""
        answers: Answers = state["answers"]
        news = {f.key: self._found(f, turn, answers) for f in self.fields if f.key in answers}
        news = {k: v for k, v in news.items() if v is not None and v != answers[k]}
        if news:
            answers.update(news)
            state.pop("confirmed", None)
        return bool(news)

    def _correct_named(self, text: str, state: dict[str, Any]) -> Reply | str | None:
        answered = self._answered(state)
        named = [f for f in answered if f.name in text]
        if len(named) == 1:
            field = named[0]
            rest = bare(re.sub(r"^\s*(?:改|换)?(?:成|为|是)?", "", text.split(field.name, 1)[1]))
            if len(rest) > 1 and rest not in COURTESY:
                with suppress(RefusedError):
                    state["answers"][field.key] = self._parsed(field, rest)
                    state.pop("confirmed", None)
                    return ""
            return self._reopen(field.key, state)
        if not answered:
            return None
        state["asking"] = "which_field"
        choices = tuple(Choice(f.name, f.key) for f in answered)
        return Reply("要改哪一项？", choices, is_final=False)

    def _reopen(self, key: str, state: dict[str, Any]) -> Reply:
        field = next(f for f in self.fields if f.key == key)
        del state["answers"][key]
        state.pop("confirmed", None)
        return self._ask(field, state)

    def _next(self, answers: Answers) -> Field | None:
        return next(
            (
                field
                for field in self.fields
                if field.key not in answers and (field.needed is None or field.needed(answers))
            ),
            None,
        )

    def _ask(self, field: Field, state: dict[str, Any], before: str = "") -> Reply:
        state["asking"] = field.key
        state["takes_anything"] = field.takes_anything
        text = f"{before}\n{field.ask}" if before else field.ask
        return Reply(text, field.choices, is_final=False)

    def _skip_hopeless(self, state: dict[str, Any]) -> bool:
        """After three tries an optional question is left out; a needed one goes on asking."""
        field = next((f for f in self.fields if f.key == state["asking"]), None)
        if field is None or not field.is_optional:
            return False
        state["answers"][field.key] = ""
        state["tries"] = 0
        return True

    def _summary(self, state: dict[str, Any]) -> Reply:
        state["asking"] = "confirm"
        text = f"{self.confirm}\n{self.summary(state['answers'])}"
        return Reply(
            f"{text}\n回复「确认」提交，要改回复「改」加那一项，例如「改电话」。", is_final=False
        )


def is_correction(text: str, state: Mapping[str, Any]) -> bool:
    """Whether a message mends an answer of the open form (`turn.memory["form"]`).

    「改电话」 is the change of an answer while a form asks for phones, else a wish of its own.
    """
    said = text.strip()
    if not said.startswith(CORRECTION_LEADS):
        return False
    return bare(said) in CORRECTION_LEADS or any(name in said for name in state.get("names", ()))


def _without(turn: Turn, found: list[str]) -> str:
    """What a message says besides the values that were found in it."""
    rest = turn.inbound.text
    for value in found:
        rest = rest.replace(value, " ")
    rest = LABELS.sub("", rest).strip(" ，,。.；;：:、")
    return rest if rest != turn.inbound.text.strip() and len(rest) > 1 else ""


def _agrees(text: str) -> bool:
    return is_yes(text) or text.strip() in {"提交", "没问题", "确认提交"}


def _shown(field: Field, value: Any) -> str:
    label = next((choice.label for choice in field.choices if choice.value == value), None)
    return label if label is not None else field.show(value)
