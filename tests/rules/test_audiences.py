"""Audiences in `floor.yaml`: valid settings, and how mistakes are named."""

from datetime import time, timedelta

import pytest
from pydantic import ValidationError

from bot.config.floor import Audience, Moment

LEAST = {"title": "Partners", "channels": ["#partners"], "cadence": {"S0": "20 min", "S2": "on change"}}


def test_an_audience_sets_its_cadence_its_first_update_and_a_slower_pace_later() -> None:
    audience = Audience.model_validate(
        LEAST | {"first": {"S0": "5 min", "S2": "5 min"}, "slower": {"after": "2 h", "every": "1 h"}}
    )

    assert audience.first_update_after("S0") == timedelta(minutes=5)
    assert audience.first_update_after("S2") is Moment.ON_CHANGE, (
        "an audience told of changes is not updated by the clock"
    )
    assert audience.first_update_after("S4") is Moment.NEVER
    assert audience.usual_cadence("S0", timedelta(minutes=119)) == timedelta(minutes=20)
    assert audience.usual_cadence("S0", timedelta(hours=2)) == timedelta(hours=1)
    assert audience.usual_cadence("S2", timedelta(hours=3)) is Moment.ON_CHANGE


def test_languages_approval_and_quiet_are_read_as_people_write_them() -> None:
    audience = Audience.model_validate(
        LEAST
        | {"language": "es", "approval": True, "quiet": {"at": ["nights"], "only": ["S0"], "night_from": "23:30"}}
    )

    assert audience.languages == ("es",)
    assert audience.approval == ("communications_lead", "commander")
    assert audience.quiet is not None
    assert audience.quiet.night_from == time(23, 30)
    assert Audience.model_validate(LEAST | {"approval": False}).approval == ()
    assert Audience.model_validate(LEAST | {"approval": "@legal"}).approval == ("@legal",)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"approval": "legal"}, "cannot approve; write `true`"),
        ({"languages": []}, "at least 1 item"),
        ({"languages": ["english"]}, "write it like `es`"),
        ({"template": "../secrets"}, "pattern"),
        ({"quiet": {"at": ["nights"], "zone": "Madrid"}}, "is not a time zone"),
        ({"quiet": {"at": ["nights"], "night_from": "7"}}, "is not a time of day"),
        ({"quiet": {"at": ["nights"], "night_from": "07:00"}}, "never ends"),
        ({"first": {"S0": "soon"}}, "is not a length of time"),
    ],
)
def test_invalid_settings_are_refused(change: dict[str, object], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        Audience.model_validate(LEAST | change)
