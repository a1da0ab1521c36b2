"""The text of updates: every audience, both languages, the smallest and the largest incident."""

import re
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from jinja2 import Environment, meta
from sqlmodel import Session

from bot import directory
from bot.bootstrap import build_registry
from bot.config import floor
from bot.directory.rules import PersonFacts
from bot.incidents import incidents
from bot.incidents.event_handlers import EventHandlers
from bot.incidents.facts import (
    FIGURE_SENTENCES,
    FOLLOW_UPS,
    NEXT_UPDATE,
    STEPS_TAKEN,
    FigureSentences,
    TakenStep,
)
from bot.incidents.incident_text import incident_text
from bot.incidents.registry import Registry
from bot.incidents.rules import OPEN, Status
from bot.incidents.situation import Situation
from bot.incidents.situation_tables import SituationValue
from bot.incidents.tables import Incident
from bot.partners import guidance, messages
from bot.partners.guidance import GuidanceField
from bot.partners.tables import PartnerNotice
from bot.runtime.background_worker import BackgroundWorker
from bot.runtime.database import Database
from bot.runtime.templates import TemplateBroken, Templates
from bot.services import Services
from bot.slack.blocks import MESSAGE_BLOCKS
from bot.timeline import timeline
from bot.timeline.observed_message import PIN, Mark, MessagePolicy, ObservedMessage, Version
from bot.timeline.recording import record_message
from bot.updates import promise_actions, promise_changes, tables, variables, views, wording
from bot.updates.composition import compose
from bot.updates.template_facts import facts_of
from bot.updates.timing_facts import UpdateContext
from slack_sandbox.blockkit.check import check_blocks
from tests import prepared

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
FOLDERS = ("operations", "executives", "engineering", "partners", "customers")
HOSTILE = (
    "<!channel> <@U0ERIK|erik> <!subteam^S0ANALYSTS> <https://evil.example|click> {{ 7 * 7 }} {% raw %} *_~`> & "
)
ARABIC = "انقطاع الهاتف في مانيلا بسبب عطل "
SHIPPED = Path("message_templates")


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    build_registry()  # this also loads the tables of every noun
    store = Database(prepared.database(tmp_path))
    with store.reading() as session:
        save_people(session)
        yield session
    store.close()


@pytest.fixture(scope="module")
def sized_sessions(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[Any, Session]]:
    """A session for each size of incident; storing the largest takes half a second."""
    build_registry()  # this also loads the tables of every noun
    with ExitStack() as stack:
        yield {size: stack.enter_context(_with_incident(size, tmp_path_factory)) for size in (smallest, largest)}


@contextmanager
def _with_incident(size: Any, folders: pytest.TempPathFactory) -> Iterator[Session]:
    with closing(Database(prepared.database(folders.mktemp(size.__name__)))) as store:
        with store.transaction() as session:
            save_people(session)
            size(session)
        with store.reading() as session:
            yield session


def save_people(session: Session) -> None:
    directory.save_people(session, [PersonFacts("U0ANA", "Ana Reyes"), PersonFacts("U0BEN", "Ben Okafor")])


def services(languages: tuple[str, ...] = ("en",), folder: Path = SHIPPED, **changed: Any) -> Services:
    """Return the services that composing needs: the floor and the templates."""
    shipped = floor.read(Path("floor.yaml"))
    audiences = {
        name: audience.model_copy(update={"languages": languages}) for name, audience in shipped.audiences.items()
    }
    the_floor = shipped.model_copy(update={"audiences": audiences, **changed})
    parts: dict[str, Any] = dict.fromkeys(("database", "slack", "flows", "replicas"))
    # It drops background work: the tests in `tests/stories` check that administrators hear of broken templates.
    soon = BackgroundWorker()
    soon.close()
    registry = build_registry()
    parts["parts"] = {Registry: registry, EventHandlers: registry.event_handlers}
    return Services(**parts, background=soon, floor=the_floor, templates=Templates(folder))


