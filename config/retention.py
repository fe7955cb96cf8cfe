"""How many days each kind of personal data is kept."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Retention:
    utterances: int
    inbox: int
    conversations: int
    outbox_payloads: int
    outbox_targets: int
    media: int
    loose_media: int
    login_failures: int
    proof_attempts: int
    short_links: int
    closed_tickets: int
    handovers: int = 30

    def __post_init__(self) -> None:
        for name in self.__slots__:
            if getattr(self, name) < 1:
                raise ValueError(f"{name} must be at least one day")
