"""Certificates are loaded once, not for each call: loading takes as long as the call."""

import ssl
from pathlib import Path
from urllib.error import URLError
from urllib.request import Request

import pytest

from bot.runtime import network
from bot.runtime.network import Network

NOBODY = Request("https://127.0.0.1:1")


@pytest.fixture
def loads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A list that grows by one whenever certificates are loaded."""
    loads: list[str] = []
    load = ssl.SSLContext.load_default_certs

    def count(context: ssl.SSLContext, *purpose: ssl.Purpose) -> None:
        loads.append("")
        load(context, *purpose)

    monkeypatch.setattr(ssl.SSLContext, "load_default_certs", count)
    network.system_certificates.cache_clear()
    return loads


def test_all_calls_of_a_process_share_certificates_that_were_loaded_once(loads: list[str]) -> None:
    for _ in range(3):
        with pytest.raises(URLError):
            Network().open(NOBODY, 1)

    assert len(loads) == 1


def test_an_unencrypted_call_to_this_machine_loads_no_certificates(loads: list[str]) -> None:
    with pytest.raises(URLError):
        Network.of("", None).open(Request("http://127.0.0.1:1"), 1)

    assert not loads


def test_the_companys_own_file_is_loaded_at_the_start_and_trusted_by_every_call(
    loads: list[str], tmp_path: Path
) -> None:
    certificate = ssl.create_default_context().get_ca_certs(binary_form=True)[0]
    file = tmp_path / "ca.pem"
    file.write_text(ssl.DER_cert_to_PEM_cert(certificate))
    loads.clear()

    way_out = Network.of("", file)
    assert loads == [""]

    assert way_out.tls_for("https://slack.example/") is way_out.tls_for("wss://slack.example/") is way_out.tls
    assert loads == [""]
