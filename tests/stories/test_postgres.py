"""An incident's life with its state in PostgreSQL."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Barrier

from bot.followups import ids
from bot.incidents import tables as incidents
from bot.outbox import tables as outbox
from bot.runtime.clock import utcnow
from bot.runtime.database import compact
from bot.runtime.workflows.records import forget_finished
from bot.screens.records import export_record, purge
from bot.timeline import tables as timeline
from bot.timeline import verifying
from tests.floor import PATIENCE_S, TestFloor
from tests.stories.followup_desk import is_told

PLAYBOOKS = Path(__file__).parent / "playbooks"


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


def test_on_postgresql_words_are_purged_and_finished_flows_forgotten_too(tmp_path: Path, postgres_url: str) -> None:
    word = "Quetzalcoatl"
    with TestFloor(tmp_path, database_url=postgres_url, playbooks_dir=PLAYBOOKS) as floor:
        channel = floor.declares(f"S3 {word}")
        floor.ana.says(f"{word} says it", channel=channel)
        floor.says("ana", f"/incident followup {word} must mend it", channel)
        is_told(floor, "ana", word)
        floor.ana.clicks(ids.DONE, channel="dm")
        is_told(floor, "ana", "Done by")
        floor.says("ana", f"/incident resolve {word} is over", channel)
        floor.says("ana", "/incident close", channel)
        floor.passes(days=31)
        before = utcnow() - timedelta(days=30)

        done = purge.purge(floor.services.store, before, utcnow())
        assert done.incidents == [1]
        assert forget_finished(postgres_url, timedelta()) > 0
        compact(floor.services.store.engine)

        with floor.services.store.reading() as session:
            record = str(export_record.record(session, 1, utcnow()))
            assert verifying.verify(session, 1) == []
        assert word not in record
        assert "[removed]" in record


def test_on_postgresql_who_writes_of_an_incident_and_who_changes_it_wait_in_no_circle(
    tmp_path: Path, postgres_url: str
) -> None:
    with TestFloor(tmp_path, database_url=postgres_url, playbooks_dir=PLAYBOOKS) as floor:
        floor.declares()
        store, both_have_begun = floor.services.store, Barrier(2)

        def writes_of_it() -> None:
            with store.transaction() as session:
                outbox.mark_stale(session, 1)
                both_have_begun.wait()
                timeline.append(session, 1, "note", utcnow(), text="somebody looked")

        def changes_it() -> None:
            with store.transaction() as session:
                incidents.locked(session, 1)
                both_have_begun.wait()
                outbox.mark_stale(session, 1)

        with ThreadPoolExecutor(2) as two:
            for done in [two.submit(writes_of_it), two.submit(changes_it)]:
                done.result(PATIENCE_S)
