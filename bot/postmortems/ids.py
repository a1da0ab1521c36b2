"""Ids of the post-mortem's buttons, forms and fields."""

OPEN = "postmortem.open"
ASSIGN = "postmortem.assign"
REVIEW = "postmortem.review"
PUBLISH = "postmortem.publish"
FINE = "postmortem.fine"
CHANGES = "postmortem.changes"
REWRITE = "postmortem.rewrite"

ASSIGN_FORM = "postmortem.assign.form"
REVIEW_FORM = "postmortem.review.form"
PUBLISH_FORM = "postmortem.publish.form"
CHANGES_FORM = "postmortem.changes.form"

AUTHOR = "author"
REVIEWERS = "reviewers"
WHERE = "where"
COMMENT = "comment"
REASON = "reason"

OWN_CHANNEL = "own"
CONFIGURED = "configured"
