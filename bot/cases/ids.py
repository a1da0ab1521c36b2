"""Identifiers that Slack sends back: of buttons, forms and their fields."""

TAKE = "case.take"
ASSIGN = "case.assign"
ESCALATE = "case.escalate"
NOTE = "case.note"
SNOOZE = "case.snooze"
# The menu with the last three; their own buttons are in messages that were sent before.
MORE = "case.more"
PAGE = "case.page"
FILTER = "case.filter"

ASSIGN_FORM = "case.assign_form"
ESCALATE_FORM = "case.escalate_form"
NOTE_FORM = "case.note_form"
SNOOZE_FORM = "case.snooze_form"

PERSON = "person"
REASON = "reason"
UNTIL = "until"

USE = "case.use_file"
DISCARD = "case.discard_file"

DECLARE = "case.declare"
DECLARE_FORM = "case.declare_form"
TITLE = "title"
SEVERITY = "severity"
IS_INCIDENT = "case.is_incident"
NOT_RELATED = "case.not_related"
INCIDENT_FORM = "case.incident_form"
NOT_RELATED_FORM = "case.not_related_form"
INCIDENT = "incident"

WRITE = "guide.write"
WRITE_FORM = "guide.write_form"
PUBLISH = "guide.publish"
TEXT = "text"

MOVE = "case.move"
ACTIONED = "case.actioned"
