"""The column names that exports use, and what each means; case, accents and punctuation are ignored."""

import re
from enum import StrEnum
from functools import cache

from bot.sources.tabular.names import normalized


class Meaning(StrEnum):
    """What a column holds. The names of figures are those of `Figures`."""

    IGNORED = ""
    QUEUE = "queue"
    SITE = "site"
    PARTNER = "partner"
    LANGUAGE = "language"
    CHANNEL = "channel"
    DATE = "date"
    TIME = "time"
    START = "start"
    END = "end"
    METRIC = "metric"
    CALL = "call"
    CALL_ANSWERED = "call answered"
    OFFERED = "offered"
    ANSWERED = "answered"
    ANSWERED_IN = "answered_in"
    ABANDONED = "abandoned"
    ABANDONED_IN = "abandoned_in"
    REMOVED_IN = "removed_in"
    AHT = "aht_s"
    HANDLING = "handling_total_s"
    ASA = "asa_s"
    WAITING = "waiting_total_s"
    ABANDON_WAIT = "abandon_wait_s"
    AGENTS = "agents"
    SCHEDULED = "agents_scheduled"
    AVAILABLE = "agents_available"
    OLDEST = "oldest_s"
    SERVICE_LEVEL = "imported_service_level"
    FORECAST = "forecast_offered"
    FORECAST_AHT = "forecast_aht_s"
    FORECAST_AGENTS = "forecast_agents"


M = Meaning
QUEUE_PARTS = (M.QUEUE, M.SITE, M.PARTNER, M.LANGUAGE, M.CHANNEL)
LENGTHS = frozenset({M.AHT, M.HANDLING, M.ASA, M.WAITING, M.ABANDON_WAIT, M.OLDEST, M.FORECAST_AHT})
COUNTS = frozenset({M.OFFERED, M.ANSWERED, M.ANSWERED_IN, M.ABANDONED, M.ABANDONED_IN, M.REMOVED_IN})
AGENTS = frozenset({M.AGENTS, M.SCHEDULED, M.AVAILABLE, M.FORECAST_AGENTS})
NUMBERS = COUNTS | LENGTHS | AGENTS | {M.FORECAST, M.SERVICE_LEVEL}
WHEN = frozenset({M.DATE, M.TIME, M.START})

TITLES = {
    M.IGNORED: "not used",
    M.QUEUE: "queue",
    M.SITE: "site",
    M.PARTNER: "partner",
    M.LANGUAGE: "language",
    M.CHANNEL: "channel",
    M.DATE: "date",
    M.TIME: "time of the interval",
    M.START: "start of the interval",
    M.END: "end of the interval",
    M.METRIC: "name of the figure",
    M.CALL: "one call a row",
    M.CALL_ANSWERED: "when the call was answered",
    M.OFFERED: "offered",
    M.ANSWERED: "answered",
    M.ANSWERED_IN: "answered within the threshold",
    M.ABANDONED: "abandoned",
    M.ABANDONED_IN: "abandoned within the threshold",
    M.REMOVED_IN: "removed from queue within the threshold",
    M.AHT: "average handle time",
    M.HANDLING: "total handle time",
    M.ASA: "average speed of answer",
    M.WAITING: "total wait of the answered",
    M.ABANDON_WAIT: "average wait of the abandoned",
    M.AGENTS: "agents staffed",
    M.SCHEDULED: "agents scheduled",
    M.AVAILABLE: "agents available",
    M.OLDEST: "oldest contact",
    M.SERVICE_LEVEL: "service level as imported",
    M.FORECAST: "forecast of offered",
    M.FORECAST_AHT: "forecast of handle time",
    M.FORECAST_AGENTS: "agents required",
}

