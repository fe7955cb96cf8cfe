import threading

import pytest

from config.breaker import Breaker, RestingError


class DownError(Exception):
    pass


def fail():
    raise DownError


def call(breaker, ask):
    return breaker.call(ask, failure=DownError)


@pytest.fixture
def breaker():
    return Breaker(2, 0.05)


def test_a_service_that_fails_in_a_row_is_left_alone(breaker):
    for _ in range(2):
        with pytest.raises(DownError):
            call(breaker, fail)
    assert breaker.is_resting
    with pytest.raises(RestingError):
        call(breaker, lambda: pytest.fail("asked while it rests"))


def test_a_success_between_starts_the_count_again(breaker):
    for _ in range(3):
        with pytest.raises(DownError):
            call(breaker, fail)
        assert call(breaker, lambda: 1) == 1
    assert not breaker.is_resting


def test_other_errors_are_none_of_the_services(breaker):
    for _ in range(3):
        with pytest.raises(ZeroDivisionError):
            call(breaker, lambda: 1 / 0)
    assert not breaker.is_resting


def test_after_the_rest_one_call_tries_it_again(breaker):
    for _ in range(2):
        with pytest.raises(DownError):
            call(breaker, fail)
    threading.Event().wait(0.1)
    assert call(breaker, lambda: "back") == "back"
    assert not breaker.is_resting


def test_calls_run_side_by_side(breaker):
    inside, let_go = threading.Barrier(3, timeout=10), threading.Event()

    def ask():
        inside.wait()
        return let_go.wait(10)

    threads = [threading.Thread(target=call, args=(breaker, ask)) for _ in range(2)]
    for thread in threads:
        thread.start()
    inside.wait()
    let_go.set()
    for thread in threads:
        thread.join()
