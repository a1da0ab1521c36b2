"""Stakeholder updates: promised, drafted, composed, sent, told when missed; and who subscribed to them."""
