"""The ledger in the database: the equation is a constraint, files may be repeated, accounts stay private."""

import random
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from bot.bootstrap import build_registry
from bot.config.floor.credits import Credits
from bot.incidents.related import RelatedIncident
from bot.incidents.tables import Incident
from bot.ledger import (
    accounts,
    balance,
    bulk,
    difference_tables,
    importing,
    line_tables,
    releases,
    tables,
    workbook,
)
from bot.ledger.difference_tables import Difference
from bot.ledger.entries import Move, Origin, move
from bot.ledger.line_tables import Entry, Line
from bot.ledger.rules import FOLLOWS, State, WrongMove
from bot.ledger.tables import Ledger, LedgerFile, Release
from bot.runtime.chunks import ChunkSize
from bot.runtime.database import Database
from bot.screens.records import export, purge_text
from tests import prepared

NOW = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)
ORIGIN = Origin("U1", NOW)


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database of two incidents, each with an empty ledger."""
    is_file = request.param == "sqlite"
    database = Database(
        prepared.database(tmp_path) if is_file else request.getfixturevalue("prepared_postgres_url")
    )
    with database.transaction() as session:
        for number in (1, 2):
            session.add(
                Incident(
                    declared_key=str(number), title=f"t{number}", severity="S1", declared_by="U1", declared_at=NOW
                )
            )
        session.flush()
        for number in (1, 2):
            session.add(Ledger(incident_id=number, opened_by="U1", opened_at=NOW))
    yield database
    database.close()


def bring(
    database: Database, folder: Path, kind: str, text: str, ledger: int = 1, size: ChunkSize | None = None
) -> importing.Outcome:
    name = f"{random.random()}.csv"
    (folder / name).write_text(text, encoding="utf-8")
    with database.transaction() as session:
        file = LedgerFile(
            ledger_id=ledger,
            kind=kind,
            cohort="consumers",
            slack_id=name,
            file_name=name,
            brought_by="U1",
            brought_at=NOW,
        )
        session.add(file)
        session.flush()
    return importing.import_file(database, file.number, folder / name, size)


def owe(count: int, amount: str = "5.00") -> str:
    return "account,amount,currency\n" + "".join(f"ACCOUNT-{at:06},{amount},EUR\n" for at in range(count))


def paid(count: int, status: str = "issued", reference: str = "p") -> str:
    rows = "".join(f"ACCOUNT-{at:06},5.00,EUR,{status},{reference and f'{reference}{at}'}\n" for at in range(count))
    return "account,amount,currency,status,reference\n" + rows


def release(database: Database, ledger: int = 1) -> None:
    with database.transaction() as session:
        release_row = Release(
            ledger_id=ledger,
            cohort="consumers",
            currency="EUR",
            amount=1,
            lines=1,
            needs_second=False,
            state="released",
            asked_by="U1",
            asked_at=NOW,
        )
        session.add(release_row)
        session.flush()
        session.connection().execute(
            sa.update(Line)
            .where(col(Line.ledger_id) == ledger, col(Line.state) == "pending")
            .values(release_id=release_row.number)
        )


def totals(database: Database, ledger: int = 1) -> dict[str, int]:
    with database.reading() as session:
        [row] = tables.totals_of(session, ledger)
        assert balance.errors(session, ledger) == []
        return {
            name: getattr(row, name) for name in ("eligible", "issued", "failed", "excluded", "pending", "lines")
        }


def test_files_are_read_to_the_last_line_and_again_without_paying_anybody_twice(database, tmp_path):
    assert bring(database, tmp_path, "lines", owe(1200)).changed == 1200
    assert bring(database, tmp_path, "lines", owe(1201)).changed == 1, "known accounts are left as they are"
    release(database)
    assert bring(database, tmp_path, "results", paid(1000)).changed == 1000
    assert bring(database, tmp_path, "results", paid(1000)).is_known, "the very same file changes nothing"
    again = bring(database, tmp_path, "results", paid(1001))
    assert (again.changed, again.differences) == (1, 0), "payments that are already known change nothing"
    assert totals(database) == {
        "eligible": 600500,
        "issued": 500500,
        "failed": 0,
        "excluded": 0,
        "pending": 100000,
        "lines": 1201,
    }

    assert bring(database, tmp_path, "results", paid(1, "reversed", "r")).changed == 1
    late = bring(database, tmp_path, "results", paid(3) + "STRANGER-00001,5.00,EUR,issued,x1\n")
    assert (late.changed, late.differences) == (0, 1), "an old row pays nobody again after a reversal"
    with database.reading() as session:
        [difference] = difference_tables.open_differences(session, 1)
        assert (difference.shown, difference.trouble) == ("…0001", "the ledger has no such account")
        assert balance.reasons(session, tables.get(session, 1)) == [
            "EUR 1,005.00 is pending",
            "1 difference from the payer's file",
        ]
    assert totals(database)["issued"] == 500000


def results(*rows: str) -> str:
    """The payer's file: `status reference` of payments to the first account."""
    lines = [f"ACCOUNT-000000,5.00,EUR,{','.join((row + ' ').split(' ')[:2])}\n" for row in rows]
    return "account,amount,currency,status,reference\n" + "".join(lines)


