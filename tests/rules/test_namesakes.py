"""Names in rosters: each stands for one colleague or for nobody, so that no shift goes to the wrong person."""

from pathlib import Path

from bot import directory
from bot.directory.rules import PersonFacts
from bot.runtime.database import Database
from tests import prepared

PEOPLE = [
    PersonFacts("U1", "Maria Santos", handle="maria"),
    PersonFacts("U2", "maria santos", handle="maria.santos"),
    PersonFacts("U3", "Ben Okafor", handle="ben"),
    PersonFacts("U4", "Ben Okafor", handle="ben.guest", is_guest=True),
    PersonFacts("U5", "Ben Okafor", handle="ben", is_stranger=True),
    PersonFacts("U6", "Ben Okafor", handle="ben.old", is_gone=True),
    PersonFacts("U7", "Rota Bot", handle="rota", is_bot=True),
]


def test_a_name_that_two_colleagues_share_stands_for_neither_and_others_do_not_count(tmp_path: Path) -> None:
    database = Database(prepared.database(tmp_path))
    with database.transaction() as session:
        directory.save_people(session, PEOPLE)

    with database.reading() as session:
        ids_by_name = directory.ids_by_name(session)

    database.close()
    assert ids_by_name == {"maria": "U1", "maria.santos": "U2", "ben okafor": "U3", "ben": "U3"}
