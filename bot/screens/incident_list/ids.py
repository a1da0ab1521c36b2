"""Identifiers of the list's buttons, form and fields."""

PAGE = "incident_list.page"
FILTER = "incident_list.filter"
FORM = "incident_list.form"

STATE = "state"
MINE = "mine"
SEVERITIES = "severities"
TYPES = "types"
SITES = "sites"
PERIOD = "period"
WORDS = "words"
