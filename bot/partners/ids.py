"""Names of the partners' buttons, fields and forms."""

# In the partner's channel: what its people may press, whoever they are.
RECEIVED = "partner.received"
AFFECTED = "partner.affected"

# In the matrix
TELL = "partner.tell"
PHONED = "partner.phoned"

GUIDANCE = "partner.guidance"

GUIDANCE_FORM = "partner.guidance.form"
AFFECTED_FORM = "partner.affected.form"
AGENTS = "agents"
