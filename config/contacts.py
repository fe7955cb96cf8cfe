"""Numbers residents are told: our hotline, emergency services, other utilities."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class OtherUtility:
    name: str
    words: tuple[str, ...]
    number: str = ""
    advice: str = ""


@dataclass(frozen=True, slots=True)
class Contacts:
    hotline: str
    city: str
    regulator: str
    fire: str
    ambulance: str
    police: str
    others: tuple[OtherUtility, ...]
    crisis_line: str = ""

    def responsible_for(self, text: str) -> OtherUtility | None:
        """Whose matter a text is, by the most words of theirs in it; None where it is nobody's."""
        scored = [(sum(word in text.lower() for word in o.words), o) for o in self.others]
        best = max(scored, key=lambda pair: pair[0], default=(0, None))
        return best[1] if best[0] else None
