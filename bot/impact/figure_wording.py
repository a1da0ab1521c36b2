"""Figures in words, in the floor's languages. Pure; queue names from files are escaped here."""

from collections.abc import Mapping
from datetime import timedelta

from msgspec import Struct

from bot.impact.rules.assessment import Assessment, Goal
from bot.impact.rules.figures import Amount, ServiceLevel, Totals
from bot.slack.text import format_duration, one_line

NAME = 60
QUEUES_NAMED = 5
UNKNOWN = "n/a"
POINT, COMMA = (",", "."), (".", ",")


FORMULAS_EN = {
    ServiceLevel.OF_OFFERED: "answered within {t} of offered",
    ServiceLevel.OF_ANSWERED: "answered within {t} of answered",
    ServiceLevel.WITH_ABANDONED: "answered or abandoned within {t} of offered",
    ServiceLevel.WITHOUT_SHORT: "answered within {t} of offered, without those abandoned within {t}",
    ServiceLevel.REMOVED: "removed from queue within {t} of queued",
    None: "each queue by its own formula",
}
FORMULAS_ES = {
    ServiceLevel.OF_OFFERED: "atendidos en {t} sobre ofrecidos",
    ServiceLevel.OF_ANSWERED: "atendidos en {t} sobre atendidos",
    ServiceLevel.WITH_ABANDONED: "atendidos o abandonados en {t} sobre ofrecidos",
    ServiceLevel.WITHOUT_SHORT: "atendidos en {t} sobre ofrecidos, sin los abandonados en {t}",
    ServiceLevel.REMOVED: "retirados de la cola en {t} sobre encolados",
    None: "cada cola con su fórmula",
}


class Language(Struct, frozen=True):
    """How a language groups digits, and its phrases."""

    signs: tuple[str, str]
    phrases: Mapping[str, str]
    # Headers of the post-mortem's table, and of its columns on agents, which are shown where they are known.
    header: tuple[str, ...]
    agents_header: tuple[str, str, str]
    formulas: Mapping[ServiceLevel | None, str]


