"""Why a file cannot be read, as sentences for the person who sent it."""

from bot.errors import WatchfloorError


class FileRefused(WatchfloorError):
    """{name} could not be read. Export it again as CSV or xlsx and send it once more."""


class FileTooLarge(FileRefused):
    """{name} has {size} MB; at most {most} MB can be read. Export fewer days at a time."""


class OldWorkbook(FileRefused):
    """{name} is an old or protected Excel workbook. Save it as .xlsx without a password, or as CSV."""


class NotATable(FileRefused):
    """{name} is neither text nor an xlsx workbook. Export the report as CSV or xlsx."""


class QuoteNotClosed(FileRefused):
    """After line {line} of {name} a quotation mark is not closed, so nothing can be read. Export it again."""


class Inflated(FileRefused):
    """{name} would grow to {size} MB when it is unpacked, so it is not opened. Export it as CSV."""


class FormulasWithoutResults(FileRefused):
    """{name} holds formulas whose results were not saved. Open it in Excel, save it there, and send it again."""


class TooManyColumns(FileRefused):
    """{name} has {count} columns; at most {most} can be read. Export one queue at a time, or an interval a row."""


class NoHeader(FileRefused):
    """No line of {name} names columns that I know, such as {examples}.
    Check that the names of the columns were exported, too."""


class NothingToRead(FileRefused):
    """{name} has no rows under its header. Check the days that were exported."""
