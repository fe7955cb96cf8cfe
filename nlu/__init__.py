"""Understand what residents write; knows no business, no web and no database."""

import os

# Only single characters are looked up: pypinyin's phrases would take 50 MB.
os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")
os.environ.setdefault("PYPINYIN_NO_DICT_COPY", "true")
