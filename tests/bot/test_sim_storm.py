from typer.testing import CliRunner

from bot.commands.sim import app


def test_a_storm_needs_a_place_that_no_fault_takes():
    found = CliRunner().invoke(app, ["storm", "--groups", "100", "--faults", "120"])
    assert found.exit_code == 2
