"""What comes in by address or form: what no column of a database can hold stays outside."""

from collections.abc import Iterable
from typing import Any

from flask import Flask, Request, abort, request
from werkzeug.datastructures import ImmutableMultiDict, iter_multi_items
from werkzeug.exceptions import BadRequest

NUL = "\0"
LARGEST_ID = 2**63 - 1


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
    app.before_request(_refuse_unknowable)


def _refuse_unknowable() -> None:
    """No record of ours has a NUL in its name, or a number that no column holds."""
    for value in (request.view_args or {}).values():
        if (isinstance(value, str) and NUL in value) or (
            isinstance(value, int) and value > LARGEST_ID
        ):
            abort(404)


def _clean(value: Any) -> Any:
    return value.replace(NUL, "") if isinstance(value, str) else value
