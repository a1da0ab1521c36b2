"""Partners told, and their answers."""
