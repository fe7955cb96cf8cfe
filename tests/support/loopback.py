"""A platform on loopback that answers what it is told to, also badly, and counts its calls."""

import json
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

HTML = "<html><head><title>502 Bad Gateway</title></head><body>…</body></html>"
HALF, NOTHING = object(), object()  # half a body; the connection closed without a word


class Loopback:
    """`answers[path]` is a list used up in order, its last one for ever; `slow` delays each.

    An answer may be a function of the query.
    """

    def __init__(self) -> None:
        self.answers: dict[str, list[Any]] = {}
        self.calls: dict[str, list[tuple[dict[str, str], Any]]] = defaultdict(list)
        self.slow = 0.0
        self.headers: dict[str, str] = {}
        self._lock = threading.Lock()
        loopback = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True
            wbufsize = -1  # one packet an answer, so that no test waits for an ACK

            def do_GET(self) -> None:
                loopback.serve(self)

            do_POST = do_GET  # noqa: N815 - the server asks for this name

            def log_message(self, *_: object) -> None: ...

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.base = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def count(self, path: str) -> int:
        return len(self.calls[path])

    def serve(self, handler: BaseHTTPRequestHandler) -> None:
        size = int(handler.headers.get("Content-Length") or 0)
        body = handler.rfile.read(size)
        url = urlsplit(handler.path)
        query = {name: values[0] for name, values in parse_qs(url.query).items()}
        path = url.path.removeprefix("/cgi-bin/")
        with self._lock:
            self.calls[path].append((query, _read(body)))
            waiting = self.answers.get(path, [{"errcode": 40066, "errmsg": "invalid url"}])
            answer = waiting.pop(0) if len(waiting) > 1 else waiting[0]
        time.sleep(self.slow)
        self._write(handler, answer(query) if callable(answer) else answer)

    def _write(self, handler: BaseHTTPRequestHandler, answer: Any) -> None:
        if answer is NOTHING:
            handler.close_connection = True
            return
        status, answer = answer if isinstance(answer, tuple) else (200, answer)
        whole = b'{"errcode": 0, "msgid": "x"}'
        text = (
            answer if isinstance(answer, str) else json.dumps(answer) if answer is not HALF else ""
        )
        content = (
            answer if isinstance(answer, bytes) else whole if answer is HALF else text.encode()
        )
        handler.send_response(status)
        handler.send_header("Content-Type", "text/html" if text == HTML else "application/json")
        for name, value in self.headers.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(content)))
        handler.end_headers()
        handler.wfile.write(content[: len(content) // 2] if answer is HALF else content)
        handler.close_connection = answer is HALF


def _read(body: bytes) -> Any:
    """A JSON body's value, other bodies as they are."""
    try:
        return json.loads(body) if body else None
    except ValueError:
        return body


@contextmanager
def running() -> Iterator[Loopback]:
    loopback = Loopback()
    try:
        yield loopback
    finally:
        loopback.close()
