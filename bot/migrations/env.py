"""Alembic's entry: runs migrations on the connection that bot/schema.py hands over."""

from typing import Any, Literal

from alembic import context
from sqlalchemy.types import TypeDecorator

from bot.models import metadata


def plain_types(kind: str, item: Any, _autogen: object) -> str | Literal[False]:
    """Our own column types are written as what stands in the table: a migration never changes."""
    if kind == "type" and isinstance(item, TypeDecorator):
        return f"sa.{item.impl_instance!r}"
    return False


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    render_item=plain_types,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
