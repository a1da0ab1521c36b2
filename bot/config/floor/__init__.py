"""`floor.yaml`: how this operations floor works. Severities, audiences, roles, who is invited, who may do what."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationInfo, field_validator, model_validator

from bot.config import yaml_file, yaml_validation
from bot.config.addresses import UnsafeAddress, read_address
from bot.config.floor.alerts import AlertRule, AlertSource
from bot.config.floor.audiences import DIGEST, HERE, PARTNERS, Audience, QuietHours
from bot.config.floor.cases import Cases
from bot.config.floor.credits import Credits
from bot.config.floor.drills import Drills
from bot.config.floor.figures import Figures
from bot.config.floor.front_door import FrontDoor
from bot.config.floor.handovers import Handovers
from bot.config.floor.links import Bookmark, Pager
from bot.config.floor.lockouts import Lockouts
from bot.config.floor.partners import Partner, PartnerAnswers, read_partner
from bot.config.floor.people import Limits, Permissions, Role
from bot.config.floor.reading import (
    ROLES,
    ROSTER,
    SEVERITIES,
    ChannelName,
    Duration,
    DurationOrNever,
    FloorPart,
    Moment,
    Name,
    People,
    SeverityName,
    WorkingDays,
    Zone,
    read_duration,
)
from bot.config.floor.records import FollowUps, PostMortems, Reactions, Retention, Timeline
from bot.config.floor.reports import Report, Reports
from bot.config.floor.severities import Severity
from bot.config.floor.shifts import Need, Roster, Shifts
from bot.config.floor.sources import Source, SystemName, Webhook
from bot.config.yaml_validation import Misplaced

__all__ = [
    "DIGEST",
    "HERE",
    "PARTNERS",
    "ROLES",
    "AlertRule",
    "AlertSource",
    "Audience",
    "Cases",
    "Duration",
    "Floor",
    "Limits",
    "Moment",
    "Need",
    "Pager",
    "Partner",
    "QuietHours",
    "Reactions",
    "Report",
    "Reports",
    "Roster",
    "Severity",
    "SeverityName",
    "Shifts",
    "Source",
    "Timeline",
    "Webhook",
    "WorkingDays",
    "read",
    "read_duration",
]


# Messages in the floor's own language, and updates: a folder for each audience.
OWN_TEMPLATES, UPDATES, ENGLISH = "update_footer", "stakeholder_update", "en"


class Floor(FloorPart):
    """The whole file."""

    incidents_channel: ChannelName = "incidents"
    administrators_channel: ChannelName | None = None
    pager: Pager | None = None
    language: str = "en"
    # The floor's own zone: post-mortems give times in it, with UTC beside them.
    zone: Zone = "UTC"
    severities: dict[SeverityName, Severity]
    types: dict[Name, Name]
    recognised_by: dict[str, tuple[Name, ...]] = Field(default_factory=dict)
    # Invited to an incident of the type, beside the people of its severity.
    invited_by_type: dict[str, People] = Field(default_factory=dict)
    # By language: the titles of types and the names of sites in it.
    translations: dict[str, dict[str, Name]] = Field(default_factory=dict)
    sites: tuple[Name, ...] = ()
    partners: tuple[Partner, ...] = ()
    partner_answers: PartnerAnswers = PartnerAnswers()
    roles: dict[Literal["commander", "communications_lead", "scribe", "responder"], Role]
    audiences: dict[str, Audience] = Field(default_factory=dict)
    # How long before an update is due its draft is shown to the communications lead; `never` shows none.
    draft_before: DurationOrNever = timedelta(minutes=5)
    # Where people talk, by type or severity, or for every incident (`default`): a link or a phone number.
    bridges: dict[str, str] = Field(default_factory=dict)
    bookmarks: tuple[Bookmark, ...] = ()
    postmortems: PostMortems = PostMortems()
    permissions: Permissions = Permissions()
    limits: Limits = Limits()
    timeline: Timeline = Timeline()
    followups: FollowUps = FollowUps()
    handovers: Handovers = Handovers()
    shifts: Shifts = Shifts()
    reports: Reports = Reports()
    figures: Figures = Figures()
    front_door: FrontDoor = FrontDoor()
    credits: Credits = Credits()
    lockouts: Lockouts = Lockouts()
    cases: Cases = Cases()
    retention: Retention = Retention()
    drills: Drills = Drills()
    alerts: dict[SystemName, AlertSource] = Field(default_factory=dict)
    webhooks: dict[SystemName, Webhook] = Field(default_factory=dict)
    sources: dict[SystemName, Source] = Field(default_factory=dict)

    @field_validator("bridges")
    @classmethod
    def _can_be_joined(cls, bridges: dict[str, str]) -> dict[str, str]:
        for name, address in bridges.items():
            try:
                read_address(address)
            except UnsafeAddress:
                raise ValueError(
                    f"{name}: {address!r} is neither a phone number nor an address that begins with `https://` and "
                    "has no password in it"
                ) from None
        return bridges

    @field_validator("partners", "audiences", mode="before")
    @classmethod
    def _in_the_floors_language(cls, raw: Any, info: ValidationInfo) -> Any:
        """Readers whose language is not given read that of the floor."""
        language = {"language": info.data.get("language", "en")}
        if isinstance(raw, dict):
            return {name: _with_language(each, language) for name, each in raw.items()}
        return [_with_language(read_partner(each), language) for each in raw] if isinstance(raw, list) else raw

    @model_validator(mode="after")
    def _is_whole(self) -> "Floor":
        missing = [name for name in SEVERITIES if name not in self.severities]
        if missing:
            raise Misplaced(("severities",), f"{', '.join(missing)} missing; all of S0 to S4 are needed")
        roles_missing = [name for name in ROLES if name not in self.roles]
        if roles_missing:
            raise Misplaced(("roles",), f"{', '.join(roles_missing)} missing")
        if "other" not in self.types:
            raise Misplaced(("types",), "`other` is missing; it is what is taken when nobody says")
        for kind, names in (("partners", self.partner_names), ("sites", self.sites), ("audiences", self.audiences)):
            if same_names := _same_names(names):
                raise Misplaced((kind,), f"two have the same name, {same_names}; give each a name of its own")
        return self

    @model_validator(mode="after")
    def _names_are_known(self) -> "Floor":
        for key, by_type in (("recognised_by", self.recognised_by), ("invited_by_type", self.invited_by_type)):
            if unknown_types := sorted(set(by_type) - set(self.types)):
                raise Misplaced(
                    (key, unknown_types[0]),
                    f"{', '.join(unknown_types)} are no types; add them to `types` or remove them",
                )
        unknown_bridges = sorted(set(self.bridges) - {"default", *SEVERITIES, *self.types})
        if unknown_bridges:
            raise Misplaced(
                ("bridges", unknown_bridges[0]),
                f"{', '.join(unknown_bridges)} are neither types nor severities; use those or `default`",
            )
        for path, role in self._roster_roles():
            if role.casefold() not in self.shifts.roles:
                raise Misplaced(path, f"{role} is no role of `shifts`; add it to its `roles`")
        return self

    def _roster_roles(self) -> Iterator[tuple[yaml_file.KeyPath, str]]:
        """The roles of `shifts` that other parts name, each with its place."""
        for severity_name, severity in self.severities.items():
            for number, tier in enumerate(severity.ladder):
                for name in tier.tell:
                    if name.startswith(ROSTER):
                        yield ("severities", severity_name, "ladder", number), name.removeprefix(ROSTER)
        for team_name, team in self.cases.teams.items():
            if team.role:
                yield ("cases", "teams", team_name), team.role

    @property
    def partner_names(self) -> tuple[str, ...]:
        return tuple(partner.name for partner in self.partners)

    def in_language(self, name: str, language: str) -> str | None:
        """Return the name of a type, role, audience or site in a language; None if it is not translated."""
        # A floor may keep the shipped names and read another language.
        untranslated = name if language == self.language else None
        return self.translations.get(language, {}).get(name, untranslated)

    @property
    def groups(self) -> set[str]:
        """Every user group named in the file, without the @."""
        names = [group for severity in self.severities.values() for group in severity.invite]
        names += [group for invited in self.invited_by_type.values() for group in invited]
        names += [name for severity in self.severities.values() for tier in severity.ladder for name in tier.tell]
        names += [*self.shifts.managers, *self.shifts.fallback]
        names += [name for report in self.reports.sent for name in report.to]
        names += [name for permitted in self.permissions.model_dump().values() for name in permitted]
        names += [*self.postmortems.copy_to, *self.cases.people]
        for audience in self.audiences.values():
            names += [*audience.approval, *audience.members]
        names += [self.front_door.routing_team or ""]
        return {name.removeprefix("@") for name in names if name.startswith("@")}

    @property
    def people_or_groups(self) -> set[str]:
        """The names that may be groups or people: in ladders, in cases, and for copies of post-mortems."""
        names = [name for severity in self.severities.values() for tier in severity.ladder for name in tier.tell]
        names += [*self.postmortems.copy_to, *self.cases.people]
        return {name.removeprefix("@") for name in names if name.startswith("@")}

    def severity(self, name: str) -> Severity:
        return self.severities[name]  # type: ignore[index]  # names come from the database, checked when written

    def invited(self, severity: str, type_: str) -> tuple[str, ...]:
        """The people and groups invited to an incident of this severity and type, each once."""
        return tuple(dict.fromkeys((*self.severity(severity).invite, *self.invited_by_type.get(type_, ()))))

    def role(self, name: str) -> Role:
        return self.roles[name]  # type: ignore[index]  # likewise


def _with_language(raw: Any, language: dict[str, Any]) -> Any:
    """Add the language to an audience or a partner for which none is given."""
    is_open = isinstance(raw, dict) and not raw.keys() & {"language", "languages"}
    return raw | language if is_open else raw


def _same_names(names: Iterable[str]) -> str:
    """Return two names that differ at most in capitals, or an empty string."""
    name_by_folded: dict[str, str] = {}
    for name in names:
        folded = name.casefold()
        if folded in name_by_folded:
            return f"`{name_by_folded[folded]}` and `{name}`"
        name_by_folded[folded] = name
    return ""


def read(path: Path, templates_dir: Path | None = None) -> Floor:
    """Return the floor's file. Raises `yaml_file.FileRefused` with every error in it.

    If `templates_dir` is given, the floor's language must have templates, and audiences read one that has them.
    """
    if not path.exists():
        reason = f"is not in {path.parent.resolve()}; start in the folder that holds it, or name another"
        raise yaml_file.FileRefused([yaml_file.Problem(path.name, 1, "", reason)])
    lines, content = yaml_file.parse(path)
    floor = yaml_validation.validate(path, lines, content, Floor)
    languages = sorted(file.stem for file in (templates_dir / OWN_TEMPLATES).glob("*.j2")) if templates_dir else []
    if languages and floor.language not in languages:
        reason = f"there are no templates in {floor.language!r}; templates exist for {', '.join(languages)}"
        raise yaml_file.FileRefused([yaml_file.Problem(path.name, lines.of(["language"]), "language", reason)])
    return _with_existing_templates(floor, content, templates_dir) if templates_dir else floor


def _with_existing_templates(floor: Floor, content: Any, templates_dir: Path) -> Floor:
    """An audience whose language is not given reads English if its templates exist only in that."""
    audiences = dict(floor.audiences)
    for name, audience in floor.audiences.items():
        folder = templates_dir / UPDATES / (audience.template or name)
        is_given = content["audiences"][name].keys() & {"language", "languages"}
        if not is_given and not (folder / f"{floor.language}.j2").exists() and (folder / f"{ENGLISH}.j2").exists():
            audiences[name] = audience.model_copy(update={"languages": (ENGLISH,)})
    return floor.model_copy(update={"audiences": audiences})
