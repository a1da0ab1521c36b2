"""The Spanish messages about similar cases, keyed by the English ones."""

SIMILAR_CASES = {
    "{count} similar cases": "{count} casos parecidos",
    "*{count} similar cases* of {customers} customers within {length}": (
        "*{count} casos parecidos* de {customers} clientes en {length}"
    ),
    "{count} similar cases of {customers} customers": "{count} casos parecidos de {customers} clientes",
    "in common: {terms}": "en común: {terms}",
    "first seen {when}": "desde {when}",
    "usual in {window}: {count}": "habitual en {window}: {count}",
    "about {count}": "unos {count}",
    "hardly any": "casi ninguno",
    "and {count} more": "y {count} más",
    "category": "categoría",
    "subcategory": "subcategoría",
    "symptom": "síntoma",
    "site": "sede",
    "product": "producto",
    "item": "elemento",
    "It is incident {number}, said {person} {when}.": "Es el incidente {number}, según {person}, {when}.",
    "It is an incident, said {person} {when}.": "Es un incidente, según {person}, {when}.",
    "{person} declares an incident {when}.": "{person} declara un incidente, {when}.",
    "Not related, said {person} {when}: {why}": "Sin relación, según {person}, {when}: {why}",
    "Declare incident…": "Declarar incidente…",
    "It is an open incident…": "Es un incidente abierto…",
    "Not related…": "Sin relación…",
    "Not related": "Sin relación",
    "Cases like these are proposed less often.": "Casos así se propondrán con menos frecuencia.",
    "Save": "Guardar",
    "{count} similar cases are linked to it and get its updates as work notes.": (
        "{count} casos parecidos quedan vinculados, y sus notas de trabajo recogen las actualizaciones."
    ),
    "What is wrong?": "¿Qué ocurre?",
    "The headline that executives and partners read.": "El titular que leen la dirección y los socios.",
    "Severity": "Severidad",
    "When unsure, take the higher.": "En caso de duda, elige la más alta.",
    "Declare an incident": "Declarar un incidente",
    "Declare": "Declarar",
    "No incident is open. *Declare incident…* opens one for these cases.": (
        "No hay incidentes abiertos. *Declarar incidente…* abre uno con estos casos."
    ),
    "No open incident": "Sin incidentes abiertos",
    "Close": "Cerrar",
    "Cancel": "Cancelar",
    "Incident": "Incidente",
    "It is an incident": "Es un incidente",
    "Link": "Vincular",
    "{count} similar cases, the first at {when}:": "{count} casos parecidos, el primero a las {when}:",
    "{count} cases are part of incident {number} now.": "{count} casos son ahora parte del incidente {number}.",
    "Thank you. Cases like these are proposed less often from now on.": (
        "Gracias. A partir de ahora, casos así se propondrán con menos frecuencia."
    ),
}
