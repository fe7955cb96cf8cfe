"""Cells of tables that leave us: no spreadsheet takes them for a formula (CSV injection)."""

import re

# Also in full width, which spreadsheets of Chinese systems read alike.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")  # what a workbook cannot hold


def safe(value: object) -> str:
    """The text of a value; one that would begin a formula gets an apostrophe in front."""
    text = CONTROL.sub("", "" if value is None else str(value))
    # Some spreadsheets drop blanks in front first.
    return f"'{text}" if text.startswith(FORMULA) or text.lstrip().startswith(FORMULA) else text
