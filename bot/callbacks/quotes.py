"""Tell a quoted message from the answer to it: both platforms push the two as one text."""

import re

# The clients write 「name：words」, a line of dashes, and the answer below; older ones of WeCom
# begin with 这是一条引用/回复消息： and put the quoted words in straight quotes.
LINE = re.compile(r"\n[ \t]*[-—](?:[ \t]*[-—])+[ \t]*\n")
MARKS = (("「", "」"), ('"', '"'), ("“", "”"))
ANNOUNCED = "这是一条引用/回复消息："


def split_quote(text: str) -> tuple[str, str]:
    """The quoted words, or empty, and the writer's own."""
    line = LINE.search(text)
    if line is None:
        return "", text
    quoted = text[: line.start()].removeprefix(ANNOUNCED).strip()
    for begin, end in MARKS:
        if len(quoted) > 1 and quoted.startswith(begin) and quoted.endswith(end):
            return quoted[1:-1].strip(), text[line.end() :].strip()
    return "", text
