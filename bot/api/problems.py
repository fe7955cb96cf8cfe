"""Errors of the API: problem documents (RFC 9457)."""

import json
from http import HTTPStatus

import structlog
from flask import Blueprint, Response, request
from pydantic import ValidationError
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from werkzeug.exceptions import HTTPException

from config.database import reason
from handlers.errors import DomainError, NotAllowedError, NotFoundError, StateConflictError

log = structlog.get_logger(__name__)

STATUS: tuple[tuple[type[DomainError], HTTPStatus], ...] = (
    (NotFoundError, HTTPStatus.NOT_FOUND),
    (StateConflictError, HTTPStatus.CONFLICT),
    (NotAllowedError, HTTPStatus.FORBIDDEN),
    (DomainError, HTTPStatus.UNPROCESSABLE_ENTITY),
)
BUSY = "the database is busy or away; nothing was written, try again"
RETRY_SECONDS = "5"
ROOT = "/api/"


def problem(status: int, detail: str, **more: object) -> Response:
    """One problem document."""
    body = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status}
    body |= {"detail": detail, **more}
    return Response(
        json.dumps(body, ensure_ascii=False), status=status, content_type="application/problem+json"
    )


def answer_with_problems(api: Blueprint) -> None:
    """Map every error of the blueprint once."""

    @api.errorhandler(DomainError)
    def refused(error: DomainError) -> Response:
        status = next(code for kind, code in STATUS if isinstance(error, kind))
        fields = [{"field": error.field, "message": error.message}] if error.field else []
        return problem(status, error.message, errors=fields)

    @api.errorhandler(ValidationError)
    def invalid(error: ValidationError) -> Response:
        faults = [
            {"field": ".".join(str(part) for part in fault["loc"]), "message": fault["msg"]}
            for fault in error.errors(include_url=False, include_input=False, include_context=False)
        ]
        named = ", ".join(str(fault["field"]) or "body" for fault in faults)
        return problem(HTTPStatus.UNPROCESSABLE_ENTITY, f"invalid: {named}", errors=faults)

    @api.errorhandler(HTTPException)
    def refused_by_http(error: HTTPException) -> Response:
        answer = problem(error.code or 500, error.description or "")
        if (allowed := getattr(error, "valid_methods", None)) is not None:
            answer.headers["Allow"] = ", ".join(allowed)
        return answer

    @api.app_errorhandler(HTTPException)
    def unknown_address(error: HTTPException) -> Response | HTTPException:
        """No blueprint is in charge of a path or a method that none of its routes has."""
        is_api = f"{request.path}/".startswith(ROOT)
        return refused_by_http(error) if is_api else error

    @api.errorhandler(OperationalError)
    @api.errorhandler(PoolTimeoutError)
    def busy(error: Exception) -> Response:
        log.warning("database_trouble", door="api", reason=reason(error))
        answer = problem(HTTPStatus.SERVICE_UNAVAILABLE, BUSY)
        answer.headers["Retry-After"] = RETRY_SECONDS
        return answer
