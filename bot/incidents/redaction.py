"""Redacts text for readers outside the company: no internal names, no guess when it will be over. Pure.

People type in a hurry and for their colleagues. Their text is filtered here before partners or customers see it:
a sentence that guesses an end is left out, a name becomes "our team". It errs on the side of saying less.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping

SENTENCES = re.compile(r"(?<=[.!?;…。])\s+|\n+")

_NUMBER = r"(?:\d+|a|an|few|couple(?: of)?|half an?|one|two|three|una?|dos|tres|media|pocos|pocas|unos|unas)"
# No incident ends within seconds: "answered within 20 seconds" is a fact.
_UNIT = (
    r"(?:m|mins?|minutes?|h|hrs?|hours?|days?|weeks?"
    r"|minutos?|horas?|d[ií]as?|semanas?|rato|ratito)"
)
_CLOCK = r"\d{1,2}(?:[:h.]\d{2}(?!\d)|\s?(?:h|hrs?|am|pm|a\.m\.|p\.m\.|o'clock|utc|gmt|horas)\b)"
_DAY = (
    r"(?:tonight|tomorrow|noon|midnight|(?:mon|tues|wednes|thurs|fri|satur|sun)day"
    r"|(?:the )?end of|eod|close of business"
    r"|esta (?:tarde|noche)|mañana|mediod[ií]a|medianoche|lunes|martes|miércoles|jueves|viernes|sábado|domingo"
    r"|(?:el )?final? de(?:l| la)?)"
)
_HOPE = (
    r"(?:should|will|won't|going to|expect\w*|hop(?:e|es|ing|efully)|estimat\w*|likely|aim\w*|plan(?:s|ned)? to|'ll"
    r"|debería\w*|esper\w*|estim\w*|prev\w+|calcul\w+|ojalá|volver[áa]n?|estar[áa]n?|quedar[áa]n?|vamos a)"
)
_END = (
    r"(?:back|fix\w*|resolv\w*|restor\w*|recover\w*|over|solved|working|normal|done|up|online|ready|end\w*"
    r"|resuel\w*|restable\w*|soluciona\w*|arregla\w*|recupera\w*|normalidad|funciona\w*|list[oa]s?|termina\w*)"
)
_AT = r"(?:by|until|till|before|around|about|at|approx\w*|circa|from|to|not before|as of)"
_A_LAS = r"(?:antes de|hasta|sobre|hacia|para|desde|a partir de|\ba)\s+l[ao]s?"
_WITHIN = r"(?:in|within|another|next|give (?:us|it)|en|dentro de|otr[oa]s?|próxim[oa]s?)"
_BY = r"(?:by|until|till|before|later|para|antes de|hasta|al?)"
GUESSES = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"\b(?:eta|etr|etf)\b",
        rf"\b{_AT}\s+(?:\w+\s+)?{_CLOCK}",
        # "Se cortan a los dos minutos" is a fact.
        rf"{_A_LAS}\s+(?:{_CLOCK}|\d{{1,2}}\b(?!\s*(?:%|(?:segundos?|minutos?)\b)))",
        rf"\b{_WITHIN}\s+(?:\w+\s+){{0,3}}?{_NUMBER}\s*(?:more\s+)?{_UNIT}\b",
        rf"\b(?:back|fixed|resolved|restored|solved|over|online|normal)\s+(?:\w+\s+)?after\s+{_NUMBER}\s*{_UNIT}\b",
        rf"\b{_NUMBER}\s*(?:more\s+)?{_UNIT}\s+(?:more|left|to go|remaining|más|restantes?)\b",
        rf"\b{_NUMBER}\s+(?:more|más)\s+{_UNIT}\b",
        rf"\b{_BY}\s+(?:the\s+|el\s+|la\s+)?{_DAY}",
        r"\b(?:soon|shortly|momentarily|any (?:minute|moment|time now)|before long|later today|tonight|tomorrow)\b",
        r"\b(?:almost|nearly) (?:there|done|fixed|over)\b",
        r"\b(?:pronto|en breve|en ?seguida|de inmediato|más tarde|cuanto antes|casi (?:listo|resuelto))\b",
        # A clock time is either when something began, or a guess.
        r"(?<!since )(?<!desde las )(?<!desde )\b\d{1,2}[:h]\d{2}\b",
    )
)
# What was counted, or began, at a time. It must be the whole sentence, as any other word could promise something.
# A count of none is left out: "0 in queue at 15:00" may be the end.
_COUNTED = (
    r"(?:there were|we had|about|still|había|habían|teníamos|unas|unos|el|un)?\s?[1-9]\d*(?:[.,]\d+)*\s?%?\s?"
    r"(?:of (?:the )?|de l[ao]s )?(?:calls|callers|contacts|chats|customers|llamadas|contactos|clientes)?\s?"
    r"(?:were )?(?:in (?:the )?queue|waiting(?: in (?:the )?queue)?|lost|abandoned|dropped|unanswered"
    r"|en (?:la )?cola|en espera|esperando|perdid[oa]s|abandonad[oa]s|sin atender)"
)
_BEGAN = (
    r"(?:(?:it|this|calls|chats|the (?:outage|problem|failure))\s+)?(?:began|started|stopped)"
    r"|(?:(?:la avería|el (?:problema|fallo|corte))\s+)?(?:empezó|comenzó)"
)
PAST_TIME = re.compile(
    rf"\s*(?:{_COUNTED}|{_BEGAN})\s+(?:at|a l[ao]s?)\s+{_CLOCK}(?:\s?(?:am|pm|a\.m\.|p\.m\.|utc|gmt|h))*[.;]?\s*",
    re.IGNORECASE,
)
_CLAUSE = re.compile(r"[^.!?;]+")
_HOPE_PATTERN = re.compile(rf"\b{_HOPE}\b", re.IGNORECASE)
# "Calls drop after two minutes" is a fact, "it will hold after two minutes" is a guess.
_END_PATTERN = re.compile(rf"\b{_END}\b|{_CLOCK}|\bafter\s+(?:\w+\s+)?{_NUMBER}\s*{_UNIT}\b", re.IGNORECASE)
# The longest clock time, which may extend beyond its clause: 7 p.m.
_LONGEST_CLOCK = 12
_REFERENCES = re.compile(r"(?<![\w&])[@#][\w.\-]+")
_WORD = re.compile(r"[^\W\d_]+(?:['’]s(?!\w))?")
# Names that are also common words: kept alone, hidden within a full name.
COMMON_WORDS = frozenset(
    """
    April Art August Bank Banks Best Bill Black Blanco Brown Call Calls Campos Case Chase Cook Cruz Day Faith Field
    Flor Grace Gray Green Hope Joy June King Law Long Luz Mar Mark May Page Park Paz Price Rosa Rose Short Sol White
    Will Young
    """.split()  # noqa: SIM905
)
# The replacements for a name; each language's file has a phrase for each.
PLACEHOLDERS = ("we", "partner", "another_partner", "partners")
_AND = r"(?:and|or|y|e|o|u)"
_BEFORE = r"(?:at|in|to|of|from|for|by|with|en|a|al|de|del|por|para|con)"
_JOINED = rf"(?:\s*[,;&/+]\s*(?:{_AND}\s+)?|\s+{_AND}\s+)(?:{_BEFORE}\s+)?"
LONGEST_NAME = 5
SHORTEST_PART = 2


def is_safe_outside(text: str) -> bool:
    """True if the text does not guess when it will be over."""
    if PAST_TIME.fullmatch(text):
        return True
    return not any(guess.search(text) for guess in GUESSES) and not any(
        _hopes(text, clause.start(), clause.end()) for clause in _CLAUSE.finditer(text)
    )


def _hopes(text: str, start: int, end: int) -> bool:
    """True if a clause hopes for an end. Two searches, as one pattern for both would try every pair of words."""
    hope_match = _HOPE_PATTERN.search(text, start, end)
    end_match = _END_PATTERN.search(text, hope_match.end(), end + _LONGEST_CLOCK) if hope_match else None
    return end_match is not None and end_match.start() < end


def redact(text: str, people: Iterable[str], we: str, place_names: Iterable[str] = ()) -> str:
    """Remove guesses of an end and the names of `people`. Return plain text on one line.

    `we` (such as `our team`) replaces the names; every `@name` and `#channel` is removed. A word in `place_names`,
    the names of sites and partners, is not taken for a person.
    """
    safe_text = " ".join(sentence.strip() for sentence in SENTENCES.split(text) if is_safe_outside(sentence))
    # A semicolon announced what was left out.
    return hide_people(re.sub(r";$", ".", safe_text), people, we, place_names)


def hide_people(text: str, people: Iterable[str], we: str, place_names: Iterable[str] = ()) -> str:
    """Return the text on one line, with `we` in place of people's names and without `#channels`."""
    redacted_text = _REFERENCES.sub(lambda match: we if match[0].startswith("@") else "", text)
    redacted_text = _replace_people(
        redacted_text, set(people), we, {part for name in place_names for part in _name_parts(name)}
    )
    return _collapse_repeats(" ".join(redacted_text.split()), we)


