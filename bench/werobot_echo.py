"""WeRoBot's echo, loaded by granian in an environment of its own (bench/comparison.py)."""

import os
from collections.abc import Callable
from typing import Any

from werobot import WeRoBot


def load() -> Callable[..., Any]:
    robot = WeRoBot(token=os.environ["ECHO_TOKEN"], enable_session=False)
    robot.config["ENCODING_AES_KEY"] = os.environ["ECHO_KEY"]
    robot.config["APP_ID"] = os.environ["ECHO_APP"]

    @robot.text
    def echo(message: Any) -> str:
        return str(message.content)

    application: Callable[..., Any] = robot.wsgi
    return application
