"""The lock that is given in the order it was asked for."""

import threading
import time

from config.fair_lock import FairLock


def test_those_who_wait_get_it_in_the_order_they_came():
    lock = FairLock()
    order: list[int] = []
    assert lock.take(1)

    def wait(number: int) -> None:
        assert lock.take(10)
        order.append(number)
        lock.give()

    threads = [threading.Thread(target=wait, args=(number,)) for number in range(8)]
    for number, thread in enumerate(threads):
        thread.start()
        while lock.queue_length <= number:
            time.sleep(0.001)
    lock.give()
    for thread in threads:
        thread.join()
    assert order == list(range(8))
    assert lock.take(0)


def test_who_waited_in_vain_is_not_given_it_later():
    lock = FairLock()
    assert lock.take(0)
    assert not lock.take(0.01)
    assert lock.queue_length == 0
    lock.give()
    assert lock.take(0)
