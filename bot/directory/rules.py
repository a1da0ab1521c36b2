"""A person's facts, derived from what Slack says about them. Pure."""

from typing import Any

from msgspec import Struct

from bot.errors import WatchfloorError


class NotForGuests(WatchfloorError):
    """Guests and people of other companies cannot do that; a colleague on the floor can do it for you. You can
    press *Received* and *We are affected…* below a notice for your company, and as a guest get the updates of an
    incident with `/incident subscribe` in its channel."""

    es = (
        "Los invitados y las personas de otras empresas no pueden hacer eso; alguien de la sala puede hacerlo por "
        "ti. Debajo de un aviso para tu empresa puedes pulsar *Recibido* y *Nos afecta…* y, como invitado, recibir "
        "las actualizaciones de un incidente con `/incident subscribe` en su canal."
    )


class GuestChosen(WatchfloorError):
    """Guests, bots and people of other companies cannot take that on. Choose a colleague with a full account."""

    es = (
        "Los invitados, los bots y las personas de otras empresas no pueden encargarse de eso. Elige a alguien con "
        "una cuenta completa."
    )


class PersonUnknown(WatchfloorError):
    """That person is not in this workspace any more. Please choose somebody else."""

    es = "Esa persona ya no está en este espacio de trabajo. Elige a otra."


class NotAllowed(WatchfloorError):
    """Only {who} may {what} here. Ask one of them, or the administrator to change `floor.yaml`."""


class PersonGone(WatchfloorError):
    """The account of {name} is deactivated. Choose somebody else."""


class PersonFacts(Struct, frozen=True):
    """The facts about a person that rules need."""

    id: str
    name: str
    timezone: str = "UTC"
    is_guest: bool = False
    is_stranger: bool = False
    is_bot: bool = False
    handle: str = ""
    # The account is deactivated.
    is_gone: bool = False
    # The language and country of their Slack, such as `es-ES`.
    locale: str = ""

    @property
    def language(self) -> str:
        """The language alone, such as `es`; empty if Slack did not say."""
        return self.locale.partition("-")[0].lower()

    @property
    def may_act(self) -> bool:
        """True for active members of the workspace; guests, strangers, bots and departed people may not act."""
        return not (self.is_guest or self.is_stranger or self.is_bot or self.is_gone)


class Home(Struct, frozen=True):
    """The workspaces whose people are colleagues, and the organization they belong to, if there is one."""

    team_ids: frozenset[str]
    enterprise_id: str = ""

    def holds(self, team_id: str, enterprise_id: str = "") -> bool:
        """True if that workspace or organization is ours."""
        return team_id in self.team_ids or bool(enterprise_id and enterprise_id == self.enterprise_id)


def person_from_slack(user: dict[str, Any], home: Home) -> PersonFacts:
    """Return a person from Slack's payload. Colleagues in the same organization have other workspaces' ids."""
    enterprise_id = str((user.get("enterprise_user") or {}).get("enterprise_id") or user.get("enterprise_id") or "")
    is_ours = home.holds(user["team_id"], enterprise_id) if user.get("team_id") else not user.get("is_stranger")
    profile = user.get("profile") or {}
    return PersonFacts(
        id=user["id"],
        name=profile.get("real_name") or user.get("real_name") or profile.get("display_name") or user["name"],
        timezone=user.get("tz") or "UTC",
        is_guest=bool(user.get("is_restricted") or user.get("is_ultra_restricted")),
        is_stranger=not is_ours,
        is_bot=bool(user.get("is_bot")) or user["id"] == "USLACKBOT",
        handle=user.get("name") or "",
        is_gone=bool(user.get("deleted")),
        locale=user.get("locale") or "",
    )
