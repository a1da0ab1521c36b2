"""The stories that cross nouns, as durable flows."""
