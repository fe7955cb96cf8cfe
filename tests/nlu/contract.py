"""What every engine owes, whichever it is; the test modules of each run all of it."""

import pytest

from nlu.intents import INTENTS
from tests.nlu.engines import understand

AWKWARD = (
    "", " ", "\n\n", "。。。！！", "\0\x01\x02", "😀😀😀", "👨‍👩‍👧‍👦", "\ud83d", "a" * 10_000, "停电" * 5_000,
    "我家没电了。" * 1_600, "（（（（", "[]{}", "1" * 400, "؀؁", "\u202e停电", "ＡＢＣ１２３",
)  # fmt: skip


class EngineContract:
    """Subclasses give an `engine` fixture."""

    @pytest.mark.parametrize("text", AWKWARD, ids=range(len(AWKWARD)))
    def test_every_text_is_understood_somehow(self, engine, text):
        answer = understand(engine, text)
        assert answer.text == text
        assert answer.intent in INTENTS
        assert 0 <= answer.confidence <= 1

    @pytest.mark.parametrize(
        ("text", "intent"),
        [
            ("我家没电了", "report_outage"),
            ("怎么交电费", "pay_bill"),
            ("我要开发票", "request_invoice"),
            ("转人工", "human_agent"),
            ("我想装个充电桩", "apply_charging_pile"),
            ("谢谢", "thank"),
        ],
    )
    def test_plain_wishes_are_understood(self, engine, text, intent):
        assert understand(engine, text).intent == intent

    @pytest.mark.parametrize(
        "text", ["变压器着火了", "有人触电了快来人", "高压线掉地上了还在冒火花"]
    )
    def test_danger_is_seen_and_comes_first(self, engine, text):
        answer = understand(engine, f"你好，{text}")
        assert answer.intent == "report_hazard"
        assert answer.hazard is not None
        assert answer.hazard.evidence

    def test_another_wish_beside_danger_comes_second(self, engine):
        answer = understand(engine, "我要开电费发票。还有就是门口电线掉地上了，冒火花")
        assert [request.intent for request in answer.requests] == [
            "report_hazard",
            "request_invoice",
        ]

    def test_several_wishes_keep_their_order(self, engine):
        answer = understand(engine, "我家没电了。另外我要开电费发票。")
        assert [request.intent for request in answer.requests] == [
            "report_outage",
            "request_invoice",
        ]

    def test_what_a_further_wish_names_stands_with_it(self, engine):
        text = "我家没电了。另外我要开电费发票。"
        service = understand(engine, text).requests[1].entities
        assert [(each.entity, each.value) for each in service] == [("service", "invoice")]
        assert "发票" in text[service[0].start : service[0].end]

    def test_a_wish_said_twice_is_one(self, engine):
        answer = understand(engine, "我家没电了。我家没电了！谢谢")
        assert [request.intent for request in answer.requests] == ["report_outage"]

    def test_things_named_are_found_where_they_were_written(self, engine):
        text = "锦绣花园我家没电了"
        answer = understand(engine, text)
        assert answer.value("community") == "锦绣花园"
        (place,) = (each for each in answer.entities if each.entity == "community")
        assert text[place.start : place.end] == "锦绣花园"

    def test_the_ranking_falls_and_starts_with_the_best(self, engine):
        scores = [each.score for each in understand(engine, "怎么交电费").ranking]
        assert scores == sorted(scores, reverse=True)
        assert len(scores) == 5

    def test_traditional_characters_and_full_width_change_nothing(self, engine):
        assert understand(engine, "我家沒電了").intent == understand(engine, "我家没电了").intent

    def test_the_answer_names_its_engine(self, engine):
        answer = understand(engine, "你好")
        assert answer.engine == engine.name
        assert answer.milliseconds > 0
