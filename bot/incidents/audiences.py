"""The audiences of an incident: who may be told of it, and where they read it."""

from bot.config.floor import DIGEST, HERE, PARTNERS, Audience
from bot.incidents.tables import Incident
from bot.services import Services


def audiences_of(services: Services, incident: Incident) -> dict[str, Audience]:
    """Who may be told of this incident: of a private one, those in its own channel and those added by hand."""
    return {
        name: audience
        for name, audience in services.floor.audiences.items()
        if not incident.is_private or HERE in audience.channels or name in incident.audiences
    }


def channels_of(services: Services, incident: Incident, name: str) -> list[str]:
    """Where an audience is told of this incident; below partners' notices it is told by other means.

    Of a private one in its own channel, and, if it was added by hand, in its others but the digest, which has none.
    """
    channels_listed = [channel for channel in services.floor.audiences[name].channels if channel != PARTNERS]
    if not incident.is_private:
        return channels_listed
    return [
        channel
        for channel in channels_listed
        if channel == HERE or (name in incident.audiences and channel != DIGEST)
    ]


def audience_title(services: Services, name: str) -> str:
    """What an audience is called; one that the floor does not have any more, by its name."""
    configured = services.floor.audiences.get(name)
    return configured.title if configured else name


def describe_channels(audience: Audience, incident: Incident) -> str:
    """Where an audience reads of an incident: `#executives`, `the incident's channel and the incidents channel`."""
    channel_names = {
        HERE: "the incident's channel",
        DIGEST: "the incidents channel",
        PARTNERS: "under partners' notices",
    }
    channels = [HERE] if incident.is_private else audience.channels
    return " and ".join(channel_names.get(channel, channel) for channel in channels)


def other_languages(services: Services, incident: Incident) -> list[str]:
    """The languages beside the floor's own in which somebody reads of this incident."""
    partners = [partner for partner in services.floor.partners if partner.name in incident.partners]
    read = [language for audience in audiences_of(services, incident).values() for language in audience.languages]
    read += [partner.language for partner in partners if not incident.is_private]
    return [language for language in dict.fromkeys(read) if language != services.floor.language]
