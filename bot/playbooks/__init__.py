"""Playbooks: what is done in which kind of outage, by whom, by when; and what was done."""
