"""Outages that are private by default: their playbook says so."""

from pathlib import Path

from tests.floor import TestFloor


def test_a_suspected_data_leak_is_private_though_nobody_said_so(tmp_path: Path) -> None:
    with TestFloor(tmp_path, playbooks_dir=Path("playbooks")) as floor:
        channel = floor.declares("S1 data leak at a partner", who="ana")

        assert floor.sandbox.workspace.channel(channel).is_private
        assert channel not in [seen.name for seen in floor.erik.channels()]
        assert "data leak" not in floor.words("incidents")
