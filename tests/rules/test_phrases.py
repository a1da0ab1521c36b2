"""Phrases of shifts, their handovers and cases: each has a Spanish translation with the same facts."""

import ast
import importlib
import inspect
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from string import Formatter

import pytest

from bot.cases import spanish_wording as case_phrases
from bot.errors import WatchfloorError
from bot.handovers.shift import spanish_wording as handover_phrases
from bot.handovers.shift import wording as shift_wording
from bot.handovers.shift.forms import offer_form
from bot.incidents.handover_items import HandoverItem
from bot.shifts import roster_views, wording
from bot.shifts import spanish_wording as shift_phrases
from bot.shifts.comparing import Result
from bot.slack.phrases import Translator, translator_in
from bot.timeline import wording as timeline_wording

NOUNS = {
    "shifts": shift_phrases.SPANISH,
    "handovers/shift": handover_phrases.SPANISH,
    "cases": case_phrases.SPANISH,
}
# The words for an item's state and for lengths of time in the handover come from other rules, that of the button
# that closes a form from `modal`.
STATES = {
    "unstable",
    "watch closely",
    "improving",
    "steady",
    "watched",
    "red",
    "amber",
    "less than a minute",
    "Cancel",
}
TRANSLATORS = ("translate", "translate_note", "translate_for_owner", "translate_for_colleague")


def facts_of(phrase: str) -> list[str]:
    return sorted(name for _, name, _, _ in Formatter().parse(phrase) if name is not None)


def sources(noun: str) -> Iterator[ast.AST]:
    for path in sorted(Path(f"bot/{noun}").rglob("*.py")):
        if not path.name.endswith("wording.py"):
            yield ast.parse(path.read_text())


def texts_of_form(form: ast.Call) -> list[ast.expr]:
    """The title and the buttons that `modal` translates."""
    return [form.args[1], *(keyword.value for keyword in form.keywords if keyword.arg in ("submit", "close"))]


@pytest.mark.parametrize(("noun", "spanish"), NOUNS.items())
def test_every_phrase_has_a_spanish_translation_with_the_same_facts(noun: str, spanish: Mapping[str, str]) -> None:
    for english, own in spanish.items():
        assert facts_of(english) == facts_of(own), english
    nodes = [node for source in sources(noun) for node in ast.walk(source)]
    texts = {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    assert spanish.keys() - texts - STATES == set(), "no code uses these any more"
    calls = [node for node in nodes if isinstance(node, ast.Call)]
    phrases = [call.args[0] for call in calls if getattr(call.func, "id", "") in TRANSLATORS and call.args]
    forms = [call for call in calls if "translate" in {keyword.arg for keyword in call.keywords}]
    phrases += [phrase for form in forms for phrase in texts_of_form(form)]
    used_phrases = {phrase.value for phrase in phrases if isinstance(phrase, ast.Constant)}
    assert len(used_phrases) > 20
    assert used_phrases - spanish.keys() == set(), "these are not translated"


# One word for one idea, whichever screen or message names it.
SYNONYMS = {
    "reembols": "devoluciones",
    "escalación": "escalado",
    "sala de llamada": "conferencia",
    "interviniente": "especialista",
    "una alternativa": "solución provisional",
}


def test_spanish_has_one_word_for_one_idea() -> None:
    files = [*Path("bot").rglob("*.py"), *Path("message_templates").rglob("*es.*"), Path("floor.yaml")]
    wrong = [
        f"{file}: {word}, elsewhere {usual}"
        for file in files
        for word, usual in SYNONYMS.items()
        if word in file.read_text().lower()
    ]

    assert wrong == []


def test_an_untranslated_phrase_stays_english_and_typed_text_is_no_pattern() -> None:
    translate = translator_in("es", {"es": {"{person} asks": "{person} pregunta"}})
    assert translate("{person} asks", person="{who}") == "{who} pregunta"
    assert translate("Not translated {}", 1) == "Not translated 1"
    assert translator_in("fr", {"es": {}})("Rosters") == Translator()("Rosters") == "Rosters"


def test_a_handovers_items_are_listed_in_the_language_of_its_reader() -> None:
    noon = datetime(2026, 11, 27, 12, tzinfo=UTC)
    items = [
        HandoverItem(key="a", title="#1 is private: read its channel", severity="S2", due_at=noon),
        HandoverItem(key="b", title="Devi Nair has not answered a page for #1", severity="S2"),
        HandoverItem(key="c", title="2 people have not answered a page for #1", severity="S2"),
    ]
    listed = str(offer_form(items, None, None, shift_wording.translator("es"), noon))
    assert "• S2 #1 es privado: lee su canal · Vence <!date" in listed
    assert "• S2 Devi Nair no ha respondido al aviso de #1" in listed
    assert "• S2 2 personas no han respondido al aviso de #1" in listed
    assert shift_wording.of_item("no commander is named yet", "es") == "aún no hay comandante"
    late = "the update for Front line is late, and nobody leads"
    in_spanish = "la actualización para Front line se retrasa, y nadie dirige"
    assert shift_wording.of_item(late, "es") == in_spanish
    assert timeline_wording.term("paged", late, "es") == in_spanish.replace("Front line", "Primera línea")


def test_one_shift_of_a_roster_is_one_shift() -> None:
    result = Result("week", shifts=1, added=0, changed=1, removed=2, left_out=(), unknown=())
    texts = [roster_views.result_text(result, wording.translator(language)) for language in ("en", "es")]
    assert texts[0] == "✅ week: 1 shift in the next two months counts now.\nNew: 0 · changed: 1 · gone: 2"
    assert (
        texts[1] == "✅ week: ya cuenta 1 turno de los próximos dos meses.\nNuevos: 0 · cambiados: 1 · retirados: 2"
    )


@pytest.mark.parametrize(
    "noun", ["shifts", "shifts/reading", "handovers/shift", "reports", "cases", "cases/rules", "sources/tabular"]
)
def test_every_refusal_has_a_spanish_translation_with_only_its_own_facts(noun: str) -> None:
    modules = [
        importlib.import_module(".".join(path.with_suffix("").parts)) for path in Path(f"bot/{noun}").glob("*.py")
    ]
    for module in modules:
        for name, refusal in inspect.getmembers(module, inspect.isclass):
            is_of_noun = issubclass(refusal, WatchfloorError) and refusal.__module__ == module.__name__
            if is_of_noun:
                own = str(vars(refusal).get("es") or "")
                assert own, f"{name} has no Spanish"
                assert set(facts_of(own)) <= set(facts_of(str(refusal.__doc__))), name
