"""How a name sounds: syllables without tone, and those that many speakers do not keep apart."""

from functools import lru_cache

# Shared by the text and the names, so that 壹号院, 1号院 and 一号院 are one name.
_SAME = str.maketrans(
    "0123456789〇壹贰叁肆伍陆柒捌玖弌幺", "零一二三四五六七八九零一二三四五六七八九一一"
)
# Southern Mandarin and pinyin keyboards: zh/z, ch/c, sh/s, ng/n, l/n, h/f.
_ONSETS = (("zh", "z"), ("ch", "c"), ("sh", "s"))
_RHYMES = (("ang", "an"), ("eng", "en"), ("ing", "in"))


def canonical(text: str) -> str:
    """A text in which all ways to write a numeral are one; as long as it was."""
    return text.translate(_SAME)


@lru_cache(maxsize=32768)
def syllable(character: str) -> str:
    """The syllable with its tone (`xi1`); the character itself where it has none."""
    import pypinyin  # noqa: PLC0415 - loads its dictionary

    if not "\u4e00" <= character <= "\u9fff":
        return character
    sounds = pypinyin.pinyin(character, style=pypinyin.Style.TONE3, heteronym=False)
    return str(sounds[0][0])


@lru_cache(maxsize=32768)
def loose(character: str) -> str:
    """The syllable without tone, with sounds merged that are often confused."""
    sound = syllable(character).rstrip("012345") if character not in "012345" else character
    for onset, merged in _ONSETS:
        if sound.startswith(onset):
            sound = merged + sound[len(onset) :]
    for rhyme, merged in _RHYMES:
        if sound.endswith(rhyme):
            sound = sound[: -len(rhyme)] + merged
    return sound


def key(text: str) -> tuple[str, ...]:
    """What two spellings that are heard as one have in common."""
    return tuple(map(loose, text))
