"""An OpenID Connect provider over HTTP, written from the specification, that can be spoiled."""

import base64
import hashlib
import hmac
import json
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache, partial
from typing import Any
from urllib.parse import unquote, urlencode

from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from flask import Flask, jsonify, redirect, request
from werkzeug.serving import make_server

from bot.simulator.server import QuietHandler
from tests.support.desks import NOW

CLIENT, SECRET = "gridbot console", "s3cret/with:signs"


def b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def packed(value: dict[str, Any]) -> str:
    return b64(json.dumps(value).encode())


@dataclass
class Provider:
    """Signs in `person` without asking. `claims`, `metadata`: what it then says otherwise."""

    base: str = ""
    person: str = "zhou"
    claims: dict[str, Any] = field(default_factory=dict)
    metadata: dict[str, Any] = field(default_factory=dict)
    algorithm: str = "RS256"
    is_down: bool = False
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    key: rsa.RSAPrivateKey = field(
        default_factory=cache(partial(rsa.generate_private_key, 65537, 2048))
    )
    published: rsa.RSAPrivateKey | None = None

    @property
    def public(self) -> dict[str, Any]:
        numbers = (self.published or self.key).public_key().public_numbers()
        size = (numbers.n.bit_length() + 7) // 8
        n, e = b64(numbers.n.to_bytes(size, "big")), b64(numbers.e.to_bytes(3, "big"))
        return {"kty": "RSA", "use": "sig", "alg": "RS256", "kid": "k1", "n": n, "e": e}

    def describe(self) -> dict[str, Any]:
        return {
            "issuer": self.base,
            "authorization_endpoint": f"{self.base}/authorize",
            "token_endpoint": f"{self.base}/token",
            "jwks_uri": f"{self.base}/jwks",
            "end_session_endpoint": f"{self.base}/leave",
            "token_endpoint_auth_methods_supported": ["client_secret_basic"],
        } | self.metadata

    def code_for(self, asked: dict[str, str]) -> str:
        """What `/authorize` does once the person has signed in."""
        assert (asked["response_type"], asked["client_id"]) == ("code", CLIENT)
        assert "openid" in asked["scope"].split()
        assert asked["code_challenge_method"] == "S256"
        code = secrets.token_urlsafe(8)
        self.codes[code] = asked
        return code

    def token_for(self, form: dict[str, str], name: str, password: str) -> dict[str, Any] | None:
        """The answer of `/token`; None where it refuses (a code counts once)."""
        asked = self.codes.pop(form.get("code", ""), None)
        if asked is None or (name, password) != (CLIENT, SECRET):
            return None
        challenge = b64(hashlib.sha256(form["code_verifier"].encode()).digest())
        if (challenge, form["redirect_uri"]) != (asked["code_challenge"], asked["redirect_uri"]):
            return None
        return {"access_token": "a1", "token_type": "Bearer", "id_token": self.id_token(asked)}

    def id_token(self, asked: dict[str, str]) -> str:
        now = int(NOW.timestamp())
        claims = {
            "iss": self.base,
            "sub": self.person,
            "aud": CLIENT,
            "iat": now,
            "exp": now + 300,
            "nonce": asked["nonce"],
        } | self.claims
        signed = f"{packed({'alg': self.algorithm, 'kid': 'k1'})}.{packed(claims)}"
        return f"{signed}.{b64(self._signature(signed.encode()))}"

    def _signature(self, signed: bytes) -> bytes:
        if self.algorithm == "none":
            return b""
        if self.algorithm == "HS256":  # the old confusion: the public key taken for a secret
            return hmac.digest(self.public["n"].encode(), signed, "sha256")
        return self.key.sign(signed, padding.PKCS1v15(), SHA256())


def web(provider: Provider) -> Flask:
    app = Flask("provider")

    @app.get("/.well-known/openid-configuration")
    def metadata() -> Any:
        return ("<h1>502</h1>", 502) if provider.is_down else jsonify(provider.describe())

    @app.get("/jwks")
    def keys() -> Any:
        return jsonify(keys=[provider.public])

    @app.get("/authorize")
    def authorize() -> Any:
        code = provider.code_for(request.args.to_dict())
        query = urlencode({"code": code, "state": request.args["state"], "iss": provider.base})
        return redirect(f"{request.args['redirect_uri']}?{query}")

    @app.post("/token")
    def token() -> Any:
        form, who = request.form.to_dict(), request.authorization
        given = (who.username, who.password) if who else (form["client_id"], form["client_secret"])
        name, password = (unquote(part or "") if who else part for part in given)
        answer = provider.token_for(form, str(name), str(password))
        return jsonify(answer) if answer else (jsonify(error="invalid_grant"), 400)

    return app


@contextmanager
def running() -> Iterator[Provider]:
    provider = Provider()
    server = make_server("127.0.0.1", 0, web(provider), threaded=True, request_handler=QuietHandler)
    provider.base = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