def open_troubles(database: Database) -> list[str]:
    with database.reading() as session:
        return [difference.trouble for difference in difference_tables.open_differences(session, 1)]


def pay_by_hand(database: Database) -> None:
    with database.transaction() as session:
        keys = [line.account_key for line in _lines(session)]
        [line] = line_tables.lines_of_accounts(session, 1, keys).values()
        move(session, [Move(line, State.ISSUED, "by hand")], ORIGIN)


def test_a_second_payment_that_is_taken_back_leaves_the_first_one_issued(database, tmp_path):
    bring(database, tmp_path, "lines", owe(1))
    release(database)
    first_rows = ("issued p1", "issued p2")
    assert bring(database, tmp_path, "results", results(*first_rows)).differences == 1
    assert open_troubles(database) == ["paid a second time"]

    assert bring(database, tmp_path, "results", results("reversed p2")).changed == 0

    assert (totals(database)["issued"], open_troubles(database)) == (500, [])
    every_row = bring(database, tmp_path, "results", results(*first_rows, "reversed p2"))
    assert (every_row.changed, every_row.differences) == (0, 0), "the payer's next file repeats the rows"
    bring(database, tmp_path, "results", results("reversed p1"))
    assert totals(database)["pending"] == 500, "now neither of the two payments is left"


def test_both_payments_of_one_file_and_their_reversal_need_no_reference(database, tmp_path):
    bring(database, tmp_path, "lines", owe(1))
    release(database)

    bring(database, tmp_path, "results", results("issued", "issued", "reversed r1"))
    assert (totals(database)["issued"], open_troubles(database)) == (500, [])
    bring(database, tmp_path, "results", results("issued p1"))
    assert open_troubles(database) == [], "the reversal's own reference names no payment"
    bring(database, tmp_path, "results", results("issued", "issued", "reversed", "issued"))
    assert open_troubles(database) == ["paid a second time"]


def test_the_payer_names_a_payment_by_hand_once_and_a_second_one_is_a_difference(database, tmp_path):
    bring(database, tmp_path, "lines", owe(1))
    release(database)
    bring(database, tmp_path, "results", results("failed p0"))
    with database.transaction() as session:
        keys = [line.account_key for line in _lines(session)]
        [line] = line_tables.lines_of_accounts(session, 1, keys).values()
        move(session, [Move(line, State.PENDING, "retried")], ORIGIN)
    release(database)
    pay_by_hand(database)

    confirmed = bring(database, tmp_path, "results", results("issued p1"))
    assert (confirmed.changed, confirmed.differences, open_troubles(database)) == (0, 0, [])
    bring(database, tmp_path, "results", results("issued p1", "issued p2"))
    assert open_troubles(database) == ["paid a second time"]
    bring(database, tmp_path, "results", results("issued p1", "issued p2", "failed p0"))
    assert open_troubles(database) == ["paid a second time"], "it is told once, however often its row is repeated"

    bring(database, tmp_path, "results", results("reversed p2"))
    bring(database, tmp_path, "results", results("reversed p1"))
    release(database)
    pay_by_hand(database)
    bring(database, tmp_path, "results", results("issued p3"))
    assert (totals(database)["issued"], open_troubles(database)) == (500, []), "p1 and p2 are reversed"


