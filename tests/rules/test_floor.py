"""`floor.yaml`: valid content, and how mistakes are named."""

import re
import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from bot.commands.doctor import files
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


def test_readers_whose_language_is_not_given_read_that_of_the_floor(tmp_path: Path) -> None:
    text = SHIPPED.read_text().replace("language: en\n", "language: es\n")
    changed_file = tmp_path / "floor.yaml"
    changed_file.write_text(text.replace("    title: Engineering\n", "    title: Engineering\n    language: en\n"))
    read_floor = floor.read(changed_file, Path("message_templates"))
    assert {name: audience.languages for name, audience in read_floor.audiences.items()} == {
        "operations": ("es",),
        "executives": ("es",),
        "engineering": ("en",),
        "partners": ("es",),
        "customers": ("es",),
    }
    assert [partner.language for partner in read_floor.partners] == ["en", "es", "es"]


def test_an_audience_without_a_template_in_the_floors_language_reads_english_if_that_exists(tmp_path: Path) -> None:
    templates_dir = tmp_path / "message_templates"
    shutil.copytree("message_templates", templates_dir)
    for name in ("executives", "engineering", "customers"):
        (templates_dir / f"stakeholder_update/{name}/es.j2").unlink()
    (templates_dir / "stakeholder_update/customers/en.j2").unlink()
    text = SHIPPED.read_text().replace("language: en\n", "language: es\n")
    changed_file = tmp_path / "floor.yaml"
    changed_file.write_text(text.replace("    title: Engineering\n", "    title: Engineering\n    language: es\n"))

    read_floor = floor.read(changed_file, templates_dir)

    assert {name: audience.languages for name, audience in read_floor.audiences.items()} == {
        "operations": ("es",),
        "executives": ("en",),
        "engineering": ("es",),  # as written
        "partners": ("es",),
        "customers": ("es",),
    }
    notes = [finding.sentence for finding in files.check(changed_file, Path("playbooks"), templates_dir)]
    [note] = [text for text in notes if "English" in text]
    assert note.startswith("Updates for Executives are in English, because stakeholder_update/executives/es.j2 is")


