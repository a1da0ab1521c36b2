"""Names of the incident's buttons, fields and forms."""

COMMAND = "/incident"

# Shortcuts
DECLARE_SHORTCUT = "incident.declare"
DECLARE_FROM_MESSAGE = "incident.declare_from_message"

# Buttons
DECLARE = "incident.declare_form"
JOIN = "incident.join"
CLAIM = "incident.claim"
PANEL = "incident.panel"
CHANGE_SEVERITY = "incident.change_severity"
CHANGE_STATUS = "incident.change_status"
DESCRIBE_IMPACT = "incident.describe_impact"
ASSIGN_ROLE = "incident.assign_role"
RESOLVE = "incident.resolve"
CLOSE = "incident.close"
REOPEN = "incident.reopen"
COMPOSE_UPDATE = "update.compose"
OPEN_CHANNEL = "incident.open_channel"
SUBSCRIBE = "incident.subscribe"
UNSUBSCRIBE = "incident.unsubscribe"

# Forms
DECLARE_FORM = "incident.declare.form"
SEVERITY_FORM = "incident.severity.form"
STATUS_FORM = "incident.status.form"
IMPACT_FORM = "incident.impact.form"
ROLE_FORM = "incident.role.form"
RESOLVE_FORM = "incident.resolve.form"
CLOSE_FORM = "incident.close.form"
REOPEN_FORM = "incident.reopen.form"

# Fields: the block and the element in it share a name
TITLE = "title"
SEVERITY = "severity"
STATUS = "status"
TYPE = "type"
SITES = "sites"
PARTNERS = "partners"
DESCRIPTION = "description"
PRIVATE = "private"
REASON = "reason"
WAIVER = "waiver"
IMPACT = "impact"
ROLE = "role"
PERSON = "person"
