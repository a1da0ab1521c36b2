"""The JSON API: incidents, figures and reports, for those who hold a token. Private incidents are never in it."""