def record_speech(
    session: Session,
    number: int,
    at: datetime,
    who: str,
    text: str,
    marked_at: datetime | None = None,
    marked_by: str = "U0ANA",
    mark: str = PIN,
) -> None:
    """Record a message in the incident's channel, perhaps with a mark."""
    ts = f"{at.timestamp() + len(text) / 1e6:.6f}"
    marks = (Mark(mark, marked_by, f"{marked_at.timestamp():.6f}", is_on=True),) if marked_at else ()
    record_message(
        session,
        number,
        ObservedMessage(ts, who, versions=(Version(ts, text),), marks=marks, is_live=True),
        MessagePolicy({"no_entry_sign": "ruled_out"}),
    )


def record_field(
    session: Session,
    incident: Incident,
    name: str,
    text: str,
    at: datetime,
    certainty: str = "",
    *,
    language: str = "",
    original: str = "",
) -> None:
    """Record a field of the situation, or a translation of it."""
    session.add(
        SituationValue(
            incident_id=incident.number,
            field=name,
            language=language,
            text=text,
            original=original,
            certainty=certainty,
            by="U0ANA",
            at=at,
        )
    )
    session.flush()
    if not language:
        timeline.append(session, incident.number, name, at, "U0ANA", text=text, certainty=certainty)


def smallest(session: Session) -> Incident:
    """Return an incident for which one letter was typed."""
    return incidents.add(
        session, Incident(declared_key="s", title="x", severity="S1", declared_by="U0ANA", declared_at=NOW)
    )


def largest(session: Session) -> Incident:
    """Return an incident with every field typed, forty thousand characters, malicious and in Arabic."""
    much = (HOSTILE + ARABIC) * 300
    incident = incidents.add(
        session,
        Incident(
            declared_key="l",
            title=much[:3000],
            impact=much[:40_000],
            severity="S0",
            status="mitigated",
            sites=[HOSTILE] * 5,
            partners=["Northline"],
            declared_by="U0ANA",
            declared_at=NOW - timedelta(days=3),
            channel_id="C1",
        ),
    )
    incidents.give_role(session, incident.number, "commander", "U0ANA", NOW)
    for name in ("impact", "cause", "actions", "needs"):
        record_field(session, incident, name, much[:40_000], NOW)
    for minute in range(20):
        at = NOW - timedelta(minutes=30 - minute)
        facts = {"old": "S1", "new": much[:500], "reason": much, "step": much, "role": HOSTILE, "user": "U0BEN"}
        for kind in ("severity", "status", "step_done", "role_given", "reopened"):
            timeline.append(session, incident.number, kind, at, "U0ANA", **facts)
        record_speech(session, incident.number, at, "U0BEN", much, marked_at=at)
    return incident


TRANSLATED = {
    "title": ("IVR down in Manila", "IVR caído en Manila"),
    "impact": ("Half of 120 calls an hour are lost", "Se pierde la mitad de 120 llamadas por hora"),
    "cause": ("a trunk of the carrier", "un enlace del operador"),
    "actions": ("The carrier moves calls to Cebu", "El operador pasa las llamadas a Cebu"),
}


def fullest(session: Session, key: str = "f", channel_id: str = "C1") -> Incident:
    """Return an incident with every field recorded, most in both languages, and every kind of event."""
    incident = incidents.add(
        session,
        Incident(
            declared_key=key,
            title="IVR down in Manila",
            severity="S0",
            status="mitigated",
            type="telephony",
            sites=["Manila", "Kraków"],
            partners=["Northline"],
            declared_by="U0ANA",
            declared_at=NOW - timedelta(minutes=65),
            channel_id=channel_id,
        ),
    )
    at = NOW - timedelta(minutes=30)
    incidents.give_role(session, incident.number, "commander", "U0ANA", at)
    certainties = {"cause": "suspected"}
    for name in ("impact", "cause", "actions"):
        record_field(session, incident, name, TRANSLATED[name][0], at, certainties.get(name, ""))
    record_field(session, incident, "needs", "Approval of a second carrier", at)
    for name, (original, text) in TRANSLATED.items():
        record_field(session, incident, name, text, at, original=original, language="es")
    for old, new in (("S2", "S1"), ("S1", "S0")):
        timeline.append(session, incident.number, "severity", at, "U0ANA", old=old, new=new, reason="all queues")
    timeline.append(session, incident.number, "status", at, "U0BEN", old="identified", new="mitigated", reason="")
    steps = [
        "Call the carrier",
        "Restart the IVR",
        "Ask Cebu",
        "Test a call",
        "Check the trunk",
        "Tell the site",
        "Log it",
    ]
    for step in [*steps, "Undone again"]:
        timeline.append(session, incident.number, "step_done", at, "U0BEN", step=step)
    timeline.append(session, incident.number, "step_undone", at, "U0BEN", step="Undone again")
    timeline.append(session, incident.number, "role_taken", at, "U0ANA", role="commander")
    record_speech(session, incident.number, at, "U0BEN", "Calls go to <#C2|cebu> &amp; on", marked_at=at)
    return incident