_PEOPLE = r"(?:agents?|staff|agentes|hc|headcount|positions)"
_CALLS = r"(?:(?:calls?|contacts?|llamadas?|contactos?|acd|n|sum|total|inbound|incoming|num) )*"
_AVG = r"(?:avg|average|mean|media|promedio)"
_SECONDS = r"(?: ?(?:s|sec|secs|seconds|seg|segundos))?"
_IN = rf" ?(?:in|within|en|under|dentro de|menos de|lt|lte)? ?(?:\d+|x|sl|threshold){_SECONDS}"
_HANDLE = r"(?:handle|handling|handled|atencion|manejo|operacion)"
# The first pattern that matches the whole name counts.
_PATTERNS = (
    (M.QUEUE, r"queue|queue name|cola|cola nombre|nombre de cola|skill|split|split skill|vdn|skill group|servicio"),
    (M.SITE, r"(?:site|sitio|centro|location|sede|standort)"),
    (M.PARTNER, r"(?:partner|bpo|vendor|outsourcer|proveedor|socio)"),
    (M.LANGUAGE, r"(?:language|lang|idioma|sprache)"),
    (M.CHANNEL, r"(?:channel|canal|media|media type)"),
    (M.METRIC, r"(?:metric|metrica|measure|kpi|figure)"),
    (M.CALL, r"(?:call|contact|interaction) id|callid|contactid"),
    (M.CALL_ANSWERED, r"time answered|answer time|answered (?:at|time)|hora de respuesta"),
    (M.START, r"start ?interval|interval start|start|start time|starttime|starts at|inicio|date ?time|timestamp"),
    (M.START, r"fecha y hora|fecha hora|inicio (?:de )?intervalo|period start"),
    (M.END, r"end ?interval|interval end|end|end time|ends at|fin|fin (?:de )?intervalo|period end"),
    (M.DATE, r"date|day|fecha|dia|datum|call date|report date"),
    (M.TIME, r"time|interval|intervalo|hora|half hour|tramo|franja|uhrzeit|call time|periodo|interval time"),
    (
        M.FORECAST,
        r"(?:forecast|forecasted|pronostico|prevision|planned)(?: (?:offered|calls|contacts|volume|llamadas))?",
    ),
    (M.FORECAST_AHT, rf"(?:forecast|forecasted|planned) (?:aht|tmo|{_AVG}? ?{_HANDLE} time)"),
    (
        M.FORECAST_AGENTS,
        r"required|required (?:agents|staff)|(?:forecast|planned) agents|requeridos|agentes requeridos|req",
    ),
    (M.REMOVED_IN, rf"{_CALLS}removed(?: from queue)?{_IN}"),
    (M.ANSWERED_IN, rf"{_CALLS}(?:answered|handled|atendidas|contestadas){_IN}"),
    (M.ABANDONED_IN, rf"{_CALLS}(?:abandoned|abandonadas){_IN}"),
    (M.ABANDON_WAIT, rf"{_AVG} (?:queue )?abandon(?:ed|ment)?(?: wait)? time|asa abandoned"),
    (M.OFFERED, rf"{_CALLS}(?:offered|queued|received|ofrecidas|recibidas|entrantes)(?: calls| contacts)?"),
    (M.OFFERED, r"calls|contacts|volume|llamadas|inbound|calls inbound|inbound calls|incoming calls|noffered"),
    (M.ANSWERED, rf"{_CALLS}(?:answered|handled|atendidas|contestadas)(?: calls| contacts)?|acd calls"),
    (M.ABANDONED, rf"{_CALLS}(?:abandoned|abandonadas|aban|abandons)(?: calls| contacts)?"),
    (M.AHT, rf"aht|tmo|{_AVG} {_HANDLE} time(?: (?:s|sec|ms|min|seconds))?|{_HANDLE} time {_AVG}"),
    (M.AHT, r"(?:aht|tmo) (?:s|sec|ms|min|seconds)|handle time|tiempo medio (?:operativo|de operacion)"),
    (M.HANDLING, rf"(?:sum|total) {_HANDLE} time(?: (?:s|sec|ms|min|seconds))?"),
    (M.ASA, rf"asa|asa (?:s|sec|seconds)|{_AVG} (?:queue answer time|speed (?:of|to) answer|answer speed)"),
    (M.ASA, rf"answer speed(?: {_AVG})?|espera media|tiempo medio de espera|{_AVG} wait time"),
    (M.WAITING, r"(?:sum|total) (?:queue answer|answer|wait) time"),
    (M.SCHEDULED, rf"(?:{_PEOPLE} )?(?:scheduled|rostered|programad[oa]s)(?: {_PEOPLE})?"),
    (M.SCHEDULED, rf"(?:agentes )?en turno|{_PEOPLE} (?:scheduled|rostered) open|scheduled open"),
    (M.AVAILABLE, rf"(?:{_PEOPLE} )?(?:available|idle|disponibles|libres)(?: {_PEOPLE})?"),
    (M.AGENTS, r"agents|agentes|staff|staffed|agents staffed|agentes conectados|staffed agents|positions"),
    (M.OLDEST, r"oldest|oldest (?:contact|call)(?: age)?|max queued time|longest wait|max wait|espera maxima"),
    (M.SERVICE_LEVEL, r"(?:service level|sl|ns|nivel de servicio|svl)(?: ?\d+ ?(?:s|sec|seconds|seg|segundos)?)?"),
)
_UNIT = re.compile(r"\b(ms|milliseconds|sec|secs|seconds|segundos|min|minutes|minutos|s)\b")
_UNITS = {"ms": "ms", "milliseconds": "ms", "min": "min", "minutes": "min", "minutos": "min"}
_THRESHOLD = re.compile(r"\b(\d{1,4}) ?(?:s|sec|secs|seconds|seg|segundos)\b")
_TOTALS = re.compile(
    r"(?:grand |sub)?(?:totals?|totales|suma|sum|summe|gesamt|average|avg|promedio|media|mean)\b.*", re.IGNORECASE
)


@cache
def _compiled() -> tuple[tuple[Meaning, re.Pattern[str]], ...]:
    return tuple((meaning, re.compile(pattern)) for meaning, pattern in _PATTERNS)


def meaning_of(name: str) -> Meaning:
    """What a column of that name holds."""
    plain = normalized(name)
    for meaning, pattern in _compiled():
        if plain and pattern.fullmatch(plain):
            return meaning
    return M.IGNORED


def unit_of(name: str) -> str:
    """`ms`, `s` or `min`: in what a column of lengths is written, by its name."""
    match = _UNIT.search(normalized(name))
    return _UNITS.get(match[1], "s") if match else "s"


def threshold_of(name: str) -> int | None:
    """The seconds that a column's name mentions, such as in `answered in 20 seconds`."""
    match = _THRESHOLD.search(normalized(name))
    return int(match[1]) if match else None


def is_totals(text: str) -> bool:
    """True if the text is the first cell of a row of totals."""
    return bool(_TOTALS.fullmatch(text.strip()))
