"""The incident's channel: what is said in it, who is in it, and what was missed."""
