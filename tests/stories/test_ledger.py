"""Credits and refunds from the first file to the ledger's last line; permissions; nobody is paid twice."""

from io import BytesIO
from typing import Any

import openpyxl
import pytest

from bot.incidents import ids as incident_ids
from bot.ledger import ids, releases
from slack_sandbox.file_sharing import file_as_slack, keep_for_form
from tests.floor import TestFloor
from tests.stories.record import rows, timeline
from tests.stories.seen_updates import updates

HEADER = "Customer ID,Amount,Currency"
ACCOUNTS = f"{HEADER}\nACC-00001,300.00,EUR\nACC-00002,300.00,EUR\nACC-00003,7.50,EUR\nTotal,607.50,EUR\n"


def chosen_file(floor: TestFloor, who: str, name: str, text: str) -> dict[str, Any]:
    """A file as chosen in a form."""
    workspace, user = floor.sandbox.workspace, floor.sandbox.person(who).user
    return file_as_slack(workspace, keep_for_form(workspace, user, name, text.encode()))


def submit(floor: TestFloor, who: str, fields: dict[str, Any]) -> Any:
    person = floor.sandbox.person(who)
    for name, value in fields.items():
        person.fills(name, value)
    submission = person.submits()
    floor.settle()
    return submission


def press(floor: TestFloor, who: str, action: str, channel: str) -> None:
    floor.says(who, "/incident ledger", channel)
    floor.sandbox.person(who).clicks(action, channel=channel)
    floor.settle()


def hears(floor: TestFloor, words: str) -> None:
    """Wait until Ana is told by direct message; several of them come a second apart."""
    floor.passes_until(
        lambda: any(words in message.visible_text for message in floor.ana.direct_messages()), seconds=1
    )


def bring(floor: TestFloor, channel: str, action: str, name: str, text: str, **fields: str) -> None:
    press(floor, "ana", action, channel)
    assert submit(floor, "ana", {ids.FILE: chosen_file(floor, "ana", name, text)} | fields).closed
    floor.tick()


def show_ledger(floor: TestFloor, channel: str, who: str = "ana") -> str:
    floor.says(who, "/incident ledger", channel)
    return floor.ephemeral(who, channel)[-1]


@pytest.fixture
def channel(floor: TestFloor) -> str:
    """An incident that Ana leads; Ben leads communications, Chloe is the scribe."""
    channel = floor.declares("S2 Coffee machine overcharges")
    floor.says("ana", "/incident claim commander", channel)
    floor.says("ana", "/incident assign comms <@U0BEN>", channel)
    floor.says("ana", "/incident assign scribe <@U0CHLOE>", channel)
    return channel


