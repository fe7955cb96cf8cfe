"""The contract of every engine against the real Rasa server: `make test-rasa`."""

import os

import pytest

from nlu import rasa
from tests.nlu.contract import EngineContract

pytestmark = pytest.mark.rasa


@pytest.fixture(scope="module")
def engine():
    made = rasa.connect(os.environ["GRIDBOT_RASA_URL"], os.environ["GRIDBOT_RASA_TOKEN"])
    yield made
    made.close()


class TestRasaEngine(EngineContract):
    pass
