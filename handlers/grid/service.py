"""Changes to the registry that do not come from an import: learned aliases, leave."""

from datetime import datetime

import sqlalchemy as sa

from handlers.desk import Desk
from handlers.errors import DomainError
from handlers.grid.models import CommunityAlias, RegistryVersion, StaffLeave

MIN_ALIAS = 2


def learn_alias(desk: Desk, alias: str, community_code: str) -> None:
    """Remember another name of a community, as a corrected ticket taught it."""
    name = alias.strip()
    known = sa.select(CommunityAlias).where(
        CommunityAlias.alias == name, CommunityAlias.community_code == community_code
    )
    if len(name) < MIN_ALIAS or desk.session.scalar(known) is not None:
        return
    desk.session.add(CommunityAlias(alias=name, community_code=community_code, is_learned=True))
    bump_version(desk)


def bump_version(desk: Desk) -> None:
    """Let every process know within seconds that the registry changed."""
    changed = desk.session.execute(
        sa.update(RegistryVersion)
        .where(RegistryVersion.id == 1)
        .values(number=RegistryVersion.number + 1, changed_at=desk.now)
        .returning(RegistryVersion.number)
    ).first()
    if changed is None:
        desk.session.add(RegistryVersion(id=1, number=1, changed_at=desk.now))
        desk.session.flush()


def take_leave(
    desk: Desk, userid: str, starts_at: datetime, ends_at: datetime, reason: str
) -> None:
    """Write down that someone is away; assignments pass over them meanwhile."""
    if ends_at <= starts_at:
        raise DomainError("请假的结束时间要晚于开始时间。", field="ends_at")
    desk.session.add(StaffLeave(userid=userid, starts_at=starts_at, ends_at=ends_at, reason=reason))
