"""Spanish reasons why roster entries were left out, by patterns of the English ones. Pure."""

from bot.slack.phrases import by_pattern
from bot.sources.tabular.wording import REASONS as OF_CELLS

REASONS = {
    "es": (
        (
            r"ends before it begins; an end after midnight needs the next day's date",
            r"termina antes de empezar; si acaba después de medianoche, pon la fecha del día siguiente",
        ),
        (
            r"lasts (\d+) hours; no shift is that long, so write one for each day",
            r"dura \1 horas; ningún turno es tan largo: escribe uno por día",
        ),
        (
            r"names no role of floor\.yaml \(`shifts: roles`: none yet\)",
            r"no nombra ninguna función de floor.yaml (`shifts: roles`: aún ninguna)",
        ),
        (
            r"names no role of floor\.yaml \(`shifts: roles`: (.+)\)",
            r"no nombra ninguna función de floor.yaml (`shifts: roles`: \1)",
        ),
        (
            r"names nobody; write the person's e-mail address or @handle at the end",
            r"no nombra a nadie; escribe al final el correo o el @usuario de la persona",
        ),
        (r"names nobody", r"no nombra a nadie"),
        (r"is there twice", r"está dos veces"),
        (
            r"`(.+)` is not a time zone; write it like `Europe/Madrid`",
            r"`\1` no es una zona horaria; escríbela como `Europe/Madrid`",
        ),
        (r"has no end", r"no tiene final"),
        (r"has no start", r"no tiene comienzo"),
        (r"is a whole day; give it a start and an end", r"es un día entero; indica su comienzo y su final"),
        (
            r"is an all-day entry and covers no time; give it a start and an end",
            r"es una entrada de todo el día y no cubre ninguna hora; indica su comienzo y su final",
        ),
        (r"has a (\S+) that cannot be read", r"tiene un \1 que no se puede leer"),
        (r"repeats (\w+); no shift does", r"se repite con FREQ=\1; ningún turno lo hace"),
        # Reasons why a whole roster could not be read.
        (
            r"it is not an iCalendar file, which begins with `BEGIN:VCALENDAR`",
            r"no es un archivo iCalendar, que empieza por `BEGIN:VCALENDAR`",
        ),
        (r"it has more than (\d+) MB", r"tiene más de \1 MB"),
        (r"its shifts are being changed at this moment", r"sus turnos están cambiando en este momento"),
        (r"its address does not answer \((.+)\)", r"su dirección no responde (\1)"),
        (r"its address answers (\d+)", r"su dirección responde \1"),
        (
            r"it leads to (.+); write that address into floor\.yaml if it is meant",
            r"lleva a \1; escribe esa dirección en floor.yaml si es la correcta",
        ),
        (r"(\S+) may not be called: it must be called by `https://`", r"no se llama a \1: solo con `https://`"),
        (
            r"(\S+) may not be called: it is not a public address; "
            r"name its network in `allow_networks` if it is meant",
            r"no se llama a \1: no es una dirección pública; si es la correcta, indica su red en `allow_networks`",
        ),
        (r"(\S+) may not be called: it is not a public address", r"no se llama a \1: no es una dirección pública"),
        (r"No such file or directory", r"el archivo no existe"),
        (r"Permission denied", r"no hay permiso para leerlo"),
        # The place of the entry.
        (r"line (\d+)", r"línea \1"),
    )
}


def reason_in(reason: str, language: str) -> str:
    """Translate a reason to a language."""
    return by_pattern(reason, language, REASONS, OF_CELLS)
