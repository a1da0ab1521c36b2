"""Every number in a draft leads to a timeline entry, and its address to an existing message."""

import json
import re
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.impact import charts, gathering
from bot.impact import ids as impact_ids
from bot.impact.wording import LANGUAGES
from bot.incidents import incidents
from bot.runtime.clock import utcnow
from tests.floor import TestFloor
from tests.stories.record import post_mortem_files, post_mortems, rows
from tests.stories.test_ending import full_incident
from tests.stories.test_figures import csv_of, drop, press, this_half_hour

NUMBERED = re.compile(r"\[\\\[(\d+)\\\]\]\[(\d+)\]")
ADDRESS = re.compile(r"^\[(\d+)\]: https://sandbox\.example/archives/(\w+)/p(\d{10})(\d{6})$", re.MULTILINE)
# Lines without evidence: table headings, questions for people, unknowns, explanations of the document.
OF_ITS_OWN = (
    "unknown",
    "What ",
    "Where ",
    "None",
    "No similar",
    "Acknowledged:",
    "No update",
    "3 left open",
    "Front line |",
)


def test_every_reference_of_a_generated_draft_leads_to_its_evidence(floor: TestFloor) -> None:
    full_incident(floor)
    [draft] = post_mortems(floor, "ana")
    entries = {row["id"]: row for row in rows(floor, "timeline_entries") if row["incident_id"] == 1}
    addresses = {
        int(number): (channel, f"{seconds}.{microseconds}")
        for number, channel, seconds, microseconds in ADDRESS.findall(draft)
    }

    quoted_numbers = {int(label) for label, target in NUMBERED.findall(draft) if label == target}

    assert len(quoted_numbers) > 30
    assert quoted_numbers <= set(entries)
    assert quoted_numbers <= set(addresses)
    channels = floor.sandbox.workspace.channels
    messages = {
        number: channels[addresses[number][0]].messages.get(addresses[number][1]) for number in quoted_numbers
    }
    deleted_numbers = {number for number in quoted_numbers if "deleted" in str(entries[number]["facts"])}
    assert {number for number, message in messages.items() if message is None} == deleted_numbers
    for number, message in messages.items():
        if entries[number]["kind"] == "message" and message is not None:
            assert message.ts == entries[number]["message_ts"]
        if entries[number]["kind"] == "update_sent" and message is not None:
            assert "update" in message.visible_text.lower()


def test_every_line_of_a_generated_draft_has_a_reference_or_says_what_is_missing(floor: TestFloor) -> None:
    full_incident(floor)
    [draft] = post_mortems(floor, "ana")
    body = draft.split("## In short", 1)[1]

    next_lines = [*body.splitlines()[1:], ""]
    rows_and_lines = [
        line
        for line, next_line in zip(body.splitlines(), next_lines, strict=True)
        if re.match(r"- |\d+\. |\| ", line) and not next_line.startswith("|--")
    ]
    bare = [line for line in rows_and_lines if not NUMBERED.search(line)]

    assert len(rows_and_lines) > 100
    assert [line for line in bare if not any(sign in line for sign in (*OF_ITS_OWN, "unknown"))] == []


def test_the_page_contains_the_picture_and_needs_no_other_file(floor: TestFloor) -> None:
    full_incident(floor)

    pages = {name: page for name, page in post_mortem_files(floor, "ana") if name.endswith(".html")}

    assert set(pages) == {"post-mortem-1.html", "post-mortem-1-leadership.html"}
    assert 'src="data:image/png;base64,iVBOR' in pages["post-mortem-1.html"]
    assert not re.search(r'src="(?!data:)|<link|<script', "".join(pages.values()))
    assert "Ana Reyes" not in pages["post-mortem-1-leadership.html"]


ENGLISH = re.compile(
    r"commander|communications lead|executives|front line|operations|telephony|service level|already|"
    r"not running|ladder|forecast|declared|times:",
    re.IGNORECASE,
)


def test_a_spanish_floor_reads_its_post_mortem_and_its_chart_in_spanish(tmp_path: Path) -> None:
    shipped = Path("floor.yaml").read_text()
    (tmp_path / "floor.yaml").write_text(shipped.replace("language: en\n", "language: es\n", 1))
    with TestFloor(tmp_path, floor_file=tmp_path / "floor.yaml") as floor:
        channel = floor.declares("S0 IVR caído en Manila")
        floor.says("ana", "/incident claim commander", channel)
        start = this_half_hour()
        drop(floor, channel, csv_of((start, "Billing", 100, 30, 5)))
        press(floor, impact_ids.USE, channel)
        # Nothing is sent on time: the record says why.
        floor.passes(minutes=25)
        floor.says("ana", "/incident severity S1 la mitad de las llamadas", channel)
        floor.says("ana", "/incident postmortem", channel)
        floor.settle()
        files = dict(post_mortem_files(floor, "ana"))
        with floor.services.database.reading() as session:
            incident = incidents.by_number(session, 1)
            assessment = gathering.gather(session, floor.services.floor, incident, utcnow())
        chart = charts.payload(incident, assessment, ZoneInfo("UTC"), LANGUAGES["es"])
    # Titles of playbooks and steps stay in the language of their files.
    draft = re.sub(
        r"^.*(Telephony or IVR down|\| sin terminar \||recordó un paso).*$",
        "",
        files["post-mortem-1.md"],
        flags=re.M,
    )
    assert "Telefonía o IVR" in draft
    assert "Billing · Manila: nivel de servicio 30 %, por debajo del 80 % del objetivo (80 %)" in draft.replace(
        "\\", ""
    )
    assert "Watchfloor no estaba en marcha a esa hora" in draft
    assert "Dirección ya tuvo una actualización" in draft
    texts = [draft, files["post-mortem-1-leadership.html"], json.dumps(chart, ensure_ascii=False)]
    body = re.sub(r"<style>.*?</style>|https://[^\"\s]*|Tell the executives", "", "\n".join(texts), flags=re.DOTALL)
    assert ENGLISH.findall(body) == []
