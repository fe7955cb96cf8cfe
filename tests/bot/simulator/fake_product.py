"""A product of ten lines that answers the callbacks; wechatpy, not our own code, opens and seals."""

import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import xmltodict
from flask import Flask, Response, request
from wechatpy.crypto import WeChatCrypto
from wechatpy.utils import check_signature
from wechatpy.work.crypto import WeChatCrypto as WorkCrypto
from werkzeug.serving import WSGIRequestHandler, make_server

from bot.simulator import AiBot, SimulatorConfig, WeChatAccount, WeComApp

WECHAT = WeChatAccount(
    app_id="wx0123456789abcdef",
    original_id="gh_680bdefc8c5d",
    secret="wechat-secret",
    token="wechattoken",
    aes_key="abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG",
)
WECOM = WeComApp(
    corp_id="ww0123456789abcdef",
    agent_id=1000002,
    secret="wecom-secret",
    token="wecomtoken",
    aes_key="ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789abcdefg",
)
AIBOT = AiBot(token="aibottoken", aes_key="0123456789abcdefghijklmnopqrstuvwxyzABCDEFG")
TEXT = (
    "<xml><ToUserName><![CDATA[{to}]]></ToUserName><FromUserName><![CDATA[{sender}]]>"
    "</FromUserName><CreateTime>1</CreateTime><MsgType><![CDATA[text]]></MsgType>"
    "<Content><![CDATA[{text}]]></Content></xml>"
)


class Quiet(WSGIRequestHandler):
    def log_request(self, *_: object) -> None: ...


def config(product_url: str, **changes: Any) -> SimulatorConfig:
    fields = {
        "wechat": WECHAT,
        "wecom": WECOM,
        "aibot": AIBOT,
        "callback_timeout": 0.5,
        "retry_after": 0.0,
        "stream_poll": 0.01,
        **changes,
    }
    return SimulatorConfig(product_url=product_url, **fields)


@dataclass
class FakeProduct:
    """`answers` says what to do with a message: a text, a whole body, a status, or to be late."""

    messages: list[dict[str, Any]] = field(default_factory=list)
    queries: list[dict[str, str]] = field(default_factory=list)
    bodies: list[str] = field(default_factory=list)
    streams: list[dict[str, Any]] = field(default_factory=list)
    answer: Callable[[dict[str, Any]], Any] = lambda _: "success"

    def __post_init__(self) -> None:
        self.lock = threading.Lock()
        app = Flask("product")
        app.add_url_rule("/wechat/callback", view_func=self.wechat, methods=["GET", "POST"])
        app.add_url_rule("/wecom/callback", view_func=self.wecom, methods=["GET", "POST"])
        app.add_url_rule("/aibot/callback", view_func=self.aibot, methods=["GET", "POST"])
        self.server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
        self.url = f"http://127.0.0.1:{self.server.port}"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True)
        self.thread.start()

    def close(self) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()

    def remember(self, message: dict[str, Any]) -> Any:
        with self.lock:
            self.messages.append(message)
            self.queries.append(request.args.to_dict())
            self.bodies.append(request.get_data(as_text=True))
        return self.answer(message)

    def wechat(self) -> Response:
        args = request.args
        check_signature(WECHAT.token, args["signature"], args["timestamp"], args["nonce"])
        if request.method == "GET":
            return Response(args["echostr"])
        body, crypto = request.get_data(as_text=True), None
        if args.get("encrypt_type") == "aes":
            crypto = WeChatCrypto(WECHAT.token, WECHAT.aes_key, WECHAT.app_id)
            body = crypto.decrypt_message(
                body, args["msg_signature"], args["timestamp"], args["nonce"]
            )
        message = json.loads(body) if body.startswith("{") else xmltodict.parse(body)["xml"]
        return self.replied(self.remember(message), message, crypto)

    def replied(self, answer: Any, message: dict[str, Any], crypto: Any) -> Response:
        if isinstance(answer, Response):
            return answer
        if isinstance(answer, float):
            time.sleep(answer)
            return Response("success")
        if answer in {"", "success"} or answer.startswith("{"):
            return Response(answer)
        if not answer.startswith("<xml>"):
            answer = TEXT.format(
                to=message["FromUserName"], sender=message["ToUserName"], text=answer
            )
        return Response(
            crypto.encrypt_message(answer, "nonce1", "1700000000") if crypto else answer
        )

    def wecom(self) -> Response:
        crypto = WorkCrypto(WECOM.token, WECOM.aes_key, WECOM.corp_id)
        args = request.args
        signed = (args["msg_signature"], args["timestamp"], args["nonce"])
        if request.method == "GET":
            return Response(crypto.check_signature(*signed, args["echostr"]))
        body = crypto.decrypt_message(request.get_data(as_text=True), *signed)
        message = xmltodict.parse(body)["xml"]
        return self.replied(self.remember(message), message, crypto)

    def aibot(self) -> Response:
        crypto = WorkCrypto(AIBOT.token, AIBOT.aes_key, "")
        args = request.args
        signed = (args["msg_signature"], args["timestamp"], args["nonce"])
        if request.method == "GET":
            return Response(crypto.check_signature(*signed, args["echostr"]))
        sealed = json.loads(request.get_data())["encrypt"]
        envelope = f"<xml><Encrypt>{sealed}</Encrypt></xml>"
        message = json.loads(crypto.decrypt_message(envelope, *signed))
        answer = self.remember(message)
        if message["msgtype"] == "stream" or self.streams:
            answer = self.streams.pop(0)
        if not isinstance(answer, dict):
            return Response("")
        whole = xmltodict.parse(
            crypto.encrypt_message(json.dumps(answer), args["nonce"], args["timestamp"])
        )["xml"]
        return Response(
            json.dumps(
                {
                    "encrypt": whole["Encrypt"],
                    "msgsignature": whole["MsgSignature"],
                    "timestamp": int(whole["TimeStamp"]),
                    "nonce": whole["Nonce"],
                }
            )
        )
