"""Partners: who must be told of an incident, who answered, and who is silent."""
