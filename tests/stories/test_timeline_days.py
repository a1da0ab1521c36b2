"""An incident of three days over the night the clocks go back, with a restart in the middle, in both languages."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.runtime.clock import machine_time
from bot.timeline import verification
from bot.timeline.milestones import MilestoneName
from tests.floor import TestFloor
from tests.stories.conftest import PLAYBOOKS
from tests.stories.record import rows, seen_by_all, timeline

# Friday evening in Kraków; on Sunday at 01:00 UTC the clocks there go from 03:00 back to 02:00.
FRIDAY = datetime(2026, 10, 23, 20, 0, tzinfo=UTC)
SENTENCES = {
    "en": ("Ana Reyes declared it as S2: IVR down", "Decision, noted by Ben Okafor: go to Cebu", "mitigated"),
    "es": ("Ana Reyes lo declaró como S2: IVR down", "Decisión, anotada por Ben Okafor: go to Cebu", "mitigado"),
}


def floor_in(language: str, folder: Path) -> Path:
    """The shipped floor in another language."""
    file = folder / "floor.yaml"
    file.write_text(Path("floor.yaml").read_text().replace("\nlanguage: en", f"\nlanguage: {language}"))
    return file


@pytest.mark.parametrize("language", ["en", "es"])
def test_three_days_across_a_clock_change_read_in_order_and_in_the_floors_language(
    tmp_path: Path, language: str
) -> None:
    with TestFloor(tmp_path, playbooks_dir=PLAYBOOKS, floor_file=floor_in(language, tmp_path)) as floor:
        floor.sandbox.clock_offset_s = (FRIDAY - machine_time()).total_seconds()
        channel = floor.declares("S2 IVR down")
        for who in ("ben", "chloe"):
            floor.sandbox.person(who).joins(channel)
        floor.ana.says("first sign", channel=channel)
        # Saturday to Sunday: 00:30 UTC and 01:30 UTC are both 02:30 in Kraków.
        floor.sandbox.clock_offset_s += timedelta(hours=28, minutes=30).total_seconds()
        floor.ana.says("before the clocks go back", channel=channel)
        floor.settle()
        floor.stop_bot()
        floor.sandbox.clock_offset_s += timedelta(minutes=30).total_seconds()
        floor.ana.says("while the bot restarts", channel=channel)
        floor.sandbox.clock_offset_s += timedelta(minutes=30).total_seconds()
        floor.start_bot()
        floor.tick()
        floor.ana.says("after the clocks went back", channel=channel)
        floor.says("ben", "/incident note decision: go to Cebu", channel=channel)
        floor.sandbox.clock_offset_s += timedelta(days=1).total_seconds()
        floor.says("ana", "/incident status mitigated", channel=channel)
        floor.says("ana", "/incident resolve over", channel=channel)
        floor.says("ana", "/incident close", channel=channel)

        messages = sorted(timeline(floor, "message"), key=lambda row: str(row["at"]))
        texts = [json.loads(row["facts"])["text"] for row in messages]
        assert texts == [
            "first sign",
            "before the clocks go back",
            "while the bot restarts",
            "after the clocks went back",
        ]
        assert len(timeline(floor, "gap")) == 1
        declared, decision, mitigated = SENTENCES[language]
        first = floor.says("ana", "/incident timeline state", channel=channel)
        assert first
        state = floor.live_markup(channel)
        assert declared in state
        assert mitigated in state
        assert "{date_short_pretty} {time}" in state, "over several days dates are shown, in each reader's zone"
        floor.says("ana", "/incident timeline decisions", channel=channel)
        assert decision in floor.live_markup(channel)
        with floor.services.database.reading() as session:
            from bot.incidents.milestones import milestones_of

            milestones = milestones_of(session, 1)
            assert [str(problem) for problem in verification.verify(session, 1)] == []
        duration = milestones[MilestoneName.RESOLVED].at - milestones[MilestoneName.DECLARED].at
        assert timedelta(hours=53) < duration < timedelta(hours=54)
        floor.nothing_was_malformed()


def test_a_private_incidents_words_are_only_in_its_own_channel_and_timeline(tmp_path: Path) -> None:
    secret = "Xylophone-4711"
    with TestFloor(tmp_path, playbooks_dir=PLAYBOOKS) as floor:
        from bot.incidents import ids as incident_ids

        floor.ana.types("/incident declare", channel="general")
        floor.ana.fills(incident_ids.TITLE, "Leak")
        floor.ana.fills(incident_ids.PRIVATE, "private")
        assert floor.ana.submits().closed
        floor.settle()
        [channel] = [candidate.name for candidate in floor.ana.channels() if candidate.name.startswith("inc-")]
        ts = floor.ana.says(f"the file is {secret}", channel=channel).ts
        floor.ana.reacts("scales", channel=channel, ts=ts)
        floor.says("ana", f"/incident note decision: we call {secret}", channel=channel)
        floor.says("ana", "/incident timeline", channel=channel)
        floor.says("ana", "/incident timeline picture", channel=channel)
        floor.restart_bot()
        floor.tick()

        assert [name for name, words in seen_by_all(floor).items() if secret in str(words)] == [channel]
        holders = {table for table in tables(floor) if secret in str(content(floor, table))}
        assert holders == {"timeline_entries", "timeline_log"}
        assert {row["incident_id"] for row in rows(floor, "timeline_entries") if secret in str(row)} == {1}
        outsider_answer = floor.says("ben", "/incident timeline", channel="general")
        assert secret not in outsider_answer
        assert secret not in str(floor.ephemeral("ben"))


def tables(floor: TestFloor) -> list[str]:
    return list(sa.inspect(floor.services.database.engine).get_table_names())


def content(floor: TestFloor, table: str) -> list[str]:
    with floor.services.database.reading() as session:
        result = session.connection().execute(sa.text(f"SELECT * FROM {table}"))
        return [str(row) for row in result]
