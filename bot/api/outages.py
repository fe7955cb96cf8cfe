"""Outages for other systems: draft, review, publish, change, cancel, restore, and coverage."""

from typing import Any

import sqlalchemy as sa
from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from bot.access.apikeys import Scope
from bot.api import pages, render
from bot.api.keys import calling, needs
from bot.api.shapes import NewOutage, OutageChange, OutageQuery, OutageStepIn, given
from bot.parts import Parts
from handlers.desk import Desk
from handlers.errors import DomainError
from handlers.outages import queries, service
from handlers.outages.coverage import seen
from handlers.outages.models import Outage, OutageArea

CREATED = 201


def register(api: Blueprint, parts: Parts) -> None:
    @api.post("/outages")
    @needs(Scope.OUTAGES_WRITE)
    def draft_outage() -> ResponseReturnValue:
        body = NewOutage.model_validate(given())
        columns = body.model_dump(exclude={"by"}, exclude_none=True)
        with parts.working() as desk:
            outage, warnings = service.draft(desk, columns, by=body.by or calling().name)
            desk.session.flush()
            return jsonify(_whole(desk, outage) | {"warnings": warnings}), CREATED

    @api.get("/outages")
    @needs(Scope.OUTAGES_READ)
    def list_outages() -> ResponseReturnValue:
        query = OutageQuery.model_validate(request.args.to_dict())
        wanted = sa.select(Outage).where(Outage.id > pages.decode(query.cursor)).order_by(Outage.id)
        if query.state is not None:
            wanted = wanted.where(Outage.state == query.state)
        if query.area_code is not None:
            wanted = wanted.where(Outage.areas.any(OutageArea.area_code == query.area_code))
        with parts.looking() as desk:
            found = list(desk.session.scalars(wanted.limit(query.limit + 1)))
            rows, cursor = pages.page(found, query.limit)
            return jsonify(items=[columns(row) for row in rows], next_cursor=cursor)

    @api.get("/outages/<code>")
    @needs(Scope.OUTAGES_READ)
    def read_outage(code: str) -> ResponseReturnValue:
        with parts.looking() as desk:
            return jsonify(_whole(desk, service.get(desk, code, lock=False)))

    @api.post("/outages/<code>/<any(approve, publish, change, cancel, restore):step>")
    @needs(Scope.OUTAGES_WRITE)
    def step_outage(code: str, step: str) -> ResponseReturnValue:
        told = given() if request.data or step == "change" else {}
        with parts.working() as desk:
            outage = service.get(desk, code)
            warnings = _step(desk, outage, step, told)
            desk.session.flush()
            return jsonify(_whole(desk, outage) | {"warnings": warnings})


def _step(desk: Desk, outage: Outage, step: str, told: Any) -> list[str]:
    if step == "change":
        change = OutageChange.model_validate(told)
        if change.outage_code not in {None, outage.outage_code}:
            raise DomainError("an outage keeps its code", field="outage_code")
        new = change.model_dump(exclude_unset=True, exclude={"by", "outage_code"})
        return service.change(desk, outage, new, by=change.by or calling().name)
    body = OutageStepIn.model_validate(told)
    by = body.by or calling().name
    if step == "restore":
        service.restore(desk, outage, by=by, at=body.at)
        return []
    if step == "cancel":
        service.cancel(desk, outage, by=by, reason=body.reason or "")
        return []
    if step == "approve":
        service.approve(desk, outage, by=by)
        return []
    return service.publish(desk, outage, by=by)


def columns(outage: Outage) -> dict[str, Any]:
    return queries.as_columns(outage) | {"restored_at": render.moment(outage.restored_at)}


def _whole(desk: Desk, outage: Outage) -> dict[str, Any]:
    return columns(outage) | {"coverage": seen(desk, outage).as_dict()}
