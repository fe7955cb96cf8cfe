"""What is hidden in free text, and that no text takes long."""

import time

import pytest

from handlers.masking import mask_text

LONG, SECONDS = 60_000, 8  # a push holds no more; the slow way took over a minute


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("电话19900002625", "电话199****2625"),
        ("住3栋2单元501", "住3栋***"),
        ("住12-2-501", "住***"),
        ("住3栋-2-1501", "住***"),
        ("住2单元501，没电", "住***，没电"),
        ("我在三单元 402室", "我在***"),
        ("敲了501室的门", "敲了***的门"),
        ("2单元都没电", "2单元都没电"),
        ("10-11点停电", "10-11点停电"),
    ],
)
def test_numbers_and_rooms_are_hidden(text, hidden):
    assert mask_text(text) == hidden


def test_names_that_are_known_are_hidden_the_longer_first():
    assert mask_text("王芳华和王芳，还有李", "王芳", None, "王芳华", "李") == "王**和王*，还有李"


@pytest.mark.parametrize(
    "piece", ["1", "1-", "3栋", "一", "一单元", "栋一", "一 ", "138 0000", "0791-", "a"]
)
def test_no_text_takes_long(piece):
    began = time.process_time()
    mask_text((piece * LONG)[:LONG])
    assert time.process_time() - began < SECONDS
