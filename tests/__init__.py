"""Tests that read as sentences of the product."""

import os

# Slack's client reads all certificates of the machine for each connection, also for connections here, which are
# not encrypted: a twentieth of a second at each start of a bot.
os.environ.setdefault("SSL_CERT_FILE", os.devnull)
