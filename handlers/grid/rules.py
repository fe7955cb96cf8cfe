"""Building ranges and shift hours, on plain values."""

import re
from collections.abc import Iterable
from datetime import datetime, time

RANGE = re.compile(r"^(\d+)-(\d+)$")
MAX_RANGE = 2000


def parse_buildings(text: str) -> list[str]:
    """`1-6;8;A座` → the single buildings; raises ValueError for a range that runs backwards."""
    found: list[str] = []
    for part in filter(None, (p.strip() for p in re.split(r"[;；]", text))):
        match = RANGE.match(part)
        if match is None:
            found.append(part)
            continue
        first, last = int(match[1]), int(match[2])
        if first > last or last - first > MAX_RANGE:
            raise ValueError(
                f"{part}: a range of buildings goes from the lower to the higher number"
            )
        found += [str(number) for number in range(first, last + 1)]
    return list(dict.fromkeys(found))


def building_of(address: str) -> str:
    """The bare building of an address: `3栋2单元501` → `3`, `128号` → `128`, `3组15号` → `3`."""
    match = re.match(r"^\s*([0-9A-Za-z]+)\s*(?:栋|幢|号楼|座|组|号|#)?", address)
    return match[1].upper() if match else ""


def room_of(address: str) -> str:
    """What follows the building in an address: `3栋2单元501` → `2单元501`."""
    return re.sub(r"^\s*[0-9A-Za-z]+\s*(?:栋|幢|号楼|座|组|号|#)", "", address).strip()


def covers(buildings: Iterable[str], building: str) -> bool:
    """Whether a list of buildings (empty: all) holds this one (empty: not known)."""
    listed = list(buildings)
    return not listed or building in listed


def is_on_shift(starts: str, ends: str, moment: datetime) -> bool:
    """Whether a shift `08:00`–`18:00` holds the moment; both empty: always; may pass midnight."""
    if not starts or not ends:
        return True
    begin, end, clock = time.fromisoformat(starts), time.fromisoformat(ends), moment.time()
    return begin <= clock < end if begin <= end else clock >= begin or clock < end
