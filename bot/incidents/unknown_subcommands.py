"""The refusal of a subcommand that does not exist: it suggests what the person probably meant. Pure."""

import re
from collections.abc import Sequence
from difflib import SequenceMatcher, get_close_matches

from bot.errors import WatchfloorError
from bot.incidents.rules import OPEN, quoted

# Other words for what people want to do.
SYNONYMS = {
    **dict.fromkeys(("new", "create", "start", "report"), "declare"),
    **dict.fromkeys(("afterwards", "retroactive", "past"), "declare afterwards …"),
    **dict.fromkeys(("practice", "practise", "exercise"), "drill"),
    **dict.fromkeys(("show", "ls", "all", "incidents", "active"), "list"),
    **dict.fromkeys(("commands", "?", "usage"), "help"),
    **dict.fromkeys(("title", "name"), "rename"),
    **dict.fromkeys(("sites", "site"), "edit"),
    "partner": "partners",
    **dict.fromkeys(("sev", "priority"), "severity"),
    **{str(status): f"status {status}" for status in OPEN},
    **dict.fromkeys(("lead", "commander", "role"), "assign commander @ana"),
    **dict.fromkeys(("who", "roles", "summary"), "catchup"),
    "invite": "page",
    **dict.fromkeys(("task", "todo"), "followup"),
    **dict.fromkeys(("step", "skip", "undo"), "steps"),
    **dict.fromkeys(("interval", "frequency"), "cadence"),
    **dict.fromkeys(("cause", "actions", "needs", "situation"), "brief"),
    **dict.fromkeys(("fixed", "done", "solved"), "resolve"),
    **dict.fromkeys(("cancel", "false", "reject", "dismiss"), "decline"),
    **dict.fromkeys(("duplicate", "dup"), "merge"),
    **dict.fromkeys(("mute", "quiet", "silence", "stop", "unfollow"), "subscriptions"),
}
# Commands that end something or cannot be undone.
ENDING = ("resolve", "close", "decline", "merge", "private", "pause", "leave", "unsubscribe")
SHORTEST_BEGINNING = 3
# An unknown word followed by this many words is a sentence, unless the word is this similar to a command.
WORDS_OF_A_SENTENCE, SURELY_MISSPELT = 2, 0.81


class UnknownSubcommand(WatchfloorError):
    """There is no command `/incident {given}`.{suggestion} `/incident help` lists them all."""


def unknown_subcommand(typed_word: str, subcommands: Sequence[str], argument: str = "") -> UnknownSubcommand:
    """Return the refusal for an unknown subcommand; it suggests the nearest one, or declaring for a sentence."""
    word = typed_word.lower()
    nearest = _nearest_subcommand(word, subcommands)
    is_severity = re.fullmatch(r"(s|sev)-?[0-4][:,]?", typed_word, re.IGNORECASE)
    is_misspelt = word in SYNONYMS or SequenceMatcher(None, word, nearest).ratio() > SURELY_MISSPELT
    if is_severity:
        nearest = f"declare {typed_word.upper()} {quoted(argument)}"
    elif nearest == "declare" and argument:
        nearest = f"declare {quoted(argument)}"
    elif len(argument.split()) >= WORDS_OF_A_SENTENCE and not is_misspelt:
        nearest = f"declare {quoted(f'{typed_word} {argument}')}"
    suggestion = f" Did you mean `/incident {nearest}`?" if nearest else ""
    return UnknownSubcommand(given=quoted(typed_word), suggestion=suggestion)


def _nearest_subcommand(typed_word: str, subcommands: Sequence[str]) -> str:
    """The subcommand probably meant, or empty if unclear. Ones that end something need a closer match."""
    if typed_word in SYNONYMS:
        return SYNONYMS[typed_word]
    completions = [subcommand for subcommand in subcommands if subcommand.startswith(typed_word)]
    if len(typed_word) >= SHORTEST_BEGINNING and len(completions) == 1 and completions[0] not in ENDING:
        return completions[0]
    close_matches = get_close_matches(typed_word, subcommands, n=1, cutoff=0.6)
    if close_matches and close_matches[0] in ENDING:
        close_matches = [
            subcommand
            for subcommand in get_close_matches(typed_word, close_matches, cutoff=0.85)
            if subcommand[0] == typed_word[0]
        ]
    return close_matches[0] if close_matches else ""
