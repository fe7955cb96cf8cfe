"""The one door of all platform APIs: fault, token, method, quota, handler, answer, journal."""

import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, current_app, request
from werkzeug.datastructures import FileStorage

from bot.simulator.parts.errors import Refusal, refused
from bot.simulator.parts.faults import Fault, FaultKind
from bot.simulator.parts.tokens import Platform
from bot.simulator.parts.world import World
from bot.simulator.spoiling import spoiled

gateway = Blueprint("gateway", __name__)
ESCAPED = re.compile(r"(?<!\\)\\u([0-9a-fA-F]{4})")
QUIET = {"cgi-bin/media/get", "cgi-bin/media/upload", "cgi-bin/webhook/upload_media"}


@dataclass(frozen=True, slots=True)
class Call:
    """One request of the product, read."""

    path: str
    query: dict[str, str]
    body: dict[str, Any]
    files: dict[str, FileStorage]
    base: str

    def need(self, name: str, code: int = 47001) -> Any:
        """Read a field of the body that must be there."""
        value = self.body.get(name)
        if value in (None, "", []):
            raise Refusal(code, f"missing parameter {name}")
        return value


Answer = dict[str, Any] | Response
Handler = Callable[[World, Call], Answer]


@dataclass(frozen=True, slots=True)
class Endpoint:
    handle: Handler
    method: str = "POST"
    token: bool = True


Table = dict[str, Endpoint]


def get(handle: Handler, *, token: bool = True) -> Endpoint:
    return Endpoint(handle, "GET", token)


def post(handle: Handler, *, token: bool = True) -> Endpoint:
    return Endpoint(handle, "POST", token)


class Tables:
    """The endpoints of both platforms; some paths exist at both, and the token tells them apart."""

    def __init__(self, wechat: Table, wecom: Table) -> None:
        self._tables = {Platform.WECHAT: wechat, Platform.WECOM: wecom}

    def find(self, path: str, token_of: Platform | None) -> tuple[Platform, Endpoint] | None:
        order = [token_of] if token_of else []
        for platform in [*order, Platform.WECHAT, Platform.WECOM]:
            if endpoint := self._tables[platform].get(path):
                return platform, endpoint
        return None


def world() -> World:
    found: World = current_app.extensions["simulator"]
    return found


def as_response(answer: Answer) -> Response:
    if isinstance(answer, Response):
        return answer
    text = json.dumps(answer, ensure_ascii=False)
    return Response(text, content_type="application/json; encoding=utf-8")


def _body(platform: Platform) -> dict[str, Any]:
    if request.method == "GET" or request.files:
        return {}
    text = request.get_data(as_text=True)
    if not text:
        raise Refusal(44002)
    if platform is Platform.WECHAT:
        # The Official Account's side shows an escaped character as it was written: \u505c.
        text = ESCAPED.sub(r"\\\\u\1", text)
    try:
        body = json.loads(text)
    except ValueError as error:
        raise Refusal(47001) from error
    if not isinstance(body, dict):
        raise Refusal(47001)
    return body


def _handled(sim: World, path: str, platform: Platform, endpoint: Endpoint) -> Answer:
    if request.method != endpoint.method:
        raise Refusal(43001 if endpoint.method == "GET" else 43002)
    with sim.lock:
        if endpoint.token:
            sim.tokens.check(request.args.get("access_token", ""), sim.now())
    call = Call(path, request.args.to_dict(), _body(platform), request.files.to_dict(), base())
    with sim.lock:
        sim.memory.quotas.take(path, sim.now())
        return endpoint.handle(sim, call)


def base() -> str:
    """Say where the product reaches the simulator, for links inside answers."""
    configured = world().config.public_base
    return (configured or request.url_root).rstrip("/")


def _answer(sim: World, path: str, fault: Fault | None) -> Response:
    with sim.lock:
        token_of = sim.tokens.platform_of(request.args.get("access_token", ""))
    tables: Tables = current_app.extensions["simulator.tables"]
    found = tables.find(path, token_of)
    wecom = found is not None and found[0] is Platform.WECOM
    if fault and fault.kind is FaultKind.ERRCODE:
        return as_response(refused(fault.code, fault.text, wecom=wecom))
    if fault and fault.kind is not FaultKind.LATENCY and not fault.effect:
        return as_response({"errcode": 0, "errmsg": "ok"})
    if found is None:
        return as_response(refused(40066, "invalid url", wecom=False))
    try:
        return as_response(_handled(sim, path, *found))
    except Refusal as refusal:
        with sim.lock:
            sim.memory.refused[f"{path} {refusal.code}"] += 1
        return as_response(refused(refusal.code, refusal.text, wecom=wecom))


def _shown(response: Response) -> Any:
    if response.is_streamed:
        return "…"
    text = response.get_data(as_text=True) if response.is_json else f"{len(response.data)} bytes"
    return json.loads(text) if response.is_json else text


def _request_body(path: str) -> Any:
    if path in QUIET or request.files:
        return f"{request.content_length or 0} bytes"
    text = request.get_data(as_text=True)
    return request.get_json(force=True, silent=True) if text else ""


@gateway.route("/cgi-bin/<path:rest>", methods=["GET", "POST"])
@gateway.route("/sns/<path:rest>", methods=["GET", "POST"])
def call_platform(rest: str) -> Response:
    """Answer one API call of the product, well or badly as the tests have ordered."""
    sim = world()
    path = f"{request.path.split('/')[1]}/{rest}"
    started = time.monotonic()
    body = _request_body(path)
    with sim.lock:
        fault = sim.memory.faults.take(path)
    response = _answer(sim, path, fault)
    shown = _shown(response)
    if fault:
        response = spoiled(response, fault)
    with sim.lock:
        sim.memory.journal.record(
            "api", "/" + path,
            at=sim.now(), query=request.args.to_dict(), body=body, status=response.status_code,
            answer=shown, milliseconds=(time.monotonic() - started) * 1000,
            note=f"fault: {fault.kind}" if fault else "",
        )  # fmt: skip
    return response