def replace_partner_names(text: str, names: Iterable[str], phrases: Mapping[str, str]) -> str:
    """Replace each partner's name, in any case, with a phrase: `partner`, `another_partner` for one that was not
    mentioned before, `partners` for several in a row."""
    alternatives = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    if not alternatives:
        return text
    name_pattern = rf"(?<!\w)(?:{alternatives})(?!\w)"
    pattern = rf"(?P<comma>(?<!\s)\s*,\s*)?(?P<run>{name_pattern}(?:{_JOINED}{name_pattern})*)"
    already_mentioned: set[str] = set()

    def replacement(match: re.Match[str]) -> str:
        mentioned_names = {
            name_match[0].casefold() for name_match in re.finditer(name_pattern, match["run"], re.IGNORECASE)
        }
        is_another = bool(already_mentioned) and not mentioned_names & already_mentioned
        already_mentioned.update(mentioned_names)
        if len(mentioned_names) == 1:
            return (match["comma"] or "") + phrases["another_partner" if is_another else "partner"]
        # The list now ends here: "Chat, Northline and Telvia" becomes "Chat and several partners".
        conjunctions = re.findall(rf"\s{_AND}\s", match["run"], re.IGNORECASE)
        return (conjunctions[-1] if conjunctions and match["comma"] else match["comma"] or "") + phrases["partners"]

    return re.sub(pattern, replacement, text, flags=re.IGNORECASE)


