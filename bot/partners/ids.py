"""Ids of the partners' buttons, fields and forms."""

# In the partner's channel: anyone there may press these.
RECEIVED = "partner.received"
AFFECTED = "partner.affected"

# In the matrix
TELL = "partner.tell"
PHONED = "partner.phoned"

GUIDANCE = "partner.guidance"

GUIDANCE_FORM = "partner.guidance.form"
AFFECTED_FORM = "partner.affected.form"
AGENTS = "agents"
