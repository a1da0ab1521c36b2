"""The finished post-mortem: each sentence has its evidence, nothing is invented, no typed text becomes markup.

After an intended change, look at the files in a browser and write them anew: `GOLDEN=write pytest …`.
"""

import os
import re
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from bot.postmortems.document import Day, Document, statements_of
from bot.postmortems.draft import with_pictures
from bot.postmortems.phrases import Phrases
from bot.postmortems.record import KeptPromises, Promise
from bot.postmortems.rendering import HTML, LEADERSHIP, MARKDOWN, facts_of, plain_markdown, render
from bot.screens.postmortem.participants import person_labels
from tests.rules.postmortem_builder import ENTRIES, RECORD, TEMPLATES, at, document, words

GOLDEN = Path(__file__).parent / "golden"
PICTURE = b"\x89PNG"
CHART = b"\x89PNG\x00"
HOSTILE = (
    "<script>alert(1)</script> <img src=x onerror=alert(1)> [link](javascript:alert(1)) ](http://evil.example) "
    "# head\n\n| cell | `code` **bold** {{ 7*7 }} {% raw %} =HYPERLINK(\"http://x\") @channel <!channel> <@U1> "
    "\u202egnp.exe \u2066שלום مرحبا \x00\x1b[31m &lt;b&gt; --- [1]: http://evil.example\n[1]: http://evil.example"
)  # fmt: skip