def test_a_ledger_runs_from_the_first_account_to_balanced_totals(floor: TestFloor, channel: str) -> None:
    press(floor, "chloe", ids.ADD, channel)
    assert any("Only commander, communications lead may" in words for words in floor.ephemeral("chloe", channel))

    wrong_accounts = ACCOUNTS.replace("7.50", "7.505")
    bring(floor, channel, ids.ADD, "wrong.csv", wrong_accounts, **{ids.RULE: "Charged twice <!here>"})
    hears(floor, "Nothing was imported from wrong.csv, because 1 row is wrong: Line 4: ")
    hears(floor, "Line 4: `7.505` has more decimals than EUR")
    assert "No accounts yet" in show_ledger(floor, channel)
    bring(floor, channel, ids.ADD, "right.csv", ACCOUNTS, **{ids.RULE: "Charged twice <!here>"})
    hears(floor, "3 accounts are in the ledger of incident 1 now")
    bring(floor, channel, ids.ADD, "more.csv", ACCOUNTS.replace("7.50,", "70.50,").replace("607", "670"))
    hears(floor, "3 more were in it already and stayed as before, 1 of them with another amount than in the file: ")
    hears(floor, "exclude it with *Change a line* and add it again")
    screen = show_ledger(floor, channel, "chloe")
    assert "Eligible *EUR 607.50* = issued 0.00 + failed 0.00 + excluded 0.00 + pending *607.50*" in screen
    floor.says("ana", "/incident handover <@U0BEN>", channel)
    assert "consumers: EUR 607.50 of EUR 607.50 pending" in str(floor.ana.modal)
    floor.ana.closes()
    assert "ACC-0" not in screen

    press(floor, "ana", ids.RELEASE, channel)
    assert "EUR 607.50* to 3 accounts" in floor.visible_text(channel)
    floor.ana.clicks(ids.APPROVE, channel=channel)
    floor.settle()
    assert "somebody else has to approve it" in floor.ephemeral("ana", channel)[-1]
    floor.chloe.clicks(ids.APPROVE, channel=channel)
    floor.settle()
    assert "may work on the ledger" in floor.ephemeral("chloe", channel)[-1]
    early_results = "account,amount,currency,status,reference\nACC-00001,300.00,EUR,paid,p1\n"
    bring(floor, channel, ids.RESULTS, "early.csv", early_results)
    hears(floor, "1 row does not add up")
    assert "…0001 EUR 300.00, paid, but not released" in show_ledger(floor, channel)
    floor.ben.clicks(ids.APPROVE, channel=channel)
    floor.settle()
    assert "approved by <@U0BEN>" in floor.visible_text(channel)

    bring(floor, channel, ids.RESULTS, "early.csv", early_results)
    hears(floor, "*early.csv*: 1 of 1 rows changed the ledger of incident 1.")

    assert "Everything pending may be paid" in show_ledger(floor, channel), "the screen says what comes next"

    typo = "account,amount,currency,status,reference\nACC-00003,7.05,EUR,paid,p3\n"
    bring(floor, channel, ids.RESULTS, "typo.csv", typo)
    screen = show_ledger(floor, channel)
    assert "*1 difference from the payer's file*" in screen
    assert "…0003 EUR 7.05, another amount; the ledger says EUR 7.50" in screen

    results = early_results + "ACC-00002,300.00,EUR,failed,p2\nACC-00003,7.50,EUR,paid,p3\n"
    bring(floor, channel, ids.RESULTS, "results.csv", results)
    assert "difference" not in show_ledger(floor, channel), "the paid amounts are released now"
    bring(floor, channel, ids.RESULTS, "again.csv", results)
    hears(floor, "was imported into the ledger of incident 1 before")
    assert "issued 307.50 + failed 300.00 + excluded 0.00 + pending *0.00*" in show_ledger(floor, channel)

    press(floor, "ana", ids.WORKBOOK, channel)
    floor.tick()
    [message] = [m for m in floor.ana.direct_messages() if m.files]
    content = floor.sandbox.workspace.files[message.files[0]["id"]].content
    book = openpyxl.load_workbook(BytesIO(content))
    assert [row[2].value for row in book["Lines"].iter_rows(min_row=2)] == ["ACC-00001", "ACC-00002", "ACC-00003"]

    floor.says("ana", "/incident resolve over", channel)
    assert "credits and refunds: EUR 307.50 issued of EUR 607.50 (consumers)" in updates(floor, "executives")[-1]
    floor.says("ana", "/incident close done", channel)
    assert "The ledger of credits and refunds is open" in str(floor.ana.modal)
    press(floor, "ana", ids.CLOSE, channel)
    assert submit(floor, "ana", {}).closed
    floor.says("ana", "/incident close done", channel)
    assert timeline(floor, "ledger_closed")
    assert rows(floor, "incidents")[0]["status"] == "closed"
    assert "ACC-0" not in floor.visible_text(channel)


