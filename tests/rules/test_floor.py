"""`floor.yaml`: valid content, and how mistakes are named."""

from datetime import timedelta
from pathlib import Path

import pytest

from bot.config import floor
from bot.config.floor import Moment, Reactions, Timeline
from bot.config.yaml_file import FileRefused

SHIPPED = Path("floor.yaml")


def problems_with(tmp_path: Path, *changes: tuple[str, str]) -> list[str]:
    """Return the problems of the shipped file after each `old` was replaced by `new`."""
    text = SHIPPED.read_text()
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    changed_file = tmp_path / "floor.yaml"
    changed_file.write_text(text)
    with pytest.raises(FileRefused) as refused:
        floor.read(changed_file, Path("message_templates"))
    return [str(problem) for problem in refused.value.problems]


def line_of(words: str) -> int:
    return next(number for number, line in enumerate(SHIPPED.read_text().splitlines(), 1) if words in line)


def test_the_shipped_file_can_be_used() -> None:
    shipped = floor.read(SHIPPED)

    assert shipped.incidents_channel == "incidents"
    assert shipped.audiences["operations"].usual_cadence("S0") == timedelta(minutes=15)
    assert shipped.audiences["executives"].usual_cadence("S2") is Moment.ON_CHANGE
    assert shipped.audiences["executives"].usual_cadence("S4") is Moment.NEVER
    assert "incident-analysts" in shipped.groups


def test_every_mistake_is_named_at_once_with_its_line(tmp_path: Path) -> None:
    problems = problems_with(
        tmp_path,
        ("commander_within: 3 min", "commander_within: soon"),
        ('channels: ["#executives"]', "channels: [executives]"),
        ("language: en", "langauge: en"),
    )

    assert len(problems) == 3
    assert any(
        f"floor.yaml:{line_of('commander_within: 3 min')}" in words and "'soon'" in words for words in problems
    )
    assert any(
        f"floor.yaml:{line_of('#executives')}" in words and "is not a channel" in words for words in problems
    )
    assert any("langauge" in words and "Did you mean `language`?" in words for words in problems)


@pytest.mark.parametrize(
    ("given", "length"),
    [
        ("90 s", timedelta(seconds=90)),
        ("15 min", timedelta(minutes=15)),
        ("4h", timedelta(hours=4)),
        ("1 day", timedelta(days=1)),
        ("3 days", timedelta(days=3)),
    ],
)
def test_a_length_of_time_is_read_as_people_write_it(given: str, length: timedelta) -> None:
    assert floor.read_duration(given) == length


@pytest.mark.parametrize("given", ["soon", "0 min", "15", "-5 min", "15 minutes and a bit", "1e3 min", ""])
def test_text_that_is_no_length_of_time_is_refused_with_an_example(given: str) -> None:
    with pytest.raises(ValueError, match="write it like `15 min`"):
        floor.read_duration(given)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("  S4:\n    meaning", "  S5:\n    meaning", "S5"),
        ("  other: Something else\n", "", "`other` is missing"),
        ("commander_within: 3 min", "commander_within: 3 min\n    commander_within: 4 min", "given twice"),
        ("language: en", "language: &a en", "anchor or alias"),
        ("severities:\n", "severities: [\n", "is not YAML"),
    ],
)
def test_an_invalid_file_is_refused(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert any(said in words for words in problems_with(tmp_path, (old, new)))


def test_a_reaction_has_one_meaning_and_is_read_as_people_write_it() -> None:
    reactions = Reactions(mark=(":pushpin:", "wave::skin-tone-2"), decision=("scales",))

    assert reactions.mark == ("pushpin", "wave")
    assert Timeline(reactions=reactions).kinds["scales"] == "decision"
    with pytest.raises(ValueError, match="scales: a reaction can say only one thing"):
        Reactions(mark=("scales",))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("declare: [anyone]", "declare: [everyone]", "write `anyone`, `commander`"),
        ("declare: [anyone]", "declare: [everyone]", "a group like `@everyone`"),
        ("declare: [anyone]", "declare: [comander]", "did you mean `commander`?"),
        ("declare: [anyone]", "declare: [incident-analysts]", "`@incident-analysts`"),
        ('invite: ["@incident-analysts"]', "invite: [incident-analysts]", "`@incident-analysts`"),
        ("language: en", "language: de", "templates exist for en, es"),
        ("sites: [Manila, Cebu", "sites: [NO, Cebu", "put the word in quotes"),
        ("\nzone: ", "\nzone: [] # ", "[] is not a time zone"),
        ("\nzone: ", "\nzone: America # ", "'America' is not a time zone"),
        ("\nzone: ", "\nzone: ../UTC # ", "'../UTC' is not a time zone"),
        ("\nzone: ", "\nzone: right/Europe/Madrid # ", "'right/Europe/Madrid' is not a time zone"),
        ("sites: [Manila, Cebu", "sites: [Manila, manila", "`Manila` and `manila`"),
        ("{name: Telvia,", "{name: northline,", "`Northline` and `northline`"),
    ],
)
def test_settings_that_would_be_silently_wrong_are_refused_with_what_to_write(
    tmp_path: Path, old: str, new: str, said: str
) -> None:
    [problem] = problems_with(tmp_path, (old, new))

    assert problem.startswith("floor.yaml:")
    assert said in problem


def test_handles_and_channels_are_read_as_slack_writes_them(tmp_path: Path) -> None:
    text = SHIPPED.read_text().replace('channels: ["#executives"]', 'channels: ["#Executives"]')
    text = text.replace('tell: ["@telephony-oncall"]', 'tell: ["@Telephony-OnCall", "@devi"]')
    changed_file = tmp_path / "floor.yaml"
    changed_file.write_text(text.replace('incidents_channel: "#incidents"', 'incidents_channel: "#Incidents"'))

    changed_floor = floor.read(changed_file)

    assert changed_floor.audiences["executives"].channels == ("#executives",)
    assert changed_floor.incidents_channel == "incidents"
    assert {"telephony-oncall", "devi"} <= changed_floor.people_or_groups


def test_a_missing_file_is_named_with_the_place_where_it_was_looked_for(tmp_path: Path) -> None:
    with pytest.raises(FileRefused, match=f"floor.yaml:1: is not in {tmp_path}; start in the folder"):
        floor.read(tmp_path / "floor.yaml")
