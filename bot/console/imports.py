"""Upload a table of requests from a channel that has no API."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from bot.access import audit
from bot.access.signed_in import only, person
from bot.console import faults
from bot.console.may import CENTER
from bot.console.ticket import SOURCES
from bot.parts import Parts
from handlers.errors import DomainError
from handlers.tickets import bulk
from handlers.tickets.bulk import Fault
from handlers.tickets.models import Source
from handlers.tickets.rules import CATEGORY_WORDS

NO_FILE = "请选一个 CSV 或 .xlsx 文件。"
NO_SOURCE = "请选这批工单从哪个渠道来。"
# Residents' own doors make their tickets themselves.
CHANNELS = {
    source: word
    for source, word in SOURCES.items()
    if source not in {Source.WECHAT, Source.WECOM_GROUP}
}
SHOWN = 100
UNUSABLE = 422


def register(console: Blueprint, parts: Parts) -> None:
    @console.get("/import")
    @only(*CENTER)
    def imports() -> ResponseReturnValue:
        return _page()

    @console.post("/import")
    @only(*CENTER)
    def import_tickets() -> ResponseReturnValue:
        faults.show_again(_page)
        file, source = request.files.get("file"), request.form.get("source", "")
        if source not in CHANNELS:
            raise DomainError(NO_SOURCE, field="source")
        if file is None or not file.filename:
            raise DomainError(NO_FILE, field="file")
        content, by = file.read(), person().userid
        with parts.working() as desk:
            outcome = bulk.import_tickets(
                desk, file.filename, content, source=Source(source), by=by
            )
            if outcome.created:
                facts = {"created": outcome.created, "known": outcome.known}
                audit.write(
                    desk.session,
                    actor=by,
                    action="ticket_import",
                    subject=source,
                    now=desk.now,
                    facts=facts,
                )
        if outcome.faults:
            return _page(outcome.faults), UNUSABLE
        flash(f"导入完成：新单 {outcome.created} 张，已有 {outcome.known} 张。")
        return redirect(url_for(".imports"))


def _page(found: tuple[Fault, ...] = ()) -> str:
    return render_template(
        "console/imports.html",
        channels=CHANNELS,
        chosen=request.form.get("source", ""),
        columns=[names[0] for names in bulk.COLUMNS.values()],
        needed=[bulk.COLUMNS[name][0] for name in bulk.NEEDED],
        categories=list(CATEGORY_WORDS.values()),
        found=found[:SHOWN],
        total=len(found),
        most=bulk.MOST_ROWS,
    )
