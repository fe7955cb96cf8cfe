"""Structured logs: ids and reasons, never people's words or numbers."""

import logging
import re
from typing import Any

import structlog

# A last net under "never log people's numbers": mobiles and identity numbers that slipped in.
MOBILE = re.compile(r"(?<![\d])1[3-9]\d{9}(?!\d)")
IDENTITY = re.compile(r"(?<!\d)\d{6}(?:19|20)\d{2}(?:0\d|1[0-2])[0-3]\d{4}[\dXx](?!\d)")
QUIET = ("httpx", "httpcore", "rq", "alembic", "werkzeug", "jieba")


def configure(level: str) -> None:
    """One JSON object a line on stderr, for our loggers and the libraries'."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso"),
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(ensure_ascii=False),
                scrub,
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


def scrub(_: object, __: str, line: Any) -> str:
    """A rendered line without numbers of people."""
    return IDENTITY.sub("(identity)", MOBILE.sub("(mobile)", line))
