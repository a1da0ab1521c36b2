"""Names that Slack gives back: of buttons, of the form, of its fields."""

FORM = "lockouts.form"

ADD = "lockouts.add"
CLAIM = "lockouts.claim"
UNLOCK = "lockouts.unlock"
DONE = "lockouts.done"
TOLD = "lockouts.told"
DECLARE = "lockouts.declare"
DISMISS = "lockouts.dismiss"

PARTNER = "partner"
LOGINS = "logins"
RELEASE = "release"
