"""Escalation: who is told when nobody comes, and what they answered."""