def test_a_payment_that_failed_after_all_is_a_difference_until_it_is_reversed_and_needs_another_release(
    database, tmp_path
):
    bring(database, tmp_path, "lines", owe(1))
    release(database)
    bring(database, tmp_path, "results", results("issued p1"))
    for _ in range(2):
        bring(database, tmp_path, "results", results("issued p1", "failed p1"))
        assert (totals(database)["issued"], open_troubles(database)) == (500, ["failed after it was paid"])

    bring(database, tmp_path, "results", results("reversed p1"))
    assert (totals(database)["pending"], open_troubles(database)) == (500, [])
    with database.reading() as session:
        assert balance.facts_of(session, tables.get(session, 1)).unreleased == {("consumers", "EUR")}
    bring(database, tmp_path, "results", results("issued p2"))
    assert (totals(database)["pending"], open_troubles(database)) == (500, ["paid, but not released"])

    release(database)
    bring(database, tmp_path, "results", results("issued p2"))
    assert (totals(database)["issued"], open_troubles(database)) == (500, [])


def test_a_file_is_read_again_once_what_was_missing_is_put_right(database, tmp_path):
    bring(database, tmp_path, "lines", owe(12))
    early = paid(13)
    assert bring(database, tmp_path, "results", early).differences == 13
    assert set(open_troubles(database)) == {"paid, but not released", "the ledger has no such account"}
    release(database)

    again = bring(database, tmp_path, "results", early, size=ChunkSize(5, smallest=5, largest=5))

    assert (again.rows, again.changed, again.differences) == (13, 12, 1)
    assert (totals(database)["issued"], open_troubles(database)) == (6_000, ["the ledger has no such account"])
    bring(database, tmp_path, "lines", owe(13))
    release(database)
    assert bring(database, tmp_path, "results", early).changed == 1
    assert (totals(database)["issued"], open_troubles(database)) == (6_500, [])
    assert bring(database, tmp_path, "results", early).is_known


def test_reading_a_file_again_repeats_none_of_the_rows_that_were_entered(database, tmp_path):
    bring(database, tmp_path, "lines", owe(1))
    release(database)
    rows = results("issued", "issued", "reversed", "reversed") + "STRANGER-00001,5.00,EUR,issued,\n"
    assert bring(database, tmp_path, "results", rows).differences == 2
    assert open_troubles(database) == ["the ledger has no such account"]
    release(database)

    again = bring(database, tmp_path, "results", rows)

    assert (again.changed, again.differences) == (0, 1)
    assert totals(database)["pending"] == 500, "the rows without a reference are not paid and reversed again"


def test_one_file_may_bring_accounts_and_then_results(database, tmp_path):
    both = paid(3)
    assert bring(database, tmp_path, "lines", both).changed == 3
    assert bring(database, tmp_path, "lines", both).is_known
    release(database)
    assert bring(database, tmp_path, "results", both).changed == 3


