"""Reads files of accounts and of the payer's results, completely before any row counts."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import islice
from operator import itemgetter
from pathlib import Path
from typing import NamedTuple, TypeVar

from msgspec import Struct, field

from bot.errors import WatchfloorError
from bot.ledger.money import read_amount, read_currency
from bot.ledger.rules import Payer, mask
from bot.sources.tabular.cells import NotReadable, evident_decimal_sign
from bot.sources.tabular.names import normalized
from bot.sources.tabular.sheet import Header, Sheet, open_sheet

LONGEST_ACCOUNT, LONGEST_REASON, LONGEST_REFERENCE = 100, 300, 100
MOST_ROWS = 500_000
MOST_NAMED = 5

NAMES: Mapping[str, str] = {
    name: meaning
    for meaning, names in {
        "account": (
            "account, account id, account number, account no, customer, customer id, customer number, merchant id, "
            "courier id, user id, cuenta, numero de cuenta, cliente, id de cliente, numero de cliente"
        ),
        "amount": "amount, value, credit, refund, credit amount, refund amount, paid amount, importe, monto",
        "currency": "currency, ccy, currency code, iso currency, moneda, divisa",
        "status": "status, state, result, outcome, payment status, estado, resultado",
        "reason": "reason, error, message, failure reason, error message, motivo, causa",
        "reference": (
            "reference, payment id, payment reference, transaction id, transaction, payout id, referencia, "
            "id de pago, id de transaccion"
        ),
    }.items()
    for name in names.split(", ")
}
STATUSES: Mapping[str, Payer] = {
    word: status
    for status, words in {
        Payer.ISSUED: "issued, paid, success, successful, succeeded, completed, complete, ok, settled, done, "
        "credited, refunded, pagado, pagada, emitido, abonado, correcto, completado",
        Payer.FAILED: "failed, failure, error, rejected, declined, refused, fallido, fallida, rechazado, rechazada",
        Payer.REVERSED: "reversed, returned, charged back, chargeback, devuelto, revertido, anulado",
        Payer.PENDING: "pending, processing, in progress, queued, pendiente, en curso, procesando",
    }.items()
    for word in words.split(", ")
}
TOTALS = frozenset({"total", "totals", "grand total", "sum", "suma", "totales", "total general"})


class ColumnsMissing(WatchfloorError):
    """{name} has no column for {missing}. It needs {needed}, each with its name in the header."""


class RowsWrong(WatchfloorError):
    """Nothing was imported from {name}, because {wrong}: {reasons} Correct them and send the file again."""


class TooManyRows(WatchfloorError):
    """{name} has more than {most:,} rows. Send it in parts."""


class OwedRow(NamedTuple):
    """The amount owed to one account, in the currency's smallest unit."""

    line: int
    account: str
    amount: int
    currency: str


class PaidRow(NamedTuple):
    """The payer's result for one payment."""

    line: int
    account: str
    amount: int
    currency: str
    status: Payer
    reason: str = ""
    reference: str = ""
    # An earlier row pays this account, and no reference shows that it is the same payment.
    is_repeated: bool = False


class WrongRows(Struct):
    """Rows that cannot be imported: their count, and the reasons for the first of them."""

    count: int = 0
    reasons: list[str] = field(default_factory=list)

    def add(self, line: int, reason: str) -> None:
        """Count another row, and keep its reason if it is among the first."""
        self.count += 1
        if self.count <= MOST_NAMED:
            self.reasons.append(f"Line {line}: {reason}.")


# The cells of a row in the order of `FIELDS`; "" for a column that the file does not have.
Fields = tuple[str, ...]
FIELDS = ("account", "amount", "currency", "status", "reason", "reference")
Row = TypeVar("Row", OwedRow, PaidRow)


def owed_rows(path: Path) -> list[OwedRow]:
    """Return a file's accounts. Raises `RowsWrong` if any row is wrong or an account appears twice."""
    needed_columns = ("account", "amount", "currency")
    rows = _read_rows(path, needed_columns, _owed_row)
    first_lines: dict[str, int] = {}
    wrong_rows = WrongRows()
    for row in rows:
        account = "".join(row.account.split()).casefold()
        if (line := first_lines.setdefault(account, row.line)) != row.line:
            wrong_rows.add(
                row.line, f"the account {mask(row.account)} stands on line {line} already; write its sum once"
            )
    _refuse_wrong_rows(path, wrong_rows)
    return rows


def paid_rows(path: Path) -> list[PaidRow]:
    """Return the payer's results. Raises `RowsWrong` if any row is wrong."""
    return list(_with_repeats_marked(_read_rows(path, ("account", "amount", "currency", "status"), _paid_row)))


