"""`python -m bench.sink PORT`: a platform that takes everything and remembers what it was sent.

`GET /seen` tells the tickets that were named and how often the same card or message came again.
"""

import json
import re
import sys
from collections import Counter
from hashlib import sha256
from http.server import BaseHTTPRequestHandler
from itertools import count
from threading import Lock
from typing import Any

from tests.support.other_system import QuietServer

TICKET = re.compile(r"T\d{13,}")
TOKEN = {"access_token": "token", "expires_in": 7200}

_seen: Counter[str] = Counter()
_tickets: set[str] = set()
_numbers = count(1)
_lock = Lock()


class Platform(BaseHTTPRequestHandler):
    """WeCom's and the Official Account's API, as far as the product needs an answer."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        if self.path == "/seen":
            again = sum(times - 1 for times in _seen.values())
            self._answer({"tickets": sorted(_tickets), "calls": _seen.total(), "again": again})
        else:
            self._answer(TOKEN)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if "/send" in self.path:
            with _lock:
                _seen[_mark(json.loads(body))] += 1
                _tickets.update(TICKET.findall(body.decode()))
        self._answer({**TOKEN, "msgid": str(next(_numbers)), "response_code": "code"})

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def _answer(self, facts: dict[str, Any]) -> None:
        body = json.dumps({"errcode": 0, "errmsg": "ok", **facts}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def _mark(body: dict[str, Any]) -> str:
    """By what a platform or a person tells that it is the same again."""
    card = body.get("template_card") or {}
    named = card.get("task_id") or body.get("client_msg_id")
    words = json.dumps(body, sort_keys=True).encode()
    return f"{body.get('touser')} {named or sha256(words).hexdigest()}"


if __name__ == "__main__":
    QuietServer(("127.0.0.1", int(sys.argv[1])), Platform).serve_forever()