@pytest.mark.parametrize("seed", range(3))
def test_entering_rows_together_has_the_same_result_as_entering_them_one_by_one(
    database, tmp_path, monkeypatch, seed
):
    dice = random.Random(seed)
    by_ten = ChunkSize(10, smallest=10, largest=10)
    with database.transaction() as session:
        for number in (3, 4):
            incident = Incident(
                declared_key=str(number), title="t", severity="S1", declared_by="U1", declared_at=NOW
            )
            session.add(incident)
            session.flush()
            session.add(RelatedIncident(incident_id=number - 2, related_id=number))
            session.add(Ledger(incident_id=number, opened_by="U1", opened_at=NOW))
    for ledger in (1, 2, 3, 4):
        bring(database, tmp_path, "lines", owe(30 if ledger < 3 else 3), ledger, by_ten)
    # Two accounts of each are also released in the related incident and are excluded there.
    for ledger in (3, 4, 1, 2):
        release(database, ledger)
    for text in [payments_at_random(dice) for _ in range(4)]:
        together = bring(database, tmp_path, "results", text, 1, by_ten)
        with monkeypatch.context() as one_by_one:
            one_by_one.setattr(bulk, "issue", lambda *_: 0)
            one_by_one.setattr(bulk, "doubtful", lambda session, target, rows: {row.line for row, _ in rows})
            judged = bring(database, tmp_path, "results", text, 2, by_ten)
        assert together == judged
        assert content(database, 1) == content(database, 2)
        assert totals(database, 1) == totals(database, 2)
        release(database, 1)
        release(database, 2)


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_a_large_file_is_entered_with_the_size_of_the_tables_known(database: Database, tmp_path: Path) -> None:
    bring(database, tmp_path, importing.LINES, owe(importing.MANY))
    release(database)
    bring(database, tmp_path, importing.RESULTS, paid(importing.MANY))

    with database.reading() as session:
        known = session.connection().exec_driver_sql(
            "SELECT reltuples FROM pg_class WHERE relname = 'ledger_lines'"
        )
        assert known.scalar_one() == importing.MANY, "otherwise each chunk would read the whole table"


def payments_at_random(dice: random.Random) -> str:
    rows = "".join(
        f"ACCOUNT-{dice.randrange(34):06},{dice.choice(['5.00'] * 9 + ['6.00'])},"
        f"{dice.choice(['EUR'] * 9 + ['USD'])},{dice.choice(['issued'] * 5 + ['failed', 'reversed'])},"
        f"{dice.choice(['', f'p{dice.randrange(40)}'])},{dice.choice(['', 'words'])}\n"
        for _ in range(60)
    )
    return "account,amount,currency,status,reference,reason\n" + rows


def content(database: Database, ledger: int) -> list[tuple[object, ...]]:
    """Return the ledger's entries in order of their accounts, and its differences."""
    with database.reading() as session:
        entries = session.exec(
            select(Line.account, Entry)
            .join(Line, col(Entry.line_id) == col(Line.id))
            .where(Entry.ledger_id == ledger)
            .order_by(col(Line.account), col(Entry.id))
        )
        differences = select(Difference).where(Difference.ledger_id == ledger).order_by(col(Difference.id))
        return [
            *(
                (account, each.old_state, each.new_state, each.amount, each.reason, each.reference, each.by)
                for account, each in entries
            ),
            *((each.line_number, each.trouble, each.settled_at is None) for each in session.exec(differences)),
        ]


def released_in_chunks(
    database: Database, size: ChunkSize, ledger: int = 1, meanwhile: Callable[[], None] | None = None
):
    """Release everything that waits; `meanwhile` runs after the first chunk."""
    with database.transaction() as session:
        own_ledger = tables.get(session, ledger)
        release = releases.begin(session, own_ledger, "consumers", "EUR", "U1", NOW)
        other_ledgers = accounts.others(
            list(tables.lock_of_incidents(session, accounts.same_cause(session, ledger))), own_ledger
        )
        releases.take_lines(session, release, other_ledgers, size.rows, NOW)
    if meanwhile:
        meanwhile()
    releases.prepare(database, Credits(), release.number, size)
    with database.reading() as session:
        released_lines = session.exec(
            select(Line).where(Line.release_id == release.number, Line.state == State.PENDING)
        ).all()
        release = session.get_one(Release, release.number)
        assert release.state == "refused" or (release.amount, release.lines) == (
            sum(each.amount for each in released_lines),
            len(released_lines),
        )
        return release


