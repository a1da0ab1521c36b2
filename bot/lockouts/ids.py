"""Names that Slack gives back: of buttons, of the form, of its fields."""

FORM = "lockouts.form"
MANY_FORM = "lockouts.many_form"
APPROVAL_FORM = "lockouts.approval_form"

ADD = "lockouts.add"
CLAIM = "lockouts.claim"
UNLOCK = "lockouts.unlock"
RESET = "lockouts.reset"
MANY = "lockouts.many"
APPROVE = "lockouts.approve"
DECLINE = "lockouts.decline"
MORE = "lockouts.more"
DONE = "lockouts.done"
DECLARE = "lockouts.declare"
DISMISS = "lockouts.dismiss"

PARTNER = "partner"
LOGINS = "logins"
RELEASE = "release"
ACTION = "action"
ACCOUNTS = "accounts"

# Choices behind the three dots of an account.
TOLD = "told"
FAILURES = "failures"