def ended(session: Session) -> Incident:
    """Return the same incident, resolved after it was mitigated."""
    incident = fullest(session, "e", "C2")
    incident.status, incident.resolved_at = "resolved", NOW - timedelta(minutes=1)
    facts = {"old": "mitigated", "new": "resolved", "reason": "the carrier replaced its trunk"}
    timeline.append(session, incident.number, "resolved", NOW - timedelta(minutes=1), "U0ANA", **facts)
    session.flush()
    return incident


def declined(session: Session) -> Incident:
    """Return the same incident, a false alarm."""
    incident = fullest(session, "d", "C4")
    incident.status = "declined"
    timeline.append(session, incident.number, "declined", NOW, "U0ANA", reason=REASONS[declined])
    session.flush()
    return incident


def merged(session: Session) -> Incident:
    """Return the same incident, which goes on in another one."""
    incident = fullest(session, "m", "C5")
    incident.status = "merged"
    timeline.append(session, incident.number, "merged", NOW, "U0ANA", number=1)
    session.flush()
    return incident


# What colleagues read of an ending; people outside get no reason.
REASONS = {declined: "a probe was misconfigured", merged: "#1 x"}


def promise(session: Session, incident: Incident, audience: str, words: str = "", **changed: Any) -> tables.Promise:
    """Return an update that is to be composed now."""
    promised: dict[str, Any] = {"due_at": NOW, "promised_at": NOW, "cadence_s": 3600, "text": words}
    due = tables.Promise(incident_id=incident.number, audience=audience, **promised)
    promise_changes.number(session, [due])
    promise_changes.move(session, due, NOW, timedelta(minutes=2))
    session.flush()
    due.next_due_at = NOW + timedelta(hours=1)
    for name, value in changed.items():
        setattr(due, name, value)
    return due


@pytest.mark.parametrize("languages", [("en",), ("es",), ("en", "es")])
@pytest.mark.parametrize("audience", FOLDERS)
@pytest.mark.parametrize("size", [smallest, largest])
def test_every_template_stays_within_slacks_limits(
    sized_sessions: dict[Any, Session], size: Any, audience: str, languages: tuple[str, ...]
) -> None:
    session = sized_sessions[size]
    session.rollback()
    incident = incidents.by_number(session, 1)
    news = (HOSTILE + ARABIC) * 300 if size is largest else ""
    due = promise(session, incident, audience, news, missed=3)

    words = compose(session, services(languages), incident, due, NOW)

    blocks = views.blocks(words)
    assert len(blocks) <= MESSAGE_BLOCKS
    check_blocks(blocks)
    drawn = "".join(block["text"]["text"] for block in blocks if block["type"] == "section")
    assert re.findall(r"<(?!!date\^|#C1>)[^>]*>?", drawn) == [], "no typed text is live markup"
    nexts = {"en": "Next update <!date^", "es": "Próxima actualización: <!date^"}
    assert all(nexts[language] in drawn for language in languages)
    assert " 49 " not in drawn


