"""The HTTP client against a stand-in that speaks Rasa's form on loopback."""

import time
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from json import dumps, loads
from threading import Thread

import pytest

from nlu import cascade, rasa
from nlu.rasa import RasaError
from tests.nlu.engines import small_engine, understand

TOKEN = "loopback-token"


class Answers(BaseHTTPRequestHandler):
    """`behaviour` is one of well, late, broken, nonsense."""

    protocol_version = "HTTP/1.1"
    behaviour = "well"
    ranking = (("pay_bill", 0.9), ("greet", 0.1))
    asked = 0
    connections = 0

    def setup(self):
        type(self).connections += 1
        super().setup()

    def do_POST(self):
        type(self).asked += 1
        text = loads(self.rfile.read(int(self.headers["Content-Length"])))["text"]
        if self.behaviour == "late":
            time.sleep(0.5)
        status = 500 if self.behaviour == "broken" else 200 if TOKEN in self.path else 401
        ranking = [{"name": name, "confidence": score} for name, score in self.ranking]
        body = {"text": text, "intent_ranking": ranking}
        raw = b"<html>" if self.behaviour == "nonsense" else dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def log_message(self, *_):
        pass


@contextmanager
def server(**attributes):
    handler = type("Handler", (Answers,), attributes)
    running = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = Thread(target=running.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{running.server_port}", handler
    finally:
        running.shutdown()
        running.server_close()
        thread.join()


@contextmanager
def engine(url, token=TOKEN, milliseconds=200):
    made = rasa.connect(url, token, budget=timedelta(milliseconds=milliseconds))
    try:
        yield made
    finally:
        made.close()


def test_the_servers_ranking_becomes_an_understanding():
    with server() as (url, _), engine(url, milliseconds=2000) as made:
        answer = understand(made, "怎么交电费")
    assert (answer.intent, answer.engine) == ("pay_bill", "rasa")
    assert answer.confidence == pytest.approx(0.9)


def test_danger_is_seen_whatever_the_server_thinks():
    ranking = (("report_hazard", 0.4), ("pay_bill", 0.6))
    with server(ranking=ranking) as (url, _), engine(url, milliseconds=2000) as made:
        assert understand(made, "变压器着火了").intent == "report_hazard"


def test_one_connection_serves_many_texts():
    with server() as (url, handler), engine(url, milliseconds=2000) as made:
        for _ in range(5):
            understand(made, "怎么交电费")
        assert (handler.asked, handler.connections) == (5, 1)


@pytest.mark.parametrize("behaviour", ["late", "broken", "nonsense"])
def test_a_server_that_does_not_answer_well_is_an_error(behaviour):
    with server(behaviour=behaviour) as (url, _), engine(url) as made, pytest.raises(RasaError):
        understand(made, "怎么交电费")


def test_a_wrong_token_is_an_error_that_does_not_tell_the_token():
    with server() as (url, _), engine(url, token="wrong-one", milliseconds=2000) as made:
        with pytest.raises(RasaError) as caught:
            understand(made, "怎么交电费")
        assert "wrong-one" not in str(caught.value)


def test_after_three_failures_the_server_is_left_alone():
    with server(behaviour="broken") as (url, handler), engine(url, milliseconds=2000) as made:
        for _ in range(6):
            with pytest.raises(RasaError):
                understand(made, "怎么交电费")
        assert handler.asked == 3
        assert made.is_resting


def test_the_local_engine_answers_while_rasa_does_not():
    with server(behaviour="broken") as (url, _), engine(url) as made:
        both = cascade.CascadeEngine(made, small_engine())
        assert both.status() == "rasa"
        answers = [understand(both, "怎么交电费") for _ in range(4)]
        assert {(each.intent, each.engine) for each in answers} == {("pay_bill", "local")}
        assert both.status() == "local"


def test_the_local_engine_answers_where_nothing_listens():
    with engine("http://127.0.0.1:9") as made:
        both = cascade.CascadeEngine(made, small_engine())
        assert understand(both, "怎么交电费").engine == "local"


def test_rasa_answers_while_it_is_sure():
    with server() as (url, _), engine(url, milliseconds=2000) as made:
        both = cascade.CascadeEngine(made, small_engine())
        assert understand(both, "怎么交电费").engine == "rasa"


def test_the_local_engine_is_asked_where_rasa_is_not_sure():
    ranking = (("greet", 0.1), ("pay_bill", 0.09))
    with server(ranking=ranking) as (url, _), engine(url, milliseconds=2000) as made:
        both = cascade.CascadeEngine(made, small_engine())
        answer = understand(both, "怎么交电费")
    assert (answer.intent, answer.engine) == ("pay_bill", "local")
