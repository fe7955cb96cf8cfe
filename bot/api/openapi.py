"""The OpenAPI 3.1 document of `/api/v1`, made from the shapes the views validate with."""

from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from bot.access.apikeys import Scope
from bot.api import shapes

TEMPLATE = "#/components/schemas/{model}"
BODIES: tuple[type[BaseModel], ...] = (
    shapes.NewTicket,
    shapes.TicketEventIn,
    shapes.NewOutage,
    shapes.OutageChange,
    shapes.OutageStepIn,
)
NUMBER = {"name": "number", "in": "path", "required": True, "schema": {"type": "string"}}
CODE = {"name": "code", "in": "path", "required": True, "schema": {"type": "string"}}


def document(public_url: str) -> dict[str, Any]:
    """The whole document; `public_url` is the product's address."""
    _, schemas = models_json_schema([(m, "validation") for m in BODIES], ref_template=TEMPLATE)
    components = schemas.get("$defs", {}) | {"Problem": PROBLEM, "Ticket": TICKET, "Outage": OUTAGE}
    components |= {"OpenedTicket": OPENED}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "gridbot",
            "version": "1",
            "description": "Tickets, outages and figures of a power grid's service stations.",
        },
        "servers": [{"url": f"{public_url}/api/v1"}],
        "security": [{"key": []}],
        "paths": _paths(),
        "components": {
            "schemas": components,
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
        },
    }


def _paths() -> dict[str, Any]:
    steps = {
        f"/outages/{{code}}/{step}": {
            "post": _operation(
                f"{step}_outage",
                Scope.OUTAGES_WRITE,
                {200: "Outage"},
                body=shapes.OutageChange if step == "change" else shapes.OutageStepIn,
                parameters=[CODE],
                body_required=step == "change",
            )
        }
        for step in ("approve", "publish", "change", "cancel", "restore")
    }
    return {
        "/tickets": {
            "post": _operation(
                "open_ticket",
                Scope.TICKETS_WRITE,
                {201: "OpenedTicket", 200: "OpenedTicket"},
                body=shapes.NewTicket,
            ),
            "get": _operation(
                "list_tickets", Scope.TICKETS_READ, {200: None}, query=shapes.TicketQuery
            ),
        },
        "/tickets/export": {
            "get": _operation(
                "export_tickets",
                Scope.TICKETS_READ,
                {200: None},
                query=shapes.ExportQuery,
                media=(
                    "text/csv",
                    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
                ),
            )
        },
        "/tickets/{number}": {
            "get": _operation(
                "read_ticket", Scope.TICKETS_READ, {200: "Ticket"}, parameters=[NUMBER]
            )
        },
        "/tickets/{number}/events": {
            "post": _operation(
                "act_on_ticket",
                Scope.TICKETS_WRITE,
                {200: "Ticket"},
                body=shapes.TicketEventIn,
                parameters=[NUMBER],
            )
        },
        "/outages": {
            "post": _operation(
                "draft_outage", Scope.OUTAGES_WRITE, {201: "Outage"}, body=shapes.NewOutage
            ),
            "get": _operation(
                "list_outages", Scope.OUTAGES_READ, {200: None}, query=shapes.OutageQuery
            ),
        },
        "/outages/{code}": {
            "get": _operation("read_outage", Scope.OUTAGES_READ, {200: "Outage"}, parameters=[CODE])
        },
        **steps,
        "/surveys": {
            "get": _operation(
                "list_surveys", Scope.SURVEYS_READ, {200: None}, query=shapes.SurveyQuery
            )
        },
        "/stats": {
            "get": _operation("read_stats", Scope.STATS_READ, {200: None}, query=shapes.StatsQuery)
        },
    }


