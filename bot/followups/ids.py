"""Names of the follow-ups' shortcut, buttons, forms and fields."""

# Shortcut
FROM_MESSAGE = "followup.from_message"

# Buttons
ADD = "followup.add"
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

# Fields: the block and the element in it share a name
WORDS = "words"
INCIDENT = "incident"
OWNER = "owner"
DUE = "due"
KIND = "kind"
LINK = "link"
STATE = "state"
REASON = "reason"
