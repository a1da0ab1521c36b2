"""What shows several nouns at once: card, control panel, home tab, export, the timeline's pages."""