def fix_grammar(text: str, phrases: Mapping[str, str]) -> str:
    """Adapt the words before a replaced name to its replacement.

    The rules are phrases such as `al {partner}: a {partner}`; each covers one partner, another and several.
    """
    rules = {
        rule: rule_replacement
        for rule, rule_replacement in phrases.items()
        if "{we}" in rule or "{partner}" in rule
    }
    for rule in sorted(rules, key=len, reverse=True):
        for placeholder in _placeholders_of(rule, phrases):
            original, replacement = re.escape(_fill(rule, placeholder)), _fill(rules[rule], placeholder)
            text = re.sub(rf"(?<!\w){original}(?!\w)", _match_case(replacement), text, flags=re.IGNORECASE)
    for placeholder in (phrases[name] for name in PLACEHOLDERS):
        text = _capitalize_at_start(text, placeholder)
    return text


def _placeholders_of(rule: str, phrases: Mapping[str, str]) -> Iterator[str]:
    of_people = "{we}" in rule
    yield from (phrases[name] for name in PLACEHOLDERS if (name == "we") == of_people)


def _fill(rule: str, placeholder: str) -> str:
    return rule.replace("{we}", placeholder).replace("{partner}", placeholder)


def _match_case(text: str) -> Callable[[re.Match[str]], str]:
    """Return a replacement function that keeps a match's initial capital."""
    return lambda match: text[:1].upper() + text[1:] if match[0][:1].isupper() else text


def _collapse_repeats(text: str, placeholder: str) -> str:
    repeated = rf"(?:(?:\s*[,&/+]\s*|\s+\w{{1,3}}\s+|\s+){re.escape(placeholder)})+"
    return _capitalize_at_start(
        re.sub(rf"({re.escape(placeholder)}){repeated}", r"\1", text, flags=re.IGNORECASE), placeholder
    )


def _capitalize_at_start(text: str, placeholder: str) -> str:
    """Capitalize the placeholder at the start of a sentence."""
    return re.sub(rf"(?:^|(?<=[.!?…] )){re.escape(placeholder)}", placeholder[:1].upper() + placeholder[1:], text)


def _name_parts(name: str) -> list[str]:
    """The words of a name that can identify the person; particles such as `de` or `van` cannot."""
    return [part for part in re.findall(r"[^\W\d_]+", name) if len(part) >= SHORTEST_PART and not part.islower()]


def _replace_people(text: str, people: set[str], we: str, places: set[str]) -> str:
    single_names = {part for name in people for part in _name_parts(name)} - places - COMMON_WORDS
    # People shout, and some write their own name in capitals: only a word in small letters is no name.
    in_any_case = {part.lower() for part in single_names} - {word.lower() for word in places | COMMON_WORDS}
    full_names = {tuple(part.lower() for part in re.findall(r"[^\W\d_]+", name)) for name in people}
    word_matches = list(_WORD.finditer(text))
    plain_words = [re.sub(r"['’]s$", "", word[0]) for word in word_matches]
    hidden_indices = {
        index for index, word in enumerate(plain_words) if word.lower() in in_any_case and not word.islower()
    }
    for length in range(2, LONGEST_NAME + 1):
        for index in range(len(plain_words) - length + 1):
            if tuple(word.lower() for word in plain_words[index : index + length]) in full_names:
                hidden_indices |= set(range(index, index + length))
    text = _replace_spans(text, [word_matches[index].span() for index in sorted(hidden_indices)], we)
    # Scripts without spaces join a name to the text around it.
    for part in sorted((part for part in single_names if not re.search(r"[a-zÀ-ɏ]", part, re.IGNORECASE)), key=len):
        text = text.replace(part, we)
    return text


def _replace_spans(text: str, spans: Iterable[tuple[int, int]], replacement: str) -> str:
    pieces, next_start = [], 0
    for start, end in spans:
        pieces += [text[next_start:start], replacement]
        next_start = end
    return "".join([*pieces, text[next_start:]])