@pytest.mark.parametrize("audience", ["partners", "customers"])
@pytest.mark.parametrize("language", ["en", "es"])
def test_outsiders_read_no_name_reason_or_guess(session: Session, audience: str, language: str) -> None:
    incident = smallest(session)
    incident.title = "IVR down, Ana Reyes looks; back by 15:00"
    record_field(
        session, incident, "impact", "Half the calls are lost. Ben Okafor hopes to fix it within 20 min.", NOW
    )
    incident.partners = ["Northline", "Telvia"]
    incidents.give_role(session, incident.number, "commander", "U0ANA", NOW)
    timeline.append(
        session, incident.number, "status", NOW, "U0BEN", old="a", new="identified", reason="Ana's trunk"
    )
    due = promise(session, incident, audience, "Ben says Cebu helps. ETA 16:00")

    update_text = compose(session, services((language,)), incident, due, NOW + timedelta(seconds=1))

    assert not re.search(r"Ana|Reyes|Ben|Okafor|trunk|15:00|16:00|20 min|Northline|Telvia|#C", update_text)
    assert "Half the calls are lost." in update_text
    assert "Cebu helps." in update_text


FIGURES = {
    "en": FigureSentences("", "Service level 41 %.\n• Voice: 38 %\n• Chat: 61 %", "About 200 contacts lost."),
    "es": FigureSentences("", "Nivel de servicio 41 %.\n• Voz: 38 %\n• Chat: 61 %", "Unos 200 contactos perdidos."),
}
GOLDEN = Path(__file__).parent / "golden" / "updates"


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("audience", FOLDERS)
def test_an_update_agrees_with_its_golden_file(session: Session, audience: str, language: str) -> None:
    composing_services = services((language,))
    taken = [TakenStep("Measure the queues", "U0BEN")]
    figures = FIGURES[language]
    pieces = []
    composing_services.get(Registry).answers(FOLLOW_UPS, lambda session, number: ["A second carrier for Manila"])
    is_outside = composing_services.floor.audiences[audience].outside
    for build in (smallest, fullest, ended, declined, merged):
        incident = build(session)
        composing_services.get(Registry).answers(STEPS_TAKEN, lambda session, number: taken if number > 1 else [])
        composing_services.get(Registry).answers(
            FIGURE_SENTENCES, lambda session, number, language: figures if number > 1 else FigureSentences()
        )
        next_due_at = NOW + timedelta(hours=1) if incident.status in OPEN else None
        reason = "" if is_outside else REASONS.get(build, "")
        due = promise(session, incident, audience, reason, next_due_at=next_due_at)
        pieces.append(compose(session, composing_services, incident, due, NOW))
    actual = "\n\n==========\n\n".join(pieces) + "\n"

    file = GOLDEN / f"{audience}.{language}.txt"
    assert actual == (file.read_text() if file.exists() else ""), f"if this is how it should read: {file}\n{actual}"


GUIDANCE = {
    "en": {
        "agents_say": "We know that calls drop and are working on it. Please call again in an hour.",
        "agents_do_not_say": "That the carrier is at fault.",
        "workaround": "Write down the customer's number and call back from line 2.",
        "relief": "Calls from 08:00 on do not count for your service level.",
    },
    "es": {
        "agents_say": "Sabemos que se cortan llamadas y trabajamos en ello. Llame de nuevo en una hora, por favor.",
        "agents_do_not_say": "Que la culpa es del operador.",
        "workaround": "Anoten el número del cliente y devuelvan la llamada por la línea 2.",
        "relief": "Las llamadas desde las 08:00 no cuentan para su nivel de servicio.",
    },
}


