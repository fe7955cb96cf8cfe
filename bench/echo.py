"""The reference: a bare wechatpy and Flask echo in safe mode, on the same server."""

import os

from flask import Flask, request
from wechatpy import parse_message
from wechatpy.crypto import WeChatCrypto
from wechatpy.replies import TextReply


def load() -> Flask:
    crypto = WeChatCrypto(os.environ["ECHO_TOKEN"], os.environ["ECHO_KEY"], os.environ["ECHO_APP"])
    app = Flask(__name__)

    @app.get("/healthz")
    def healthz() -> str:
        return "ok"

    @app.post("/wechat/callback")
    def echo() -> str:
        args = request.args
        signed = (args["msg_signature"], args["timestamp"], args["nonce"])
        message = parse_message(crypto.decrypt_message(request.data, *signed))
        said = getattr(message, "content", message.type)  # a click or a picture has no words
        reply = TextReply(content=said, message=message).render()
        return str(crypto.encrypt_message(reply, args["nonce"], args["timestamp"]))

    return app