def test_all_keys_that_are_given_twice_are_named_with_both_lines(tmp_path: Path) -> None:
    problems = problems_with(tmp_path, ("sites: [Manila", "cases: {}\nlockouts: {}\nsites: [Manila"))
    assert len(problems) == 2
    assert re.search(r"floor.yaml:\d+ \(cases\): is given twice, first in line 114; keep one", problems[0])


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
        ("\nzone: ", "\ninvited_by_type: {phones: ['@x']}\nzone: ", "phones are no types; add them to `types`"),
        ("\nzone: ", "\ninvited_by_type: {telephony: [x]}\nzone: ", "`@x`"),
        ("language: en", "language: de", "templates exist for en, es"),
        ("sites: [Manila, Cebu", "sites: [NO, Cebu", "put the word in quotes"),
        ("\nzone: ", "\nzone: [] # ", "[] is not a time zone"),
        ("\nzone: ", "\nzone: America # ", "'America' is not a time zone"),
        ("\nzone: ", "\nzone: ../UTC # ", "'../UTC' is not a time zone"),
        ("\nzone: ", "\nzone: right/Europe/Madrid # ", "'right/Europe/Madrid' is not a time zone"),
        ("sites: [Manila, Cebu", "sites: [Manila, manila", "`Manila` and `manila`"),
        ("{name: Telvia,", "{name: northline,", "`Northline` and `northline`"),
        ("sites: [Manila, Cebu", 'sites: [" ", Cebu', "(sites.0): is empty; write a name"),
        ("site: A site is lost", 'site: ""', "(types.site): is empty; write a name"),
        ("title: Executives", 'title: ""', "(audiences.executives.title): is empty; write a name"),
        ("{name: Telvia,", '{name: " ",', "(partners.2.name): is empty; write a name"),
        ("declare: [anyone]", "declare: []", "nobody could; write `[anyone]`"),
        ("mark: [pushpin,", 'mark: ["📌",', "write its name, as Slack shows it between colons, like `pushpin`"),
        ("reaction: bookmark_tabs", 'reaction: "⚖️"', "write its name"),
        ('incidents_channel: "#incidents"', 'incidents_channel: ""', "'' is no channel; write its name"),
        ('incidents_channel: "#incidents"', "incidents_channel: C012345678", "write its name"),
        ('incidents_channel: "#incidents"', 'incidents_channel: "#our incidents"', "like `#incidents`"),
        ('incidents_channel: "#incidents"', "incidents_channel: https://x.slack.com/C01", "write its name"),
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


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('phone: "+371 2000 0100"', "phone: +37120000100", "reads this as a number; put it in quotes"),
        ('channel: "#partner-northline"', "channel: partner-northline", "does not fit; write it like `#name`"),
        ("language: es, contact", "language: Spanish, contact", "does not fit; write it like `es` or `pt-BR`"),
        ('# routing_team: "@business', 'routing_team: "business', "does not fit; write it like `@name`"),
        ("bookmarks: []", "bookmarks: [{title: Wiki, url: wiki}]", "does not fit; write it like `https://"),
        ("channels: [incident, digest]", "channels: []", "is empty; write at least one"),
        ("# quiet: {at: [nights", "quiet: {at: [night", "input should be 'nights' or 'weekends' (given: 'night')"),
        ("outside: true", "outside: ja", "should be true or false"),
        ("declarations: 60", "declarations: sixty", "should be a whole number"),
        ("language: en\n", "language:\n", "is empty"),
        ('incidents_channel: "#incidents"', "incidents_channel: #incidents", "begins with `#` stands in quotes"),
        ("meaning: Minor", "meaning: " + "Minor " * 30, "is 179 characters long; at most 150 fit"),
        ("  S1:\n    meaning", "\tS1:\n    meaning", "a tab cannot indent; use spaces"),
        (
            'members: ["@telephony-oncall"]',
            "members: [@telephony-oncall]",
            "text that begins with `@` stands in quotes",
        ),
        ("\nzone: UTC", "\nzone: UTC \x00", "has a character that text cannot have (U+0000)"),
    ],
)
def test_a_mistake_is_explained_in_words_and_at_its_line(tmp_path: Path, old: str, new: str, said: str) -> None:
    [problem] = problems_with(tmp_path, (old, new))

    first_line = SHIPPED.read_text().split(old)[0].count("\n") + 1 + (old[0] == "\n")
    assert problem.startswith(f"floor.yaml:{first_line}")
    assert said in problem


def test_text_that_is_not_utf_8_is_named_with_its_line(tmp_path: Path) -> None:
    changed_file = tmp_path / "floor.yaml"
    changed_file.write_bytes(SHIPPED.read_text().encode("cp1252", "replace"))

    with pytest.raises(
        FileRefused, match=rf"^floor.yaml:{line_of('Telefonía')}: is not UTF-8 text; save it as UTF-8"
    ):
        floor.read(changed_file)


@pytest.mark.parametrize(
    ("old", "new", "line", "place"),
    [
        ("  telephony: [ivr,", "  telefony: [ivr,", "  telefony: [ivr,", "recognised_by.telefony): telefony"),
        (
            "bridges: {}",
            'bridges: {telefony: "+44 20 7946 0000"}',
            "bridges: {telefony",
            "bridges.telefony): telefony",
        ),
        (
            '- {after: 10 min, tell: ["@telephony-oncall"]}',
            "- {after: 10 min, tell: [roster:rta]}",
            "- {after: 10 min, tell: [roster:rta]}",
            "severities.S1.ladder.1): rta",
        ),
        ("teams: {}", "teams: {Billing: {role: rta}}", "teams: {Billing: {role", "cases.teams.Billing): rta"),
        ("  other: Something else\n", "", "types:\n", "types): `other`"),
    ],
)
def test_a_name_that_another_part_of_the_file_lacks_is_reported_at_its_line(
    tmp_path: Path, old: str, new: str, line: str, place: str
) -> None:
    [problem] = problems_with(tmp_path, (old, new))

    lines_before = SHIPPED.read_text().replace(old, new, 1).partition(line)[0].count("\n")
    assert problem.startswith(f"floor.yaml:{lines_before + 1} ({place}")


def test_a_missing_file_is_named_with_the_place_where_it_was_looked_for(tmp_path: Path) -> None:
    with pytest.raises(FileRefused, match=f"floor.yaml:1: is not in {tmp_path}; start in the folder"):
        floor.read(tmp_path / "floor.yaml")