def test_many_accounts_are_assembled_after_the_click_and_only_then_approved(floor: TestFloor, channel: str) -> None:
    rows_ = "".join(f"ACC-{at:05},1.00,EUR\n" for at in range(releases.AT_ONCE + 100))
    bring(floor, channel, ids.ADD, "many.csv", f"{HEADER}\n{rows_}", **{ids.RULE: "Charged twice"})
    hears(floor, "600 accounts are in the ledger of incident 1 now")

    floor.says("ana", "/incident ledger", channel)
    floor.ana.clicks(ids.RELEASE, channel=channel)
    floor.settle()

    assert "has many accounts and is being prepared" in floor.ephemeral("ana", channel)[-1]
    floor.passes_until(lambda: "*EUR 600.00* to 600 accounts (consumers)" in floor.visible_text(channel), seconds=1)
    assert "above the limit, so somebody else has to approve: commander or communications lead" in (
        floor.visible_text(channel)
    )
    assert "asked" in show_ledger(floor, channel), "the screen says that it waits for a second person"
    floor.ben.clicks(ids.REFUSE, channel=channel)
    floor.settle()
    press(floor, "ana", ids.RELEASE, channel)
    floor.passes_until(lambda: rows(floor, "ledger_releases")[-1]["state"] == "waiting", seconds=1)
    floor.settle()
    floor.ben.clicks(ids.APPROVE, channel=channel)
    floor.settle()
    assert "approved by <@U0BEN>" in floor.visible_text(channel)
    [refused, released] = rows(floor, "ledger_releases")
    assert (refused["state"], released["state"], released["lines"]) == ("refused", "released", 600)


def test_one_account_is_entered_by_hand_and_reversed_and_an_open_ledger_is_waived_at_the_close(
    floor: TestFloor, channel: str
) -> None:
    fields = {ids.RULE: "Charged twice", ids.ACCOUNT: "ACC-00009", ids.AMOUNT: "12,5", ids.CURRENCY: "eur"}
    press(floor, "ana", ids.ADD_ONE, channel)
    refusal = submit(floor, "ana", fields | {ids.CURRENCY: "EUX"})
    assert "`EUX` is not a currency" in refusal.errors[ids.CURRENCY]
    refusal = submit(floor, "ana", {ids.CURRENCY: "KWD", ids.AMOUNT: "12,500"})
    assert "`12,500` is 12.500 or 12500 KWD" in refusal.errors[ids.AMOUNT]
    assert submit(floor, "ana", {ids.CURRENCY: "EUR", ids.AMOUNT: "12,5"}).closed
    press(floor, "ana", ids.ADD_ONE, channel)
    refusal = submit(floor, "ana", fields | {ids.AMOUNT: "15"})
    assert "in the ledger already (EUR 12.50, pending). If that amount is wrong" in refusal.errors[ids.ACCOUNT]
    floor.ana.closes()

    def change(change_kind: str) -> Any:
        press(floor, "ana", ids.CHANGE, channel)
        return submit(floor, "ana", {ids.ACCOUNT: "acc-00009", ids.WHAT: change_kind, ids.REASON: "by hand"})

    assert "not released yet" in change("issued").errors[ids.WHAT]
    floor.ana.closes()
    press(floor, "ana", ids.RELEASE, channel)
    assert "released by <@U0ANA>" in floor.visible_text(channel), "below the limit one person can release it"
    assert change("issued").closed
    header, payment = "account,amount,currency,status,reference\n", "ACC-00009,12.50,EUR"
    bring(floor, channel, ids.RESULTS, "twice.csv", f"{header}{payment},paid,p1\n{payment},paid,p2\n")
    assert "…0009 EUR 12.50, paid a second time" in show_ledger(floor, channel)
    bring(floor, channel, ids.RESULTS, "back.csv", f"{header}{payment},reversed,p2\n")
    assert "issued 12.50" in show_ledger(floor, channel), "one of the two payments remains"
    assert "difference" not in show_ledger(floor, channel)
    assert change("reverse").closed
    assert "Release" in show_ledger(floor, channel), "a reversed amount has to be released again"
    assert "issued 0.00 + failed 0.00 + excluded 0.00 + pending *12.50*" in show_ledger(floor, channel)

    floor.says("ana", "/incident resolve over", channel)
    floor.says("ana", "/incident", channel)
    floor.ana.clicks(incident_ids.CLOSE, channel=channel)
    floor.settle()
    assert "EUR 12.50 is pending" in str(floor.ana.modal)
    waiver = {incident_ids.REASON: "done", incident_ids.WAIVER: "Finance pays it next week"}
    assert submit(floor, "ana", waiver).closed
    [ledger] = rows(floor, "ledgers")
    assert (ledger["state"], ledger["waiver"]) == ("closed", "Finance pays it next week")
    assert timeline(floor, "ledger_waived")
