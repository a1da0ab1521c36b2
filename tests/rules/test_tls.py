"""Certificates are loaded once, not for each call: that takes as long as the call."""

import ssl
import urllib.request
from urllib.error import URLError

import pytest

from bot.slack import tls

NOBODY = "https://127.0.0.1:1"


def test_all_calls_of_a_process_share_what_was_loaded_once(monkeypatch: pytest.MonkeyPatch) -> None:
    loads: list[str] = []
    load = ssl.SSLContext.load_default_certs
    monkeypatch.setattr(ssl.SSLContext, "load_default_certs", lambda *args: (loads.append(""), load(*args)))
    monkeypatch.setattr(urllib.request, "_opener", None)
    tls.shared_context.cache_clear()

    tls.use_for_calls()
    for _ in range(3):
        with pytest.raises(URLError):
            urllib.request.urlopen(NOBODY, timeout=1)

    assert len(loads) == 1
