"""What comes in by address or form: NUL, which no text of PostgreSQL can hold, stays outside."""

from collections.abc import Iterable
from typing import Any

from flask import Flask, Request, abort, request
from werkzeug.datastructures import ImmutableMultiDict, iter_multi_items
from werkzeug.exceptions import BadRequest

NUL = "\0"


class Fields(ImmutableMultiDict[str, Any]):
    """The fields of a query or a form, without NULs."""

    def __init__(self, mapping: Any = None) -> None:
        pairs: Iterable[tuple[str, Any]] = iter_multi_items(mapping or ())
        super().__init__([(_clean(name), _clean(value)) for name, value in pairs])


class CleanRequest(Request):
    parameter_storage_class = Fields

    def get_json(self, *args: Any, **kwargs: Any) -> Any:
        """As Flask's; JSON that nests deeper than can be read is a bad request too."""
        try:
            return super().get_json(*args, **kwargs)
        except RecursionError as error:
            raise BadRequest("this JSON nests too deeply") from error


def protect(app: Flask) -> None:
    """Let nothing in that a query of ours would stumble over."""
    app.request_class = CleanRequest
    app.before_request(_refuse_nul)


def _refuse_nul() -> None:
    """No record of ours has one in its name."""
    given = (request.view_args or {}).values()
    if any(isinstance(value, str) and NUL in value for value in given):
        abort(404)


def _clean(value: Any) -> Any:
    return value.replace(NUL, "") if isinstance(value, str) else value
