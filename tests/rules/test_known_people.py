"""Names in `floor.yaml` stand for the same people wherever they are resolved without asking Slack."""

from datetime import timedelta
from pathlib import Path

from sqlmodel import Session

from bot import directory
from bot.directory.rules import PersonFacts
from bot.incidents import incidents
from bot.incidents.people import NO_INCIDENT, known_people
from bot.shifts.tables import Shift
from tests.rules.playbook_builders import NOON, database, declared
from tests.rules.test_update_templates import services

HOUR = timedelta(hours=1)


def meet_people(session: Session) -> None:
    """Ana, Ben, Chloe, a guest and a colleague who left; Ben is on shift as queue manager."""
    people = [PersonFacts(f"U0{name.upper()}", name, handle=name) for name in ("ana", "ben", "chloe")]
    guest = PersonFacts("U0GUS", "gus", handle="gus", is_guest=True)
    former = PersonFacts("U0FARAH", "farah", handle="farah", is_gone=True)
    directory.save_people(session, [*people, guest, former])
    members = ["U0CHLOE", "U0GUS", "U0FARAH", "U0ANA"]
    # The floor's file may mean a person where it says `@ana`; Slack has no such group.
    directory.save_groups(
        session,
        [
            directory.group_from_slack("quality", {"id": "S0QUALITY", "users": members}),
            directory.group_from_slack("ana", {}),
        ],
    )
    session.add(
        Shift(
            source="roster",
            external_id="1",
            person="Ben",
            user_id="U0BEN",
            role="gqm",
            starts_at=NOON - HOUR,
            ends_at=NOON + HOUR,
            changed_at=NOON,
        )
    )


def test_a_name_is_a_person_a_group_a_role_or_a_roster_and_only_people_who_may_act_count(tmp_path: Path) -> None:
    floor_services = services()
    with database(tmp_path).transaction() as session:
        meet_people(session)
        number = declared(session)
        incidents.give_role(session, number, "communications_lead", "U0CHLOE", NOON)

        def resolve(*names: str, of: int = number) -> list[str]:
            return known_people(session, floor_services, of, names, NOON)

        assert resolve("@ana") == resolve("U0ANA") == ["U0ANA"]
        assert resolve("@quality", "@ana") == ["U0CHLOE", "U0ANA"], "each once, without guests and former people"
        assert resolve("communications_lead") == ["U0CHLOE"]
        assert resolve("communications_lead", of=NO_INCIDENT) == []
        assert resolve("roster:gqm") == ["U0BEN"]
        assert resolve("roster:ic", "scribe", "@nobody", "U0UNKNOWN", "@gus", "U0FARAH") == []
