"""Slack ids of the buttons, the forms and their fields."""

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

# Options in an account's overflow menu.
TOLD = "told"
FAILURES = "failures"
