"""The contents of a timeline's picture: lanes of spans and of moments. Pure: entries in, lanes out."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta, timezone
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from msgspec import Struct, field, to_builtins

from bot.timeline.milestones import Milestone, MilestoneName
from bot.timeline.wording import ENGLISH, LANGUAGES, Language, NameOf

MAX_PEOPLE = 6
PICTURE_KINDS = (
    *("declared", "severity", "status", "resolved", "closed", "declined", "merged", "reopened"),
    *("role_taken", "role_given", "role_handed_over", "role_left", "handover_accepted"),
    *("update_sent", "updates_missed"),
)
# Kinds of entries about the incident itself, and the resulting status.
STATUS_AFTER = {
    "declared": "investigating",
    "resolved": "resolved",
    "closed": "closed",
    "declined": "declined",
    "merged": "merged",
    "reopened": "investigating",
}
SHORTEST = timedelta(minutes=1)


class Entry(Protocol):
    """The part of an entry used here."""

    kind: str
    at: datetime
    facts: dict[str, Any]
    actor_id: str | None


class Span(Struct, frozen=True):
    """A period with a start and an end."""

    label: str
    start: datetime
    end: datetime
    row: int = 0


class Marker(Struct, frozen=True):
    """A single moment."""

    label: str
    at: datetime
    note: str = ""
    row: int = 0


class Picture(Struct, frozen=True):
    """All data to be drawn."""

    title: str
    language: str
    start: datetime
    end: datetime
    severities: Sequence[Span] = ()
    statuses: Sequence[Span] = ()
    people: Sequence[Span] = ()
    updates: Sequence[Marker] = ()
    milestones: Sequence[Marker] = ()
    more_people: int = 0
    zone: str = "UTC"

    def as_json(self) -> dict[str, Any]:
        """Return the data for the drawing process; times use the floor zone's UTC offset at the start."""
        local = timezone(self.start.astimezone(ZoneInfo(self.zone)).utcoffset() or timedelta())
        return dict(_in_zone(to_builtins(self, builtin_types=(datetime,)), local)) | {"period": self._period(local)}

    def _period(self, local: timezone) -> list[str]:
        lines = [f"{_from_to(self.start, self.end)} UTC"]
        if self.zone != "UTC":
            lines.insert(0, f"{_from_to(self.start.astimezone(local), self.end.astimezone(local))} {self.zone}")
        return lines


def _from_to(start: datetime, end: datetime) -> str:
    end_text = end.strftime("%H:%M") if start.date() == end.date() else end.strftime("%Y-%m-%d %H:%M")
    return f"{start.strftime('%Y-%m-%d %H:%M')} – {end_text}"


def _in_zone(value: Any, local: timezone) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(local)
    if isinstance(value, dict):
        return {name: _in_zone(each, local) for name, each in value.items()}
    return [_in_zone(each, local) for each in value] if isinstance(value, list | tuple) else value


def build_picture(
    title: str,
    entries: Sequence[Entry],
    milestones: Mapping[MilestoneName, Milestone],
    name: NameOf,
    now: datetime,
    language: str = "en",
    zone: str = "UTC",
    shared_role: str = "responder",
) -> Picture:
    """Return the picture of an incident, up to its end or now; `entries` are those of `PICTURE_KINDS`, in order.

    `shared_role` is the title of the role that several people can hold at the same time.
    """
    times = [entry.at for entry in entries] + [milestone.at for milestone in milestones.values()]
    end = max([*times, *([] if _is_over(entries) else [now])], default=now)
    start = min(times, default=now)
    translation = LANGUAGES.get(language, ENGLISH)
    people = _RoleSpans(name, translation, shared_role.casefold())
    people.read(entries, end)
    return Picture(
        title=title,
        language=language,
        start=start,
        end=max(end, start + SHORTEST),
        severities=_spans(entries, _severity, end),
        statuses=_spans(entries, lambda entry: _status(entry, language), end),
        people=[span for span in people.spans if span.row < MAX_PEOPLE],
        updates=_update_markers(entries, translation),
        milestones=_milestone_markers(milestones, language),
        more_people=max(0, len(people.rows) - MAX_PEOPLE),
        zone=zone,
    )


