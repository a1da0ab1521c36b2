"""Addresses to which people may be sent."""

import pytest

from bot.config.addresses import UnsafeAddress, read_address

SAFE = (
    "https://meet.example.com/j/123?pwd=a%20b&x=1",
    "https://meet.example.com:8443/room",
    "+44 20 7946 0000",
    "020 7946 0000,,123456#",
    "(571) 555-0100 x77",
)


@pytest.mark.parametrize("address", SAFE)
def test_links_and_phone_numbers_are_taken(address: str) -> None:
    assert read_address(f" {address} ") == address


def test_an_address_as_slack_writes_it_is_its_target_and_never_its_label() -> None:
    assert read_address("<https://meet.example.com/j|https://evil.example.com>") == "https://meet.example.com/j"


UNSAFE = (
    "",
    "the usual",
    "http://meet.example.com",
    "javascript:alert(1)//https://x.example",
    "https://ana:secret@meet.example.com",
    "https://meet.example.com@evil.example.com/j",
    "https://meet",
    "https://meet.example.com:port/",
    "https://meet.example.com/a b",
    "https://meet.example.com/|<!here>",
    "https://meet.example.com/" + "a" * 500,
    "https:\\\\meet.example.com",
    "12",
)


@pytest.mark.parametrize("address", UNSAFE)
def test_everything_else_is_refused(address: str) -> None:
    with pytest.raises(UnsafeAddress):
        read_address(address)
