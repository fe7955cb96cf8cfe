import os
import subprocess
import sys

import pytest

from bot.simulator.client import SimulatorClient, SimulatorError
from tests.bot.simulator.fake_product import AIBOT, WECHAT, WECOM


def test_a_resident_is_found_by_name_or_made(control):
    openid = control.resident("王芳")
    assert control.resident("王芳") == openid
    assert control.resident(openid) == openid
    assert control.resident() != openid


def test_an_unknown_trigger_names_the_known_ones(control):
    with pytest.raises(SimulatorError, match="subscribe、"):
        control.trigger("earthquake")


def test_a_simulator_that_is_not_there_is_said_so():
    with (
        SimulatorClient("http://127.0.0.1:1") as client,
        pytest.raises(SimulatorError, match="没有回应"),
    ):
        client.send("停电了")


def test_the_simulator_runs_as_a_program_of_its_own(product):
    variables = {
        "WECHAT_APP_ID": WECHAT.app_id,
        "WECHAT_ORIGINAL_ID": WECHAT.original_id,
        "WECHAT_SECRET": WECHAT.secret,
        "WECHAT_TOKEN": WECHAT.token,
        "WECHAT_AES_KEY": WECHAT.aes_key,
        "WECOM_CORP_ID": WECOM.corp_id,
        "WECOM_AGENT_ID": str(WECOM.agent_id),
        "WECOM_SECRET": WECOM.secret,
        "WECOM_TOKEN": WECOM.token,
        "WECOM_AES_KEY": WECOM.aes_key,
        "AIBOT_TOKEN": AIBOT.token,
        "AIBOT_AES_KEY": AIBOT.aes_key,
    }
    environ = os.environ | {f"GRIDBOT_{name}": value for name, value in variables.items()}
    command = [sys.executable, "-m", "bot.simulator", "--product", product.url]
    with subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, text=True) as process:
        address = process.stdout.readline().strip()
        with SimulatorClient(address) as client:
            assert client.trigger("verify")["wechat"]["verified"]
        process.terminate()
        assert process.wait(10) == 0