def _with_repeats_marked(rows: Sequence[PaidRow]) -> Iterator[PaidRow]:
    payments: Counter[str] = Counter()
    named_payments: set[tuple[str, str]] = set()
    for row in rows:
        account = "".join(row.account.split()).casefold()
        yield row._replace(is_repeated=True) if payments[account] and not row.reference else row
        if row.status == Payer.ISSUED and (account, row.reference) not in named_payments:
            payments[account] += 1
            named_payments |= {(account, row.reference)} if row.reference else set()
        elif row.status == Payer.REVERSED and payments[account]:
            payments[account] -= 1


def _read_rows(path: Path, needed_columns: Sequence[str], read_row: Callable[[int, Fields, str], Row]) -> list[Row]:
    sheet = _open_file(path, needed_columns)
    columns = {
        NAMES[normalized(name)]: column for column, name in enumerate(sheet.header) if normalized(name) in NAMES
    }
    if missing := [name for name in needed_columns if name not in columns]:
        raise ColumnsMissing(name=path.name, missing=" and ".join(missing), needed=", ".join(needed_columns))
    numbered_rows = list(islice(_rows(sheet, columns), MOST_ROWS + 1))
    if len(numbered_rows) > MOST_ROWS:
        raise TooManyRows(name=path.name, most=MOST_ROWS)
    decimal = evident_decimal_sign({amount for _, (_, amount, *_) in numbered_rows})
    rows: list[Row] = []
    wrong_rows = WrongRows()
    for line, fields in numbered_rows:
        try:
            rows.append(read_row(line, fields, decimal))
        except NotReadable as reason:
            wrong_rows.add(line, str(reason))
    _refuse_wrong_rows(path, wrong_rows)
    return rows


def _open_file(path: Path, needed_columns: Sequence[str]) -> Sheet:
    def score(names: Sequence[str]) -> int:
        meanings = {NAMES.get(normalized(name)) for name in names} - {None}
        return len(meanings) if len(meanings) > 1 else 0

    return open_sheet(path, Header(score, ", ".join(needed_columns)))


def _rows(sheet: Sheet, columns: Mapping[str, int]) -> Iterator[tuple[int, Fields]]:
    """Yield every row except totals, which concern no account."""
    # Short rows are padded, and an extra empty cell at the end stands for missing columns.
    width = max(columns.values()) + 2
    pick_fields = itemgetter(*(columns.get(name, -1) for name in FIELDS))
    for line, cells in sheet.rows():
        cells += [""] * max(1, width - len(cells))
        fields = tuple(map(str.strip, pick_fields(cells)))
        if fields[0].casefold() not in TOTALS:
            yield line, fields


def _refuse_wrong_rows(path: Path, wrong_rows: WrongRows) -> None:
    if wrong_rows.count:
        wrong = "1 row is wrong" if wrong_rows.count == 1 else f"{wrong_rows.count:,} rows are wrong"
        raise RowsWrong(name=path.name, wrong=wrong, reasons=" ".join(wrong_rows.reasons))


def _owed_row(line: int, fields: Fields, decimal: str) -> OwedRow:
    return OwedRow(line, _parse_account(fields[0]), *_parse_money(fields[1], fields[2], decimal))


# Cached, because many rows have the same amount and there are few status words.
@lru_cache(10_000)
def _parse_money(amount: str, currency_code: str, decimal: str) -> tuple[int, str]:
    currency = read_currency(currency_code)
    return read_amount(amount, currency, decimal), currency


@lru_cache(1_000)
def _parse_status(status_text: str) -> Payer | None:
    return STATUSES.get(normalized(status_text))


def _parse_account(cell: str) -> str:
    account = " ".join(cell.split())
    if not account:
        raise NotReadable("it names no account")
    if len(account) > LONGEST_ACCOUNT:
        raise NotReadable("its account number is too long")
    if account.startswith(("=", "@")):
        raise NotReadable("its account is a formula")
    return account


def _paid_row(line: int, fields: Fields, decimal: str) -> PaidRow:
    account, amount, currency_code, typed_status, reason, reference = fields
    status = _parse_status(typed_status)
    if status is None:
        raise NotReadable(
            f"`{typed_status.replace('`', chr(39))[:40]}` is not a status; "
            "write issued, failed, reversed or pending"
        )
    minor, currency = _parse_money(amount, currency_code, decimal)
    reason_and_reference = reason[:LONGEST_REASON], reference[:LONGEST_REFERENCE]
    return PaidRow(line, _parse_account(account), minor, currency, status, *reason_and_reference)