@pytest.mark.parametrize(("language", "partner"), [("en", "Northline"), ("es", "Sagebrush")])
def test_a_partners_notice_agrees_with_its_golden_file(session: Session, language: str, partner: str) -> None:
    """The smallest, the fullest with guidance, a drill, the all-clear, and the text below each."""
    composing_services = services()
    composing_services.get(Registry).answers(
        NEXT_UPDATE, lambda session, services, incident, audiences, after: NOW + timedelta(hours=1)
    )
    drill = fullest(session, "d", "C3")
    drill.is_drill = True
    pieces = []
    for incident in (smallest(session), fullest(session), drill, ended(session)):
        if incident.declared_key == "f":
            texts = {GuidanceField(name): text for name, text in GUIDANCE[language].items()}
            guidance.save(session, incident.number, language, texts, "U0ANA", NOW)
        row = PartnerNotice(incident_id=incident.number, partner=partner)
        pieces.append(messages.notice_text(session, composing_services, incident, row, NOW))
    labels = messages.labels(composing_services, language)
    below = ("reminder", "all_clear", "false_alarm", "merged", "reopened", "thanks")
    pieces.append("\n".join(f"{name}: {labels[name]}" for name in below))
    actual = "\n\n==========\n\n".join(pieces) + "\n"

    file = GOLDEN / f"partner-notice.{language}.txt"
    assert actual == (file.read_text() if file.exists() else ""), f"if this is how it should read: {file}\n{actual}"


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("audience", ["executives", "operations", "engineering"])
def test_an_update_for_colleagues_fits_a_phone(session: Session, audience: str, language: str) -> None:
    incident = fullest(session)

    update_text = compose(
        session, services((language,)), incident, promise(session, incident, audience, "one more line"), NOW
    )

    assert len(update_text.splitlines()) <= (8 if audience == "executives" else 7)
    assert "Undone again" not in update_text
    if audience == "executives":
        assert not re.search(r"Ana|Ben|Call the carrier|more", update_text.replace("one more line", ""))


def test_the_third_update_with_the_same_content_is_one_line(session: Session) -> None:
    incident = smallest(session)
    update_texts = []
    for hour in range(1, 5):
        due = promise(session, incident, "executives")
        at = NOW + timedelta(hours=hour)
        update_texts.append(compose(session, services(), incident, due, at))
        due.state, due.composed_at, due.sent_at = tables.SENT, at, at
    timeline.append(session, incident.number, "cause", NOW + timedelta(hours=5), "U0ANA", text="a trunk")
    update_texts.append(
        compose(session, services(), incident, promise(session, incident, "executives"), at + timedelta(hours=1))
    )

    assert [len(text.splitlines()) for text in update_texts] == [6, 6, 1, 1, 6]
    assert "no change since" in update_texts[2]


def test_asterisks_in_a_title_do_not_end_its_bold_type(session: Session) -> None:
    incident = smallest(session)
    incident.title = "everything is **down**"

    update_text = compose(session, services(), incident, promise(session, incident, "executives"), NOW)

    assert "*S1 · everything is ∗∗down∗∗*" in update_text


def test_a_floor_that_keeps_the_shipped_names_reads_them_in_its_language(session: Session) -> None:
    text = incident_text(session, services(language="es"), fullest(session, "x", "C9"), Situation(), "es")
    assert (text.type, text.sites) == ("Telefonía o IVR", ("Manila", "Cracovia"))


@pytest.mark.parametrize(
    ("language", "change"),
    [
        ("en", "*Changed:* severity S0 to S2: only contactless · this update comes instead of the one at 09:30"),
        (
            "es",
            "*Cambio:* severidad de S0 a S2: «only contactless» · esta actualización sustituye a la de las 09:30",
        ),
    ],
)
def test_executives_read_that_the_severity_fell_and_which_update_does_not_come(
    session: Session, language: str, change: str
) -> None:
    incident = smallest(session)
    first = promise(session, incident, "executives", next_due_at=NOW + timedelta(minutes=30))
    first.state, first.composed_at, first.sent_at = tables.SENT, NOW, NOW
    at = NOW + timedelta(minutes=10)
    for old, new, reason in (("S0", "S1", ""), ("S1", "S2", "only contactless")):
        timeline.append(session, incident.number, "severity", at, "U0ANA", old=old, new=new, reason=reason)
    incident.severity = "S2"

    due = promise(session, incident, "executives", occasion="change", next_due_at=None)
    update_text = compose(session, services((language,)), incident, due, at)

    assert change in re.sub(r"<!date[^|]*\|([^>]*) UTC>", r"\1", update_text)
    assert "Ana" not in update_text


