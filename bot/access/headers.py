"""Headers of every page: no inline script, no framing but WeCom's, no sniffing; CSRF on forms."""

from flask import Flask, Response, request
from flask_wtf.csrf import CSRFProtect

POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; style-src 'self'; script-src 'self'; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'"
)
# Surfaces whose callers prove themselves otherwise, or change nothing.
NO_CSRF = ("api", "health")


def protect(app: Flask) -> None:
    """Put the headers on every answer and demand a CSRF token of every form."""
    csrf = CSRFProtect(app)
    for name in NO_CSRF:
        if name in app.blueprints:
            csrf.exempt(app.blueprints[name])
    app.after_request(_secure)


def nosniff(response: Response) -> Response:
    """What a door echoes is read as the text it is."""
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    return response


def _secure(response: Response) -> Response:
    headers = response.headers
    headers.setdefault("Content-Security-Policy", POLICY)
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "same-origin")
    headers.setdefault("Permissions-Policy", "geolocation=(self), camera=(self)")
    if request.is_secure:
        headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    return response
