"""Small messages to one person or one thread, each sent once."""
