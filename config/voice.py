"""Who turns voice messages into words, and from which confidence on they are believed."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class VoiceRules:
    url: str
    timeout_seconds: float
    tries: int
    sure_from: float
    failures: int
    rest_seconds: int

    def __post_init__(self) -> None:
        if self.url and not self.url.startswith(("http://", "https://")):
            raise ValueError("url must be an address such as https://speech.example.cn/recognise")
        if not 0 <= self.sure_from <= 1:
            raise ValueError("sure_from must be between 0 and 1")

    @property
    def is_heard(self) -> bool:
        """Whether there is anyone to hear a voice message."""
        return bool(self.url)