def _operation(
    name: str,
    scope: Scope,
    answers: dict[int, str | None],
    *,
    body: type[BaseModel] | None = None,
    query: type[BaseModel] | None = None,
    parameters: list[dict[str, Any]] | None = None,
    body_required: bool = True,
    media: tuple[str, ...] = ("application/json",),
) -> dict[str, Any]:
    responses: dict[str, Any] = {
        str(status): {
            "description": "done",
            "content": {kind: {"schema": _schema(model)} for kind in media},
        }
        for status, model in answers.items()
    }
    for status in ("400", "401", "403", "404", "409", "413", "422"):
        content = {"application/problem+json": {"schema": _schema("Problem")}}
        responses[status] = {"description": "a problem document", "content": content}
    operation: dict[str, Any] = {
        "operationId": name,
        "description": f"Needs the scope `{scope}`.",
        "parameters": [*(parameters or []), *(_query(query) if query else [])],
        "responses": responses,
    }
    if body is not None:
        content = {"application/json": {"schema": _schema(body.__name__)}}
        operation["requestBody"] = {"required": body_required, "content": content}
    return operation


def _query(model: type[BaseModel]) -> list[dict[str, Any]]:
    schema = model.model_json_schema(ref_template=TEMPLATE)
    inlined = schema.get("$defs", {})
    return [
        {
            "name": name,
            "in": "query",
            "required": name in schema.get("required", []),
            "schema": _inline(spec, inlined),
        }
        for name, spec in schema["properties"].items()
    ]


def _inline(spec: Any, definitions: dict[str, Any]) -> Any:
    """A query's schema with its enums written out, so that it stands alone."""
    if isinstance(spec, list):
        return [_inline(each, definitions) for each in spec]
    if not isinstance(spec, dict):
        return spec
    if "$ref" in spec:
        return definitions[spec["$ref"].rsplit("/", 1)[1]]
    return {key: _inline(value, definitions) for key, value in spec.items()}


def _schema(model: str | None) -> dict[str, Any]:
    return {"$ref": TEMPLATE.format(model=model)} if model else {}


_TEXT = {"type": "string"}
_MAYBE = {"type": ["string", "null"]}
_OBJECT = {"type": "object"}
_PERSON = {
    "type": ["object", "null"],
    "properties": {"userid": _TEXT, "name": _TEXT},
    "required": ["userid", "name"],
}

PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": _TEXT,
        "title": _TEXT,
        "status": {"type": "integer"},
        "detail": _TEXT,
        "errors": {
            "type": "array",
            "items": {"type": "object", "properties": {"field": _TEXT, "message": _TEXT}},
        },
    },
}
OPENED = {
    "type": "object",
    "required": ["number", "state", "priority", "grid_code", "assignee", "due"],
    "properties": {
        "number": _TEXT,
        "state": _TEXT,
        "priority": _TEXT,
        "grid_code": _MAYBE,
        "assignee": _PERSON,
        "due": _OBJECT,
    },
}
TICKET = {
    "type": "object",
    "required": ["number", "state", "category", "priority", "text", "timeline", "due"],
    "properties": {
        "number": _TEXT,
        "state": _TEXT,
        "category": _TEXT,
        "priority": _TEXT,
        "source_channel": _TEXT,
        "external_number": _MAYBE,
        "station_code": _MAYBE,
        "grid_code": _MAYBE,
        "assignee": _PERSON,
        "community": _MAYBE,
        "address": _MAYBE,
        "account_number": _MAYBE,
        "phone": _MAYBE,
        "name": _MAYBE,
        "text": _TEXT,
        "fields": _OBJECT,
        "parent": _MAYBE,
        "reported_at": _MAYBE,
        "due": _OBJECT,
        "survey": _OBJECT,
        "timeline": {"type": "array", "items": _OBJECT},
    },
}
OUTAGE = {
    "type": "object",
    "required": ["outage_code", "kind", "state", "area_codes", "coverage"],
    "properties": {
        "outage_code": _TEXT,
        "kind": _TEXT,
        "state": _TEXT,
        "area_codes": {"type": "array", "items": _TEXT},
        "starts_at": _TEXT,
        "ends_at": _TEXT,
        "reason": _TEXT,
        "coverage": _OBJECT,
    },
}
