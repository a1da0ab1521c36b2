"""The words of a report in the reader's language. Pure."""

import re

DEFINITIONS = (
    ("Incidents", "Declared within the period. Drills, declined and merged incidents are left out."),
    ("To detect", "From when it started until it was detected."),
    ("To acknowledge", "From when it was detected (else declared) until somebody took it or was on the way."),
    ("To mitigate", "From when it started (else declared) until the impact was mitigated."),
    ("To resolve", "From when it started (else declared) until it was resolved."),
    ("n", "How many incidents of the period have both times; the others are left out."),
    ("Median", "The middle value; for an even number, the mean of the two in the middle."),
    ("90th percentile", "The smallest value that at least nine of ten do not exceed (nearest rank)."),
    (
        "Before",
        "The previous four periods of the same length: counts are their mean; the rest is over all four together.",
    ),
    ("Site, type, severity", "As recorded now. An incident at two sites counts at each of them."),
    (
        "Updates kept",
        "Scheduled updates that were sent on time, out of all that were due for incidents of the period.",
    ),
    ("Handovers complete", "Shift handovers in which every item was accepted, out of those offered in the period."),
    (
        "Gaps filled late",
        "Roster gaps starting in the period that were escalated or never filled, out of all gaps.",
    ),
    ("Follow-ups overdue", "Open at the end of the period and more than a day past their due date."),
    ("Missing guides written", "Guides published, out of those noted as missing in the period."),
    ("Report of a region", "Has no handovers, gaps, follow-ups and guides: they are counted for the whole floor."),
    ("Cases opened, ended", "Within the period; the same for changes and tasks."),
    ("Cases open", "At the end of the period."),
    ("Cases within target", "Ended in the period within their target, out of those that had one."),
    ("Queues", "Contacts offered to each queue in the period, as imported; unknown intervals are left out."),
    (
        "Service level",
        "By the formula beside it, over the period: sums are divided, percentages are never averaged.",
    ),
    ("ASA", "Average speed of answer: waiting time of the answered, divided by the answered."),
    ("AHT", "Average handling time: talk, hold and wrap-up of the answered, divided by the answered."),
    ("Abandoned", "Contacts that gave up, out of those offered."),
    ("Sensitive cases", "Open now, of sensitive customers; only in the copies of people who may see them."),
    (
        "Cases open per person",
        "Open at the end of the period, divided by the people of their teams; with a roster, those on shift.",
    ),
)

SPANISH_DEFINITIONS = (
    ("Incidentes", "Declarados en el periodo. No cuentan los simulacros, las falsas alarmas ni los unidos a otro."),
    ("Hasta detectar", "Desde que empezó hasta que se detectó."),
    ("Hasta atender", "Desde que se detectó (si no, se declaró) hasta que alguien lo asumió o estaba en camino."),
    ("Hasta mitigar", "Desde que empezó (si no, se declaró) hasta que se mitigó el impacto."),
    ("Hasta resolver", "Desde que empezó (si no, se declaró) hasta que se resolvió."),
    ("n", "Cuántos incidentes del periodo tienen los dos momentos; los demás no cuentan."),
    ("Mediana", "El valor central; si son pares, la media de los dos centrales."),
    ("Percentil 90", "El menor valor que al menos nueve de cada diez no superan (rango más cercano)."),
    (
        "Antes",
        "Los cuatro periodos anteriores de igual duración: los recuentos, de media; el resto, sobre los cuatro.",
    ),
    ("Sede, tipo, severidad", "Como consta ahora. Un incidente en dos sedes cuenta en cada una."),
    (
        "Actualizaciones a tiempo",
        "Actualizaciones programadas que salieron a tiempo, del total previsto para incidentes del periodo.",
    ),
    ("Relevos completos", "Relevos de turno en los que se aceptó todo, del total de ofrecidos en el periodo."),
    (
        "Huecos cubiertos tarde",
        "Huecos del cuadrante que empezaron en el periodo y se escalaron o no se cubrieron, del total.",
    ),
    ("Acciones atrasadas", "Abiertas al final del periodo y con más de un día de retraso."),
    ("Guías que faltaban, escritas", "Guías publicadas, del total de las que se anotó en el periodo que faltaban."),
    ("Informe de una región", "No tiene relevos, huecos, acciones ni guías: se cuentan para toda la sala."),
    ("Casos abiertos, terminados", "En el periodo; lo mismo para cambios y tareas."),
    ("Casos pendientes", "Al final del periodo."),
    ("Casos en plazo", "Terminados en el periodo dentro de su plazo, del total de los que tenían uno."),
    (
        "Colas",
        "Contactos ofrecidos a cada cola en el periodo, como se importaron; los intervalos sin datos no cuentan.",
    ),
    (
        "Nivel de servicio",
        "Con la fórmula de al lado, sobre el periodo: se dividen sumas, nunca se promedian porcentajes.",
    ),
    ("ASA", "Velocidad media de respuesta: espera de los atendidos, entre los atendidos."),
    ("TMO", "Tiempo medio de operación: conversación, espera y trabajo posterior, entre los atendidos."),
    ("Abandonados", "Contactos que desistieron, del total de ofrecidos."),
    ("Casos sensibles", "Abiertos ahora, de clientes sensibles; solo en la copia de quien puede verlos."),
    (
        "Casos pendientes por persona",
        "Pendientes al final del periodo, entre las personas de sus equipos; con cuadrante, las de turno.",
    ),
)

