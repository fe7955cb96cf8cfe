"""Make texts fit a platform's limit without cutting a character in two."""

MORE = "…"


def clip_bytes(text: str, limit: int) -> str:
    """At most `limit` bytes of UTF-8, with an ellipsis where something was left out."""
    raw = text.encode()
    if len(raw) <= limit:
        return text
    return raw[: limit - len(MORE.encode())].decode(errors="ignore") + MORE


def clip_line(text: str, characters: int) -> str:
    """One line of at most so many characters."""
    line = " ".join(text.split())
    return line if len(line) <= characters else line[: characters - 1] + MORE
