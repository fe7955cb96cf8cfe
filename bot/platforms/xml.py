"""The platforms' flat XML (and its JSON twin) as dicts, read with suspicion and written safely."""

import json
import re
from collections.abc import Iterator
from typing import Any
from xml.parsers.expat import ExpatError

import xmltodict

Fields = dict[str, Any]
FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class UnreadableError(Exception):
    """A body is neither the XML nor the JSON that the platform documents."""


def read(body: bytes) -> Fields:
    """The fields of an `<xml>` element, or of a JSON object where the account pushes JSON."""
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableError("not UTF-8") from error
    return read_json(text) if is_json(text) else _read_xml(text)


def is_json(text: str) -> bool:
    return text.lstrip().startswith("{")


def read_json(text: str) -> Fields:
    try:
        fields = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UnreadableError("not JSON") from error
    if not isinstance(fields, dict):
        raise UnreadableError("not an object")
    return fields


def _read_xml(text: str) -> Fields:
    try:
        fields = xmltodict.parse(text).get("xml")
    except (ExpatError, ValueError) as error:  # ValueError: it holds entities
        raise UnreadableError("not XML") from error
    if not isinstance(fields, dict):
        raise UnreadableError("no fields")
    return fields


def word(fields: Fields, name: str) -> str:
    """A field as clean text; empty where it is absent or no plain value."""
    value = fields.get(name)
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return clean(str(value))


def number(fields: Fields, name: str) -> float | None:
    try:
        return float(word(fields, name))
    except ValueError:
        return None


def part(fields: Fields, name: str) -> Fields:
    """A field that holds fields; empty where it is something else."""
    value = fields.get(name)
    return value if isinstance(value, dict) else {}


def items(fields: Fields, name: str) -> list[Any]:
    """A repeated element, which XML shows single when there is one, and nested or not in JSON."""
    value = fields.get(name)
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def clean(text: str) -> str:
    """Text without what neither XML nor a database takes: NUL, controls, halves of characters."""
    if text.isprintable():  # neither controls nor halves
        return text
    whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return FORBIDDEN.sub("", whole)


def write(fields: Fields) -> str:
    return f"<xml>{''.join(_elements(fields))}</xml>"


def _elements(fields: Fields) -> Iterator[str]:
    for name, value in fields.items():
        for item in value if isinstance(value, list) else [value]:
            yield f"<{name}>{_content(item)}</{name}>"


def _content(value: object) -> str:
    if isinstance(value, dict):
        return "".join(_elements(value))
    if isinstance(value, int | float):
        return str(value)
    # A resident may write ]]>, which would end the section (wechatpy's replies let it).
    return "<![CDATA[" + clean(str(value)).replace("]]>", "]]]]><![CDATA[>") + "]]>"
