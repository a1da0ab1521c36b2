"""Action ids of the escalation's buttons."""

ON_MY_WAY = "escalation.on_my_way"
CANNOT = "escalation.cannot"
