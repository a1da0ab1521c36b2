"""What a title typed in one line tells about the incident."""

import pytest

from bot.incidents.rules import places_in_title, recognise_type

TELLING = {"telephony": ["ivr", "calls"], "routing": ["wrong queue"], "payment": ["checkout"]}


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("IVR down in Manila", "telephony"),
        ("Calls go to the wrong queue", "routing"),
        ("checkout: cards declined", "payment"),
        ("recalls are late", "other"),
        ("電話", "other"),
        ("", "other"),
    ],
)
def test_the_type_is_recognised_by_whole_words_and_the_longest_wins(title: str, kind: str) -> None:
    assert recognise_type(title, TELLING) == kind


def test_sites_are_recognised_whatever_their_case_and_letters() -> None:
    assert places_in_title("ivr down in MANILA and bogotá", ["Manila", "Bogotá", "Cebu"]) == ["Manila", "Bogotá"]