def _is_over(entries: Sequence[Entry]) -> bool:
    """True if the last status is final; updates may still go out afterwards."""
    status_kinds = (entry.kind for entry in reversed(entries) if entry.kind in ("status", *STATUS_AFTER))
    return next(status_kinds, "") in ("closed", "declined", "merged")


def _severity(entry: Entry) -> str | None:
    if entry.kind == "declared":
        return str(entry.facts.get("severity", ""))
    return str(entry.facts.get("new", "")) if entry.kind == "severity" else None


def _status(entry: Entry, language: str) -> str | None:
    status = entry.facts.get("new") if entry.kind == "status" else STATUS_AFTER.get(entry.kind)
    return LANGUAGES.get(language, ENGLISH).term("status", str(status)) if status else None


def _spans(entries: Iterable[Entry], value: Callable[[Entry], str | None], end: datetime) -> list[Span]:
    """Return a span for each value, from when it was set until the next one was set."""
    starts = [(label, entry.at) for entry in entries if (label := value(entry))]
    ends = [*(at for _, at in starts[1:]), end][: len(starts)]
    return [Span(label, at, next_start) for (label, at), next_start in zip(starts, ends, strict=True)]


class _RoleSpans(Struct):
    """The holders of each role over time: one row per role, or per person for roles shared by several people."""

    name: NameOf
    translation: Language
    shared_role: str
    held_since: dict[tuple[str, str], datetime] = field(default_factory=dict)
    rows: list[str] = field(default_factory=list)
    spans: list[Span] = field(default_factory=list)

    def read(self, entries: Iterable[Entry], end: datetime) -> None:
        for entry in entries:
            role, user = str(entry.facts.get("role", "")), str(entry.facts.get("user", ""))
            if entry.kind == "handover_accepted":
                user = entry.actor_id or ""  # `user` is who was relieved
            if entry.kind == "role_left":
                self._end_role(role, user, entry.at)
            elif entry.kind.startswith(("role_", "handover_")):
                if not self._is_shared(role):
                    self._end_role_for_all(role, entry.at)
                self.held_since.setdefault((role, user), entry.at)
        for role, user in list(self.held_since):
            self._end_role(role, user, end)
        self.spans.sort(key=lambda span: (span.row, span.start))

    def _end_role_for_all(self, role: str, at: datetime) -> None:
        for held_role, user in list(self.held_since):
            if held_role == role:
                self._end_role(role, user, at)

    def _end_role(self, role: str, user: str, at: datetime) -> None:
        since = self.held_since.pop((role, user), None)
        if since is None:
            return
        row = f"{role}:{user}" if self._is_shared(role) else role
        if row not in self.rows:
            self.rows.append(row)
        self.spans.append(Span(self._label(role, user), since, at, self.rows.index(row)))

    def _label(self, role: str, user: str) -> str:
        """Return the role and its holder's name, or the name alone if it says the role: `second Commander`."""
        title, name = self.translation.term("role", role), self.name(user)
        return name if title.casefold() in name.casefold() else f"{title}: {name}"

    def _is_shared(self, role: str) -> bool:
        return role.casefold() == self.shared_role


def _update_markers(entries: Iterable[Entry], translation: Language) -> list[Marker]:
    """Return markers in one row per audience; an entry about missed updates carries their number as its note."""
    rows: list[str] = []
    markers = []
    for entry in entries:
        if entry.kind not in ("update_sent", "updates_missed"):
            continue
        audience = str(entry.facts.get("audience", ""))
        if audience not in rows:
            rows.append(audience)
        missed_count = str(entry.facts.get("missed", "")) if entry.kind == "updates_missed" else ""
        title = translation.term(entry.kind, audience)
        markers.append(Marker(title, entry.at, missed_count, rows.index(audience)))
    return markers


def _milestone_markers(milestones: Mapping[MilestoneName, Milestone], language: str) -> list[Marker]:
    translation = LANGUAGES.get(language, ENGLISH)
    return [
        Marker(
            translation.small[f"milestone {name}"],
            milestone.at,
            translation.small["estimated"] if milestone.is_estimated else "",
        )
        for name, milestone in milestones.items()
    ]