ENGLISH = Language(
    POINT,
    {
        "level": "service level {level} (goal {target})",
        "level alone": "service level {level}",
        "lost": "about {lost} contacts lost",
        "gave up": "{amount} contacts gave up",
        "offered": "{offered} contacts",
        "against": "{offered} contacts ({difference} against the {source})",
        "forecast": "forecast",
        "usual": "usual",
        "mixed": "forecast or usual",
        "where known": "{source}, where it is known",
        "not known": "not known",
        "abandoned": "{share} abandoned",
        "points": "{points} points of the day's service level lost",
        "of all queues": "figures of all queues",
        "of one queue": "figures of {queue}",
        "definitions": "Service level: {formula}. Expected: {source}. Times: {zone}.",
        "adherence": "Adherence: staffed time as a share of scheduled time, at most 100 % in each interval.",
        "occupancy": "Occupancy: handling time as a share of handling and available time.",
        "occupancy of staffed": "Occupancy: handling time as a share of staffed time.",
        "cost lost": "Contacts lost (at most): {amount}{parts}.",
        "cost parts": "Contacts lost, without a total: {parts}.",
        "cost suppressed": "{amount} did not come",
        "cost returned": "{amount} came back",
        "cost abandons": "{amount} gave up beyond the usual",
        "cost gave up": "{amount} gave up; the usual number is not known",
        "cost waiting": "Waiting beyond the usual: {amount} min.",
        "cost points": "Points of the day's service level lost: {amount}.",
        "cost back": "Service level back at the goal after: {queues}.",
        "chart offered": "Contacts offered (bars), {source} (line)",
        "chart offered alone": "Contacts offered",
        "chart level": "% service level: {formula}",
        "chart goal": ", goal {target}",
        "chart note": "Times: {zone} · shaded: the incident",
        "chart cut": "the last {shown} of {all} intervals",
        "sources": "From: {sources}.",
        "form": "typed",
        "other incident": "another incident",
        "corrected": "corrected at {at}",
        "seven days": "Only the first seven days are counted.",
        "chart declared": "declared",
        "chart mitigated": "mitigated",
        "chart resolved": "resolved",
    },
    ("Interval", "Offered", "Expected", "Service level", "ASA", "AHT", "Abandoned"),
    ("Staffed", "Adherence", "Occupancy"),
    FORMULAS_EN,
)
SPANISH = Language(
    COMMA,
    {
        "level": "nivel de servicio {level} (objetivo {target})",
        "level alone": "nivel de servicio {level}",
        "lost": "unos {lost} contactos perdidos",
        "gave up": "{amount} contactos abandonaron",
        "offered": "{offered} contactos",
        "against": "{offered} contactos ({difference} respecto a {source})",
        "forecast": "lo previsto",
        "usual": "lo habitual",
        "mixed": "lo previsto o lo habitual",
        "where known": "{source}, donde se conoce",
        "not known": "no se conoce",
        "abandoned": "{share} de abandono",
        "points": "{points} puntos perdidos del nivel de servicio del día",
        "of all queues": "cifras de todas las colas",
        "of one queue": "cifras de {queue}",
        "definitions": "Nivel de servicio: {formula}. Lo esperado: {source}. Horas: {zone}.",
        "adherence": "Adherencia: parte conectada del tiempo programado, como máximo el 100 % por intervalo.",
        "occupancy": "Ocupación: parte del tiempo de gestión y disponible que es de gestión.",
        "occupancy of staffed": "Ocupación: parte del tiempo conectado que es de gestión.",
        "cost lost": "Contactos perdidos (como máximo): {amount}{parts}.",
        "cost parts": "Contactos perdidos, sin total: {parts}.",
        "cost suppressed": "{amount} no llegaron",
        "cost returned": "{amount} volvieron",
        "cost abandons": "{amount} abandonaron más de lo habitual",
        "cost gave up": "{amount} abandonaron; no se conoce el número habitual",
        "cost waiting": "Espera por encima de lo habitual: {amount} min.",
        "cost points": "Puntos perdidos del nivel de servicio del día: {amount}.",
        "cost back": "Nivel de servicio de nuevo en el objetivo tras: {queues}.",
        "chart offered": "Contactos ofrecidos (barras), {source} (línea)",
        "chart offered alone": "Contactos ofrecidos",
        "chart level": "% nivel de servicio: {formula}",
        "chart goal": ", objetivo {target}",
        "chart note": "Horas: {zone} · sombreado: el incidente",
        "chart cut": "los últimos {shown} de {all} intervalos",
        "sources": "Origen: {sources}.",
        "form": "tecleado",
        "other incident": "otro incidente",
        "corrected": "corregido a las {at}",
        "seven days": "Solo se cuentan los siete primeros días.",
        "chart declared": "declarado",
        "chart mitigated": "mitigado",
        "chart resolved": "resuelto",
    },
    ("Intervalo", "Ofrecidos", "Esperados", "Nivel de servicio", "ASA", "TMO", "Abandono"),
    ("Conectados", "Adherencia", "Ocupación"),
    FORMULAS_ES,
)
LANGUAGES = {"en": ENGLISH, "es": SPANISH}


def number(amount: Amount, language: Language = ENGLISH, decimals: int = 0) -> str:
    """An amount with its digits grouped; `n/a` when it is unknown."""
    if amount is None:
        return UNKNOWN
    grouped = f"{amount:,.{decimals}f}"
    group, point = language.signs
    return grouped.replace(",", "\0").replace(".", point).replace("\0", group)


def percent(share: Amount, language: Language = ENGLISH, decimals: int = 1) -> str:
    """A share of 1 as a percentage; whole ones have no decimals."""
    if share is None:
        return UNKNOWN
    return f"{number(100 * share, language, decimals).removesuffix(f'{language.signs[1]}0')} %"


def length(seconds: Amount) -> str:
    """Seconds as a wallboard shows them: `12 s`, `4:48`."""
    if seconds is None:
        return UNKNOWN
    whole = round(seconds)
    return f"{whole} s" if whole < 60 else f"{whole // 60}:{whole % 60:02d}"