@pytest.mark.parametrize(
    ("status", "cause"),
    [
        ("investigating", "not known yet"),
        ("identified", "not described yet"),
        ("mitigated", "not described yet"),
        ("monitoring", "not described yet"),
        ("resolved", "not described yet"),
        ("closed", "not described yet"),
    ],
)
def test_an_identified_cause_is_not_called_unknown_later(session: Session, status: str, cause: str) -> None:
    incident = smallest(session)
    incident.status = status

    update_text = compose(session, services(), incident, promise(session, incident, "executives"), NOW)

    assert f"*Cause:* {cause}\n" in update_text


@pytest.mark.parametrize(
    ("certainty", "progress"), [("known", "working on the cause"), ("suspected", "looking for the cause")]
)
def test_nobody_looks_for_a_cause_that_is_known(session: Session, certainty: str, progress: str) -> None:
    incident = smallest(session)
    record_field(session, incident, "cause", "The trunk is down", NOW, certainty)

    update_text = compose(session, services(), incident, promise(session, incident, "executives"), NOW)

    assert f"*What we are doing:* {progress}\n" in update_text


def test_the_last_update_is_not_lost_if_the_incident_is_closed_before_it_is_composed(session: Session) -> None:
    incident = smallest(session)
    last = promise(session, incident, "operations", occasion="resolved:V1")
    by_clock = promise(session, incident, "executives", occasion="clock")
    session.flush()

    promise_changes.drop_all(session, incident.number, wording.OVER, "resolved")

    session.expire_all()
    assert (last.state, by_clock.state) == (tables.WAITING, tables.DROPPED)


def test_marked_messages_finished_steps_and_changes_are_told_once(session: Session) -> None:
    incident = smallest(session)
    timeline.append(
        session, incident.number, "step_done", NOW + timedelta(minutes=1), "U0BEN", step="Call the carrier"
    )
    two, three = NOW + timedelta(minutes=2), NOW + timedelta(minutes=3)
    record_speech(session, incident.number, two, "U0ANA", "Calls go to <#C2|cebu> &amp; on", marked_at=three)
    record_speech(session, incident.number, three, "U0ANA", "small talk")
    record_speech(
        session, incident.number, three, "U0BEN", "It is the carrier", marked_at=three, mark="no_entry_sign"
    )
    directory.save_people(session, [PersonFacts("U0GUS", "Gus Guest", is_guest=True)])
    record_speech(session, incident.number, three, "U0GUS", "I rebooted it", marked_at=three, marked_by="U0GUS")
    record_speech(
        session, incident.number, two, "U0BEN", "said early, pinned late", marked_at=NOW + timedelta(minutes=40)
    )
    first = promise(session, incident, "operations")
    at = NOW + timedelta(minutes=30)

    first_text = compose(session, services(), incident, first, at)

    assert "*Done:* Call the carrier (Ben Okafor)" in first_text
    assert "Ana Reyes: Calls go to #cebu &amp; on" in first_text
    assert "Ruled out: It is the carrier (Ben Okafor)" in first_text, "it is not told as a fact"
    assert "small talk" not in first_text
    assert "I rebooted it" not in first_text, "a guest's mark puts nothing into an update"
    first.state, first.composed_at, first.sent_at = tables.SENT, at, at + timedelta(hours=1)
    record_field(session, incident, "impact", "none", at + timedelta(minutes=1))
    second_text = compose(
        session, services(), incident, promise(session, incident, "operations"), at + timedelta(hours=1)
    )
    assert "*Impact:* none" in second_text, "events during Slack's slow acceptance of the last update are news"
    assert "Ben Okafor: said early, pinned late" in second_text
    assert "Call the carrier" not in second_text
    assert "Calls go to" not in second_text


