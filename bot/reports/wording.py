"""The words of a report in the language of the floor. Pure."""

import re

DEFINITIONS = (
    ("Incidents", "Declared within the period. Drills, declined and merged incidents are left out."),
    ("To detect", "From when it started until it was detected."),
    ("To acknowledge", "From when it was detected (else declared) until somebody took it or was on the way."),
    ("To mitigate", "From when it started (else declared) until the impact was mitigated."),
    ("To resolve", "From when it started (else declared) until it was resolved."),
    ("n", "How many incidents of the period have both moments. The others are not in the figure."),
    ("Median", "The middle value; of an even number the mean of the two in the middle."),
    ("90th percentile", "The smallest value that at least nine of ten do not exceed (nearest rank)."),
    (
        "Before",
        "The four periods of the same length before: the mean of counts; times and shares over all of them.",
    ),
    ("Site, type, severity", "As recorded now. An incident at two sites counts at each of them."),
    ("Updates kept", "Updates sent in time, of those promised by the clock for incidents of the period."),
    (
        "Handovers complete",
        "Handovers of a shift of which every item was accepted, of those offered in the period.",
    ),
    (
        "Gaps filled late",
        "Gaps in the roster begun in the period that were escalated or never filled, of all gaps.",
    ),
    ("Follow-ups overdue", "Open at the end of the period and more than a day past their due date."),
    ("Missing guides written", "Guides published, of those noted as missing in the period."),
    ("Cases opened, ended", "Within the period; changes and tasks likewise."),
    ("Cases open", "At the end of the period."),
    ("Cases within target", "Ended within the period and kept their target, of those that had one."),
    ("Queues", "Contacts offered to each queue in the period, as imported; unknown intervals are left out."),
    (
        "Service level",
        "By the formula beside it, over the period: sums are divided, percentages are never averaged.",
    ),
    ("ASA", "Average speed of answer: waiting time of the answered, divided by the answered."),
    ("AHT", "Average handling time: talk, hold and wrap-up of the answered, divided by the answered."),
    ("Abandoned", "Contacts that gave up, of those offered."),
    ("Sensitive cases", "Open now, of customers watched with care; only in the copy of those who may read them."),
    (
        "Cases open a person",
        "Open at the end of the period, divided by the people of their teams: by the roster those on shift in it.",
    ),
)

SPANISH_DEFINITIONS = (
    ("Incidentes", "Declarados en el periodo. No cuentan simulacros, rechazados ni fusionados."),
    ("Hasta detectar", "Desde que empezó hasta que se detectó."),
    ("Hasta atender", "Desde que se detectó (si no, se declaró) hasta que alguien lo tomó o venía en camino."),
    ("Hasta mitigar", "Desde que empezó (si no, se declaró) hasta que se mitigó el impacto."),
    ("Hasta resolver", "Desde que empezó (si no, se declaró) hasta que se resolvió."),
    ("n", "Cuántos incidentes del periodo tienen los dos momentos. Los demás no están en la cifra."),
    ("Mediana", "El valor del medio; de un número par, la media de los dos del medio."),
    ("Percentil 90", "El menor valor que al menos nueve de cada diez no superan (rango más cercano)."),
    (
        "Antes",
        "Los cuatro periodos anteriores de igual duración: la media de los recuentos; lo demás, sobre todos.",
    ),
    ("Sede, tipo, gravedad", "Como consta ahora. Un incidente en dos sedes cuenta en cada una."),
    ("Avisos cumplidos", "Avisos enviados a tiempo, de los prometidos por reloj para incidentes del periodo."),
    ("Relevos completos", "Relevos de turno con todo aceptado, de los ofrecidos en el periodo."),
    (
        "Huecos cubiertos tarde",
        "Huecos del turno que empezaron en el periodo y se escalaron o no se cubrieron, de todos los huecos.",
    ),
    ("Seguimientos atrasados", "Abiertos al final del periodo y con más de un día de retraso."),
    ("Guías que faltaban, escritas", "Guías publicadas, de las que se anotó en el periodo que faltaban."),
    ("Casos abiertos, terminados", "En el periodo; los cambios y tareas, igual."),
    ("Casos pendientes", "Al final del periodo."),
    ("Casos en plazo", "Terminados en el periodo y dentro de su plazo, de los que tenían uno."),
    ("Colas", "Contactos ofrecidos a cada cola en el periodo, como se importaron; lo desconocido no cuenta."),
    (
        "Nivel de servicio",
        "Con la fórmula de al lado, sobre el periodo: se dividen sumas, nunca se promedian porcentajes.",
    ),
    ("ASA", "Tiempo medio de respuesta: espera de los atendidos, entre los atendidos."),
    ("AHT", "Tiempo medio de gestión: conversación, espera y cierre, entre los atendidos."),
    ("Abandonados", "Contactos que desistieron, de los ofrecidos."),
    (
        "Casos delicados",
        "Abiertos ahora, de clientes que se cuidan en especial; solo en la copia de quien puede leerlos.",
    ),
    (
        "Casos pendientes por persona",
        "Pendientes al final del periodo, entre las personas de sus equipos: con cuadrante, las de turno.",
    ),
)

