"""What people of the cast hold in their hands: a resident's phone, a manager's, a group."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from bot.simulator.client import SimulatorClient

PATIENCE = 30.0


def eventually(find: Callable[[], Any], what: str, *, seconds: float = PATIENCE) -> Any:
    """Look until there is something; fails with what was looked for."""
    end = time.monotonic() + seconds
    while True:
        found = find()
        if found:
            return found
        if time.monotonic() > end:
            raise AssertionError(f"not seen within {seconds:.0f} s: {what}")
        time.sleep(0.05)


APOLOGY = "刚才这条没记上"


def text_of(message: Any) -> str:
    """The words of a passive reply, or of a bubble with what a template or a link shows."""
    if not message:
        return ""
    if isinstance(message, str):
        return message
    shown = [message.get("text"), message.get("content"), message.get("data")]
    return "\n".join(str(part) for part in shown if part)


def _has(text: str, words: tuple[str, ...]) -> bool:
    return all(word in text for word in words)


@dataclass
class Resident:
    """A person of the cast: `says` one thing after another, `bot_says` checks the answer."""

    simulator: SimulatorClient
    openid: str
    last: str = ""
    outcome: dict[str, Any] = field(default_factory=dict)

    def says(self, text: str, **fields: Any) -> "Resident":
        return self.does("text", content=text, **fields)

    def does(self, kind: str, **fields: Any) -> "Resident":
        """Send another kind of message, or an event (`CLICK` with `key`, `SCAN` with `scene`).

        Who is asked to send it again, as on a machine too busy for a lock, does so once.
        """
        self._note(self._post("send", {"type": kind, **fields}))
        if APOLOGY in self.last:
            time.sleep(1)
            self.repeats()
        return self

    def repeats(self) -> "Resident":
        """The platform delivers the last message again."""
        return self._note(self._post("resend", {}))

    def bot_says(self, *words: str) -> "Resident":
        """The last passive reply has all these words."""
        for word in words:
            assert word in self.last, f"expected {word!r} in the reply:\n{self.last}"
        return self

    def bot_does_not_say(self, *words: str) -> "Resident":
        for word in words:
            assert word not in self.last, f"did not expect {word!r} in the reply:\n{self.last}"
        return self

    def phone(self) -> list[str]:
        """What the account sent, oldest first: passive replies and everything after."""
        return [text_of(m) for m in self.bubbles() if m.get("sender") == "account"]

    def bubbles(self) -> list[dict[str, Any]]:
        return self.simulator.phone("residents", self.openid)

    def hears(self, *words: str) -> "Resident":
        """A message with all these words arrives on the phone within seconds."""
        try:
            eventually(lambda: any(_has(text, words) for text in self.phone()), f"{words}")
        except AssertionError as error:
            shown = "\n---\n".join(self.phone()[-4:])
            raise AssertionError(f"{error}\nlast on the phone:\n{shown}") from None
        return self

    def heard(self, *words: str) -> int:
        """How many messages on the phone have all these words."""
        return sum(_has(text, words) for text in self.phone())

    def _post(self, what: str, body: dict[str, Any]) -> dict[str, Any]:
        path = f"residents/{self.openid}/{what}"
        outcome: dict[str, Any] = self.simulator.request("POST", path, json=body)
        return outcome

    def _note(self, outcome: dict[str, Any]) -> "Resident":
        assert not outcome.get("fault"), outcome
        self.outcome, self.last = outcome, text_of(outcome.get("reply"))
        return self


@dataclass
class Manager:
    """A member of staff with WeCom on the phone."""

    simulator: SimulatorClient
    userid: str
    last: str = ""

    def says(self, text: str) -> "Manager":
        self.last = text_of(self.simulator.member_sends(self.userid, text).get("reply"))
        return self

    def bot_says(self, *words: str) -> "Manager":
        for word in words:
            assert word in self.last, f"expected {word!r} in the answer:\n{self.last}"
        return self

    def presses(self, key: str, number: str) -> "Manager":
        """Press a button of the card of a ticket."""
        card = self.card(number)
        outcome = self.simulator.press(self.userid, key, task_id=card["task_id"])
        self.last = text_of(outcome.get("reply"))
        return self

    def cards(self, number: str) -> list[dict[str, Any]]:
        found = [m["data"].get("card") for m in self.bubbles() if isinstance(m.get("data"), dict)]
        return [dict(card) for card in found if card and number in str(card)]

    def card(self, number: str) -> dict[str, Any]:
        """The newest card of a ticket, once it is there."""
        cards = eventually(lambda: self.cards(number), f"a card of {number} for {self.userid}")
        return dict(cards[-1])

    def bubbles(self) -> list[dict[str, Any]]:
        return self.simulator.phone("members", self.userid)

    def sees(self, *words: str) -> "Manager":
        """A card or message with all these words is, or comes, on the phone."""
        what = f"{words} for {self.userid}"
        eventually(lambda: any(_has(str(message), words) for message in self.bubbles()), what)
        return self
