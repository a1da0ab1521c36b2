"""Who may do what, as `floor.yaml` says it: each permission asks for its own names, in its own incident."""

from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest
from sqlmodel import Session

from bot.config.floor.people import Permissions
from bot.directory.rules import NotAllowed
from bot.directory.tables import Group
from bot.incidents.permissions import PERMISSION_PHRASES, Permission, check_permission
from bot.incidents.tables import RoleHolder
from bot.runtime.database import Database
from tests import prepared
from tests.rules.playbook_builders import NOON, declared
from tests.rules.test_update_templates import services

PERMISSIONS: tuple[Permission, ...] = get_args(Permission)


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    """Two incidents: U1 leads the first, U2 the second; U3 is of the group `managers`."""
    store = Database(prepared.database(tmp_path))
    with store.transaction() as session:
        for user_id in ("U1", "U2"):
            number = declared(session)
            session.add(RoleHolder(incident_id=number, role="commander", user_id=user_id, since=NOON))
        session.add(Group(handle="managers", id="S1", members=["U3"]))
        yield session
    store.close()


def permitted(session: Session, permission: Permission, names: tuple[str, ...], number: int | None) -> set[str]:
    """Which of four people may do it if only this permission asks for these names and the others for nobody."""
    nobody = dict.fromkeys(PERMISSIONS, ("scribe",))
    floor = services(permissions=Permissions(**(nobody | {permission: names})))
    allowed = set()
    for user_id in ("U1", "U2", "U3", "U4"):
        try:
            check_permission(floor, session, user_id, permission, number)
            allowed.add(user_id)
        except NotAllowed as refused:
            assert PERMISSION_PHRASES[permission] in str(refused)
            assert ", ".join(name.replace("_", " ") for name in names) in str(refused)
    return allowed


def test_every_permission_is_asked_for_by_name_and_has_its_own_words() -> None:
    assert set(PERMISSIONS) == set(PERMISSION_PHRASES) == set(Permissions.model_fields)
    assert len(set(PERMISSION_PHRASES.values())) == len(PERMISSIONS)


@pytest.mark.parametrize("permission", PERMISSIONS)
def test_only_those_whom_the_floor_names_may(session: Session, permission: Permission) -> None:
    def allowed(*names: str, number: int | None = 1) -> set[str]:
        return permitted(session, permission, names, number)

    assert allowed("anyone") == {"U1", "U2", "U3", "U4"}
    assert allowed("commander") == {"U1"}
    assert allowed("commander", number=2) == {"U2"}
    assert allowed("commander", number=None) == set()
    assert allowed("communications_lead") == allowed("@unknown") == set()
    assert allowed("@managers", "commander") == {"U1", "U3"}
    assert allowed("@managers", number=None) == {"U3"}
