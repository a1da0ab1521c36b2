"""Names of the buttons, fields and forms of updates."""

# Buttons of a draft
SEND_NOW = "update.send_now"
EDIT = "update.edit"
NOTHING_NEW = "update.nothing_new"
LATER = "update.later"
APPROVE = "update.approve"

# Forms
COMPOSE_FORM = "update.compose.form"
EDIT_FORM = "update.edit.form"
LATER_FORM = "update.later.form"
CADENCE_FORM = "update.cadence.form"
PAUSE_FORM = "update.pause.form"

# Fields: the block and the element in it share a name
AUDIENCES = "audiences"
AUDIENCE = "audience"
TEXT = "words"
SEVERITY = "severity"
STATUS = "status"
NEXT = "next"
WHEN = "when"
WAIT = "wait"
AT = "at"
REASON = "reason"
PACE = "pace"
