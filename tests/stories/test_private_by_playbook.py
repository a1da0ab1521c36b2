"""Incidents that are private by default because their playbook says so."""

from pathlib import Path

from tests.floor import TestFloor


def test_a_suspected_data_leak_is_private_by_default(tmp_path: Path) -> None:
    with TestFloor(tmp_path, playbooks_dir=Path("playbooks")) as floor:
        channel = floor.declares("S1 data leak at a partner", who="ana")

        assert floor.sandbox.workspace.channel(channel).is_private
        assert channel not in [candidate.name for candidate in floor.erik.channels()]
        assert "data leak" not in floor.visible_text("incidents")
