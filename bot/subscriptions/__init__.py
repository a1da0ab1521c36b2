"""Who wants updates by direct message: of one incident, or of every one of a kind."""
