"""The JSON API: incidents, figures and reports, for holders of a token. Private incidents are never in it."""
