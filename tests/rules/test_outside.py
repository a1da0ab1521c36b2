"""People outside the company never read internal names or guesses at the end of an incident."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.incidents import redaction
from bot.incidents.outside_filter import DEFAULT_PHRASES, PHRASES
from bot.runtime.templates import Templates

GUESSES = [
    "ETA 15:00",
    "Back by 3pm",
    "It will be fixed in 20 minutes.",
    "Should be up within the next half hour",
    "another 10 min",
    "We expect the lines to be restored by noon",
    "We hope everything is working tonight",
    "It will be over soon",
    "almost fixed",
    "give us 5 minutes",
    "10 more minutes",
    "back at 14:30 UTC",
    "until 18h",
    "Estará resuelto antes de las 15:00",
    "Volverá a funcionar en 20 minutos",
    "listo para las 3",
    "En breve",
    "Esperamos que esté solucionado mañana",
    "dentro de media hora",
    "Se arreglará pronto",
    "Chloe hopes for 15:00.",
    "15:00 hopefully",
    "It will hold after another 5 minutes",
    "Back after 30 min",
    "Estará listo a las 3",
]
FACTS = [
    "Half the calls to Manila are dropped",
    "About 200 callers hear silence",
    "Callers wait 20 minutes",
    "Calls have failed since 14:00",
    "Service level is at 32 % and AHT is 410 s",
    "Chat works; voice does not",
    "Half of the calls drop after 20 seconds",
    "The menu hangs up after 2 minutes",
    "Only 33 % are answered within 20 seconds",
    "Una de cada dos llamadas se corta",
    "La mitad de las llamadas se cortan a los 20 segundos",
    "Se cuelga a los 2 minutos",
    "Solo el 33 % se atiende en 20 segundos",
    "Los clientes esperan 20 minutos",
    "Fallan las llamadas en Bogotá",
]
PAST_TIMES = [
    "412 in queue at 3:00",
    "1,412 calls waiting in the queue at 3:00 am.",
    "About 30 % of calls were abandoned at 14:05 UTC",
    "There were 40 chats waiting at 3 pm",
    "It began at 14:05",
    "The outage started at 2:50 am.",
    "Calls stopped at 14:05",
    "412 en cola a las 3:00",
    "Había 40 llamadas en espera a las 14:05.",
    "El 30 % de las llamadas perdidas a las 3 pm",
    "Empezó a las 14:05",
    "La avería comenzó a las 2:50",
]
PROMISES_WITH_A_COUNT = [
    "0 in queue at 15:00",
    "No calls in queue at 15:00",
    "At most 10 in queue at 15:00",
    "Target: 10 in queue at 15:00",
    "We promise 10 in queue at 15:00",
    "10 in queue at 15:00 and then it is over",
    "10 in queue by 15:00",
    "10 in queue until 15:00",
    "Repairs begin at 15:00",
    "It is over once the switch started at 15:00",
    "0 en cola a las 15:00",
    "Habrá 10 en cola a las 15:00",
    "Tendremos 10 en cola a las 15:00",
    "10 en cola antes de las 15:00",
    "Empezará a las 15:00",
    "Empieza a las 15:00",
]


@pytest.mark.parametrize("guess", GUESSES)
def test_a_guessed_end_is_not_told_outside(guess: str) -> None:
    redacted = redaction.redact(f"Calls are dropped. {guess}", [], "our team")

    assert redacted == "Calls are dropped."


def test_what_is_left_of_a_sentence_ends_like_one() -> None:
    assert redaction.redact("Calls are dropped; back by 5 pm", [], "our team") == "Calls are dropped."


@pytest.mark.parametrize("promise", PROMISES_WITH_A_COUNT)
def test_a_time_that_may_be_promised_is_not_told_outside(promise: str) -> None:
    assert redaction.redact(promise, [], "our team") == ""


@pytest.mark.parametrize("fact", PAST_TIMES)
@pytest.mark.parametrize("joined_by", [", ", " and ", " y ", " – ", " (", ": ", "; ", ". ", "\n", " "])
def test_no_guess_gets_through_beside_a_time_that_is_past(fact: str, joined_by: str) -> None:
    for guess in (*GUESSES, *PROMISES_WITH_A_COUNT):
        for text in (f"{fact.rstrip('.')}{joined_by}{guess}", f"{guess.rstrip('.')}{joined_by}{fact}"):
            redacted = redaction.redact(text, [], "our team")
            assert redacted.rstrip(".") in ("", fact.rstrip(".")), text


@pytest.mark.parametrize("fact", [*FACTS, *PAST_TIMES])
def test_facts_are_told(fact: str) -> None:
    assert redaction.redact(fact, ["Ana Reyes"], "our team") == fact


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("Ana Reyes is rerouting the calls", "Our team is rerouting the calls"),
        ("Ana and Chloe are on it", "Our team are on it"),
        ("Ask ana reyes or @ben, see #inc-1-ivr", "Ask our team, see"),
        ("Chloe's change broke it", "Our team change broke it"),
        ("Analysts in Manila watch", "Analysts in Manila watch"),
        ("佐藤さんが対応中", "Our teamさんが対応中"),
        ("Grace Hopper looks into it", "Our team looks into it"),
        ("May helps; Grace helps; callers from Manila wait", "May helps; Grace helps; callers from Manila wait"),
        ("We give grace to callers", "We give grace to callers"),
        ("CHLOE is on it; MAY HELPS IN MANILA", "Our team is on it; MAY HELPS IN MANILA"),
        ("Iris watches, Ivan's team and ИВАН too", "Our team watches, our team team and our team too"),
    ],
)
def test_names_become_the_team(typed: str, told: str) -> None:
    people = ["Ana Reyes", "Chloe Martin", "Hana Sato (佐藤 花)", "Grace Hopper", "May Manila"]
    people += ["IRIS WATANABE", "IVAN PETROV (Иван)"]

    assert redaction.redact(typed, people, "our team", ["Manila"]) == told


BY_LANGUAGE = {
    language: DEFAULT_PHRASES | Templates(Path("message_templates")).phrases(PHRASES, language)
    for language in ("en", "es")
}
PARTNERS = ["Northline", "Sagebrush", "Telvia", "Telvia Norte"]


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("Damos las llamadas al Northline", "Damos las llamadas a un socio"),
        ("Las colas del Northline y del Sagebrush fallan", "Las colas de varios socios fallan"),
        ("El Northline no contesta. La Telvia sí", "Un socio no contesta. Otro socio sí"),
        ("Avisad al socio Northline", "Avisad a un socio"),
        ("Nuestro socio Sagebrush no recibe llamadas", "Un socio no recibe llamadas"),
        ("northline y Sagebrush no reciben llamadas", "Varios socios no reciben llamadas"),
        ("Las llamadas pasan de Sagebrush a Telvia", "Las llamadas pasan de un socio a otro socio"),
        ("Sagebrush espera; Sagebrush no contesta", "Un socio espera; un socio no contesta"),
        ("IVR caída en Cebu, Northline e Telvia Norte", "IVR caída en Cebu e varios socios"),
        ("Preguntad al Ana Reyes", "Preguntad a nuestro equipo"),
        ("Lo dice el equipo de Ana", "Lo dice nuestro equipo"),
    ],
)
def test_spanish_reads_naturally_where_a_name_stood(typed: str, told: str) -> None:
    assert read_outside(typed, "es") == told


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("The Northline queue is lost", "A partner queue is lost"),
        ("Northline's agents and a Telvia agent wait", "A partner's agents and another partner agent wait"),
        ("Calls move from Sagebrush to Telvia", "Calls move from a partner to another partner"),
        ("IVR down at Manila, Sagebrush and Telvia", "IVR down at Manila and several partners"),
        ("Our partner Northline is told", "A partner is told"),
        ("Northlines is another word", "Northlines is another word"),
    ],
)
def test_english_reads_naturally_where_a_name_stood(typed: str, told: str) -> None:
    assert read_outside(typed, "en") == told


def read_outside(typed: str, language: str) -> str:
    """Return the text that a partner which is not named in it reads."""
    phrases = BY_LANGUAGE[language]
    redacted = redaction.redact(typed, ["Ana Reyes"], phrases["we"], PARTNERS)
    return redaction.fix_grammar(redaction.replace_partner_names(redacted, PARTNERS, phrases), phrases)


@given(
    st.lists(st.sampled_from(PARTNERS), min_size=1, max_size=4), st.text(max_size=20), st.sampled_from(["en", "es"])
)
def test_no_partner_gets_through_whatever_surrounds_it(named: list[str], between: str, language: str) -> None:
    redacted = read_outside(f" {between} ".join(named), language)

    assert not any(re.search(rf"(?<!\w){name}(?!\w)", redacted, re.IGNORECASE) for name in PARTNERS)


names = st.from_regex(r"[A-Z][a-zéñ]{2,9} [A-Z][a-zéñ]{2,9}", fullmatch=True)


@given(st.lists(names, min_size=1, max_size=4), st.text(max_size=80), st.text(max_size=80))
def test_no_name_gets_through_whatever_surrounds_it(people: list[str], before: str, after: str) -> None:
    redacted = redaction.redact(f"{before} {' '.join(people)} {after}", people, "our team")

    assert not any(f" {name} " in f" {redacted} " for name in people)
