"""Who else looks at a ticket now; kept in Redis for half a minute, and gone without it."""

import time

from redis import Redis
from redis.exceptions import RedisError

SECONDS = 35
KEY = "gridbot:looking:{number}"


def note(redis: Redis, number: str, userid: str) -> None:
    """Say that this person looks at it now."""
    key = KEY.format(number=number)
    try:
        redis.zadd(key, {userid: time.time()})
        redis.expire(key, SECONDS)
    except RedisError:
        return  # a courtesy: nobody waits for it


def others(redis: Redis, number: str, userid: str) -> set[str]:
    """The other people who look at it; says too that this one still does."""
    note(redis, number, userid)
    try:
        seen = redis.zrangebyscore(KEY.format(number=number), time.time() - SECONDS, "+inf")
    except RedisError:
        return set()
    found = {one.decode() if isinstance(one, bytes) else str(one) for one in seen}
    return found - {userid}
