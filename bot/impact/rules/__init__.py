"""The arithmetic of a contact centre's figures. Pure: facts in, answers out; no clock, Slack, SQL or files."""
