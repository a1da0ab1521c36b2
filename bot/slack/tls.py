"""One TLS context for all connections to Slack: loading the certificates takes as long as a call."""

import ssl
import urllib.request
from functools import cache


@cache
def shared_context() -> ssl.SSLContext:
    """Checks certificates as Python does by default."""
    return ssl.create_default_context()


def use_for_calls() -> None:
    """Let every call of this process use it; urllib would make one for each."""
    opener = urllib.request.build_opener(urllib.request.HTTPSHandler(context=shared_context()))
    urllib.request.install_opener(opener)
