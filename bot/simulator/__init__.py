"""A stand-in for the WeChat and WeCom platforms that knows nothing of the product but its callbacks."""

from bot.simulator.app import create_simulator
from bot.simulator.server import SimulatorServer
from bot.simulator.settings import AiBot, SimulatorConfig, WeChatAccount, WeComApp

__all__ = [
    "AiBot",
    "SimulatorConfig",
    "SimulatorServer",
    "WeChatAccount",
    "WeComApp",
    "create_simulator",
]
