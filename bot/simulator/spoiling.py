"""How an answer goes wrong on its way: late, as HTML, in half, not at all."""

import socket
import struct
import time
from collections.abc import Iterator

from flask import Response, request

from bot.simulator.parts.faults import Fault, FaultKind

BUSY_PAGE = (
    "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n"
    "<center><h1>502 Bad Gateway</h1></center>\r\n</body>\r\n</html>\r\n"
)
SILENT_SECONDS = 30.0
RESET = struct.pack("ii", 1, 0)  # SO_LINGER on, zero seconds: close with RST


class LostAnswerError(Exception):
    """The connection dies in the middle of an answer, on order."""


def _cut_off(whole: bytes, keep: int, *, reset: bool = False) -> Response:
    """Promise the whole length, send `keep` bytes and end the connection.

    Werkzeug's server lends its socket; under others an exception in the body does the same.
    """
    connection = request.environ.get("werkzeug.socket")

    def pieces() -> Iterator[bytes]:
        if keep:
            yield whole[:keep]
        if not isinstance(connection, socket.socket):
            raise LostAnswerError
        if reset:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        connection.shutdown(socket.SHUT_RDWR)

    if not keep and isinstance(connection, socket.socket):
        list(pieces())  # before the status line is written
        return Response(status=502)
    response = Response(pieces(), content_type="application/json")
    response.headers["Content-Length"] = str(len(whole))
    return response


def spoiled(response: Response, fault: Fault) -> Response:
    """Turn a good answer into the one that was ordered."""
    silence = SILENT_SECONDS if fault.kind is FaultKind.SILENCE else 0.0
    time.sleep(fault.seconds or silence)
    match fault.kind:
        case FaultKind.HTML:
            return Response(BUSY_PAGE, status=200, content_type="text/html")
        case FaultKind.STATUS:
            return Response(BUSY_PAGE, status=fault.code, content_type="text/html")
        case FaultKind.HALF:
            whole = response.get_data()
            return _cut_off(whole, len(whole) // 2)
        case FaultKind.SILENCE:
            return _cut_off(b"{}", 0)
        case FaultKind.RESET:
            return _cut_off(b"{}", 0, reset=True)
        case _:
            return response