class Tags(HTMLParser):
    """A page as a browser parses it: its elements, its links, its event handlers."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.seen: Counter[str] = Counter()
        self.links: list[str] = []
        self.handlers: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen[tag] += 1
        self.links += [value or "" for name, value in attrs if name in ("href", "src")]
        self.handlers += [name for name, _ in attrs if name.startswith("on")]


def hostile(text: str = HOSTILE) -> Document:
    """Return a document in which all typed text is that text."""
    entries = [replace(e, sentence=text, who=text, facts={**e.facts, "reason": text}) for e in ENTRIES]
    # No entry holds the name: the document also says how often people are named.
    people = [replace(person, name=f"Z{text}", label=text) for person in RECORD.people]
    steps = [
        replace(run, title=text, steps=[replace(s, title=text, reason=text) for s in run.steps])
        for run in RECORD.runs
    ]
    typed: dict[str, Any] = {"entries": entries, "people": people, "runs": steps}
    similar = [replace(earlier, title=text) for earlier in RECORD.similar]
    return document(title=text, description=text, impact=text, places=[text], similar=similar, **typed)


@pytest.mark.parametrize(
    ("name", "kind", "language"),
    [
        ("post-mortem.md", MARKDOWN, "en"),
        ("post-mortem-es.md", MARKDOWN, "es"),
        ("post-mortem.html", HTML, "en"),
        ("leadership.html", LEADERSHIP, "en"),
    ],
)
def test_a_known_incident_gives_the_known_post_mortem(name: str, kind: str, language: str) -> None:
    written = render(TEMPLATES, document(language), kind) + "\n"

    if os.environ.get("GOLDEN") == "write":
        (GOLDEN / name).write_text(written)
    assert written == (GOLDEN / name).read_text()


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("entries", [ENTRIES, ENTRIES[:1]])
def test_every_statement_points_at_an_entry_or_says_that_it_is_unknown(language: str, entries: tuple) -> None:
    known = {entry.number for entry in entries}
    written = document(language, entries=entries) if entries == ENTRIES else _just_declared(language)

    stated = list(written.statements())

    assert all(statement.refs for statement in stated if statement.nature == "fact" and statement.text != "–")
    assert {number for statement in stated for number in statement.refs} <= known
    unknown = words(language)("unknown")
    assert all(unknown in statement.text for statement in stated if statement.nature == "open")
    assert not any("{" in statement.text for statement in stated), "a phrase was not filled"


def _just_declared(language: str) -> Document:
    nothing: dict[str, Any] = {
        "milestones": {},
        "promises": (),
        "kept_promises": (),
        "runs": (),
        "partners": (),
        "follow_ups": (),
    }
    people = [replace(person, entries=(1,)) for person in RECORD.people]
    return document(language, entries=ENTRIES[:1], impact="", resolved_at=None, people=people, **nothing)


def test_both_languages_know_the_same_phrases_with_the_same_places() -> None:
    english, spanish = (TEMPLATES.phrases("post_mortem", language) for language in ("en", "es"))
    places = re.compile(r"\{(\w+)\}")

    own = TEMPLATES._phrases_in("post_mortem/es.yaml")
    assert set(own) == set(english)
    assert {key: sorted(places.findall(english[key])) for key in english} == {
        key: sorted(places.findall(spanish[key])) for key in spanish
    }


def test_a_broken_phrase_or_template_still_gives_a_post_mortem() -> None:
    broken = Phrases("en", {"title": "{number.__class__} {", "unknown": "?"})

    assert broken("title", number=7) == "{number.__class__} {"
    assert broken("no_such_phrase") == "no such phrase"
    assert "firmware rolled back" in plain_markdown(document())


def test_a_page_loads_nothing_else_and_runs_no_scripts() -> None:
    page = Tags(render(TEMPLATES, with_pictures(document(), PICTURE, CHART), HTML))

    assert page.seen["script"] == page.seen["link"] == page.seen["iframe"] == 0
    assert [address for address in page.links if address.startswith("data:")] == [
        "data:image/png;base64,iVBORw==",
        "data:image/png;base64,iVBORwA=",
    ]
    assert all(address.startswith(("#", "data:image/png", "https://floor.example/")) for address in page.links)


@pytest.mark.parametrize("kind", [HTML, LEADERSHIP])
@pytest.mark.parametrize("text", [HOSTILE, (HOSTILE * 200)[:40_000]])
def test_hostile_text_stays_text_on_the_page(kind: str, text: str) -> None:
    calm, wild = (Tags(render(TEMPLATES, written, kind)) for written in (hostile("calm"), hostile(text)))

    assert wild.seen == calm.seen
    assert wild.handlers == []
    assert wild.links == calm.links


def test_hostile_text_stays_text_in_markdown() -> None:
    for written in (render(TEMPLATES, hostile(), MARKDOWN), plain_markdown(hostile())):
        headings = re.findall(r"^#+ .*", written, re.MULTILINE)
        calm = re.findall(r"^#+ .*", render(TEMPLATES, hostile("calm"), MARKDOWN), re.MULTILINE)
        unescaped = re.sub(r"\\.", "", written)
        assert len(headings) <= len(calm)
        assert "<script" not in written
        assert "<img" not in written
        assert not re.search(r"\]\((?!https://floor\.example/)", unescaped)
        assert not re.search(r"^\[\d+\]: (?!https://floor\.example/)", written, re.MULTILINE)
        assert not set("\u202e\u2066\x00\x1b") & set(written)


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=300))
def test_no_text_becomes_an_element(text: str) -> None:
    calm, wild = (Tags(render(TEMPLATES, written, HTML)) for written in (hostile("calm"), hostile(text or "x")))

    assert (wild.seen, wild.links, wild.handlers) == (calm.seen, calm.links, [])


def test_several_days_are_told_day_by_day() -> None:
    days = [part.title for part in document().section("timeline").parts if isinstance(part, Day)]

    assert days == ["2026-10-24", "2026-10-25", "2026-10-26"]


def test_people_are_called_by_their_first_role_and_numbered_when_several_held_it() -> None:
    titles = {"commander": "Commander", "scribe": "Scribe"}

    called = person_labels(
        {"commander": ["U1", "U2"], "scribe": ["U2", "U3"]},
        titles,
        ["U4", "U1", *(f"P{n}" for n in range(2, 12))],
        "Participant",
        words().nth,
    )

    assert [called[who] for who in ("U1", "U2", "U3")] == ["Commander", "second Commander", "Scribe"]
    assert [called[who] for who in ("U4", "P2", "P11")] == [
        "Participant",
        "another participant",
        "11th participant",
    ]
    assert len(set(called.values())) == len(called), "each label is one person's"
    assert words("es").nth("Commander", 2) == "Commander (segundo)"


def test_the_first_screen_states_what_happened_the_impact_the_cause_and_the_changes() -> None:
    summary = [statement.text for statement in document().summary]

    assert len(summary) <= 10
    for expected in (
        "IVR silent in Manila",
        "half of 240 calls",
        "Cause (suspected): a firmware update",
        "We change: Test",
    ):
        assert any(expected in text for text in summary), expected
    many = document(follow_ups=[*RECORD.follow_ups] * 9).summary
    assert len(many) <= 10
    assert many[-1].text == "and 6 more follow-ups"


def test_at_most_twelve_decisive_moments_are_shown_in_order_and_the_rest_folds_behind_them() -> None:
    entries = [*ENTRIES, *(replace(ENTRIES[3], number=100 + n, is_marked=True) for n in range(40))]
    written = document(entries=entries)
    moments = [statement.text for statement in statements_of(written.section("moments").parts[0])]

    assert len(moments) == 12
    assert moments == sorted(moments)
    assert any("Mitigated" in text for text in moments)
    assert any("move all calls to Pune" in text for text in moments)
    main = [section.key for section in written.sections if not section.is_appendix]
    assert main == ["impact", "moments", "decisions", "prompts", "follow_ups"]
    page = render(TEMPLATES, written, HTML)
    assert page.index("<details") > page.index('id="follow_ups"'), "folded parts come after the main part"


@pytest.mark.parametrize("language", ["en", "es"])
def test_an_update_that_was_sent_by_hand_was_promised_for_no_time(language: str) -> None:
    by_hand = Promise("Operations", at(15), at(15), is_by_clock=False, asked_by="Commander", entry=7)
    kept = (KeptPromises("Operations", 0, 0),)

    text = render(TEMPLATES, document(language, promises=(by_hand,), kept_promises=kept), MARKDOWN)

    assert "| – | 2026-10-24 21:55 UTC | – |" in text
    assert "of the 0" not in text
    assert "de las 0" not in text


def test_interval_figures_are_folded_and_their_cost_is_shown_in_front() -> None:
    rows = tuple((f"1{n}:00", "120") for n in range(9))
    notes = ("240 contacts lost.",)
    written = document(interval_head=("At", "Offered"), interval_rows=rows, interval_notes=notes, customers=notes)
    main = render(TEMPLATES, written, HTML).partition('id="appendix"')[0]

    assert "240 contacts lost." in main
    assert "13:00" not in main
    assert written.section("intervals").is_appendix
    page = render(TEMPLATES, written, LEADERSHIP)
    assert "240 contacts lost." in page
    assert "customers affected" not in page, "no question is asked about known facts"


def test_the_word_decision_stands_once_in_the_heading_and_not_on_each_decision() -> None:
    page = render(TEMPLATES, document(), MARKDOWN)
    decisions = page.partition("## Decisions\n")[2].partition("\n## ")[0]

    assert "Decision" not in decisions
    assert "UTC Commander: move all calls to Pune" in decisions
    assert page.count("\n## Decisions\n") + page.count("\n### Decisions\n") == 1
    assert "### Ruled out" in decisions
    leadership = document().leadership[0].parts[0]
    assert [statement.text for statement in statements_of(leadership)] == [
        "Suspected: a firmware update of the IVR"
    ]


def test_the_role_to_ask_is_written_in_lower_case_within_a_sentence() -> None:
    def question(role: str, language: str = "en") -> str:
        return words(language).unknown(role)

    assert question("Commander") == "unknown – ask the commander"
    assert question("second Commander") == "unknown – ask the second commander"
    assert question("Communications lead") == "unknown – ask the communications lead"
    assert question("IC") == "unknown – ask the IC", "an abbreviation keeps its letters"
    assert question("Comandante", "es") == "sin datos – preguntar a: comandante"


def test_times_are_in_the_floors_zone_with_utc_beside_them() -> None:
    assert "Times are in UTC." in document().notes[0]
    assert "with UTC beside them" in document(zone="Asia/Manila").notes[0]
    assert words(zone="Europe/Madrid").moment(RECORD.declared_at) == "2026-10-24 23:40 (21:40 UTC)"
    assert words(zone="Asia/Manila").moment(RECORD.declared_at) == "2026-10-25 05:40 (2026-10-24 21:40 UTC)"
    assert words().moment(RECORD.declared_at) == "2026-10-24 21:40 UTC"
    days = [part.title for part in document(zone="Asia/Manila").section("timeline").parts if isinstance(part, Day)]
    assert days[0] == "2026-10-25"


def test_people_called_by_name_are_pointed_out_for_the_author() -> None:
    *_, last = statements_of(document().section("prompts").parts[0])

    assert last.refs == (11,)


def test_the_guide_lists_the_variables_that_templates_receive() -> None:
    variables = {*facts_of(TEMPLATES, document()), "is_inline"}
    table = Path("docs/postmortem.md").read_text().split("| Variable | What it is |")[1].split("\n\n")[0]

    assert {name.partition("(")[0] for name in re.findall(r"^\| `([^`]+)`", table, re.MULTILINE)} == variables
