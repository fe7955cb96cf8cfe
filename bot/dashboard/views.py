"""`/dashboard/`: the command centre's wall."""

from flask import Blueprint

from bot.access import signed_in
from bot.parts import Parts


def blueprint(parts: Parts) -> Blueprint:
    wall = Blueprint("dashboard", __name__, url_prefix="/dashboard")
    signed_in.guard(wall, parts, public=frozenset())
    return wall
