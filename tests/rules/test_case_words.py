"""Texts about cases in Spanish: one golden text for each surface.

After an intended change, read the files and write them anew: `GOLDEN=write pytest …`.
"""

import os
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from operator import attrgetter
from pathlib import Path
from typing import Any

import pytest

from bot.cases import balance_views, cluster_views, escalating, forms, guide_drafts, upload_views, views
from bot.cases.clusters import DISMISSED, INCIDENT, Cluster
from bot.cases.escalation_tables import CaseEscalation
from bot.cases.guide_draft_tables import GuideDraft
from bot.cases.reading import LeftOut, ReadCases
from bot.cases.rows import CaseRow
from bot.cases.rules.balance import Move, TeamLoad
from bot.cases.rules.board import Capacity, OpenCase, Ranking, Wanted, board
from bot.cases.rules.escalation import BY_HAND, UNASSIGNED
from bot.cases.storing import Stored
from bot.cases.tables import Case
from bot.cases.wording import age_in, translator
from bot.config import floor
from bot.incidents.tables import Incident
from tests.rules.test_cases import NOW, open_case

GOLDEN = Path(__file__).parent / "golden" / "cases"
SAY = translator("es")
NAMES = ("First", "Second", "Third", "Fourth")
CASES = [
    Case(
        id=number,
        source="crm",
        external_id=f"C{number}",
        name=f"C{number}",
        title="Portal login fails",
        customer=f"{name} bank",
        priority="P2",
        opened_at=NOW,
        started_at=NOW,
        updated_at=NOW,
        touched_at=NOW,
        due_at=NOW + timedelta(hours=2),
    )
    for number, name in enumerate([*NAMES, "Fifth"], 1)
]
CLUSTER: dict[str, Any] = {
    "id": 7,
    "key": "",
    "occasion": "",
    "title": "5 casos parecidos: login",
    "traits": [["site", "Madrid"]],
    "terms": ["portal", "login"],
    "at": NOW,
    "first_at": NOW,
    "last_at": NOW + timedelta(minutes=12),
    "score": 9.0,
    "expected": 0.4,
    "window_s": 900,
}


def texts_of(block: object) -> Iterator[str]:
    """Yield every text of Block Kit in its order."""
    if isinstance(block, dict):
        if isinstance(text := block.get("text"), str):
            yield text
        for value in block.values():
            yield from texts_of(value)
    elif isinstance(block, list):
        for each in block:
            yield from texts_of(each)


def open_cases() -> list[OpenCase]:
    return [
        open_case(1, 20, title="Paid twice", is_sensitive=True),
        open_case(2, -30, owner_id="U0BEN", reopened=2),
        open_case(3, None, team="Night"),
        open_case(4, 500, team="Night"),
        open_case(5, 900, team="Nobody's", owner="ann", reopened=1),
        open_case(6, 100, snoozed_until=NOW + timedelta(days=1)),
        open_case(7, None, target_s=None),
    ]


def ranking(cases: list[OpenCase]) -> Ranking:
    capacity = {"Billing": Capacity(2, 2.0, 2), "Night": Capacity(0, 2.0, 0, is_rostered=True)}
    return Ranking(sorted(cases, key=attrgetter("order")), capacity, NOW)


def of_board() -> Iterator[object]:
    ranked = ranking(open_cases())
    yield views.board_screen(board(ranked, Wanted(), NOW, 2), SAY, NOW)
    yield views.board_screen(board(ranked, Wanted("red", ("billing",)), NOW, 6), SAY, NOW)
    yield views.board_message(board(ranked, Wanted(), NOW, 8), SAY, NOW)
    yield views.home_blocks(board(ranked, Wanted(), NOW, 5), SAY, NOW)
    yield views.board_screen(board(ranking([]), Wanted(), NOW, 5), SAY, NOW)


def of_forms() -> Iterator[object]:
    case = CASES[0]
    yield forms.assign_form(case, "12:00 Ana", SAY)
    yield forms.escalate_form(case, "", SAY)
    yield forms.note_form(case, "", SAY)
    yield forms.snooze_form(case, "", SAY, NOW)
    yield forms.declare_form(Cluster(**CLUSTER), CASES, floor.read(Path("floor.yaml")), SAY)
    incident = Incident(
        id=12, severity="S2", title="Login is down", declared_key="", declared_by="U0ANA", declared_at=NOW
    )
    yield forms.link_form(7, [incident], SAY)
    yield forms.link_form(7, [], SAY)
    yield forms.not_related_form(7, SAY)


