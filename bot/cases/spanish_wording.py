"""The Spanish messages about cases, keyed by the English ones."""

from bot.cases.spanish_cluster_wording import SIMILAR_CASES

SPANISH = {
    **SIMILAR_CASES,
    # The board.
    "No case is open. A file sent to me as a direct message, or `watchfloor cases import`, brings them here.": (
        "No hay casos abiertos. Un archivo en un mensaje directo, o `watchfloor cases import`, los trae aquí."
    ),
    "Cases by time to breach": "Casos por tiempo hasta el vencimiento",
    "No open case matches.": "Ningún caso abierto coincide.",
    "Cases": "Casos",
    "{count} open": "abiertos: {count}",
    "{count} breached": "vencidos: {count}",
    "{count} red": "en rojo: {count}",
    "{count} amber": "en ámbar: {count}",
    "{count} unassigned": "sin asignar: {count}",
    "{count} reopened": "reabiertos: {count}",
    "{count} sensitive": "sensibles: {count}",
    "{count} snoozed": "aplazados: {count}",
    "Red": "En rojo",
    "Amber": "En ámbar",
    "Unassigned": "Sin asignar",
    "Reopened": "Reabiertos",
    "Sensitive": "Sensibles",
    "Mine": "Míos",
    "All": "Todos",
    "Back": "Atrás",
    "More": "Más",
    "Refresh": "Actualizar",
    "sensitive": "sensible",
    "reopened": "reabierto",
    "reopened {count} times": "reabierto {count} veces",
    "unassigned": "sin asignar",
    "The clock is paused.": "El reloj está parado.",
    "It has no SLA target.": "No tiene objetivo de SLA.",
    "Breached {when}": "Venció {when}",
    "Due {when}": "Vence {when}",
    "{place} in the queue": "{place} en la cola",
    "likely taken in {length}": "se atenderá en unos {length}",
    "nobody is on shift": "nadie está de turno",
    "nobody is free of {on} on shift": "nadie libre de {on} de turno",
    "nobody is free": "nadie está libre",
    "{free} of {on} on shift free": "{free} de {on} de turno libres",
    "1 engineer free": "1 persona libre",
    "{count} engineers free": "{count} personas libres",
    "0 cases{named}.": "0 casos{named}.",
    "Cases {first}–{last} of {all}{named}.": "Casos {first}–{last} de {all}{named}.",
    "`/incident board` shows all, `/incident board unassigned` a part.": (
        "`/incident board` los muestra todos; `/incident board unassigned`, una parte."
    ),
    "Take": "Lo llevo yo",
    "Assign…": "Asignar…",
    "Escalate…": "Escalar…",
    "Note…": "Nota…",
    "Snooze…": "Aplazar…",
    # Decisions, their forms and answers.
    "Who takes it": "Quién lo lleva",
    "Assign": "Asignar",
    "Escalate": "Escalar",
    "Note": "Nota",
    "Add": "Añadir",
    "Until": "Hasta",
    "Snooze": "Aplazar",
    "Why": "Motivo",
    "It goes to the case's work notes.": "Queda en las notas de trabajo del caso.",
    "{name} is yours already.": "{name} ya es tuyo.",
    "{name} is yours.": "{name} es tuyo.",
    "{person} assigned {name} to you: {title}": "{person} te ha asignado {name}: {title}",
    "Why: {why}": "Motivo: {why}",
    "{person} has {name} now, and has been told.": "{person} lleva ahora {name} y lo sabe.",
    "Your note is on {name}.": "Tu nota está en {name}.",
    "{source} takes no notes on {name} any more, so yours is only here: {note}": (
        "{source} ya no admite notas en {name}, así que la tuya queda solo aquí: {note}"
    ),
    "{name} is back on the board {when}, or when it breaches.": (
        "{name} vuelve al tablero {when}, o cuando venza."
    ),
    "{people} has been told about {name}.": "Se ha avisado a {people} de {name}.",
    "Everybody who can be told about {name} has been told already; it was escalated {when}.": (
        "Ya se ha avisado a todas las personas posibles sobre {name}; se escaló {when}."
    ),
    "The escalation of {name} is on record, but floor.yaml names nobody to tell. Ask your administrator for "
    "`cases: teams: … manager`.": (
        "El escalado de {name} consta, pero floor.yaml no nombra a nadie a quien avisar. "
        "Pide a la administración que añada `cases: teams: … manager`."
    ),
    # Work notes: they begin with the name of the person.
    "took the case": "lleva el caso",
    "assigned the case to {person}: {why}": "asignó el caso a {person}: {why}",
    "snoozed it until {when} UTC: {why}": "lo aplazó hasta {when} UTC: {why}",
    "escalated it: {why}": "lo escaló: {why}",
    "moved the case from {source} to {target}: {why}": "pasó el caso de {source} a {target}: {why}",
    "is handling the escalation ({kind})": "se ocupa del escalado ({kind})",
    "not actioned": "sin empezar",
    "by hand": "a mano",
    "{level} is told: {people}. {why}": "aviso a {level}: {people}. {why}",
    "the team's manager": "responsable del equipo",
    "request processing": "quien tramita las solicitudes",
    "senior management": "alta dirección",
    "is part of incident {number}: {what}": "es parte del incidente {number}: {what}",
    "incident {number} is resolved": "el incidente {number} está resuelto",
    "incident {number} was a false alarm": "el incidente {number} era una falsa alarma",
    "looked like {count} other cases, but is not related: {why}": (
        "se parecía a otros {count} casos, pero no tiene relación: {why}"
    ),
    # Escalations.
    "It has been unassigned for {length}.": "Lleva {length} sin asignar.",
    "Nobody has begun work on it for {length}.": "Lleva {length} sin que nadie empiece.",
    "It was escalated {length} ago, and nobody has answered.": "Se escaló hace {length} y nadie ha respondido.",
    "{person} escalates it: {why}": "{person} lo escala: {why}",
    "I'll handle it": "Me ocupo yo",
    "{person} is already handling {name}.": "{person} ya se ocupa de {name}.",
    "✅ {person} handles it.": "✅ {person} se ocupa.",
    "Somebody is already handling {name}.": "Ya hay quien se ocupa de {name}.",
    "Thank you. Nobody else is told about {name}.": "Gracias. No se avisará a nadie más de {name}.",
    "less than a minute": "menos de un minuto",
    # Cases in handovers and reports.
    "the clock is paused": "el reloj está parado",
    "breached": "vencido",
    "{length} left": "quedan {length}",
    # Load.
    "No team has open cases, and floor.yaml names none under `cases: teams`.": (
        "Ningún equipo tiene casos abiertos, y floor.yaml no nombra ninguno en `cases: teams`."
    ),
    "Load of the teams": "Carga de los equipos",
    "no team": "ningún equipo",
    "{count} to work on": "por atender: {count}",
    "nobody on it": "nadie en él",
    "{load} for each of {people}": "{load} por persona (personas: {people})",
    "{days} days of backlog": "{days} días de trabajo pendiente",
    "Move *{count} cases* from {source} to {target}: {why}": "Pasar *{count} casos* de {source} a {target}: {why}",
    "Move {count} cases": "Pasar {count} casos",
    "Nothing is worth moving.": "No merece la pena mover nada.",
    "Balance {index}: the largest load over the mean; {even} is even.": (
        "Equilibrio {index}: la carga mayor entre la media; {even} es un reparto igual."
    ),
    "nobody": "nadie",
    "{load} cases a person": "{load} casos por persona",
    "{people} at {source}, {load} at {target} and {after} there afterwards": (
        "{people} en {source}, {load} en {target} y, después, {after} allí"
    ),
    "both work at all hours": "ambos trabajan a todas horas",
    "both work for {hours} of the next day": "ambos coinciden {hours} en las próximas 24 horas",
    "{person} moved {count} cases from {source} to {target}: {why}": (
        "{person} ha pasado {count} casos de {source} a {target}: {why}"
    ),
    "Moved from {source} to {target}: {count}. Both teams' managers are told.": (
        "Casos que pasan de {source} a {target}: {count}. Se avisa a los responsables de ambos equipos."
    ),
    "{count} cases came in the last hour; {usual} are usual at this time.": (
        "Han llegado {count} casos en la última hora; lo habitual a esta hora son {usual}."
    ),
    "{count} cases came in {region} in the last hour; {usual} are usual at this time.": (
        "Han llegado {count} casos en {region} en la última hora; lo habitual a esta hora son {usual}."
    ),
    "1 engineer is free": "hay 1 persona libre",
    "{count} engineers are free": "hay {count} personas libres",
    "{count} cases wait unassigned for {team}, and {people}.": "{count} casos sin asignar en {team}, y {people}.",
    "1 case waits unassigned for {team}, and {people}.": "1 caso sin asignar en {team}, y {people}.",
    "`/incident balance` helps.": "`/incident balance` ayuda.",
    # Guides.
    "No guide is known here. Name them in floor.yaml: `cases: guides:` or `guides_folder:`.": (
        "Aquí no se conoce ninguna guía. Indícalas en floor.yaml: `cases: guides:` o `guides_folder:`."
    ),
    "No guide is about “{words}”. Other or fewer words may find one.": (
        "Ninguna guía trata de «{words}». Prueba con otras palabras, o con menos."
    ),
    "Read": "Leer",
    "1 of 1 guide": "1 de 1 guía",
    "{shown} of {all} guides": "{shown} de {all} guías",
    "The rest is in its file.": "El resto está en su archivo.",
    "Guide": "Guía",
    "No guide is about incident {number}, “{title}”, though several customers had it. "
    "A draft is made of its timeline.": (
        "Ninguna guía trata del incidente {number}, «{title}», aunque afectó a varios clientes. "
        "Hay un borrador hecho con su cronología."
    ),
    "Write the guide…": "Escribir la guía…",
    "What people see: {what}": "Qué se ve: {what}",
    "What was done in incident {number}:": "Qué se hizo en el incidente {number}:",
    "It is over when: …": "Ha terminado cuando: …",
    "Title": "Título",
    "Reviewer": "Quién la revisa",
    "Send to review": "Enviar a revisión",
    "{person} wrote the guide “{title}” and asks you to read it.": (
        "{person} ha escrito la guía «{title}» y te pide que la leas."
    ),
    "Publish": "Publicar",
    "Change…": "Cambiar…",
    "*Change…* shows all of it.": "*Cambiar…* la muestra entera.",
    "{person} is asked to read it.": "Se ha pedido a {person} que la lea.",
    "Version {number} is published already.": "La versión {number} ya está publicada.",
    "{person} published version {number} of your guide “{title}”.": (
        "{person} ha publicado la versión {number} de tu guía «{title}»."
    ),
    "Version {number} is published. `/incident guide` finds it.": (
        "La versión {number} está publicada. `/incident guide` la encuentra."
    ),
    # Files.
    "{name}: {count} cases in {rows} rows, {open} of them open": (
        "{name}: casos: {count}, filas: {rows}, abiertos: {open}"
    ),
    "{count} cases can be imported": "Casos que se pueden importar: {count}",
    "Import": "Importar",
    "Discard": "Descartar",
    "Importing …": "Importando…",
    "Times without a zone are read as {zone}. Opened {when}.": (
        "Las horas sin zona se leen como {zone}. Apertura: {when}."
    ),
    "{count} of them would be opened in the future, so the zone may be wrong. Export the times in {zone}, "
    "or ask your administrator for `cases: zone` in floor.yaml.": (
        "Abiertos en el futuro: {count}; la zona puede no ser la correcta. Exporta las horas en {zone}, o pide a "
        "la administración que fije `cases: zone` en floor.yaml."
    ),
    "Unknown priorities, which count as P3 in new cases: {names}.": (
        "Prioridades desconocidas, que cuentan como P3 en casos nuevos: {names}."
    ),
    "This file was already imported at {time}.": "Este archivo ya se importó: {time}.",
    "Discarded; nothing of it was kept.": "Descartado; no se ha guardado nada.",
    "Line {line} is left out: {why}.": "La línea {line} no se usa: {why}.",
    "{count} more rows are left out; the file in this thread names them.": (
        "Filas que tampoco se usan: {count}; el archivo de este hilo las nombra."
    ),
    "{count} new": "nuevos: {count}",
    "{count} changed": "con cambios: {count}",
    "{count} unchanged": "sin cambios: {count}",
    "nothing": "nada",
    "{name} is imported: {what}.": "{name} se ha importado: {what}.",
    "Reopened: {count}.": "Reabiertos: {count}.",
    "`/incident board` shows what is open.": "`/incident board` muestra lo que está abierto.",
    "number": "número",
    "name": "nombre",
    "title": "título",
    "text": "texto",
    "customer": "cliente",
    "priority": "prioridad",
    "region": "región",
    "team": "equipo",
    "owner": "responsable",
    "state": "estado",
    "opened at": "apertura",
    "updated at": "último cambio",
    "started at": "inicio del SLA",
    "target": "objetivo de SLA",
    "schedule": "horario",
    "resolved at": "resolución",
    "closed at": "cierre",
    "Closed: {source} does not have it any more": "Cerrado: ya no está en {source}",
    "kind": "tipo",
    "url": "enlace",
}