SPANISH = {
    "Report": "Informe",
    "Incidents": "Incidentes",
    "All": "Todos",
    "Severity": "Severidad",
    "Type": "Tipo",
    "Site": "Sede",
    "Time": "Tiempo",
    "Floor": "Sala",
    "To detect": "Hasta detectar",
    "To acknowledge": "Hasta atender",
    "To mitigate": "Hasta mitigar",
    "To resolve": "Hasta resolver",
    "median": "mediana",
    "90th percentile": "percentil 90",
    "Updates kept": "Actualizaciones a tiempo",
    "Handovers complete": "Relevos completos",
    "Gaps filled late": "Huecos cubiertos tarde",
    "Follow-ups overdue": "Acciones atrasadas",
    "Missing guides written": "Guías que faltaban, escritas",
    "Cases opened": "Casos abiertos",
    "Cases ended": "Casos terminados",
    "Cases open": "Casos pendientes",
    "Cases within target": "Casos en plazo",
    "Cases open per person": "Casos pendientes por persona",
    "Changes opened": "Cambios abiertos",
    "Changes ended": "Cambios terminados",
    "Changes open": "Cambios pendientes",
    "Changes within target": "Cambios en plazo",
    "Changes open per person": "Cambios pendientes por persona",
    "Tasks opened": "Tareas abiertas",
    "Tasks ended": "Tareas terminadas",
    "Tasks open": "Tareas pendientes",
    "Tasks within target": "Tareas en plazo",
    "Tasks open per person": "Tareas pendientes por persona",
    "{} before": "{} antes",
    "_Before: the average of the four periods before this one._": (
        "_Antes: la media de los cuatro periodos anteriores._"
    ),
    "The report for {} is being prepared and will come by direct message.": (
        "Se está preparando el informe de {}; llegará por mensaje directo."
    ),
    "{}, figures": "{}, cifras",
    "Incidents, this period and the previous four": "Incidentes, este periodo y los cuatro anteriores",
    "This period": "Este periodo",
    "Mean of the previous four": "Media de los cuatro anteriores",
    "Incidents by severity": "Incidentes por severidad",
    "Incidents by type": "Incidentes por tipo",
    "Incidents by site": "Incidentes por sede",
    "Queues, this period": "Colas, este periodo",
    "Queue": "Cola",
    "Offered": "Ofrecidos",
    "SL": "NS",
    "AHT": "TMO",
    "Abandoned": "Abandono",
    "Service level: {}": "Nivel de servicio: {}",
    "{} more in the spreadsheet": "{} más en la hoja de cálculo",
    "{name}: {offered} offered, {level} {formula}, ASA {asa}, AHT {aht}, {abandoned} abandoned": (
        "{name}: {offered} ofrecidos, {level} {formula}, ASA {asa}, TMO {aht}, {abandoned} de abandono"
    ),
    "⚠️ Open cases of sensitive customers: {}, by name in the spreadsheet": (
        "⚠️ Casos pendientes de clientes sensibles: {}, con nombre en la hoja de cálculo"
    ),
    # Sheets and their columns.
    "Figures": "Cifras",
    "Queues": "Colas",
    "Sensitive cases": "Casos sensibles",
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
    "severity": "severidad",
    "type": "tipo",
    "sites": "sedes",
    "declared_at (UTC)": "declarado (UTC)",
    "detect (min)": "detectar (min)",
    "acknowledge (min)": "atender (min)",
    "mitigate (min)": "mitigar (min)",
    "resolve (min)": "resolver (min)",
    "updates kept": "actualizaciones a tiempo",
    "updates promised": "actualizaciones prometidas",
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


HELP = "`/incident report week` figures as picture and spreadsheet; `day`, `month`, `90 days`"


def translate(text: str, language: str) -> str:
    """A text of the report in a language; a text without a translation stays English."""
    translations = LANGUAGES.get(language, ({}, ()))[0]
    if text in translations or not translations:
        return translations.get(text, text)
    first, comma, rest = text.partition(", ")
    return f"{translations.get(first, first)}, {translations.get(rest, rest)}" if comma else text


def days(title: str, language: str) -> str:
    """A period's days, with its English month names translated."""
    if language not in LANGUAGES:
        return title
    return re.sub(r"\b[A-Z][a-z]{2}\b", lambda match: MONTHS.get(match[0], match[0]), title)


def definitions(language: str) -> tuple[tuple[str, str], ...]:
    """What each figure means."""
    return LANGUAGES.get(language, ({}, DEFINITIONS))[1]
