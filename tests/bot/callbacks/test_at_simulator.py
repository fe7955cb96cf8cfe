"""The three doors before the simulated platforms: modes, redelivery, duplicates, bad signatures."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server

from bot.callbacks import aibot, wechat, wecom
from bot.platforms.envelope import Envelope
from bot.platforms.wecom import WeComClient
from bot.simulator import AiBot, SimulatorConfig, SimulatorServer, WeChatAccount, WeComApp
from bot.simulator.client import SimulatorClient
from bot.simulator.settings import Mode
from config.clock import Clock
from handlers.dialogue.turn import InboundKind, Reply
from tests.support.wire import APP_ID, CORP_ID, GH, KEY, OLD_KEY, TOKEN, Ear

CARD = {"title": "新工单", "buttons": [["接单", "accept:T1"]]}


class Quiet(WSGIRequestHandler):
    def log_request(self, *_: object) -> None: ...


@dataclass
class City:
    """The product's doors on one port, the platforms on another."""

    ear: Ear
    simulator: SimulatorServer
    control: SimulatorClient


@pytest.fixture(params=list(Mode))
def mode(request) -> Mode:
    return request.param


@pytest.fixture
def city(mode) -> Iterator[City]:
    ear, app = Ear(), Flask("product")
    keys = () if mode is Mode.PLAIN else (KEY,)
    for module, envelope in (
        (wechat, Envelope(TOKEN, keys, APP_ID)),
        (wecom, Envelope(TOKEN, (OLD_KEY,), CORP_ID)),
        (aibot, Envelope(TOKEN, (KEY,), "")),
    ):
        app.register_blueprint(module.blueprint(envelope, ear.respond, Clock()))
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    config = SimulatorConfig(
        product_url=f"http://127.0.0.1:{server.port}",
        wechat=WeChatAccount(
            app_id=APP_ID, original_id=GH, secret="s", token=TOKEN, aes_key=KEY, mode=mode
        ),
        wecom=WeComApp(corp_id=CORP_ID, agent_id=1000002, secret="s", token=TOKEN, aes_key=OLD_KEY),
        aibot=AiBot(token=TOKEN, aes_key=KEY),
        retry_after=0.0,
        stream_poll=0.01,
    )
    with SimulatorServer(config) as simulator, SimulatorClient(simulator.base) as control:
        yield City(ear, simulator, control)
    server.shutdown()
    thread.join()
    server.server_close()


once = pytest.mark.parametrize("mode", [Mode.SAFE], indirect=True)


def test_a_resident_is_answered_in_every_mode(city):
    outcome = city.control.send("锦绣花园停电了]]>", who="王芳")
    assert outcome["reply"]["text"] == "收到"
    assert not outcome["fault"]
    assert city.ear.heard[0].text == "锦绣花园停电了]]>"


def test_the_consoles_check_of_the_url_passes(city):
    assert all(city.control.trigger("verify").values())


def test_our_trouble_is_words_and_no_fault_text(city):
    city.ear.trouble = RuntimeError("a bug")
    outcome = city.control.send("停电了", who="王芳")
    assert "95598" in outcome["reply"]["text"]


@pytest.mark.parametrize(
    ("kind", "heard"),
    [
        ("image", InboundKind.IMAGE),
        ("voice", InboundKind.VOICE),
        ("video", InboundKind.VIDEO),
        ("shortvideo", InboundKind.VIDEO),
        ("location", InboundKind.LOCATION),
        ("link", InboundKind.LINK),
    ],
)
@once
def test_every_kind_of_message_comes_through(city, kind, heard):
    assert city.control.send("", who="王芳", type=kind)["reply"]["text"] == "收到"
    assert city.ear.heard[-1].kind == heard


@once
def test_a_scene_comes_bare_from_a_follow_and_a_scan(city):
    city.control.trigger("subscribe", who="王芳", scene="community_JXHY")
    city.control.trigger("SCAN", who="王芳", scene="community_JXHY")
    city.control.trigger("CLICK", who="王芳", key="BILL")
    heard = [(i.event, i.event_key) for i in city.ear.heard if i.event != "unsubscribe"][-3:]
    assert heard == [("subscribe", "community_JXHY"), ("scan", "community_JXHY"), ("click", "BILL")]


@once
def test_deliveries_of_one_message_have_one_key(city):
    city.control.request("POST", "switches", json={"duplicate": 1})
    city.control.send("停电了", who="王芳")
    assert len(city.ear.heard) > 1
    assert len({inbound.key for inbound in city.ear.heard}) == 1


@pytest.mark.parametrize("switch", ["bad_signature", "stale"])
def test_a_bad_push_never_reaches_the_engine(city, switch):
    city.control.request("POST", "switches", json={switch: 6})
    outcome = city.control.send("停电了", who="王芳")
    assert {attempt["status"] for attempt in outcome["attempts"]} == {403}
    assert city.ear.heard == []


@once
def test_a_members_words_and_pressed_button_are_answered(city, settings_at, http):
    assert city.control.member_sends("zhou", "我的工单")["reply"]["text"] == "收到"
    client = WeComClient.of(settings_at(city.simulator.base), http, None)
    client.send_card("zhou", CARD, "T1-7")
    city.ear.reply = Reply("", card={"done": "已接单"})
    outcome = city.control.press("zhou", "accept:T1", task_id="T1-7")
    assert outcome["reply"]["text"] == "已接单"
    pressed = city.ear.heard[-1]
    assert (pressed.event_key, pressed.facts["task_id"]) == ("accept:T1", "T1-7")
    assert pressed.facts["response_code"]
    assert city.control.phone("members", "zhou")[-1]["data"]["replaced"] == "已接单"


@once
def test_the_group_bot_answers_in_a_group(city):
    outcome = city.control.group_sends("chat1", "zhou", "锦绣花园停电了吗")
    assert outcome["reply"]["text"] == "收到"
    heard = city.ear.heard[-1]
    assert (heard.text, heard.chat_id) == ("锦绣花园停电了吗", "chat1")
