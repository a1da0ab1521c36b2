"""When partners are told, and what their people may type."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml
from jinja2 import Environment, meta

from bot.config import floor
from bot.config.floor import Partner
from bot.config.yaml_file import FileRefused
from bot.incidents.tables import Incident
from bot.partners import rules, views, wording
from bot.partners.rules import NextAction, State
from bot.partners.tables import PartnerNotice
from bot.slack.blocks import fit_message
from slack_sandbox.blockkit import check_blocks

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
FOLDER = Path("message_templates/partner_notice")


@pytest.mark.parametrize(("within_min", "due_min"), [(10, 8), (15, 13), (60, 58), (5, 4), (1, 0.8)])
def test_a_notice_is_sent_before_its_promise_is_over(within_min: float, due_min: float) -> None:
    assert rules.notice_due(NOW, timedelta(minutes=within_min), NOW) == NOW + timedelta(minutes=due_min)


def test_a_partner_added_late_is_told_at_once_and_one_without_a_promise_never() -> None:
    assert rules.notice_due(NOW, timedelta(minutes=10), NOW + timedelta(hours=1)) == NOW + timedelta(hours=1)
    assert rules.notice_due(NOW, None, NOW) is None


@pytest.mark.parametrize(
    ("typed", "agents"),
    [
        ("", None),
        ("0", 0),
        ("12", 12),
        ("~40", 40),
        ("1,200", 1200),
        ("1 200", 1200),
        ("100000", 100000),
        ("unos 45", 45),
        ("45 agentes", 45),
    ],
)
def test_a_number_of_agents_is_read_as_people_write_it(typed: str, agents: int | None) -> None:
    assert rules.read_agents(typed) == agents


@pytest.mark.parametrize(
    ("typed", "parts"),
    [
        ("Telvia", ("Telvia", "")),
        ("Telvia 1,200", ("Telvia", "1,200")),
        ("12 Telvia", ("Telvia", "12")),
        ("Telvia: ~12 agents", ("Telvia", "~12")),
        ("Centre 24", ("Centre 24", "")),
        ("centre 24 7", ("centre 24", "7")),
    ],
)
def test_a_phone_call_is_read_with_the_number_before_or_after_the_name(typed: str, parts: tuple[str, str]) -> None:
    assert rules.name_and_agents(typed, ["Telvia", "Centre 24"]) == parts


@pytest.mark.parametrize("typed", ["many", "-3", "1.5", "100001", "9" * 50, "12; DROP TABLE", "<!channel>", "²"])
def test_text_that_is_no_number_of_agents_is_refused_in_the_readers_language(typed: str) -> None:
    with pytest.raises(rules.NotANumberOfAgents) as refused:
        rules.read_agents(typed, "Indique un número")

    assert refused.value.sentence == "Indique un número"


def test_the_old_list_of_names_is_still_understood(tmp_path: Path) -> None:
    shipped = Path("floor.yaml").read_text()
    begin, end = shipped.index("partners:\n  - {name"), shipped.index("partner_answers:")
    file = tmp_path / "floor.yaml"
    file.write_text(shipped[:begin] + "partners: [Northline, Telvia]\n" + shipped[end:])

    assert floor.read(file).partners == (Partner(name="Northline"), Partner(name="Telvia"))
    file.write_text(shipped[:begin] + "partners: [Northline, Northline]\n" + shipped[end:])
    with pytest.raises(FileRefused, match="two have the same name"):
        floor.read(file)


def test_the_page_lists_every_variable_of_a_notice() -> None:
    page = Path("docs/partners.md").read_text()
    listed = set(re.findall(r"^\| `(\w+)` \|", page[page.index("## Words") :], re.MULTILINE))

    assert listed == set(wording.VARIABLES)


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_shipped_notice_uses_only_listed_variables_and_has_every_phrase(language: str) -> None:
    used = meta.find_undeclared_variables(Environment().parse((FOLDER / f"{language}.j2").read_text()))
    phrases = yaml.safe_load((FOLDER / f"{language}.yaml").read_text())

    assert used <= set(wording.VARIABLES)
    assert phrases.keys() == wording.DEFAULT_LABELS.keys()
    for name, phrase in phrases.items():
        assert re.findall(r"{\w+}", phrase) == re.findall(r"{\w+}", wording.DEFAULT_LABELS[name])
    assert len(phrases["form_title"]) <= 24
    assert max(len(phrases[name]) for name in ("received", "affected", "update_number")) <= 75


def incident_with_notices(number: int) -> tuple[Incident, list[PartnerNotice], dict[str, Partner]]:
    """Return an incident with that many silent partners."""
    incident = Incident(id=7, title="IVR", severity="S1", declared_key="k", declared_by="U1", declared_at=NOW)
    rows = [
        PartnerNotice(
            id=index + 1,
            incident_id=7,
            partner=f"Partner {index}.",
            state=State.UNREACHABLE,
            told_at=None,
        )
        for index in range(number)
    ]
    partners = {row.partner: Partner(name=row.partner, phone=f"+57 1 {row.id:07}") for row in rows}
    return incident, rows, partners


@pytest.mark.parametrize("number", [1, 40, 41, 60, 1_000])
def test_every_phone_number_is_in_the_commanders_message_or_counted_and_in_the_list(number: int) -> None:
    incident, rows, partners = incident_with_notices(number)

    _, blocks = views.phone_request(incident, rows, partners, NOW)

    check_blocks(fit_message(blocks))
    message = str(fit_message(blocks))
    shown = sum(partner.phone in message for partner in partners.values())
    assert shown == number or f"and {number - shown} more. `/incident partners`" in message
    assert shown >= min(number, 60)
    pages = [
        str(fit_message(views.matrix(views.Matrix(incident, rows, partners, NOW, page))[1]))
        for page in range(1, 27)
    ]
    assert all(any(partner.phone in page for page in pages) for partner in partners.values())


@pytest.mark.parametrize(("act", "button_count"), [(NextAction.TELL, 1), (NextAction.SEND, 0)])
def test_a_notice_that_is_on_its_way_cannot_be_sent_again(act: NextAction, button_count: int) -> None:
    incident, rows, partners = incident_with_notices(1)
    rows[0].state, rows[0].act, rows[0].due_at = State.WAITING, act, NOW

    _, blocks = views.matrix(views.Matrix(incident, rows, partners, NOW))

    assert str(blocks).count("Tell now") == button_count
