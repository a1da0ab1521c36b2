"""Reasons why a file cannot be read, as sentences for the person who sent it."""

from bot.errors import WatchfloorError


class FileRefused(WatchfloorError):
    """{name} could not be read. Export it again as CSV or xlsx and send it once more."""

    es = "No se ha podido leer {name}. Expórtalo otra vez como CSV o xlsx y envíalo de nuevo."


class FileTooLarge(FileRefused):
    """{name} has {size} MB; at most {most} MB can be read. Export fewer days at a time."""

    es = "{name} tiene {size} MB; se pueden leer {most} MB como mucho. Exporta menos días de una vez."


class OldWorkbook(FileRefused):
    """{name} is an old or protected Excel workbook. Save it as .xlsx without a password, or as CSV."""

    es = "{name} es un libro de Excel antiguo o protegido. Guárdalo como .xlsx sin contraseña, o como CSV."


class NotATable(FileRefused):
    """{name} is neither text nor an xlsx workbook. Export the report as CSV or xlsx."""

    es = "{name} no es ni texto ni un libro xlsx. Exporta el informe como CSV o xlsx."


class QuoteNotClosed(FileRefused):
    """After line {line} of {name} a quotation mark is not closed, so nothing can be read. Export it again."""

    es = (
        "Tras la línea {line} de {name} hay unas comillas sin cerrar, así que no se puede leer nada. "
        "Expórtalo otra vez."
    )


class Inflated(FileRefused):
    """{name} would grow to {size} MB when it is unpacked, so it is not opened. Export it as CSV."""

    es = "{name} llegaría a {size} MB al descomprimirlo, así que no se abre. Expórtalo como CSV."


class FormulasWithoutResults(FileRefused):
    """{name} holds formulas whose results were not saved. Open it in Excel, save it there, and send it again."""

    es = "{name} tiene fórmulas cuyos resultados no se guardaron. Ábrelo en Excel, guárdalo y envíalo de nuevo."


class TooManyColumns(FileRefused):
    """{name} has {count} columns; at most {most} can be read. Export one queue at a time, or an interval a row."""

    es = (
        "{name} tiene {count} columnas; se pueden leer {most} como mucho. Exporta una cola cada vez, o "
        "un intervalo por fila."
    )


class NoHeader(FileRefused):
    """No line of {name} names columns that I know, such as {examples}.
    Check that the names of the columns were exported, too."""

    es = (
        "Ninguna línea de {name} nombra columnas que conozca, como {examples}. Comprueba que se "
        "exportaron los nombres de las columnas."
    )


class NothingToRead(FileRefused):
    """{name} has no rows under its header. Check the days that were exported."""

    es = "{name} no tiene filas bajo su cabecera. Comprueba los días que se exportaron."
