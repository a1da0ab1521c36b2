"""Ids of the follow-ups' shortcut, buttons, forms and fields."""

from bot.incidents.ids import ADD_FOLLOW_UP as ADD

__all__ = ["ADD"]

# Shortcut
FROM_MESSAGE = "followup.from_message"

# Buttons
DONE = "followup.done"
LATER = "followup.later"
NOT_MINE = "followup.not_mine"
TAKE = "followup.take"
CHANGE = "followup.change"
REOPEN = "followup.reopen"

# Forms
ADD_FORM = "followup.add.form"
CHANGE_FORM = "followup.change.form"
LATER_FORM = "followup.later.form"

# Fields: a block and its element share an id
TEXT = "words"
INCIDENT = "incident"
OWNER = "owner"
DUE = "due"
KIND = "kind"
LINK = "link"
STATE = "state"
REASON = "reason"
