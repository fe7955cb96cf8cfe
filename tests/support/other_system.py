"""Another system on loopback that takes our webhooks, or fails in the ways of the wild."""

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class OtherSystem:
    """`answers` are given in turn: a status, `html`, `half` (of a body) or `nothing`."""

    address: str = ""
    answers: list[int | str] = field(default_factory=list)
    retry_after: str = ""
    seconds: float = 0.0
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)


class QuietServer(ThreadingHTTPServer):
    """Callers that are killed in the middle of a call are no news."""

    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


@contextmanager
def running() -> Iterator[OtherSystem]:
    system = OtherSystem()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            body = self.rfile.read(length)
            if len(body) < length:
                return  # its sender was killed
            time.sleep(system.seconds)
            system.got.append((dict(self.headers), body))
            answer = system.answers.pop(0) if system.answers else 204
            if answer == "nothing":
                self.close_connection = True
                return
            self.send_response(answer if isinstance(answer, int) else 200)
            if system.retry_after:
                self.send_header("Retry-After", system.retry_after)
            content = b"<html>504</html>" if answer == "html" else b""
            self.send_header("Content-Length", "1000" if answer == "half" else str(len(content)))
            self.end_headers()
            self.wfile.write(b"{" if answer == "half" else content)
            self.close_connection = answer == "half"

        def log_message(self, *_arguments: object) -> None:
            return

    server = QuietServer(("127.0.0.1", 0), Handler)
    system.address = f"http://127.0.0.1:{server.server_port}/events"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield system
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
