"""Names that Slack gives back: of buttons, of forms, of their fields."""

STEP_DONE = "step.done"
STEP_ANSWER = "step.answer"  # Done, for a step that asks: opens its form
STEP_SKIP = "step.skip"
STEP_TAKE = "step.take"
STEP_ASSIGN = "step.assign"
STEP_UNDO = "step.undo"
STEP_SNOOZE_10 = "step.snooze.10"
STEP_SNOOZE_30 = "step.snooze.30"
SHOW_ALL = "playbook.show_all"
START = "playbook.start"
SWITCH = "playbook.switch"

SKIP_FORM = "step.skip_form"
ASSIGN_FORM = "step.assign_form"
ANSWER_FORM = "step.answer_form"
ALL_STEPS = "playbook.all_steps"

REASON = "reason"
OWNER = "owner"
VALUE = "value"
MESSAGE = "message"
