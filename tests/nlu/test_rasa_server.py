"""The contract of every engine against the real Rasa server: `make test-rasa`."""

import os
from dataclasses import replace

import pytest

from nlu import rasa
from tests.nlu.contract import EngineContract

pytestmark = pytest.mark.rasa


@pytest.fixture(scope="module")
def engine():
    made = rasa.connect(os.environ["GRIDBOT_RASA_URL"], os.environ["GRIDBOT_RASA_TOKEN"])
    # A short training is unsure of everything; its accuracy is not what is tested here.
    yield replace(made, limits=replace(made.limits, hazard_with_rule=0.0))
    made.close()


class TestRasaEngine(EngineContract):
    pass
