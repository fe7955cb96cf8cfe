"""Hide what names a person: phones, account numbers, names, rooms, identity numbers."""

import re

# Longest first: identity card 18, meter 22, account 13 or 10, mobile 11, landline.
NUMBERS = re.compile(
    r"(?<![\dA-Za-z])(?:\d{17}[\dXx]|\d{22}|\d{13}|1[3-9]\d[\s-]?\d{4}[\s-]?\d{4}|\d{10}|0\d{2,3}-\d{7,8})(?!\d)"
)
# A room that no building stands before; from the first digit of a run alone, as below.
ROOM = re.compile(
    r"(?<![\d一二三四五六七八九十])(?:[\d一二三四五六七八九十]+\s*单元\s*\d{3,4}\s*室?|\d{3,4}\s*室)"
)
TAIL = 4
SHORTEST_NAME = 2
MIN_HIDDEN = 7


def mask_number(number: str | None) -> str | None:
    """Keep the head of three and the tail of four: 199****2625."""
    if not number:
        return number
    if len(number) < MIN_HIDDEN:
        return "*" * len(number)
    return number[:3] + "*" * (len(number) - 3 - TAIL) + number[-TAIL:]


def mask_name(name: str | None) -> str | None:
    """Keep the family name: 张*."""
    return name[:1] + "*" * (len(name) - 1) if name else name


def mask_room(address: str | None) -> str | None:
    """Keep the building, hide unit and room: 3栋***."""
    if not address:
        return address
    match = re.match(r"^(\s*[0-9A-Za-z]+\s*(?:栋|幢|号楼|座|组|号|#)?)(.*)$", address)
    if match is None:
        return "***"
    return match[1] + ("***" if match[2].strip() else "")


def mask_text(text: str, *names: str | None) -> str:
    """Hide numbers of people in a free text, rooms, and these names where it tells them."""
    for name in sorted(filter(None, names), key=len, reverse=True):
        if len(name) >= SHORTEST_NAME:
            text = text.replace(name, mask_name(name) or "")
    hidden = NUMBERS.sub(lambda m: mask_number(re.sub(r"[\s-]", "", m[0])) or "", text)
    hidden = re.sub(
        r"((?:栋|幢|号楼|座)\s*)((?:[\d一二三四五六七八九十]+\s*(?:单元|门))?\s*\d{3,4}\s*室?)",
        r"\1***",
        hidden,
    )
    hidden = ROOM.sub("***", hidden)
    # From the first digit of a run alone: else a long run is looked at once for each digit of it.
    return re.sub(r"(?<!\d)\d+(?:栋|幢|号楼|座)?[-－]\d+[-－]\d{3,4}", "***", hidden)
