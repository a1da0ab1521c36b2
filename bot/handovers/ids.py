"""Names that Slack gives back: of buttons, of forms, of their fields."""

OFFER_FORM = "handover.offer_form"
QUESTION_FORM = "handover.question_form"

ACCEPT = "handover.accept"
SEND_BACK = "handover.send_back"
READ = "handover.read"
WITHDRAW = "handover.withdraw"
OFFER_AGAIN = "handover.offer_again"

PERSON = "person"
NOTE = "note"
QUESTION = "question"
