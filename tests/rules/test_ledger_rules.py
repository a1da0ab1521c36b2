"""Credits and refunds: money is never guessed, the equation always holds, and nobody is paid twice."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.ledger import money
from bot.ledger.reading import ColumnsMissing, RowsWrong, owed_rows, paid_rows
from bot.ledger.rules import (
    FOLLOWS,
    NOTHING,
    Known,
    Payer,
    State,
    Totals,
    Trouble,
    Verdict,
    WrongMove,
    check_move,
    judge,
    mask,
    needs_second_person,
    open_reasons,
)
from bot.sources.tabular.cells import NotReadable
from bot.sources.tabular.errors import FileRefused, NoHeader


@pytest.mark.parametrize(
    ("text", "currency", "decimal", "minor"),
    [
        ("12.50", "EUR", ".", 1250),
        ("1,204.5", "EUR", ".", 120450),
        ("1.204,50", "EUR", ",", 120450),
        ("EUR 7", "EUR", ".", 700),
        ("1 204", "JPY", ".", 1204),
        ("1.234", "KWD", ".", 1234),
        ("0.0001", "CLF", ".", 1),
    ],
)
def test_an_amount_is_read_to_the_smallest_unit_of_its_currency(text, currency, decimal, minor):
    assert money.read_amount(text, currency, decimal) == minor


@pytest.mark.parametrize(
    ("text", "currency", "reason"),
    [
        ("-5", "EUR", "`-5` is negative"),
        ("0.00", "EUR", "`0.00` is nothing"),
        ("10000000000.01", "EUR", "`10000000000.01` is too large"),
        (" twelve `", "EUR", "`twelve '` is no amount"),
        ("1" * 60 + "x", "EUR", f"`{'1' * 40}` is no amount"),
    ],
)
def test_a_refused_amount_is_named_with_its_fault(text, currency, reason):
    assert money.read_amount("10000000000.00", "EUR", ".") == money.LARGEST_MINOR
    with pytest.raises(NotReadable) as refused:
        money.read_amount(text, currency, ".")
    assert str(refused.value) == reason


@pytest.mark.parametrize(
    "text", ["1.234", "12.505", "0", "0.00", "-5", "=1+1", "12,50,00", "", "twelve", "1e5", "99999999999999"]
)
def test_an_inexact_amount_is_refused_and_never_rounded(text):
    with pytest.raises(NotReadable):
        money.read_amount(text, "EUR", ".")


def test_amounts_are_shown_with_the_decimals_of_their_currency():
    assert money.format_amount(120450, "EUR", "es") == "EUR 1.204,50"
    shown = [money.format_amount(*each) for each in ((120450, "EUR"), (1204, "JPY"), (1234, "KWD"), (-5, "EUR"))]
    assert shown == ["EUR 1,204.50", "JPY 1,204", "KWD 1.234", "EUR -0.05"]
    with pytest.raises(NotReadable, match="not a currency"):
        money.read_currency("Euro")


moves = st.lists(st.tuples(st.integers(0, 9), st.sampled_from(list(State))), max_size=60)


@given(st.lists(st.integers(1, 10**12), min_size=1, max_size=10), moves)
def test_eligible_equals_issued_failed_excluded_and_pending_after_any_sequence_of_entries(amounts, wanted):
    states = dict.fromkeys(range(len(amounts)), State.PENDING)
    totals = Totals()
    for amount in amounts:
        totals = totals.moved(None, State.PENDING, amount)

    for at, new in wanted:
        line = at % len(amounts)
        try:
            check_move(states[line], new)
        except WrongMove:
            assert new not in FOLLOWS[states[line]]
            continue
        totals = totals.moved(states[line], new, amounts[line])
        states[line] = new

        by_state = {state: sum(a for place, a in enumerate(amounts) if states[place] == state) for state in State}
        assert totals.sums() == by_state
        assert (totals.eligible, totals.lines) == (sum(amounts), len(amounts))


PENDING = Known(State.PENDING, 500, "EUR", is_released=True)
PAID = Known(State.ISSUED, 500, "EUR", is_released=True, references=frozenset({"issued:p1"}), is_named=True)
NAMED = Verdict((State.ISSUED,))


@pytest.mark.parametrize(
    ("known", "status", "reference", "verdict"),
    [
        (None, Payer.ISSUED, "", Verdict(trouble=Trouble.UNKNOWN)),
        (PENDING, Payer.ISSUED, "p1", Verdict((State.ISSUED,))),
        (PENDING, Payer.FAILED, "", Verdict((State.FAILED,))),
        (PENDING, Payer.PENDING, "", NOTHING),
        (PENDING, Payer.REVERSED, "", Verdict(trouble=Trouble.NOT_ISSUED)),
        (Known(State.PENDING, 500, "EUR", False), Payer.ISSUED, "", Verdict(trouble=Trouble.NOT_RELEASED)),
        (
            Known(State.PENDING, 500, "EUR", True, is_paid_elsewhere=True),
            Payer.ISSUED,
            "",
            Verdict(trouble=Trouble.SAME_CAUSE),
        ),
        (Known(State.FAILED, 500, "EUR", True), Payer.ISSUED, "", Verdict((State.PENDING, State.ISSUED))),
        (Known(State.EXCLUDED, 500, "EUR", False), Payer.ISSUED, "", Verdict(trouble=Trouble.EXCLUDED)),
        (Known(State.ISSUED, 500, "EUR", True), Payer.ISSUED, "", NOTHING),
        (PAID, Payer.ISSUED, "p1", NOTHING),
        (PAID, Payer.ISSUED, "p2", Verdict((State.ISSUED,), Trouble.AGAIN)),
        # Paid by hand: the payer names the payment later.
        (Known(State.ISSUED, 500, "EUR", True), Payer.ISSUED, "p1", NAMED),
        (Known(State.ISSUED, 500, "EUR", True, frozenset({"failed:p0"})), Payer.ISSUED, "p1", NAMED),
        (Known(State.ISSUED, 500, "EUR", True), Payer.REVERSED, "", Verdict((State.PENDING,))),
        (PAID, Payer.REVERSED, "r1", Verdict((State.PENDING,))),
        # It was paid twice: whichever payment is taken back, one remains.
        (PAID._replace(second_payments=1), Payer.REVERSED, "p2", Verdict((State.ISSUED,), is_second_reversed=True)),
        (PAID._replace(second_payments=1), Payer.REVERSED, "", Verdict((State.ISSUED,), is_second_reversed=True)),
        # Its payment has been reversed since: the old row does not pay it again.
        (Known(State.PENDING, 500, "EUR", True, frozenset({"issued:p1"})), Payer.ISSUED, "p1", NOTHING),
        # The payer takes back that the payment succeeded.
        (PAID, Payer.FAILED, "p1", Verdict(trouble=Trouble.FAILED)),
        (PAID._replace(second_payments=1), Payer.FAILED, "p1", Verdict((State.ISSUED,), is_second_reversed=True)),
        # These are earlier attempts, as far as anybody can tell.
        (PAID, Payer.FAILED, "p0", NOTHING),
        (PAID, Payer.FAILED, "", NOTHING),
        (PAID, Payer.PENDING, "p1", NOTHING),
        (Known(State.PENDING, 500, "EUR", False), Payer.FAILED, "", NOTHING),
        (Known(State.PENDING, 500, "EUR", True, frozenset({"reversed:p1"})), Payer.ISSUED, "p1", NOTHING),
        (Known(State.PENDING, 500, "EUR", True, frozenset({"reversed:"})), Payer.ISSUED, "", NAMED),
        (Known(State.PENDING, 501, "EUR", True), Payer.ISSUED, "", Verdict(trouble=Trouble.AMOUNT)),
        (Known(State.PENDING, 500, "USD", True), Payer.ISSUED, "", Verdict(trouble=Trouble.CURRENCY)),
    ],
)
def test_a_row_of_the_payer_is_judged_by_the_ledgers_records(known, status, reference, verdict):
    assert judge(known, status, 500, "EUR", reference) == verdict


def test_a_file_that_pays_an_account_twice_without_a_reference_does_not_add_up():
    issued = Known(State.ISSUED, 500, "EUR", is_released=True)
    assert judge(issued, Payer.ISSUED, 500, "EUR", "", is_repeated=True).trouble == Trouble.AGAIN


@pytest.mark.parametrize(
    ("pending", "differences", "errors", "reasons"),
    [
        ({"EUR": 0}, 0, 0, []),
        ({"USD": 250, "EUR": 120_450, "JPY": 0}, 0, 0, ["EUR 1,204.50 and USD 2.50 are pending"]),
        ({"EUR": 1}, 1, 0, ["EUR 0.01 is pending", "1 difference from the payer's file"]),
        ({}, 2, 1, ["2 differences from the payer's file", "sums differ from the lines"]),
    ],
)
def test_a_ledger_says_all_that_keeps_it_open(pending, differences, errors, reasons):
    assert open_reasons(pending, differences, errors) == reasons


@pytest.mark.parametrize(
    ("old", "new", "advice"),
    [
        (State.PENDING, State.PENDING, "Release it first."),
        (State.ISSUED, State.FAILED, "Reverse it first."),
        (State.EXCLUDED, State.ISSUED, "Add the account again when it is to be paid after all."),
    ],
)
def test_a_line_that_cannot_change_says_what_to_do_first(old, new, advice):
    with pytest.raises(WrongMove) as refused:
        check_move(old, new)
    assert refused.value.sentence == f"This line is {old}, so it cannot become {new}. {advice}"


def test_a_sum_split_into_parts_does_not_slip_below_the_limit():
    assert not needs_second_person(50_000, 0, 50_000)
    assert needs_second_person(50_001, 0, 50_000)
    assert needs_second_person(1, 50_000, 50_000)
    assert not needs_second_person(10**9, 0, None)


def test_at_most_the_last_four_characters_of_an_account_are_shown():
    assert [mask(account) for account in ("ES91 2100 0418", "12345678", "1234567", "")] == [
        "…0418",
        "…5678",
        "••••",
        "••••",
    ]


def write(folder: Path, text: str, name: str = "accounts.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_file_of_accounts_is_read_in_the_notation_of_its_country(tmp_path):
    path = write(
        tmp_path,
        "Abonos\n\nCuenta;Importe;Moneda\nA-1;1.204,50;EUR\nA-2;7,00;eur\nTotal;1.211,50;EUR\n",
    )

    rows = [(row.account, row.amount, row.currency) for row in owed_rows(path)]

    assert rows == [("A-1", 120450, "EUR"), ("A-2", 700, "EUR")]


def test_a_comma_before_three_digits_is_never_guessed_in_a_currency_with_three_decimals(tmp_path):
    header = "account;amount;currency\n"
    with pytest.raises(
        RowsWrong, match=r"Line 2: `12,500` is 12\.500 or 12500 TND; write `12\.500` or `12500\.000`"
    ):
        owed_rows(write(tmp_path, f"{header}A-1;12,500;TND\nA-2;7,250;TND\n"))

    with_evidence = f"{header}A-1;12,500;TND\nA-2;1.204,250;TND\nA-3;1,204;EUR\n"
    with pytest.raises(RowsWrong, match="Line 4: `1,204` has more decimals than EUR"):
        owed_rows(write(tmp_path, with_evidence))
    rows = owed_rows(write(tmp_path, with_evidence.replace("1,204;EUR", "1,20;EUR")))
    assert [row.amount for row in rows] == [12_500, 1_204_250, 120]
    assert [row.amount for row in owed_rows(write(tmp_path, f"{header}A-1;12.500;TND\n"))] == [12_500]
    assert [row.amount for row in owed_rows(write(tmp_path, f"{header}A-1;1,204;EUR\n"))] == [120_400]


def test_a_wrong_row_refuses_the_whole_file_and_names_its_line_without_the_account(tmp_path):
    wrong = "=cmd(),5,EUR\naccount-0001,6.00,EUR\nB-2,5.001,EUR\nB-3,5,EURO\n"
    text = f"account,amount,currency\nACCOUNT-0001,5.00,EUR\n{wrong}"
    with pytest.raises(RowsWrong) as refused:
        owed_rows(write(tmp_path, text))
    sentence = refused.value.sentence
    for expected in (
        "Line 3: its account is a formula",
        "Line 5: `5.001` has more decimals than EUR",
        "Line 6: `EURO` is no",
    ):
        assert expected in sentence
    assert "ACCOUNT-0001" not in sentence

    with pytest.raises(RowsWrong, match="…0001 stands on line 2 already"):
        owed_rows(write(tmp_path, "account,amount,currency\nACCOUNT-0001,5.00,EUR\naccount-0001,6.00,EUR\n"))


def test_the_payers_status_words_are_understood_and_other_words_refused(tmp_path):
    header = "Customer ID,Paid amount,Currency,Status,Payment ID,Error\n"
    good = write(
        tmp_path, header + "A-1,5.00,EUR,Succeeded,p1,\nA-2,5.00,EUR,RECHAZADO,,no card\nA-1,5.00,EUR,ok,,\n"
    )
    rows = paid_rows(good)
    assert [(row.status, row.reference, row.reason, row.is_repeated) for row in rows] == [
        (Payer.ISSUED, "p1", "", False),
        (Payer.FAILED, "", "no card", False),
        (Payer.ISSUED, "", "", True),
    ]
    with pytest.raises(RowsWrong, match="`maybe` is not a status"):
        paid_rows(write(tmp_path, header + "A-1,5.00,EUR,maybe,,\n"))


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (b"", FileRefused),
        (b"\x00\x01\x02\x03" * 400, FileRefused),
        (b"hello\nworld\n", NoHeader),
        (b"account,amount\nA,1\n", ColumnsMissing),
        (b"PK\x03\x04 no workbook", FileRefused),
        (b'account,amount,currency\n"A,1,EUR\n' + b"x" * 20_000, FileRefused),
    ],
)
def test_hostile_files_are_refused_with_a_sentence_each(tmp_path, content, refusal):
    path = tmp_path / "accounts.csv"
    path.write_bytes(content)
    with pytest.raises(refusal) as refused:
        owed_rows(path)
    assert refused.value.sentence.endswith(".")
