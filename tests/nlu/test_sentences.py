"""A post falls into the sentences that may each hold a wish."""

import pytest

from nlu import sentences


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("我家没电了", ["我家没电了"]),
        ("我家没电了。怎么交电费？", ["我家没电了。", "怎么交电费？"]),
        ("没电了\n\n急！！！", ["没电了", "急！！！"]),
        ("帮我查电费,另外过户要什么材料", ["帮我查电费,", "另外过户要什么材料"]),
        ("电表坏了，还有就是路灯不亮", ["电表坏了，", "还有就是路灯不亮"]),
        ("还有多久来电", ["还有多久来电"]),
        ("！！！", []),
        ("", []),
    ],
)
def test_a_text_is_cut_at_stops_and_where_another_wish_begins(text, pieces):
    assert [piece.text for piece in sentences.split(text)] == pieces


def test_sentences_know_where_they_stood():
    text = "你好。  我家没电了！谢谢"
    for piece in sentences.split(text):
        assert text[piece.start : piece.end].strip() == piece.text


def test_a_very_long_post_keeps_its_start_and_its_end():
    found = sentences.split("".join(f"第{number}句话。" for number in range(1000)))
    assert len(found) == sentences.MOST
    assert (found[0].text, found[-1].text) == ("第0句话。", "第999句话。")
