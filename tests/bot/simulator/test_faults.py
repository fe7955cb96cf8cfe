import httpx
import pytest
from flask import Flask
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.test import Client

from bot.simulator import SimulatorServer, create_simulator
from tests.bot.simulator.conftest import Platform
from tests.bot.simulator.fake_product import config

PATH = "/cgi-bin/webhook/send"


def post(platform, **options):
    body = {"msgtype": "text", "text": {"content": "好"}}
    return platform.http.post(PATH, params={"key": "k"}, json=body, **options)


def test_an_errcode_is_answered_as_often_as_ordered(control, platform):
    control.trigger("fault", path=PATH, kind="errcode", code=45009, times=2)
    assert [post(platform).json()["errcode"] for _ in range(3)] == [45009, 45009, 0]
    assert len(control.phone("groups", "k")) == 1


def test_a_standing_fault_lasts_until_it_is_cleared(control, platform):
    control.trigger("fault", path="/cgi-bin/*", kind="errcode", code=-1, times=None)
    assert [post(platform).json()["errcode"] for _ in range(3)] == [-1] * 3
    control.request("DELETE", "faults")
    assert post(platform).json()["errcode"] == 0


def test_html_and_a_bad_status(control, platform):
    control.trigger("fault", path=PATH, kind="html")
    assert post(platform).text.startswith("<html>")
    control.trigger("fault", path=PATH, kind="status", code=502)
    assert post(platform).status_code == 502


@pytest.mark.parametrize("kind", ["half", "reset"])
def test_half_a_body_and_a_reset_are_protocol_errors(control, platform, kind):
    control.trigger("fault", path=PATH, kind=kind)
    with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
        post(platform)
    assert post(platform).json()["errcode"] == 0


def test_silence_outlasts_the_callers_patience(control, platform):
    control.trigger("fault", path=PATH, kind="silence", seconds=0.5)
    with pytest.raises(httpx.ReadTimeout):
        post(platform, timeout=0.1)


def test_a_lost_answer_may_still_have_taken_effect(control, platform):
    control.trigger("fault", path=PATH, kind="reset", effect=True)
    with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
        post(platform)
    assert len(control.phone("groups", "k")) == 1


def test_the_journal_has_every_call_and_no_token(control, platform):
    token = platform.wechat_token()
    platform.wechat("user/get")
    entries = control.request("GET", "outbox", params={"direction": "api"})["items"]
    assert [entry["path"] for entry in entries][-1] == "/cgi-bin/user/get"
    assert token not in str(entries[-1]["query"])


def test_a_closed_world_refuses_whom_it_does_not_know(product):
    with SimulatorServer(config(product.url, open_world=False)) as server:
        platform = Platform(server.base)
        with platform.http:
            assert post(platform).json()["errcode"] == 93000
            body = {"touser": "oUnknown", "template_id": "T", "data": {}}
            assert platform.wechat("message/template/send", body)["errcode"] == 40003


def test_a_storm_is_answered_by_everybody(control, product):
    product.answer = lambda _: "收到"
    outcome = control.storm(20, at_once=4)
    assert (outcome["sent"], outcome["answered"]) == (20, 20)
    assert len({message["FromUserName"] for message in product.messages}) == 20


def test_a_reset_forgets_the_phones_and_keeps_the_tokens(control, platform):
    control.send("停电了", who="王芳")
    token = platform.wechat_token()
    control.trigger("reset")
    assert control.request("GET", "residents")["items"] == []
    assert platform.wechat_token() == token


def test_the_clock_may_be_put_forward_in_callbacks_too(control, product):
    control.send("停电了")
    control.request("POST", "clock", json={"forward": 3600, "callbacks": True})
    control.send("停电了")
    first, second = (int(message["CreateTime"]) for message in product.messages)
    assert second - first >= 3600


def test_the_page_and_all_it_loads_are_there_with_a_policy():
    client = create_simulator(config("http://127.0.0.1:1")).test_client()
    assert client.get("/sim").headers["Location"].endswith("/sim/")
    page = client.get("/sim/")
    assert "script-src 'self'" in page.headers["Content-Security-Policy"]
    assert "<script>" not in page.text
    for name in ("main.js", "base.css", "company.js"):
        with client.get(f"/sim/static/{name}") as part:
            assert part.status_code == 200
    assert client.get("/sim/api/state").json["bubbles"] == []


def test_a_link_opens_as_the_phones_owner():
    client = create_simulator(config("http://127.0.0.1:1")).test_client()
    opened = client.get("/sim/open?openid=oA&url=http://127.0.0.1:1/h5/t/1")
    assert opened.headers["Location"] == "http://127.0.0.1:1/h5/t/1"
    assert "sim_openid=oA" in opened.headers["Set-Cookie"]
    assert client.get("/sim/open?url=javascript:alert(1)").status_code == 400


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "residents/nobody/send", {"content": "x"}),
        ("POST", "faults", {"kind": "sneeze"}),
        ("POST", "switches", {"sneeze": 1}),
        ("POST", "tokens/burn", {}),
        ("POST", "storm", {"count": 0}),
        ("POST", "members", {}),
        ("POST", "groups", {"target": "x", "kind": "y"}),
        ("POST", "clock", {"forward": "soon"}),
        ("POST", "clock", {"forward": "NaN"}),
        ("POST", "storm", {"count": None}),
        ("POST", "quotas", {"/cgi-bin/menu/create": "many"}),
        ("POST", "faults", {"path": "/x", "kind": "latency", "seconds": "x"}),
        ("POST", "faults", {"path": "/x", "times": "x"}),
    ],
)
def test_a_control_that_makes_no_sense_is_told_so(method, path, body):
    client = create_simulator(config("http://127.0.0.1:1")).test_client()
    answer = client.open(f"/sim/api/{path}", method=method, json=body)
    assert answer.status_code in {404, 422}
    assert answer.json["error"]


def test_a_product_may_serve_the_simulator_below_its_own_address(product):
    host = Flask("host")
    simulator = create_simulator(config(product.url, public_base=f"{product.url}/sim"))
    mounted = Client(DispatcherMiddleware(host.wsgi_app, {"/sim": simulator}))
    assert "../console/" in mounted.get("/sim/").text
    resident = mounted.post("/sim/api/residents", json={"name": "王芳"}).json
    sent = mounted.post(f"/sim/api/residents/{resident['openid']}/send", json={"content": "在吗"})
    assert sent.json["attempts"][0]["status"] == 200
    query = "corpid=ww0123456789abcdef&corpsecret=wecom-secret"
    assert mounted.get(f"/sim/cgi-bin/gettoken?{query}").json["errcode"] == 0
    simulator.extensions["simulator"].close()
