"""Tables of the registry that say who serves what (REGISTRY.md in words, here in columns)."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from config.database import Base, BigKey, Moment, Sealed


class Role(StrEnum):
    CUSTOMER_MANAGER = "customer_manager"
    MARKETING_MANAGER = "marketing_manager"
    EQUIPMENT_MANAGER = "equipment_manager"
    REPAIR_CREW = "repair_crew"
    TEAM_LEADER = "team_leader"
    STATION_HEAD = "station_head"
    COMMAND_CENTER = "command_center"
    ADMIN = "admin"


class CommunityKind(StrEnum):
    ESTATE = "estate"
    VILLAGE = "village"
    STREET = "street"
    INSTITUTION = "institution"


class GroupChannel(StrEnum):
    WEBHOOK = "wecom_webhook"
    CUSTOMER_GROUP = "wecom_customer_group"
    APPCHAT = "wecom_appchat"


class Station(Base):
    __tablename__ = "stations"

    station_code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    address: Mapped[str]
    phone: Mapped[str]
    duty_phone: Mapped[str]
    hall_hours: Mapped[str]
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]


class Grid(Base):
    __tablename__ = "grids"

    grid_code: Mapped[str] = mapped_column(primary_key=True)
    station_code: Mapped[str] = mapped_column(sa.ForeignKey("stations.station_code"), index=True)
    name: Mapped[str]
    household_limit: Mapped[int] = mapped_column(default=10000)


class Feeder(Base):
    __tablename__ = "feeders"

    feeder_code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    substation: Mapped[str]


class TransformerArea(Base):
    """台区: what one transformer feeds; `kind` is public or dedicated (专变)."""

    __tablename__ = "transformer_areas"

    area_code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    feeder_code: Mapped[str] = mapped_column(sa.ForeignKey("feeders.feeder_code"), index=True)
    grid_code: Mapped[str] = mapped_column(sa.ForeignKey("grids.grid_code"), index=True)
    kind: Mapped[str]
    capacity_kva: Mapped[int | None]
    households: Mapped[int]


class Community(Base):
    __tablename__ = "communities"

    community_code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    address: Mapped[str]
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    property_contact: Mapped[str | None]


class CommunityAlias(Base):
    """Another name residents use; `is_learned` ones came from corrected tickets, not the import."""

    __tablename__ = "community_aliases"

    alias: Mapped[str] = mapped_column(primary_key=True)
    community_code: Mapped[str] = mapped_column(
        sa.ForeignKey("communities.community_code"), primary_key=True
    )
    is_learned: Mapped[bool] = mapped_column(default=False)


class CommunityArea(Base):
    """Which buildings of a community a transformer area feeds; `buildings` [] means all."""

    __tablename__ = "community_areas"

    community_code: Mapped[str] = mapped_column(
        sa.ForeignKey("communities.community_code"), primary_key=True
    )
    area_code: Mapped[str] = mapped_column(
        sa.ForeignKey("transformer_areas.area_code"), primary_key=True, index=True
    )
    buildings: Mapped[list[str]] = mapped_column(sa.JSON, default=list)
    buildings_text: Mapped[str] = mapped_column(default="")


class Staff(Base):
    __tablename__ = "staff"

    userid: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    phone: Mapped[str]
    role: Mapped[str] = mapped_column(index=True)
    station_code: Mapped[str | None] = mapped_column(sa.ForeignKey("stations.station_code"))
    safety_trained: Mapped[bool] = mapped_column(default=False)
    starts: Mapped[str] = mapped_column(default="")
    ends: Mapped[str] = mapped_column(default="")
    is_active: Mapped[bool] = mapped_column(default=True)
    password_hash: Mapped[str | None]
    totp_secret: Mapped[str | None] = mapped_column(Sealed)
    totp_used: Mapped[int | None]
    sessions_valid_from: Mapped[datetime | None] = mapped_column(Moment)


class StaffLeave(Base):
    __tablename__ = "staff_leave"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    userid: Mapped[str] = mapped_column(sa.ForeignKey("staff.userid"), index=True)
    starts_at: Mapped[datetime] = mapped_column(Moment)
    ends_at: Mapped[datetime] = mapped_column(Moment)
    reason: Mapped[str] = mapped_column(default="")


class GridStaff(Base):
    """Who serves a grid: duty A or B; `is_responsible` marks the 网格责任人."""

    __tablename__ = "grid_staff"

    grid_code: Mapped[str] = mapped_column(sa.ForeignKey("grids.grid_code"), primary_key=True)
    userid: Mapped[str] = mapped_column(sa.ForeignKey("staff.userid"), primary_key=True)
    duty: Mapped[str]
    is_responsible: Mapped[bool] = mapped_column(default=False)


class CommunityGroup(Base):
    """A WeCom group of a community; `buildings` [] means all of its communities' buildings."""

    __tablename__ = "community_groups"

    group_code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    channel: Mapped[str]
    target: Mapped[str]
    owner_userid: Mapped[str | None]
    community_codes: Mapped[list[str]] = mapped_column(sa.JSON, default=list)
    buildings: Mapped[list[str]] = mapped_column(sa.JSON, default=list)
    buildings_text: Mapped[str] = mapped_column(default="")
    quiet_from: Mapped[str] = mapped_column(default="")
    quiet_until: Mapped[str] = mapped_column(default="")


class RegistryVersion(Base):
    """One row; its number rises with each import or learned alias, so that caches notice."""

    __tablename__ = "registry_version"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(default=0)
    changed_at: Mapped[datetime] = mapped_column(Moment)
