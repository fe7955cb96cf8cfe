import pytest

from handlers.surveys import community_events, polls


@pytest.mark.parametrize("number", ["", "x", "-1", "1 ", "٣", "0", "9" * 18, "9" * 40])
def test_a_scene_that_names_nothing_here_is_none(desk, number):
    assert polls.of_scene(desk, f"poll_{number}") is None
    assert community_events.of_scene(desk, f"event_{number}") is None
