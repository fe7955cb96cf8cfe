"""`/dashboard/`: the command centre's wall, the tickets behind its figures, and reports."""

from flask import Blueprint

from bot.access import signed_in
from bot.dashboard import case_files, lists, proactive, reports, screen
from bot.parts import Parts


def blueprint(parts: Parts) -> Blueprint:
    wall = Blueprint("dashboard", __name__, url_prefix="/dashboard")
    signed_in.guard(wall, parts, public=frozenset())
    for page in (screen, lists, reports, proactive, case_files):
        page.register(wall, parts)
    return wall
