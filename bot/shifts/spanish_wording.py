"""The Spanish messages about shifts, keyed by the English ones."""

SPANISH = {
    # Who is on.
    "Point of contact now": "Punto de contacto ahora",
    "nobody is on shift as {title}.": "nadie está de turno como {title}.",
    "Next": "Después",
    "Next: {person}, from {when}": "Después: {person}, desde {when}",
    "{person} from {when}": "{person} desde {when}",
    "{person} until {when}": "{person} hasta {when}",
    "`/incident oncall` shows every role.": "`/incident oncall` muestra todas las funciones.",
    "Your shift ends {when}. Hand it over, item by item.": "Tu turno termina {when}. Entrégalo punto por punto.",
    "Hand over…": "Hacer el relevo…",
    "now": "ahora",
    "On shift {when}": "De turno {when}",
    "Nobody is on shift {when}.": "Nadie está de turno {when}.",
    "`/incident shift` adds one; a roster as a file can be dropped into a direct message to me.": (
        "`/incident shift` añade un turno; también puedes enviarme el cuadrante como archivo en un mensaje directo."
    ),
    "… and {count} more; name a role or region, such as `/incident oncall gqm EMEA`.": (
        "… y {count} más; indica una función o región, como `/incident oncall gqm EMEA`."
    ),
    "Your shifts": "Tus turnos",
    "You have no shifts in the roster for the next four weeks.": (
        "No tienes ningún turno en el cuadrante de las próximas cuatro semanas."
    ),
    "Swap…": "Cambiar…",
    "Absent": "Ausente",
    "Take back": "Retirar",
    "Enter an absence…": "Anotar una ausencia…",
    "Sick": "Enfermedad",
    "Leave": "Permiso",
    "Training": "Formación",
    "Meeting": "Reunión",
    "Other": "Otro motivo",
    # What is open.
    "The roster names {people}, whom I do not know.": "El cuadrante nombra a {people}, y no sé quién es.",
    "Rostered, but absent: {people}.": "En el cuadrante, pero ausente: {people}.",
    "You have no shifts in this role any more; others are asked.": (
        "Ya no tienes turnos en esta función; se pregunta a otras personas."
    ),
    "{people} is on two shifts at once: {when}": "{people} está en dos turnos a la vez: {when}",
    "Nobody is on as {where}: {when}": "Nadie está de turno como {where}: {when}",
    "{count} are on as {where}, and the load needs {needed}: {when}": (
        "{count} están de turno como {where}, y la carga necesita {needed}: {when}"
    ),
    "{people} is alone as {where}, {needed} are needed: {when}": (
        "{people} cubre a solas {where}, y hacen falta {needed}: {when}"
    ),
    "{count} of {needed} are on as {where}: {when}": "Están {count} de {needed} como {where}: {when}",
    "Most are missing from {when}: {contacts} contacts are forecast in {minutes} minutes, at {aht} s each.": (
        "Donde más faltan: desde {when} se prevén {contacts} contactos en {minutes} minutos, de {aht} s cada uno."
    ),
    "Most are missing from {when}: nothing is forecast, and {contacts} contacts in {minutes} minutes, at {aht} s "
    "each, are usual then.": (
        "Donde más faltan: desde {when}; no hay previsión, y lo habitual son {contacts} contactos en {minutes} "
        "minutos, de {aht} s cada uno."
    ),
    "Agents needed: {agents} if callers give up after {patience} on average (Erlang A), {agents_c} if they never "
    "do (Erlang C).": (
        "Agentes necesarios: {agents} si los clientes desisten a los {patience} de media (Erlang A), {agents_c} si "
        "nadie desiste (Erlang C)."
    ),
    "With {share} % shrinkage that is {people} on shift.": "Con un {share} % de merma son {people} de turno.",
    "Still open": "Sigue sin cubrir",
    "Change the roster, or swap one of the shifts: `/incident oncall mine`": (
        "Cambia el cuadrante o uno de los turnos: `/incident oncall mine`"
    ),
    "I'll take it": "Lo cubro yo",
    "I'll take it…": "Lo cubro yo…",
    "I can't": "No puedo",
    "Agree": "De acuerdo",
    "Ask somebody": "Preguntar a alguien",
    "Ask somebody…": "Preguntar a alguien…",
    "Answer the request": "Responder",
    "Answer the request…": "Responder…",
    "{person} answered {when}: {answer}": "{person} respondió {when}: {answer}",
    "{person} took it {when}.": "{person} lo cubrió {when}.",
    "Covered: the roster was changed {when}.": "Cubierto: el cuadrante se cambió {when}.",
    "What is left of it is part of another open time now: `/incident oncall gaps` shows it.": (
        "Lo que queda forma parte ahora de otro hueco: `/incident oncall gaps` lo muestra."
    ),
    "It has passed.": "Ya ha pasado.",
    "Nobody is missing there.": "Ahí no falta nadie.",
    "Everything ahead that needs cover is covered.": "Todo lo que hay que cubrir está cubierto.",
    "Nothing is open, but floor.yaml names no times that need cover (`shifts: needs`). Ask the administrator to "
    "add them.": (
        "No hay nada pendiente, pero floor.yaml no dice qué horas hay que cubrir (`shifts: needs`). Pide a la "
        "administración que las añada."
    ),
    "floor.yaml names no roles of shifts yet (`shifts: roles`). Ask the administrator to add them.": (
        "floor.yaml aún no nombra funciones de turnos (`shifts: roles`). Pide a la administración que las añada."
    ),
    "Open in the roster": "Sin cubrir en el cuadrante",
    "{person} asks whether you can take it: {gap}.": "{person} pregunta si puedes cubrirlo: {gap}.",
    "{person} asks you to take: {shift}": "{person} te pide que cubras: {shift}",
    "{person} takes yours: {shift}": "{person} cubre el tuyo: {shift}",
    "The swap is agreed.": "El cambio está acordado.",
    "The shift has changed hands meanwhile; there is nothing left to answer.": (
        "Mientras tanto el turno ha pasado a otra persona; ya no hay nada que responder."
    ),
    # Rosters.
    "… and {count} more: {command}": "… y {count} más: {command}",
    "Your shifts changed (roster {name}):": "Tus turnos han cambiado (cuadrante {name}):",
    "New: {when}, {role}": "Nuevo: {when}, {role}",
    "Not yours any more: {when}, {role}": "Ya no es tuyo: {when}, {role}",
    "{before} is now {after}, {role}": "{before} es ahora {after}, {role}",
    "No roster was read yet. `docs/shifts.md` says how to name one in floor.yaml.": (
        "Aún no se ha leído ningún cuadrante. `docs/shifts.md` explica cómo indicarlo en floor.yaml."
    ),
    "1 shift, read {when}": "1 turno, leído {when}",
    "{count} shifts, read {when}": "{count} turnos, leído {when}",
    "{name} is not known in Slack, or more than one person is called that": (
        "{name} no está en Slack, o hay más de una persona con ese nombre"
    ),
    "Entries that are not shifts, and people who are not known": (
        "Entradas que no son turnos y personas que no se conocen"
    ),
    "`shifts: people` in floor.yaml says who they are.": "`shifts: people` en floor.yaml dice quiénes son.",
    "Rosters": "Cuadrantes",
    "Roster {what}": "Cuadrante {what}",
    "{names} and {count} more": "{names} y {count} más",
    "Nothing changed since this roster was read last.": "Nada ha cambiado desde la última lectura del cuadrante.",
    "{name}: 1 shift in the next two months counts now.": "{name}: ya cuenta 1 turno de los próximos dos meses.",
    "{name}: {count} shifts in the next two months count now.": (
        "{name}: ya cuentan {count} turnos de los próximos dos meses."
    ),
    "New: {added} · changed: {changed} · gone: {removed}": (
        "Nuevos: {added} · cambiados: {changed} · retirados: {removed}"
    ),
    "Entries that are not shifts: {count}": "Entradas que no son turnos: {count}",
    "Not known in Slack, or shared by several people: {names}. {command} lists them all.": (
        "No están en Slack, o los comparten varias personas: {names}. {command} los muestra todos."
    ),
    # Answers.
    "It's yours: {when}. `/incident oncall mine` shows it.": "Es tuyo: {when}. `/incident oncall mine` lo muestra.",
    "{person} has been asked. It stays open until they take it.": (
        "Se ha preguntado a {person}. Sigue sin cubrir hasta que acepte."
    ),
    "{person} has been asked. The shift stays yours until they agree.": (
        "Se ha preguntado a {person}. El turno sigue siendo tuyo hasta que acepte."
    ),
    "Your answer is on record, and everyone who was asked can see it.": (
        "Tu respuesta queda registrada, y pueden verla todas las personas a las que se preguntó."
    ),
    "{person} takes it: {when}.": "{person} lo cubre: {when}.",
    "{person} can't take it.": "{person} no puede cubrirlo.",
    "Ask somebody else: `/incident oncall gaps`": "Pregunta a otra persona: `/incident oncall gaps`",
    "The shift stays yours.": "El turno sigue siendo tuyo.",
    "{person} has been told that you can't.": "{person} sabe que no puedes.",
    "{person} entered an absence of yours: {when}.": "{person} ha anotado una ausencia tuya: {when}.",
    "You are absent: {when}.": "Estás ausente: {when}.",
    "{person} is absent: {when}.": "{person} está ausente: {when}.",
    "Shifts in that time count as open.": "Los turnos de esas horas cuentan como sin cubrir.",
    "The absence is taken back; your shifts count again.": "Ausencia retirada; los turnos vuelven a contar.",
    "The file comes by direct message.": "El archivo llega por mensaje directo.",
    "You have a new shift: {shift}": "Tienes un turno nuevo: {shift}",
    "{person} is on: {shift}": "{person} está de turno: {shift}",
    # Forms.
    "Who is on?": "¿Quién está de turno?",
    "Role": "Función",
    "Region": "Región",
    "Site": "Sede",
    "From": "Desde",
    "Until": "Hasta",
    "Add a shift": "Añadir un turno",
    "Add": "Añadir",
    "Who is absent?": "¿Quién se ausenta?",
    "Reason": "Motivo",
    "Note": "Nota",
    "Absence": "Ausencia",
    "Save": "Guardar",
    "Cancel": "Cancelar",
    "Ask": "Preguntar",
    "Two from Cebu at 14:00, or why nobody can": "Dos de Cebú a las 14:00, o por qué nadie puede",
    "Who comes, or why nobody does": "Quién viene, o por qué nadie puede",
    "In exchange for": "A cambio de",
    "Or give it to": "O dárselo a",
    "Swap a shift": "Cambiar un turno",
}
