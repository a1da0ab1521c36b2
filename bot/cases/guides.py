"""Troubleshooting guides: links in floor.yaml, Markdown files in a folder, and guides published here."""

from collections.abc import Sequence

from msgspec import Struct
from sqlmodel import Session

from bot.cases import guide_draft_tables
from bot.cases.rules.similar_text import TextIndex, grams
from bot.cases.wording import translator_for
from bot.config.floor import Floor
from bot.config.floor.guide_files import guide_files
from bot.config.settings import Settings
from bot.errors import WatchfloorError, require
from bot.incidents import ids as incident_ids
from bot.incidents.permissions import check_member, reading_as
from bot.services import Services
from bot.slack.blocks import Block, Message, actions, button, context, modal, paragraphs, section
from bot.slack.text import link, one_line

SHOWN = 5
# The similarity that a match needs; far less than between cases, because searches are short.
LEAST_ALIKE = 0.12
NO_GUIDES = "No guide is known here. Name them in floor.yaml: `cases: guides:` or `guides_folder:`."


class WordsMissing(WatchfloorError):
    """Say what it is about, such as `/incident guide sso lockout`."""

    es = "Di de qué se trata, por ejemplo `/incident guide sso bloqueado`."


class GuideGone(WatchfloorError):
    """This guide is not here any more. `/incident guide` and a few words finds those that are."""

    es = "Esa guía ya no está aquí. `/incident guide` y unas palabras encuentran las que hay."


class Guide(Struct, frozen=True):
    """A guide, either linked or with its text here. `key` identifies it."""

    key: str
    title: str
    words: str = ""
    url: str = ""
    text: str = ""


class GuideLibrary:
    """The guides of floor.yaml and its folder, read anew on each call; held by the services."""

    def __init__(self, floor: Floor) -> None:
        self._cases = floor.cases

    @classmethod
    def of(cls, settings: Settings, floor: Floor) -> "GuideLibrary":
        return cls(floor)

    def guides(self) -> list[Guide]:
        """The guides of floor.yaml, then those of the folder by path."""
        linked_guides = [Guide(each.url, each.title, each.words, each.url) for each in self._cases.guides]
        file_guides = (
            Guide(str(file.path), file.title, file.text[:2_000], "", file.text) for file in guide_files(self._cases)
        )
        return [*linked_guides, *file_guides]


def all_guides(session: Session, services: Services) -> list[Guide]:
    """Every guide that a search can find."""
    published_rows = guide_draft_tables.published(session)
    published_guides = [
        Guide(f"own:{each.gap_id}", each.title, each.text, "", each.text) for each in published_rows
    ]
    return [*services.get(GuideLibrary).guides(), *published_guides]


def find(guides: Sequence[Guide], text: str, most: int = SHOWN) -> list[Guide]:
    """The guides that match these words, best match first."""
    index = TextIndex()
    for position, guide in enumerate(guides):
        index.add(position, grams(guide.title, guide.words))
    return [guides[position] for position, _ in index.alike(grams(text), LEAST_ALIKE)[:most]]


def search(services: Services, typed: str, by: str) -> str | Message:
    """`/incident guide WORDS`"""
    check_member(services, by)
    if not typed.strip():
        raise WordsMissing()
    with services.database.reading() as session:
        guides, translate = all_guides(session, services), translator_for(session, services, by)
    matching_guides = find(guides, typed)
    if not guides:
        return translate(NO_GUIDES)
    if not matching_guides:
        return translate(
            "No guide is about “{words}”. Other or fewer words may find one.", words=one_line(typed, 80)
        )
    blocks: list[Block] = []
    for guide in matching_guides:
        title = link(guide.url, guide.title) if guide.url else f"*{one_line(guide.title, 150)}*"
        blocks.append(section(f"📖 {title}"))
        if guide.text:
            blocks.append(actions([button(translate("Read"), incident_ids.READ_GUIDE, guide.key)]))
    count = (
        translate("1 of 1 guide")
        if len(guides) == 1
        else translate("{shown} of {all} guides", shown=len(matching_guides), all=len(guides))
    )
    return count, [*blocks, context(count)]


def reading_view(services: Services, name: str, by: str) -> Block:
    """The view of the guide with this key or title (as a playbook step names it), else of the best match."""
    with reading_as(services, by) as session:
        guides, translate = all_guides(session, services), translator_for(session, services, by)
    exact_matches = [each for each in guides if name == each.key or name.casefold() == each.title.casefold()]
    guide = require(next(iter(exact_matches or find(guides, name, 1)), None), GuideGone)
    lines = [one_line(line, 2_000) for line in guide.text.splitlines()]
    title = link(guide.url, guide.title) if guide.url else one_line(guide.title, 150)
    blocks = [section(f"*{title}*"), *paragraphs(lines, rest=translate("The rest is in its file."))]
    return modal(incident_ids.READ_GUIDE, "Guide", blocks, close="Close", translate=translate)