SPANISH = {
    "Report": "Informe",
    "Incidents": "Incidentes",
    "All": "Todos",
    "Severity": "Gravedad",
    "Type": "Tipo",
    "Site": "Sede",
    "Time": "Tiempo",
    "Floor": "Planta",
    "To detect": "Hasta detectar",
    "To acknowledge": "Hasta atender",
    "To mitigate": "Hasta mitigar",
    "To resolve": "Hasta resolver",
    "median": "mediana",
    "90th percentile": "percentil 90",
    "Updates kept": "Avisos cumplidos",
    "Handovers complete": "Relevos completos",
    "Gaps filled late": "Huecos cubiertos tarde",
    "Follow-ups overdue": "Seguimientos atrasados",
    "Missing guides written": "Guías que faltaban, escritas",
    "Cases opened": "Casos abiertos",
    "Cases ended": "Casos terminados",
    "Cases open": "Casos pendientes",
    "Cases within target": "Casos en plazo",
    "Cases open a person": "Casos pendientes por persona",
    "Changes opened": "Cambios abiertos",
    "Changes ended": "Cambios terminados",
    "Changes open": "Cambios pendientes",
    "Changes within target": "Cambios en plazo",
    "Changes open a person": "Cambios pendientes por persona",
    "Tasks opened": "Tareas abiertas",
    "Tasks ended": "Tareas terminadas",
    "Tasks open": "Tareas pendientes",
    "Tasks within target": "Tareas en plazo",
    "Tasks open a person": "Tareas pendientes por persona",
    "{} before": "{} antes",
    "The report for {} is being prepared and will come by direct message.": (
        "Se está preparando el informe de {}; llegará por mensaje directo."
    ),
    "{}, figures": "{}, cifras",
    "Incidents, this period and the four before": "Incidentes, este periodo y los cuatro anteriores",
    "This period": "Este periodo",
    "Mean of the four before": "Media de los cuatro anteriores",
    "Incidents by severity": "Incidentes por gravedad",
    "Incidents by type": "Incidentes por tipo",
    "Incidents by site": "Incidentes por sede",
    "Queues, this period": "Colas, este periodo",
    "Queue": "Cola",
    "Offered": "Ofrecidos",
    "SL": "NS",
    "Abandoned": "Abandono",
    "Service level: {}": "Nivel de servicio: {}",
    "{} more in the spreadsheet": "{} más en la hoja de cálculo",
    "{name}: {offered} offered, {level} {formula}, ASA {asa}, AHT {aht}, {abandoned} abandoned": (
        "{name}: {offered} ofrecidos, {level} {formula}, ASA {asa}, AHT {aht}, {abandoned} abandono"
    ),
    "⚠️ Open cases of sensitive customers: {}, by name in the spreadsheet": (
        "⚠️ Casos pendientes de clientes delicados: {}, con nombre en la hoja de cálculo"
    ),
    # Sheets and their columns.
    "Figures": "Cifras",
    "Queues": "Colas",
    "Sensitive cases": "Casos delicados",
    "Definitions": "Definiciones",
    "group": "grupo",
    "what": "qué",
    "this period": "este periodo",
    "before": "antes",
    "unit": "unidad",
    "count": "recuento",
    "minutes": "minutos",
    "percent": "por ciento",
    "period": "periodo",
    "incidents": "incidentes",
    "number": "número",
    "title": "título",
    "severity": "gravedad",
    "type": "tipo",
    "sites": "sedes",
    "declared_at (UTC)": "declarado (UTC)",
    "detect (min)": "detectar (min)",
    "acknowledge (min)": "atender (min)",
    "mitigate (min)": "mitigar (min)",
    "resolve (min)": "resolver (min)",
    "updates kept": "avisos cumplidos",
    "updates promised": "avisos prometidos",
    "queue": "cola",
    "offered": "ofrecidos",
    "service level": "nivel de servicio",
    "service level (%)": "nivel de servicio (%)",
    "abandoned (%)": "abandono (%)",
    "case": "caso",
    "customer": "cliente",
    "priority": "prioridad",
    "region": "región",
    "team": "equipo",
    "time left": "tiempo restante",
    "how it is counted": "cómo se cuenta",
}
MONTHS = {"Jan": "ene", "Apr": "abr", "Aug": "ago", "Dec": "dic"}
MONTHS |= {name: name.lower() for name in ("Feb", "Mar", "May", "Jun", "Jul", "Sep", "Oct", "Nov")}
LANGUAGES = {"es": (SPANISH, SPANISH_DEFINITIONS)}


def say(text: str, language: str) -> str:
    """A text of the report in a language; one that has no words of its own there stays English."""
    words = LANGUAGES.get(language, ({}, ()))[0]
    if text in words or not words:
        return words.get(text, text)
    first, comma, rest = text.partition(", ")
    return f"{words.get(first, first)}, {words.get(rest, rest)}" if comma else text


def days(title: str, language: str) -> str:
    """The days of a period, whose months have English names."""
    if language not in LANGUAGES:
        return title
    return re.sub(r"\b[A-Z][a-z]{2}\b", lambda match: MONTHS.get(match[0], match[0]), title)


def definitions(language: str) -> tuple[tuple[str, str], ...]:
    """What each figure means."""
    return LANGUAGES.get(language, ({}, DEFINITIONS))[1]
