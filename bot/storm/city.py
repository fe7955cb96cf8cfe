"""A made-up city of any size as the registry's files: one community an area, one group each."""

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

STATION, CREW, LEADER, OWNER = "FB", "crew", "leader", "owner"
STATION_GROUP = "station"
OPENID = "oStorm"
GRID_HOUSEHOLDS = 9000
PER_LIAISON = 24  # communities to a group of their property managers
DIGITS = "零一二三四五六七八九"

Row = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class City:
    """So many groups, so many households with one bound resident each; numbered from nought."""

    groups: int
    residents: int

    @property
    def places(self) -> int:
        """Communities: one residents' group each, of the groups that are not for liaison."""
        return max((self.groups - 1) * PER_LIAISON // (PER_LIAISON + 1), 1)

    @property
    def liaisons(self) -> int:
        return self.groups - 1 - self.places

    @property
    def grids(self) -> int:
        return -(-self.residents // GRID_HOUSEHOLDS) + 1

    def homes(self, place: int) -> range:
        share = self.residents, self.places
        return range(place * share[0] // share[1], (place + 1) * share[0] // share[1])

    def liaison(self, place: int) -> str:
        """The webhook of the property managers of a place; the station's where there is none."""
        return f"liaison{place % self.liaisons:03d}" if self.liaisons else STATION_GROUP


def name(place: int) -> str:
    return "风" + "".join(DIGITS[int(digit)] for digit in f"{place:03d}") + "花园"


def area(place: int) -> str:
    return f"TQ{place:04d}"


def chat(place: int) -> str:
    return f"wrStorm{place:04d}"


def account(home: int) -> str:
    return f"3699{home:06d}"


def openid(home: int) -> str:
    return f"{OPENID}{home:022d}"


def write(city: City, folder: Path) -> None:
    """The folder as `gridbot registry import` and the simulator take it."""
    folder.mkdir(parents=True, exist_ok=True)
    for file, (header, rows) in FILES.items():
        with (folder / file).open("w", encoding="utf-8", newline="") as output:
            writer = csv.writer(output)
            writer.writerow(header.split(","))
            writer.writerows(rows(city))


def _grid(city: City, place: int) -> str:
    return f"FB{place % city.grids:02d}"


def _communities(place: int) -> str:
    return f"C{place:04d}"


def _stations(_city: City) -> Iterator[Row]:
    yield (
        STATION,
        "风暴供电服务站",
        "风暴路1号",
        "19900000001",
        "19900000002",
        "08:30-17:30",
        29.7,
        115.9,
    )


def _grids(city: City) -> Iterator[Row]:
    for number in range(city.grids):
        yield _grid(city, number), STATION, f"风暴网格{number}", ""


def _feeders(_city: City) -> Iterator[Row]:
    yield "F01", "10kV 风暴线", "110kV风暴变"


def _areas(city: City) -> Iterator[Row]:
    for place in range(city.places):
        homes = len(city.homes(place))
        yield area(place), f"{name(place)}公变", "F01", _grid(city, place), "public", 400, homes


def _places(city: City) -> Iterator[Row]:
    for place in range(city.places):
        street = f"风暴路{place + 2}号"
        yield _communities(place), name(place), "", "estate", street, 29.7, 115.9, ""


def _feeds(city: City) -> Iterator[Row]:
    for place in range(city.places):
        yield _communities(place), area(place), ""


def _staff(_city: City) -> Iterator[Row]:
    yield OWNER, "欧文丽", "19900000003", "customer_manager", STATION, 1, "", ""
    yield CREW, "何亮", "19900000004", "repair_crew", STATION, 1, "", ""
    yield LEADER, "邓班长", "19900000005", "team_leader", STATION, 1, "", ""


def _duties(city: City) -> Iterator[Row]:
    for number in range(city.grids):
        yield _grid(city, number), OWNER, "A", 1


def _groups(city: City) -> Iterator[Row]:
    everywhere = range(city.places)
    for place in everywhere:
        yield (
            f"Q{place:04d}", f"{name(place)}用电服务群", "wecom_customer_group", chat(place), OWNER,
            _communities(place), "", "", "",
        )  # fmt: skip
    posts = {city.liaison(place) for place in everywhere} | {STATION_GROUP}
    for number, target in enumerate(sorted(posts)):
        mine = [p for p in everywhere if target in {STATION_GROUP, city.liaison(p)}]
        codes = ";".join(map(_communities, mine))
        yield (
            f"W{number:03d}",
            f"物业联络群{number}",
            "wecom_webhook",
            target,
            "",
            codes,
            "",
            "",
            "",
        )


def _customers(city: City) -> Iterator[Row]:
    for place in range(city.places):
        for number, home in enumerate(city.homes(place)):
            yield (
                account(home), f"王{DIGITS[home % 10]}芳", f"199{home:08d}", _communities(place),
                number % 20 + 1, f"{number // 20 + 1}01", area(place), f"M{home:08d}", "tiered",
                1, "", 0, 0,
            )  # fmt: skip


def _nothing(_city: City) -> Iterator[Row]:
    return iter(())


CUSTOMERS = (
    "account_number,name,phone,community_code,building,room,area_code,meter_number,tariff,"
    "smart_remote,sensitive,arrears_cut,balance"
)
FILES: dict[str, tuple[str, Callable[[City], Iterator[Row]]]] = {
    "stations.csv": (
        "station_code,name,address,phone,duty_phone,hall_hours,latitude,longitude",
        _stations,
    ),
    "grids.csv": ("grid_code,station_code,name,household_limit", _grids),
    "feeders.csv": ("feeder_code,name,substation", _feeders),
    "transformer_areas.csv": (
        "area_code,name,feeder_code,grid_code,kind,capacity_kva,households",
        _areas,
    ),
    "communities.csv": (
        "community_code,name,aliases,kind,address,latitude,longitude,property_contact",
        _places,
    ),
    "community_areas.csv": ("community_code,area_code,buildings", _feeds),
    "staff.csv": ("userid,name,phone,role,station_code,safety_trained,starts,ends", _staff),
    "grid_staff.csv": ("grid_code,userid,duty,responsible", _duties),
    "groups.csv": (
        "group_code,name,channel,target,owner_userid,community_codes,buildings,quiet_from,quiet_until",
        _groups,
    ),
    "customers.csv": (
        CUSTOMERS,
        _customers,
    ),
    "bills.csv": (
        "account_number,period,kwh,peak_kwh,valley_kwh,amount,tier_reached,due_on,paid_on",
        _nothing,
    ),
    "outages.csv": ("outage_code,kind,area_codes,starts_at,ends_at,reason,slot_reason", _nothing),
}
