"""The Spanish messages about shift handovers, keyed by the English ones."""

SPANISH = {
    # The condition of an item.
    "unstable": "inestable",
    "watch closely": "vigilar de cerca",
    "improving": "mejorando",
    "steady": "estable",
    "watched": "en observación",
    "red": "en rojo",
    "amber": "en ámbar",
    "Next: {step}": "Siguiente paso: {step}",
    "No next step yet; {person} is asked.": "Aún sin siguiente paso; se ha preguntado a {person}.",
    "No next step yet, and nobody in Slack owns it.": "Aún sin siguiente paso, y nadie en Slack lo lleva.",
    "no next step": "sin siguiente paso",
    "Due {when}": "Vence {when}",
    "Updates due: {updates}": "Próximas actualizaciones: {updates}",
    "… and {count} more": "… y {count} más",
    # The form.
    "Who takes over?": "¿Quién toma el relevo?",
    "You stay accountable for each of these until it is accepted.": (
        "Sigues siendo responsable de cada punto hasta que se acepte."
    ),
    "Risks of the next two hours": "Riesgos de las próximas dos horas",
    "The carrier's change at 04:00": "El cambio del operador a las 04:00",
    "If … then …": "Si … entonces …",
    "If the queue passes 200, then call the duty manager": (
        "Si la cola pasa de 200, llamar al responsable de guardia"
    ),
    "What else to watch, a line each": "Qué más vigilar, una línea por asunto",
    "Hand over the shift": "Relevo del turno",
    "Send": "Enviar",
    "Cancel": "Cancelar",
    "{person} has your handover already. Sending this offers to somebody else what is not accepted.": (
        "{person} ya tiene tu relevo. Al enviar esto se ofrece a otra persona lo que no se ha aceptado."
    ),
    "{person} hands the shift over to {other} instead. What you have accepted stays yours.": (
        "{person} entrega el turno a {other}. Lo que has aceptado sigue siendo tuyo."
    ),
    # Both messages.
    "{person} hands the shift over to you: {accepted} of {count} accepted.": (
        "{person} te entrega el turno: {accepted} de {count} aceptados."
    ),
    "You hand the shift over to {person}: {accepted} of {count} accepted.": (
        "Entregas el turno a {person}: {accepted} de {count} aceptados."
    ),
    "Complete since {when}.": "Completo desde {when}.",
    "What was not accepted is no longer offered here.": "Lo que no se aceptó ya no se ofrece aquí.",
    "Risks": "Riesgos",
    "In their own words": "En sus propias palabras",
    "Repeat the top items": "Repetir lo principal",
    "Repeat the top items…": "Repetir lo principal…",
    "Accept the unchanged ({count})": "Aceptar lo que no cambia ({count})",
    "Start the call": "Iniciar la llamada",
    "Accept": "Aceptar",
    "Ask first": "Preguntar antes",
    "Ask first…": "Preguntar antes…",
    "… and {count} more, which come when these are answered.": (
        "… y {count} más, que llegan cuando estos tengan respuesta."
    ),
    # Questions.
    "What do you need to know first?": "¿Qué necesitas saber antes?",
    "{person} stays accountable until you accept.": "{person} sigue siendo responsable hasta que aceptes.",
    "Ask": "Preguntar",
    "{person} asks about *{item}*. You stay accountable for it.": (
        "{person} pregunta por *{item}*. Sigues siendo responsable."
    ),
    "{person} answered about *{item}*. The handover above has the answer, and *Accept*.": (
        "{person} ha respondido sobre *{item}*. La respuesta y *Aceptar* están en el relevo de arriba."
    ),
    "Answer": "Responder",
    "Answer…": "Responder…",
    "Your answer": "Tu respuesta",
    "Offer again": "Ofrecer de nuevo",
    "Nothing is left to accept.": "No queda nada por aceptar.",
    "In your own words: what is most important, what do you do first?": (
        "Con tus palabras: ¿qué es lo más importante y qué haces primero?"
    ),
    "{person} understood it like this:": "{person} lo ha entendido así:",
    "If something is wrong or missing, say so now.": "Si algo falta o no es así, dilo ahora.",
    "{person} hands the shift over, and *{item}* has no next step.": (
        "{person} entrega el turno, y *{item}* no tiene siguiente paso."
    ),
    "What is done next, by whom and by when?": "¿Qué se hace después, quién y para cuándo?",
    "Add the next step…": "Añadir el siguiente paso…",
    "Next step": "Siguiente paso",
    "Save": "Guardar",
    # The call.
    "Handover call": "Llamada de relevo",
    "Join the call": "Entrar en la llamada",
    "Present: {people}": "Presentes: {people}",
    "Nobody has said yet that they are there.": "Nadie ha dicho aún que está.",
    "Nothing is open.": "No hay nada abierto.",
    "I'm here": "Estoy aquí",
    # Outcomes.
    "{incoming} has not accepted {items} of {outgoing}'s handover since {when}.": (
        "{incoming} no ha aceptado {items} del relevo de {outgoing} desde {when}."
    ),
    "You have not accepted {items} of {outgoing}'s handover since {when}.": (
        "No has aceptado {items} del relevo de {outgoing} desde {when}."
    ),
    "The handover above has *Accept* and *Ask first*.": (
        "El relevo de arriba tiene *Aceptar* y *Preguntar antes*."
    ),
    "Accountable until then: {people}.": "Responde hasta entonces: {people}.",
    "`/incident handover shift` offers them to somebody else.": (
        "`/incident handover shift` los ofrece a otra persona."
    ),
    "Not accepted: {items}.": "Sin aceptar: {items}.",
    "1 item": "1 punto",
    "{count} items": "{count} puntos",
    "{person} has accepted everything. Your shift is handed over; rest well.": (
        "{person} lo ha aceptado todo. Tu turno está entregado; buen descanso."
    ),
    "{person} is not available any more, so what you offered them is still yours.": (
        "{person} ya no está disponible, así que lo que le ofreciste sigue siendo tuyo."
    ),
    "{person} is not available: you are accountable for {items} of theirs now.": (
        "{person} no está disponible: ahora respondes de {items} suyos."
    ),
    "`/incident handover shift` shows them and hands them over.": (
        "`/incident handover shift` los muestra y los entrega."
    ),
    "Neither {person} nor anybody named in `shifts: fallback` is there, so {person} still answers for {items}.": (
        "Ni {person} ni nadie de `shifts: fallback` está, así que {person} sigue respondiendo de {items}."
    ),
    "Name somebody in floor.yaml who is available.": ("Indica en floor.yaml a alguien que lo esté."),
    "Nothing is being watched. Add something with `/incident handover watch` and a few words.": (
        "No hay nada en observación. `/incident handover watch` y unas palabras lo añaden."
    ),
    "Watched": "En observación",
    "Done": "Hecho",
    # Answers.
    "{person} has your handover. You stay accountable for each item until they accept it.": (
        "{person} tiene tu relevo. Sigues siendo responsable de cada punto hasta que lo acepte."
    ),
    "{person} has your answer and can accept it now.": "{person} tiene tu respuesta y ya puede aceptar.",
    "Thank you. Your next step is in the handover.": "Gracias: tu siguiente paso está en el relevo.",
    "You are accountable for *{item}* now.": "Ahora respondes de *{item}*.",
    "{count} unchanged items are yours now.": "{count} puntos sin cambios ya son tuyos.",
    "{person} has it. Now accept the items.": "{person} ya lo tiene. Ahora acepta los puntos.",
    "{person} has your question and stays accountable.": "{person} tiene tu pregunta y sigue siendo responsable.",
    "It is watched now, and every handover names it. `/incident handover watched` lists and ends it.": (
        "Queda en observación y estará en cada relevo. `/incident handover watched` lo muestra y lo termina."
    ),
    "Done. It is no longer handed over.": "Hecho: ya no se entrega más.",
    "The agenda of the handover call is in the operations channel.": (
        "El orden del día de la llamada está en el canal de operaciones."
    ),
    "The file comes by direct message.": "El archivo llega por mensaje directo.",
}
