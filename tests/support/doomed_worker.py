"""A worker with short leases, to be killed: `python doomed_worker.py FOLDER DATABASE_URL ADDRESS`.

It sends each message to ADDRESS as a webhook.
"""

import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import httpx

from bot.relay import LANES
from bot.worker import Worker, run
from config.clock import Clock
from config.database import Database
from config.redis import EmbeddedRedis
from notifier.channels.webhook_out import WebhookOut
from notifier.delivery import Delivery
from notifier.models import Channel
from tests.support.desks import CIPHER, TABLES
from tests.support.workers import WorkerParts

LEASE_SECONDS = 2


def main(folder: str, url: str) -> None:
    database = Database(url, CIPHER)
    retry = replace(TABLES.channels.retry, lease_seconds=LEASE_SECONDS, delays=(1,) * 50)
    limits = replace(TABLES.channels, retry=retry)
    with httpx.Client(timeout=5) as http:
        channels = {Channel.WEBHOOK_OUT: WebhookOut(http, "shared-secret", Clock().now)}
        delivery = Delivery(database, channels, limits, Clock())
        lanes = [replace(lane, batch=20, lease=timedelta(seconds=LEASE_SECONDS)) for lane in LANES]
        parts = WorkerParts(database, delivery)
        run(Worker(parts, EmbeddedRedis(Path(folder)), {}, lanes))


if __name__ == "__main__":
    main(*sys.argv[1:])
