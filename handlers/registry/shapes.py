"""The files of the registry: their columns, keys and what refers to what."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from handlers.grid.models import CommunityKind, GroupChannel, Role
from handlers.outages.models import Kind
from handlers.registry import values
from handlers.registry.values import optional, whole

TARIFFS = ("tiered", "tiered_tou", "flat", "commercial")
SENSITIVE = ("", "life_support", "school", "hospital", "key_account")


@dataclass(frozen=True, slots=True)
class Column:
    """`refers_to` names the file whose key the value (or each of a list) must be."""

    name: str
    parse: values.Parse = values.text
    refers_to: str = ""


@dataclass(frozen=True, slots=True)
class Shape:
    """One file; the first `key_width` columns are its key."""

    name: str
    columns: tuple[Column, ...]
    key_width: int = 1

    @property
    def key_columns(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns[: self.key_width])


@dataclass(frozen=True, slots=True)
class Row:
    """A row with its readable values; `line` is None for one that only the database has."""

    line: int | None
    values: Mapping[str, Any]

    def key(self, shape: Shape) -> tuple[Any, ...] | None:
        """The key; None where a part of it could not be read."""
        if all(name in self.values for name in shape.key_columns):
            return tuple(self.values[name] for name in shape.key_columns)
        return None


LATITUDE = Column("latitude", optional(values.degrees(90)))
LONGITUDE = Column("longitude", optional(values.degrees(180)))
NOTE = optional(values.text, "")
CLOCK = optional(values.clock, "")

SHAPES: dict[str, Shape] = {
    shape.name: shape
    for shape in (
        Shape(
            "stations",
            (
                Column("station_code", values.code),
                Column("name"),
                Column("address", NOTE),
                Column("phone", values.station_phone),
                Column("duty_phone", optional(values.station_phone, "")),
                Column("hall_hours", optional(values.hall_hours, "")),
                LATITUDE,
                LONGITUDE,
            ),
        ),
        Shape(
            "grids",
            (
                Column("grid_code", values.code),
                Column("station_code", values.code, "stations"),
                Column("name"),
                Column("household_limit", optional(whole(1), 10000)),
            ),
        ),
        Shape(
            "feeders",
            (Column("feeder_code", values.code), Column("name"), Column("substation", NOTE)),
        ),
        Shape(
            "transformer_areas",
            (
                Column("area_code", values.code),
                Column("name"),
                Column("feeder_code", values.code, "feeders"),
                Column("grid_code", values.code, "grids"),
                Column("kind", values.one_of(("public", "dedicated"))),
                Column("capacity_kva", optional(whole(1))),
                Column("households", whole()),
            ),
        ),
        Shape(
            "communities",
            (
                Column("community_code", values.code),
                Column("name"),
                Column("aliases", values.listed),
                Column("kind", values.one_of(CommunityKind)),
                Column("address", NOTE),
                LATITUDE,
                LONGITUDE,
                Column("property_contact", optional(values.text)),
            ),
        ),
        Shape(
            "community_areas",
            (
                Column("community_code", values.code, "communities"),
                Column("area_code", values.code, "transformer_areas"),
                Column("buildings", values.buildings),
            ),
            key_width=2,
        ),
        Shape(
            "staff",
            (
                Column("userid", values.code),
                Column("name"),
                Column("phone", values.phone),
                Column("role", values.one_of(Role)),
                Column("station_code", optional(values.code), "stations"),
                Column("safety_trained", values.flag),
                Column("starts", CLOCK),
                Column("ends", CLOCK),
            ),
        ),
        Shape(
            "grid_staff",
            (
                Column("grid_code", values.code, "grids"),
                Column("userid", values.code, "staff"),
                Column("duty", values.one_of(("A", "B"))),
                Column("responsible", values.flag),
            ),
            key_width=2,
        ),
        Shape(
            "groups",
            (
                Column("group_code", values.code),
                Column("name"),
                Column("channel", values.one_of(GroupChannel)),
                Column("target"),
                Column("owner_userid", optional(values.code), "staff"),
                Column("community_codes", values.codes, "communities"),
                Column("buildings", values.buildings),
                Column("quiet_from", CLOCK),
                Column("quiet_until", CLOCK),
            ),
        ),
        Shape(
            "customers",
            (
                Column("account_number", values.account),
                Column("name"),
                Column("phone", optional(values.phone)),
                Column("community_code", values.code, "communities"),
                Column("building", values.building),
                Column("room", optional(values.text)),
                Column("area_code", values.code, "transformer_areas"),
                Column("meter_number", optional(values.meter)),
                Column("tariff", values.one_of(TARIFFS)),
                Column("smart_remote", values.flag),
                Column("sensitive", values.one_of(SENSITIVE)),
                Column("arrears_cut", values.flag),
                Column("balance", optional(values.yuan, "0.00")),
            ),
        ),
        Shape(
            "bills",
            (
                Column("account_number", values.account, "customers"),
                Column("period", values.period),
                Column("kwh", values.energy),
                Column("peak_kwh", optional(values.energy)),
                Column("valley_kwh", optional(values.energy)),
                Column("amount", values.yuan),
                Column("tier_reached", optional(whole(1, 3))),
                Column("due_on", optional(values.day)),
                Column("paid_on", optional(values.day)),
            ),
            key_width=2,
        ),
        Shape(
            "outages",
            (
                Column("outage_code", values.code),
                Column("kind", values.one_of(Kind)),
                Column("area_codes", values.codes, "transformer_areas"),
                Column("starts_at", values.moment),
                Column("ends_at", values.moment),
                Column("reason", NOTE),
                Column("slot_reason", NOTE),
            ),
        ),
    )
}
