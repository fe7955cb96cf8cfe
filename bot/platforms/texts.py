"""Cut texts to what a platform takes, where a reader would cut them."""

import re
from collections.abc import Iterator

CHARACTERS = 600
BYTES = 2048  # of one text of either platform, in UTF-8
WHOLE = re.compile(r"<a\b[^>]*>.*?</a>|https?://[!-~]+", re.DOTALL)
BREAKS = ("\n\n", "\n", "。！？!?", "；;", "，、,")
ELLIPSIS = "…"


def split_reply(text: str, limit: int = CHARACTERS, max_bytes: int = BYTES) -> list[str]:
    """The parts of a text in order, none over `limit` characters or `max_bytes`; [] for nothing.

    It breaks at a paragraph, a line, a sentence, a clause, and never inside a link that fits.
    """
    return list(_parts(text.strip(), limit, max_bytes))


def cut(text: str, characters: int) -> str:
    """The beginning of a text, with an ellipsis where something is missing."""
    text = " ".join(text.split())
    return text if len(text) <= characters else text[: characters - 1] + ELLIPSIS


def cut_bytes(text: str, size: int) -> str:
    """The same by UTF-8 bytes, keeping lines."""
    encoded = text.encode("utf-8", "replace")
    if len(encoded) <= size:
        return text
    return encoded[: size - len(ELLIPSIS.encode())].decode(errors="ignore") + ELLIPSIS


def _parts(text: str, limit: int, max_bytes: int) -> Iterator[str]:
    while text:
        end = _fitting(text, limit, max_bytes)
        if end < len(text):
            end = _outside_links(text, _break_before(text, end), end)
        if head := text[:end].rstrip():
            yield head
        text = text[end:].lstrip("\n ")


def _fitting(text: str, limit: int, max_bytes: int) -> int:
    """How many characters fit, by their number and by their bytes."""
    head = text[:limit].encode("utf-8", "replace")[:max_bytes]
    return max(1, len(head.decode("utf-8", "ignore")))


def _break_before(text: str, end: int) -> int:
    """The last good place to break in the second half of what fits, else all that fits."""
    for marks in BREAKS:
        wanted = [marks] if marks.startswith("\n") else list(marks)
        last = max(text.rfind(mark, end // 2, end) + len(mark) for mark in wanted)
        if last > end // 2:
            return last
    return end


def _outside_links(text: str, place: int, end: int) -> int:
    """Move a break that falls inside a link before it; a link longer than a part is cut."""
    for link in WHOLE.finditer(text):
        if link.start() < place < link.end():
            return link.start() or end
        if link.start() >= place:
            break
    return place
