"""The audiences of an incident: which may be told of it, and where they read it."""

from bot.config.floor import DIGEST, HERE, PARTNERS, UPDATES, Audience
from bot.directory.lookup import SPOKEN
from bot.incidents.tables import Incident
from bot.runtime.templates import MISSING
from bot.services import Services


def audiences_of(services: Services, incident: Incident) -> dict[str, Audience]:
    """The audiences that may be told: for a private incident, those in its own channel and those added by hand."""
    return {
        name: audience
        for name, audience in services.floor.audiences.items()
        if not incident.is_private or HERE in audience.channels or name in incident.audiences
    }


def channels_of(services: Services, incident: Incident, name: str) -> list[str]:
    """The channels in which an audience is told of this incident, without partners' notices, sent by other means.

    A private incident: its own channel, and if the audience was added by hand, its others except the digest.
    """
    channels_listed = [channel for channel in services.floor.audiences[name].channels if channel != PARTNERS]
    if not incident.is_private:
        return channels_listed
    return [
        channel
        for channel in channels_listed
        if channel == HERE or (name in incident.audiences and channel != DIGEST)
    ]


def languages_for(services: Services, name: str, reader_language: str) -> tuple[str, ...]:
    """The languages in which one reader gets an audience's updates.

    Their own alone if the bot speaks it and the audience has a template in it.
    """
    audience = services.floor.audiences[name]
    template = f"{UPDATES}/{audience.template or name}/{reader_language}.j2"
    is_spoken = reader_language in SPOKEN and services.templates.content_hash(template) != MISSING
    return (reader_language,) if is_spoken else audience.languages


def audience_title(services: Services, name: str) -> str:
    """An audience's title, or its name if the floor no longer has it."""
    audience = services.floor.audiences.get(name)
    return audience.title if audience else name


def describe_channels(services: Services, incident: Incident, name: str) -> str:
    """Where an audience reads of it: `#executives`, or `the incident's channel and the incidents channel`."""
    channel_names = {
        HERE: "the incident's channel",
        DIGEST: "the incidents channel",
        PARTNERS: "under partners' notices",
    }
    channels = (
        channels_of(services, incident, name) if incident.is_private else services.floor.audiences[name].channels
    )
    return " and ".join(channel_names.get(channel, channel) for channel in channels)


def other_languages(services: Services, incident: Incident) -> list[str]:
    """The languages other than the floor's own in which the incident is read."""
    partners = [partner for partner in services.floor.partners if partner.name in incident.partners]
    languages = [
        language for audience in audiences_of(services, incident).values() for language in audience.languages
    ]
    languages += [partner.language for partner in partners if not incident.is_private]
    return [language for language in dict.fromkeys(languages) if language != services.floor.language]
