"""The reasons why a cell cannot be read, in Spanish, by patterns of the English reasons. Pure."""

REASONS = {
    "es": (
        (r"`(.+)` is a formula, not a number", r"`\1` es una fórmula, no un número"),
        (r"`(.*)` is not a number", r"`\1` no es un número"),
        (r"`(.+)` is negative", r"`\1` es negativo"),
        (r"`(.+)` is too large", r"`\1` es demasiado grande"),
        (r"`(.*)` is not a date", r"`\1` no es una fecha"),
        (r"`(.*)` is not a time of day", r"`\1` no es una hora"),
        (r"`(.*)` is not a date and time", r"`\1` no es una fecha con su hora"),
        (
            r"there was no (\d\d:\d\d) on (.+) in (.+): the clock went forward",
            r"ese día (\2) no existieron las \1 en \3: se adelantó el reloj",
        ),
    )
}
