"""Surveys and statistics for other systems."""

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from bot.access.apikeys import Scope
from bot.api import render
from bot.api.keys import is_personal, needs
from bot.api.shapes import StatsQuery, SurveyQuery
from bot.parts import Parts
from config.clock import CHINA
from handlers.surveys import service as surveys
from handlers.surveys import statistics
from handlers.tickets import service


def register(api: Blueprint, parts: Parts) -> None:
    @api.get("/surveys")
    @needs(Scope.SURVEYS_READ)
    def list_surveys() -> ResponseReturnValue:
        query = SurveyQuery.model_validate(request.args.to_dict())
        with parts.looking() as desk:
            ticket = service.get(desk, query.ticket, lock=False)
            found = surveys.of_ticket(desk.session, ticket.id)
            rows = [found] if found is not None and found.sent_at else []
            items = [
                render.survey(row, ticket.number, ticket.name, is_personal=is_personal())
                for row in rows
            ]
        return jsonify(items=items)

    @api.get("/stats")
    @needs(Scope.STATS_READ)
    def read_stats() -> ResponseReturnValue:
        query = StatsQuery.model_validate(request.args.to_dict())
        since, until = query.since, query.until
        with parts.looking() as desk:
            items = statistics.by(
                desk,
                query.group_by,
                since=since.replace(tzinfo=CHINA) if since and since.tzinfo is None else since,
                until=until.replace(tzinfo=CHINA) if until and until.tzinfo is None else until,
            )
        return jsonify(items=items)
