"""A resident speaks instead of typing; the speech service is a fake that keeps the contract."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.toml import BUILT_IN
from handlers.tickets.models import Media
from tests.support import loopback
from tests.support.loopback import Loopback
from tests.support.phones import eventually
from tests.support.product import Product, running

PATH = "/recognise"
STREET = "印染厂宿舍2栋停电了，整栋楼都没电"


@pytest.fixture(scope="module")
def speech() -> Iterator[Loopback]:
    with loopback.running() as made:
        yield made


@pytest.fixture(scope="module")
def product(
    city_file: Path, speech: Loopback, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Product]:
    folder, own = tmp_path_factory.mktemp("product"), tmp_path_factory.mktemp("own")
    table = (BUILT_IN / "voice.toml").read_text(encoding="utf-8")
    changed = table.replace('\nurl = ""', f'\nurl = "{speech.base}{PATH}"', 1)
    (own / "voice.toml").write_text(changed, encoding="utf-8")
    shutil.copy(city_file, folder / city_file.name)
    with running(folder, has_city=True, config_dir=own) as made:
        yield made


def test_words_heard_surely_open_the_ticket_and_the_voice_hangs_on_it(product, speech):
    speech.answers[PATH] = [{"text": STREET, "confidence": 0.95}]
    wang = product.resident()
    wang.does("voice").bot_says("正在听", "95598")
    wang.hears("印染厂宿舍2栋", "单号")
    ticket = product.ticket_of(wang)
    assert ticket.fields["scope"] == "building"
    with product.parts.looking() as desk:
        [voice] = desk.session.query(Media).filter_by(openid=wang.openid).all()
        assert (voice.state, voice.ticket_id) == ("kept", ticket.id)


def test_words_not_surely_heard_are_read_back_first(product, speech):
    speech.answers[PATH] = [{"text": "针织小区3栋停电了", "confidence": 0.4}]
    li = product.resident()
    li.does("voice").hears("没太听清", "针织小区3栋停电了")
    assert not product.tickets(openid=li.openid)
    li.says("是").bot_says("针织小区3栋", "单号")


def test_words_heard_wrongly_are_dropped(product, speech):
    speech.answers[PATH] = [{"text": "停店了", "confidence": 0.3}]
    zhao = product.resident()
    zhao.does("voice").hears("停店了")
    zhao.says("不是").bot_says("打字再说一遍")
    zhao.says("针织小区5栋停电了").bot_says("单号")


def test_danger_is_answered_however_unsure_the_words_are(product, speech):
    speech.answers[PATH] = [{"text": "针织小区门口电线掉地上冒火花", "confidence": 0.2}]
    qian = product.resident()
    qian.does("voice").hears("8米", "95598")
    assert product.ticket_of(qian).priority == "P0"


def test_a_service_that_stays_silent_means_please_type(product, speech):
    speech.answers[PATH] = [(500, {})]
    sun = product.resident()
    sun.does("voice").hears("没听清", "打字")
    assert not product.tickets(openid=sun.openid)
    sun.says("针织小区6栋停电了")
    ticket = product.ticket_of(sun)

    def hangs() -> bool:
        with product.parts.looking() as desk:
            voices = desk.session.query(Media).filter_by(openid=sun.openid).all()
            return [voice.ticket_id for voice in voices] == [ticket.id]

    eventually(hangs, "the voice on the ticket")


def test_what_the_platform_recognised_needs_no_service(product, speech):
    before = speech.count(PATH)
    zhou = product.resident()
    zhou.does("voice", recognition="针织小区7栋停电了").bot_says("单号")
    assert speech.count(PATH) == before
