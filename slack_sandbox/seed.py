"""The people, groups and channels with which every new workspace starts."""

from slack_sandbox.model import BOT_ID, Channel, Group, User

BOT_USER_ID = "U0WATCHFLOOR"
_PARTNER_TEAM_ID = "T0PARTNER"


def seed_people(bot_name: str = "watchfloor") -> list[User]:
    return [
        User("U0ANA", "ana", "Ana Reyes", "Incident analyst", "Asia/Manila"),
        User("U0BEN", "ben", "Ben Okafor", "Communications lead", "Europe/London"),
        User("U0CHLOE", "chloe", "Chloe Martin", "Engineer", "Europe/Paris"),
        User("U0DEVI", "devi", "Devi Nair", "Queue manager", "Asia/Kolkata"),
        User("U0ERIK", "erik", "Erik Lund", "Executive", "America/New_York"),
        User("U0FARAH", "farah", "Farah Haddad", "Partner manager", "Asia/Manila"),
        User("U0HANA", "hana", "Hana Sato (佐藤 花)", "Service desk", "Asia/Tokyo"),
        User("U0GUS", "gus", "Gus Guest", "Contractor", "Europe/Berlin", is_restricted=True),
        User(
            "U0ULLA",
            "ulla",
            "Ulla Ultra",
            "One-channel guest",
            "Europe/Berlin",
            is_restricted=True,
            is_ultra_restricted=True,
        ),
        User("U0OLGA", "olga", "Olga Orlova", "Partner", "Europe/Riga", _PARTNER_TEAM_ID, is_stranger=True),
        User(BOT_USER_ID, bot_name.lower(), bot_name, bot_id=BOT_ID),
    ]


def seed_groups() -> list[Group]:
    return [
        Group("S0ANALYSTS", "incident-analysts", "Incident analysts", ["U0ANA", "U0DEVI"]),
        Group("S0TELEPHONY", "telephony-oncall", "Telephony on call", ["U0CHLOE"]),
        Group("S0EXECUTIVES", "executives", "Executives", ["U0ERIK"]),
    ]


_STAFF = ("U0ANA", "U0BEN", "U0CHLOE", "U0DEVI", "U0ERIK", "U0FARAH", "U0HANA")
_GUESTS = {
    "general": ("U0GUS",),
    "random": ("U0GUS", "U0ULLA"),
    "operations": ("U0OLGA",),
    "partner-northline": ("U0OLGA",),
    "partner-sagebrush": ("U0GUS",),
}
_PARTNERS = ("partner-northline", "partner-sagebrush")
_WITH_BOT = ("incidents", "operations", "executives", "engineering", "partners", "front-line", *_PARTNERS)


def seed_channels(created: int) -> list[Channel]:
    """Everybody's channels, the bot in all but two of them, and one private channel without it."""
    names = ("general", *_WITH_BOT, "random")
    channels = [_public(name, created) for name in names]
    members = dict.fromkeys(("U0ANA", "U0ERIK"), True)
    return [*channels, Channel("G0LEADS", "leads", "U0ERIK", created, is_private=True, members=members)]


def _public(name: str, created: int) -> Channel:
    members = [*_STAFF, *_GUESTS.get(name, ())]
    if name in _WITH_BOT:
        members.append(BOT_USER_ID)
    return Channel(
        f"C0{name.upper().replace('-', '')}", name, "U0ANA", created, members=dict.fromkeys(members, True)
    )