def of_clusters() -> Iterator[object]:
    by: dict[str, Any] = {"by": "U0ANA", "decided_at": NOW, "reason": "Otra causa"}
    yield cluster_views.title_of(Cluster(**CLUSTER), CASES, SAY)
    yield cluster_views.proposal(Cluster(**CLUSTER), CASES, SAY, NOW)
    decisions: tuple[dict[str, Any], ...] = ({"state": INCIDENT, "incident_id": 12}, {"state": DISMISSED})
    for facts in decisions:
        yield cluster_views.proposal(Cluster(**CLUSTER | by | facts), CASES[:3], SAY, NOW)


def of_balance() -> Iterator[object]:
    teams = [
        TeamLoad("Billing", "EMEA", "billing", 15, 10, 2, 2.5),
        TeamLoad("Billing Manila", "", "billing", 1, 0, 2, 0.0),
        TeamLoad("", "", "", 3, 3, 0, 0.0),
    ]
    move = Move(7, "Billing", "Billing Manila", 7.5, 0.5, 4.0, timedelta(hours=3))
    yield balance_views.screen(teams, 1.87, move, SAY)
    yield balance_views.screen(teams, None, None, SAY)
    yield balance_views.screen([], None, None, SAY)
    yield balance_views.moved_message(move, [f"C{n}" for n in range(1, 13)], "<@U0ANA>", SAY)
    yield balance_views.intake_text("EMEA", 40, [3, 4], SAY)
    yield balance_views.intake_text("", 40, [], SAY)
    yield balance_views.queue_text("Billing", 12, 1, SAY)


def test_one_case_is_singular() -> None:
    text = balance_views.queue_text("Billing", 1, 0, translator("en"))
    assert text == "📥 1 case waits unassigned for Billing, and nobody is free. `/incident balance` helps."


def of_escalations() -> Iterator[object]:
    notices = [
        escalating.Notice(
            CaseEscalation(id=1, case_id=1, kind=kind, since=NOW),
            CASES[0],
            partial(escalating.idle_sentence, kind, timedelta(minutes=16)),
        )
        for kind in (UNASSIGNED, BY_HAND)
    ]
    yield escalating.message(notices[:1], SAY, NOW)
    yield escalating.message(notices, SAY, NOW)


def of_guides() -> Iterator[object]:
    draft = GuideDraft(id=3, incident_id=12, title="Login is down", text="Restart it", noted_at=NOW)
    yield guide_drafts.guide_form(draft, SAY)
    yield guide_drafts.review_message(draft, "U0ANA", SAY)


def of_files() -> Iterator[object]:
    rows = [CaseRow(str(day), NOW + timedelta(days=day), NOW, state="New") for day in (0, 1)]
    reasons = ["it has no number, or does not say when it was opened"]
    reasons += ["`31/31/26` is not a date", *["`x` is not a number"] * 4]
    left_out = [LeftOut(line, reason) for line, reason in enumerate(reasons, 2)]
    columns = {"external_id": "Number", "opened_at": "Opened", "state": "Status"}
    read = ReadCases(rows, left_out, columns, "Europe/Madrid", {"Blocker"})
    before = upload_views.imported_before(NOW, NOW, SAY)
    yield upload_views.preview_message(1, "casos.csv", read, before, SAY, NOW)
    yield upload_views.imported_text("casos.csv", Stored(3, 0, 2, [1]), read, SAY)


SURFACES = {
    "board": of_board,
    "forms": of_forms,
    "clusters": of_clusters,
    "balance": of_balance,
    "escalations": of_escalations,
    "guides": of_guides,
    "files": of_files,
}


@pytest.mark.parametrize("surface", SURFACES)
def test_cases_speak_spanish(surface: str) -> None:
    screens = []
    for screen in SURFACES[surface]():
        text, blocks = screen if isinstance(screen, tuple) else ("", screen)
        texts = [screen] if isinstance(screen, str) else [*([text] if text else []), *texts_of(blocks)]
        screens.append("\n".join(texts))
    written = "\n\n---\n\n".join(screens) + "\n"
    if os.environ.get("GOLDEN") == "write":
        GOLDEN.mkdir(exist_ok=True)
        (GOLDEN / f"{surface}.es.txt").write_text(written)
    assert written == (GOLDEN / f"{surface}.es.txt").read_text()


def test_the_age_of_a_sources_cases_is_in_the_readers_language() -> None:
    for age in ("never read", "7 min old", "2 h 05 min old"):
        line = f"⚠️ Cases of crm: {age}"
        assert age_in(line, "en") == line
        assert age_in(line, "es").startswith("⚠️ Casos de crm: ")