def test_a_release_holds_the_lines_that_waited_at_its_request_whatever_happens_while_it_is_built(
    database, tmp_path
):
    bring(database, tmp_path, "lines", owe(40))
    by_ten = ChunkSize(10, smallest=10, largest=10)

    def work_of_others() -> None:
        bring(database, tmp_path, "lines", owe(45))
        with database.transaction() as session:
            first, last = _lines(session)[0], _lines(session)[39]
            for line in line_tables.lines_of_accounts(session, 1, [first.account_key, last.account_key]).values():
                releases.leave(session, line)
                move(session, [Move(line, State.EXCLUDED, "not owed")], ORIGIN)

    release = released_in_chunks(database, by_ten, meanwhile=work_of_others)

    assert (release.lines, release.state) == (38, "released"), (
        "without the two, and without the five that came later"
    )
    assert released_in_chunks(database, by_ten).lines == 5, "the rest is the next release's"
    with database.reading() as session:
        assert not releases.are_left(session, 1, "consumers", "EUR")


def test_refused_lines_may_be_released_again_and_do_not_count_as_paid_anywhere(database, tmp_path):
    bring(database, tmp_path, "lines", owe(30))
    by_ten = ChunkSize(10, smallest=10, largest=10)
    release = released_in_chunks(database, by_ten)
    keys = [line.account_key for line in _lines_of(database)]
    with database.transaction() as session:
        assert line_tables.paid_elsewhere(session, [1], keys) == set(keys)
        session.get_one(Release, release.number).state = "refused"
    with database.reading() as session:
        assert line_tables.paid_elsewhere(session, [1], keys) == set()
        assert balance.facts_of(session, tables.get(session, 1)).unreleased == {("consumers", "EUR")}

    second_release = released_in_chunks(database, by_ten)

    assert (second_release.lines, second_release.amount) == (30, 15_000)
    with database.reading() as session:
        assert balance.facts_of(session, tables.get(session, 1)).unreleased == frozenset()


def test_a_ledger_that_is_closed_meanwhile_releases_nothing(database, tmp_path):
    bring(database, tmp_path, "lines", owe(30))

    def close() -> None:
        with database.transaction() as session:
            tables.get(session, 1).state = "closed"

    release = released_in_chunks(database, ChunkSize(10, smallest=10, largest=10), meanwhile=close)

    assert release.state == "refused"
    with database.reading() as session:
        assert tables.released_ids(session, 1) == set()


def test_two_releases_at_once_of_related_incidents_pay_an_account_once(database, tmp_path):
    for ledger in (1, 2):
        bring(database, tmp_path, "lines", owe(30), ledger)
    with database.transaction() as session:
        session.add(RelatedIncident(incident_id=1, related_id=2))
    by_ten = ChunkSize(10, smallest=10, largest=10)
    other_releases = []

    release = released_in_chunks(
        database, by_ten, 1, lambda: other_releases.append(released_in_chunks(database, by_ten, 2))
    )

    assert release.lines + other_releases[0].lines == 30
    assert totals(database, 1)["excluded"] + totals(database, 2)["excluded"] == 15_000


def _lines_of(database: Database) -> list[Line]:
    with database.reading() as session:
        return _lines(session)


def test_nobody_is_paid_for_the_same_cause_in_a_related_incident(database, tmp_path):
    bring(database, tmp_path, "lines", owe(3))
    release(database)
    with database.transaction() as session:
        session.add(RelatedIncident(incident_id=1, related_id=2))

    bring(database, tmp_path, "lines", owe(5), ledger=2)

    assert totals(database, 2)["excluded"] == 1500
    assert totals(database, 2)["pending"] == 1000
    bring(database, tmp_path, "lines", owe(6), ledger=2)
    assert totals(database, 2)["lines"] == 6, "an excluded account is not added once more"


