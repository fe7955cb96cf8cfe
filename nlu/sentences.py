"""Cut a post into the sentences that may each hold a wish of their own."""

import re
from dataclasses import dataclass

MOST = 24  # sentences looked at; a longer post is a forwarded article, its start and end suffice
_STOP = r"[。！？!?；;\n\r…]"
_NEXT_WISH = (
    r"(?:另外|还有(?:就是|个|一|件)|顺便|对了[,，\s]|再问|此外|再就是|还想[问请]"
    r"|第[二三四]件?[,，、\s是]"
    r"|(?<=[了啊呀呢,， ])还有(?:这个月|上个月|上月|电费|你们|上次|我家|我们))"
)
_ANOTHER = re.compile(rf"\W*(?:{_NEXT_WISH}|还有)")
_BOUNDARY = re.compile(f"(?<={_STOP})(?!{_STOP})|(?={_NEXT_WISH})")
_SOUNDLESS = re.compile(r"[\W_]*\Z")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A piece of a text; `start` and `end` index the text as it was written."""

    text: str
    start: int
    end: int

    @property
    def is_another(self) -> bool:
        """Whether the writer says that it is about something else."""
        return _ANOTHER.match(self.text) is not None


def split(text: str) -> tuple[Sentence, ...]:
    """The sentences that say something; at most MOST, from the start and the end."""
    found: list[Sentence] = []
    start = 0
    ends = [match.start() for match in _BOUNDARY.finditer(text) if match.start()]
    for end in [*ends, len(text)]:
        piece = text[start:end]
        if not _SOUNDLESS.match(piece):
            found.append(Sentence(piece.strip(), start, end))
        start = end
    if len(found) > MOST:
        found = found[: MOST // 2] + found[-MOST // 2 :]
    return tuple(found)
