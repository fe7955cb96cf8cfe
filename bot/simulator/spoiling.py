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


class LostAnswerError(Exception):
    """The connection dies in the middle of an answer, on order."""


def _cut(*, reset: bool) -> None:
    """Close the connection under the server; one that hides its socket is cut by the raise below."""
    connection = request.environ.get("werkzeug.socket")
    if not isinstance(connection, socket.socket):
        return
    if reset:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.shutdown(socket.SHUT_RDWR)


def spoiled(response: Response, fault: Fault) -> Response:
    """Turn a good answer into the one that was ordered."""
    if fault.seconds and fault.kind is not FaultKind.SILENCE:
        time.sleep(fault.seconds)
    match fault.kind:
        case FaultKind.HTML:
            return Response(BUSY_PAGE, status=200, content_type="text/html")
        case FaultKind.STATUS:
            return Response(BUSY_PAGE, status=fault.code, content_type="text/html")
        case FaultKind.HALF:
            return half(response)
        case FaultKind.SILENCE:
            time.sleep(fault.seconds or SILENT_SECONDS)
            _cut(reset=False)
            return Response(status=504)
        case FaultKind.RESET:
            _cut(reset=True)
            return Response(status=502)
        case _:
            return response


def half(response: Response) -> Response:
    """Promise the whole length and send half of it."""
    whole = response.get_data()
    pieces = _half_of(whole, request.environ.get("werkzeug.socket"))
    cut = Response(pieces, status=200, content_type=response.content_type)
    cut.headers["Content-Length"] = str(len(whole))
    return cut


def _half_of(whole: bytes, connection: object) -> Iterator[bytes]:
    yield whole[: len(whole) // 2]
    if isinstance(connection, socket.socket):
        connection.shutdown(socket.SHUT_RDWR)
        return
    raise LostAnswerError
