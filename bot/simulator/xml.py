"""The XML of pushes and passive replies, to and from plain mappings."""

from collections.abc import Mapping
from typing import Any
from xml.parsers.expat import ExpatError

import xmltodict


class UnreadableError(Exception):
    """The body is no `<xml>` document (or, where JSON is spoken, no JSON object)."""


def _element(name: str, value: Any) -> str:
    if isinstance(value, list):
        return "".join(_element(name, item) for item in value)
    if isinstance(value, Mapping):
        inner = "".join(_element(key, item) for key, item in value.items())
        return f"<{name}>{inner}</{name}>"
    if isinstance(value, int | float):
        return f"<{name}>{value}</{name}>"
    text = str(value).replace("]]>", "]]]]><![CDATA[>")
    return f"<{name}><![CDATA[{text}]]></{name}>"


def write(fields: Mapping[str, Any]) -> str:
    """Numbers stand bare and text in CDATA, as the platforms write them."""
    return _element("xml", fields)


def read(body: str) -> dict[str, Any]:
    try:
        parsed = xmltodict.parse(body)
    except (ExpatError, ValueError) as error:
        raise UnreadableError(str(error)) from error
    root = parsed.get("xml")
    if not isinstance(root, dict):
        raise UnreadableError("no <xml> element")
    return root
