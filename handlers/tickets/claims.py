"""The seven days within which damage must be claimed (居民用户家用电器损坏处理办法)."""

import re
from datetime import datetime, timedelta
from typing import Any

from handlers.desk import Desk
from handlers.dialogue.case import story

TERM = timedelta(days=7)
LONG_AGO = re.compile(
    r"上(?:个)?月|上上(?:个)?(?:周|星期|礼拜|月)|前(?:几个|两个|三个)月|[两二三四五六七八九几]个?(?:星期|礼拜|周)(?:以?前|了)"
    r"|半个(?:多)?月|(?:一|两|二|三|几|好几)个(?:多)?月|去年|前年|年前|(?:[89]|[1-9]\d)天(?:以)?前|十[几多一二三四五六七八九]?天(?:以)?前"
)


def term(desk: Desk, case: dict[str, Any]) -> dict[str, str]:
    """When it happened and whether the claim is in time, as far as that was told."""
    told = case["facts"].get("time")
    if LONG_AGO.search(story(case)):
        return {"within_7_days": "no"}
    if told is None:
        return {}
    happened = datetime.fromisoformat(told).date()
    if happened > desk.now.date():  # the time of a visit, or of a day not yet told
        return {}
    is_in_time = desk.now.date() - happened <= TERM
    return {"happened_at": told, "within_7_days": "yes" if is_in_time else "no"}