def difference(actual: Amount, expected: float, language: Language = ENGLISH) -> str:
    """`+22 %`: how much more came than was expected; empty when that is not known."""
    if actual is None or expected <= 0:
        return ""
    share = round(100 * (actual - expected) / expected)
    return f"{'+' if share > 0 else '−' if share < 0 else '±'}{number(abs(share), language)} %"


def formula(goal: Goal | None, language: Language = ENGLISH) -> str:
    """How a service level was computed."""
    if goal is None:
        return language.formulas[None]
    return language.formulas[goal.formula].format(t=length(goal.threshold_s))


def queue_name(title: str) -> str:
    """A queue's name from a file, escaped."""
    return one_line(title, NAME)


def since_text(start: int, end: int) -> str:
    """How long it has lasted."""
    return format_duration(timedelta(seconds=max(60, end - start)))


def expected_source(assessment: Assessment, language: Language) -> str:
    """What the contacts are compared with, and whether that is known for all of them."""
    if not assessment.expected_intervals:
        return language.phrases["not known"]
    kinds = {0: "usual", assessment.expected_intervals: "forecast"}
    source = language.phrases[kinds.get(assessment.forecast_intervals, "mixed")]
    is_whole = assessment.whole.against_expected.is_whole
    return source if is_whole else language.phrases["where known"].format(source=source)


def notes(assessment: Assessment, language: Language, zone: str) -> tuple[str, str]:
    """The definitions of the figures, and what the incident cost, in plain text."""
    definitions_text = language.phrases["definitions"].format(
        formula=formula(assessment.whole.goal, language), source=expected_source(assessment, language), zone=zone
    )
    cut = [language.phrases["seven days"]] if assessment.window.is_cut else []
    return " ".join([definitions_text, *definitions(assessment.whole.since, language), *cut]), _cost(
        assessment, language
    )


def definitions(totals: Totals, language: Language = ENGLISH) -> list[str]:
    """How adherence and occupancy were computed, where they are known."""
    occupancy = "occupancy" if totals.counts_available else "occupancy of staffed"
    shares = (("adherence", totals.adherence.value), (occupancy, totals.occupancy_told.value))
    return [language.phrases[name] for name, share in shares if share is not None]


def _cost(assessment: Assessment, language: Language) -> str:
    """What the incident cost; unknown parts are left out."""
    cost = assessment.whole.losses
    gave_up = assessment.whole.since.abandoned.value if cost.gave_up is None else None
    parts = {
        "suppressed": cost.suppressed.value,
        "returned": cost.returned or None,
        "abandons": cost.gave_up,
        "gave up": gave_up,
    }
    part_texts = ", ".join(filter(None, (_amount_phrase(f"cost {name}", parts[name], language) for name in parts)))
    lost = _amount_phrase("cost lost", cost.contacts_lost, language, parts=f" ({part_texts})" if part_texts else "")
    if not lost and part_texts:
        lost = language.phrases["cost parts"].format(parts=part_texts)
    waited_min = max(0.0, cost.excess_wait_min.amount) if cost.excess_wait_min.known else None
    waiting = _amount_phrase("cost waiting", waited_min, language)
    points = _amount_phrase("cost points", assessment.points_lost, language, 1)
    queues = recoveries(assessment)
    back = language.phrases["cost back"].format(queues=queues) if queues else ""
    return " ".join(filter(None, (lost, waiting, points, back)))


def recoveries(assessment: Assessment) -> str:
    """`Billing 1 h 59 min`: how long after the start of the incident each queue was back, the longest first."""
    back = sorted(
        (
            (queue.back_at - assessment.window.start, queue.title)
            for queue in assessment.queues
            if queue.back_at is not None
        ),
        reverse=True,
    )
    texts = [f"{title} {format_duration(timedelta(seconds=seconds))}" for seconds, title in back[:QUEUES_NAMED]]
    return ", ".join(texts + ["…"] * (len(back) > QUEUES_NAMED))


def _amount_phrase(phrase: str, amount: Amount, language: Language, decimals: int = 0, **more: str) -> str:
    """The phrase with its amount; empty if that is unknown."""
    return (
        "" if amount is None else language.phrases[phrase].format(amount=number(amount, language, decimals), **more)
    )
