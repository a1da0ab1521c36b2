"""An incident's life with its state in PostgreSQL."""

from pathlib import Path

from tests.floor import TestFloor


def test_an_incident_lives_from_its_declaration_to_its_updates_on_postgresql(
    tmp_path: Path, postgres_url: str
) -> None:
    with TestFloor(tmp_path, database_url=postgres_url) as floor:
        channel = floor.declares("S1 IVR down in Manila")
        floor.passes(minutes=31)
        floor.restart_bot()
        floor.passes(minutes=30)

        assert "S1 · IVR down in Manila" in floor.card(channel)
        updates = [m for m in floor.ana.sees(channel) if m.metadata and "update:" in str(m.metadata)]
        assert len(updates) == 2
        floor.nothing_was_malformed()
