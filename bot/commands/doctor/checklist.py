"""`doctor --checklist`: what to set up in the workspace for `floor.yaml`, and why."""

from collections.abc import Iterable, Iterator

from bot.config.floor import Floor


def lines(floor: Floor) -> Iterator[str]:
    """The checklist as Markdown, for a ticket or a canvas."""
    yield "Channels (the bot joins public ones by itself; `/invite` it to private ones)"
    yield from _items("#", _channels(floor))
    yield ""
    yield "User groups (they need a paid plan)"
    yield from _items("@", _groups(floor))
    yield ""
    yield "People"
    phone_only = [partner.name for partner in floor.partners if not partner.channel]
    yield f"- [ ] everyone who answers incidents has joined #{floor.incidents_channel}"
    if phone_only:
        yield f"- [ ] {', '.join(phone_only)}: no channel in floor.yaml, so the commander is asked to phone them"
    yield "- [ ] one drill has been run: `/incident drill S1 what is practised`"


def _items(sign: str, uses: dict[str, list[str]]) -> Iterator[str]:
    if not uses:
        yield "- none"
    for name, used_for in uses.items():
        yield f"- [ ] {sign}{name}: {'; '.join(dict.fromkeys(used_for))}"


def _channels(floor: Floor) -> dict[str, list[str]]:
    uses: dict[str, list[str]] = {floor.incidents_channel: ["one message for each incident"]}
    if floor.administrators_channel:
        uses.setdefault(floor.administrators_channel, []).append("what the bot could not do")
    for audience in floor.audiences.values():
        for channel in audience.channels:
            if channel.startswith("#"):
                uses.setdefault(channel.removeprefix("#"), []).append(f"updates for {audience.title}")
    for partner in floor.partners:
        if partner.channel:
            purpose = f"notices to {partner.name}, shared with them by Slack Connect"
            uses.setdefault(partner.channel.removeprefix("#"), []).append(purpose)
    if floor.postmortems.channel:
        uses.setdefault(floor.postmortems.channel.removeprefix("#"), []).append("published post-mortems")
    return uses


def _groups(floor: Floor) -> dict[str, list[str]]:
    uses: dict[str, list[str]] = {}

    def add_use(names: Iterable[str], purpose: str) -> None:
        for name in names:
            if name.startswith("@"):
                uses.setdefault(name.removeprefix("@"), []).append(purpose)

    invited_by_severity = {severity: settings.invite for severity, settings in floor.severities.items()}
    called_by_severity = {
        severity: [name for tier in settings.ladder for name in tier.tell]
        for severity, settings in floor.severities.items()
    }
    invited_by_type = {floor.types[kind]: names for kind, names in floor.invited_by_type.items()}
    for names_by, purpose in (
        (invited_by_severity, "invited to {}"),
        (invited_by_type, "invited to incidents of the type {}"),
        (called_by_severity, "called when nobody leads {}"),
    ):
        for group in dict.fromkeys(name for names in names_by.values() for name in names):
            add_use([group], purpose.format(", ".join(key for key, names in names_by.items() if group in names)))
    for audience in floor.audiences.values():
        add_use(audience.members, f"subscribers who read the words for {audience.title}")
        add_use(audience.approval, f"approve the updates for {audience.title}")
    add_use(floor.postmortems.copy_to, "get each post-mortem's draft")
    for act, names in floor.permissions.model_dump().items():
        add_use(names, f"may {act.replace('_', ' ')}")
    return uses
