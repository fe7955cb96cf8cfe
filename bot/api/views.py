"""`/api/v1`: the interface for other systems; the OpenAPI document is public, all else keyed."""

from typing import Any

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from bot.api import figures, keys, openapi, outages, tickets
from bot.api.problems import answer_with_problems
from bot.parts import Parts


def blueprint(parts: Parts) -> Blueprint:
    api = Blueprint("api", __name__, url_prefix="/api/v1")
    answer_with_problems(api)

    @api.before_request
    def demand_key() -> Any:
        if request.endpoint == "api.document":
            return None
        return keys.demand_key(parts)

    @api.get("/openapi.json")
    def document() -> ResponseReturnValue:
        return jsonify(openapi.document(parts.settings.public_url))

    tickets.register(api, parts)
    outages.register(api, parts)
    figures.register(api, parts)
    return api
