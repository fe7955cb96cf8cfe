"""Variants of the examples as residents would type them; seeded, made at training time only."""

import random
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from nlu.features import Table

_BEFORE = (
    "你好，", "您好，", "请问", "请问一下，", "麻烦问下，", "师傅，", "客服，", "我想问一下，", "那个，",
    "在吗？", "你好我是3栋的，", "我是3栋的，", "我们小区", "不好意思，", "急！", "喂，", "哎，",
    "小区", "小区3栋", "小区3栋的，", "我是小区的，", "我住小区3栋，", "3栋",
)  # fmt: skip
_AFTER = (
    "，谢谢", "，谢谢了", "，麻烦了", "啊", "呢", "呀", "吗", "吧", "，急", "，麻烦尽快", "，在线等", "。", "！", "？",
    "，帮我看看", "哦", "啦", "，辛苦了",
)  # fmt: skip
_PUNCTUATION = re.compile(r"[，。！？、,.!?~…\s]+")
_SHORT = 4  # a greeting or a yes is not dressed up: 「你好，好的」 is another thing
_OFTEN = 0.5
_COMMON = 0x4E00, 0x9FA5


def homophones(texts: Sequence[str], sounds: Table) -> dict[str, str]:
    """The characters of the examples that share a sound, most frequent first."""
    by_sound: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for text in texts:
        for character in text:
            if _COMMON[0] <= ord(character) <= _COMMON[1] and (sound := sounds.get(ord(character))):
                by_sound[sound][character] = by_sound[sound].get(character, 0) + 1
    return {
        character: "".join(other for other in sorted(group) if other != character)
        for group in by_sound.values()
        for character in group
    }


def variants(text: str, same: dict[str, str], chance: random.Random) -> Iterator[str]:
    """Up to two variants: one typed carelessly, one with words around it."""
    careless = _PUNCTUATION.sub("", text)
    places = [number for number, character in enumerate(careless) if same.get(character)]
    if places and len(careless) > _SHORT:
        place = chance.choice(places)
        slip = chance.choice(same[careless[place]])
        yield careless[:place] + slip + careless[place + 1 :]
    if len(text) > _SHORT:
        after = chance.choice(_AFTER) if chance.random() < _OFTEN else ""
        yield chance.choice(_BEFORE) + text + after
