"""Certificates are loaded once, not for each call: that takes as long as the call."""

import ssl
from urllib.error import URLError
from urllib.request import Request

import pytest

from bot.runtime import network
from bot.runtime.network import Network

NOBODY = Request("https://127.0.0.1:1")


def test_all_calls_of_a_process_share_what_was_loaded_once(monkeypatch: pytest.MonkeyPatch) -> None:
    loads: list[str] = []
    load = ssl.SSLContext.load_default_certs

    def count(context: ssl.SSLContext, *purpose: ssl.Purpose) -> None:
        loads.append("")
        load(context, *purpose)

    monkeypatch.setattr(ssl.SSLContext, "load_default_certs", count)
    network.system_certificates.cache_clear()

    for _ in range(3):
        with pytest.raises(URLError):
            Network().open(NOBODY, 1)

    assert len(loads) == 1