def test_the_database_itself_refuses_totals_that_do_not_add_up_and_one_person_for_two(database, tmp_path):
    bring(database, tmp_path, "lines", owe(2))
    wrong = (
        "UPDATE ledger_totals SET issued = 100",
        "UPDATE ledger_totals SET eligible = 0, pending = 0, issued = -1, failed = 1",
    )
    for statement in wrong:
        with pytest.raises(IntegrityError), database.transaction() as session:
            session.connection().execute(sa.text(statement))
    with pytest.raises(IntegrityError), database.transaction() as session:
        session.add(
            Release(
                ledger_id=1,
                cohort="consumers",
                currency="EUR",
                amount=1,
                lines=1,
                needs_second=True,
                state="released",
                asked_by="U1",
                asked_at=NOW,
                decided_by="U1",
                decided_at=NOW,
            )
        )
    with pytest.raises(IntegrityError), database.transaction() as session:
        session.add(
            Line(ledger_id=1, cohort="x", account="a", account_key=_key(database), amount=5, currency="EUR")
        )
    with pytest.raises(IntegrityError), database.transaction() as session:
        session.connection().execute(sa.update(Line).values(state=State.EXCLUDED))


def _key(database: Database) -> str:
    with database.reading() as session:
        return next(line.account_key for line in _lines(session))


def test_the_equation_holds_after_any_moves_even_if_they_are_rolled_back_half_way(database, tmp_path):
    bring(database, tmp_path, "lines", owe(20))
    dice = random.Random(7)
    moved, stopped = 0, Counter[str]()
    for _ in range(60):
        try:
            with database.transaction() as session:
                lines = list(
                    line_tables.lines_of_accounts(session, 1, [row.account_key for row in _lines(session)]).values()
                )
                chosen = dice.sample(lines, 3)
                moves = [
                    Move(line, dice.choice(sorted(FOLLOWS[State(line.state)]) or [State.ISSUED])) for line in chosen
                ]
                move(session, moves, ORIGIN)
                if dice.random() < 0.3:
                    raise RuntimeError("killed")
            moved += 1
        except (WrongMove, RuntimeError) as reason:
            stopped[type(reason).__name__] += 1
        totals(database)
    assert moved > 5, stopped
    assert stopped["RuntimeError"] > 3


def test_the_sums_of_each_currency_and_ledger_stay_apart(database, tmp_path):
    both = "account,amount,currency\nA-1,5.00,EUR\nA-2,700,JPY\n"
    for ledger in (1, 2):
        bring(database, tmp_path, "lines", both, ledger)
    release(database)
    bring(database, tmp_path, "results", "account,amount,currency,status\nA-1,5.00,EUR,issued\n")

    with database.reading() as session:
        sums = {
            (ledger, row.currency): (row.eligible, row.issued, row.pending, row.lines)
            for ledger in (1, 2)
            for row in tables.totals_of(session, ledger)
        }
        assert [balance.errors(session, ledger) for ledger in (1, 2)] == [[], []]
    assert sums == {
        (1, "EUR"): (500, 500, 0, 1),
        (1, "JPY"): (700, 0, 700, 1),
        (2, "EUR"): (500, 0, 500, 1),
        (2, "JPY"): (700, 0, 700, 1),
    }


def _lines(session: Session) -> list[Line]:
    return list(session.exec(select(Line).where(Line.ledger_id == 1)))


def test_accounts_are_only_in_the_workbook_and_a_purged_one_still_refuses_a_second_payment(database, tmp_path):
    bring(database, tmp_path, "lines", owe(2))
    with database.reading() as session:
        assert "ACCOUNT-000001" not in str(export.record_of(session, 1, NOW))
        book = openpyxl.load_workbook(BytesIO(workbook.build(session, tables.get(session, 1))))
        assert book.sheetnames == ["Totals", "Lines", "Entries", "Does not add up"]
        assert [cell.value for cell in book["Lines"][2]][:5] == [1, "consumers", "ACCOUNT-000000", 5, "EUR"]

    with database.transaction() as session:
        purge_text.remove_text(session, build_registry(), 1)

    with database.reading() as session:
        assert {line.account for line in _lines(session)} == {"[removed]"}
    assert bring(database, tmp_path, "lines", owe(3)).changed == 1