def test_the_page_lists_exactly_the_variables_that_templates_receive(session: Session) -> None:
    page = Path("docs/templates.md").read_text()
    listed = set(re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE))
    incident = smallest(session)
    due = promise(session, incident, "partners")
    audience = services().floor.audiences["partners"]
    facts = facts_of(session, services(), incident, UpdateContext(due, audience, NOW, "en"))

    assert listed == set(variables.EXAMPLE) == set(facts)
    assert {name: type(value) for name, value in facts.items()} == {
        name: type(value) for name, value in variables.EXAMPLE.items()
    }


def test_the_page_names_every_status_and_every_occasion_of_an_update() -> None:
    page = Path("docs/templates.md").read_text()
    described = dict(re.findall(r"^\| `(\w+)` \| (.*) \|$", page, re.MULTILINE))
    endings = {promise_actions.RESOLVED, promise_actions.CLOSED, promise_actions.DECLINED, promise_actions.MERGED}

    assert set(re.findall(r"`(\w+)`", described["status"])) == set(Status)
    assert set(re.findall(r"`(\w+)`", described["occasion"])) == {
        *(tables.CLOCK, tables.CHANGE, "manual", "step"),
        *endings,
    }
    over = described["is_over"].partition(": ")[2]
    assert {status for status in Status if status in over} == {*Status} - {*OPEN}


@pytest.mark.parametrize("file", sorted((SHIPPED / "stakeholder_update").glob("*/*.j2")), ids=str)
def test_a_shipped_template_uses_only_what_the_page_lists(file: Path) -> None:
    used = meta.find_undeclared_variables(Environment().parse(file.read_text()))

    assert used <= set(variables.EXAMPLE)


BROKEN = {
    "syntax": "{% if %}",
    "unknown variable": "{{ nobody.knows.this }}",
    "raises": "{{ 1 / 0 }}",
    "too deep": "{% macro again() %}{{ again() }}{% endmacro %}{{ again() }}",
    "far too long": "{% for a in range(9000) %}{{ title }} and more words than anybody reads{% endfor %}",
    "endless": "{% for a in range(9000) %}{% for b in range(9000) %}{% endfor %}{% endfor %}",
    "a huge word": "{{ 'a' * 900000000 }}",
    "a padded word": "{{ 'a'.ljust(900000000) }}",
    "a huge number": "{{ 9 ** 9 ** 9 }}",
    "looks inside": "{{ ''.__class__.__mro__ }}",
    "another type": "{{ changes.append(1) }}",
    "no text": "\xff",
}


@pytest.mark.parametrize("content", BROKEN.values(), ids=BROKEN)
def test_a_broken_template_is_replaced_by_plain_text(session: Session, tmp_path: Path, content: str) -> None:
    file = tmp_path / "stakeholder_update" / "operations" / "en.j2"
    file.parent.mkdir(parents=True)
    file.write_bytes(content.encode("latin-1"))
    incident = smallest(session)

    update_text = compose(
        session, services(folder=tmp_path), incident, promise(session, incident, "operations"), NOW
    )

    assert update_text.startswith("*S1 investigating* – x\n")
    assert "Next update" in update_text


def test_a_missing_shared_template_is_replaced_by_plain_text_too(tmp_path: Path) -> None:
    (tmp_path / "a.j2").write_text('{% import "b.j2" as b %}')

    with pytest.raises(TemplateBroken, match=r"it needs b\.j2, which is missing"):
        Templates(tmp_path).render("a.j2", {})


@pytest.mark.parametrize(
    "words", ["a" * 9000, "&amp;" * 3000, "<!date^1^{time}|09:00 UTC>" * 500, "x y\n" * 4000, ""]
)
def test_long_text_is_cut_without_breaking_escapes_or_tokens(words: str) -> None:
    pieces = views.paragraphs(words)

    assert all(0 < len(piece) <= 3000 for piece in pieces)
    assert "".join(pieces).replace(" ", "").replace("\n", "") == words.strip().replace(" ", "").replace("\n", "")
    for piece in pieces:
        assert len(re.findall("<", piece)) == len(re.findall(">", piece))
        assert not re.search(r"&(?!amp;)", piece)
