"""Who is really calling: the forwarded headers count only from a proxy beside us."""

import ipaddress
from collections.abc import Iterable
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from werkzeug.middleware.proxy_fix import ProxyFix


class BehindProxy:
    """Takes the address and the scheme from the last proxy, if that is on a private address.

    Whoever reaches us from outside without a proxy cannot say that he is somebody else: the
    lock-out by address and the metrics of loopback rest on that.
    """

    def __init__(self, app: WSGIApplication) -> None:
        self._plain = app
        self._behind: Any = ProxyFix(app, x_for=1, x_proto=1)

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        chosen = self._behind if _is_beside_us(environ.get("REMOTE_ADDR", "")) else self._plain
        answer: Iterable[bytes] = chosen(environ, start)
        return answer


def _is_beside_us(address: str) -> bool:
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return True  # a unix socket has no address
    return found.is_loopback or found.is_private
