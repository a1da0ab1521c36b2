"""Pictures of `docs/impact.md` and `docs/ledger.md`: a file's preview, the figures, the ledger, what differs.

`make pictures` runs it after the story.
"""

from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.impact import ids as impact_ids
from bot.ledger import ids
from bot.runtime.clock import utcnow
from tests.floor import TestFloor
from tests.stories.test_figures import HALF_HOUR, drop, press, this_half_hour
from tests.stories.test_ledger import bring, hears
from tests.stories.test_ledger import press as press_in_ledger
from tests.trouble_pictures import Camera

IMAGES = Path("docs/images")
HEADER = (
    "Queue,Site,Interval start,Offered,Answered,Answered in 20 seconds,Abandoned,AHT,ASA,Forecast,Agents staffed"
)
# Queue, offered, answered, in time, abandoned, average wait, forecast, agents; before and since the trouble.
BEFORE = (("Billing", 212, 205, 178, 7, 14, 210, 48), ("Orders", 164, 160, 141, 4, 11, 160, 33))
SINCE = (("Billing", 121, 66, 40, 55, 188, 208, 46), ("Orders", 150, 121, 66, 29, 75, 158, 31))
ACCOUNTS = "".join(f"ACC-{at:05},{amount},EUR\n" for at, amount in enumerate(("300.00", "300.00", "7.50", "12.00")))
RULE = "Charged twice on the day of the outage"


def main() -> None:
    """Make all pictures again."""
    camera = Camera(IMAGES)
    for scene in (figures, ledger):
        with TemporaryDirectory() as folder, TestFloor(Path(folder)) as floor:
            scene(camera, floor)
    camera.close()


def figures(camera: Camera, floor: TestFloor) -> None:
    """Drop a report into the channel, preview it and use it; then show the figures of the incident."""
    start = this_half_hour() + HALF_HOUR
    floor.passes(seconds=(start - utcnow()).total_seconds())
    channel = floor.declares("S1 IVR down in Manila")
    floor.passes(minutes=31)
    drop(floor, channel, _report(start), "acd-report.csv")
    camera.reply("figures-preview", floor, "ana", channel, "Use it")
    press(floor, impact_ids.USE, channel)
    floor.passes(minutes=12)
    drop(floor, channel, _report(start, more=1), "acd-report-2.csv")
    press(floor, impact_ids.USE, channel)
    floor.says("ana", "/incident figures", channel)
    camera.message("figures", floor, "ana", channel, "Figures of incident 1")


def _report(start: datetime, more: int = 0) -> bytes:
    times = [(start - 2 * HALF_HOUR, BEFORE), (start - HALF_HOUR, BEFORE), (start, SINCE)]
    lines = [HEADER]
    for at, rows in times:
        for queue, offered, answered, in_time, abandoned, wait_s, forecast, agents in rows:
            cells = (offered + more, answered, in_time, abandoned + more, 300, wait_s, forecast, agents)
            lines.append(f"{queue},Manila,{at:%Y-%m-%dT%H:%M}Z,{','.join(map(str, cells))}")
    return "\n".join([*lines, "Total,,,,,,,,,,"]).encode()


def ledger(camera: Camera, floor: TestFloor) -> None:
    """Show accounts, a release that a second person approves, the payer's file, and the differences."""
    channel = floor.declares("S2 Card payments charged twice")
    floor.says("ana", "/incident claim commander", channel)
    floor.says("ana", "/incident assign comms <@U0BEN>", channel)
    bring(floor, channel, ids.ADD, "owed.csv", f"account,amount,currency\n{ACCOUNTS}", **{ids.RULE: RULE})
    press_in_ledger(floor, "ana", ids.RELEASE, channel)
    camera.message("ledger-release", floor, "ben", channel, "asks to release it")
    floor.ben.clicks(ids.APPROVE, channel=channel)
    floor.settle()
    results = (
        "account,amount,currency,status,reference\nACC-00000,300.00,EUR,paid,p1\nACC-00001,300.00,EUR,failed,p2\n"
        "ACC-00002,7.05,EUR,paid,p3\nACC-99999,40.00,EUR,paid,p4\n"
    )
    bring(floor, channel, ids.RESULTS, "paid.csv", results)
    hears(floor, "do not add up")
    floor.passes(minutes=1)
    floor.says("ana", "/incident ledger", channel)
    camera.message("ledger", floor, "ana", channel, "Credits and refunds of incident 1")


if __name__ == "__main__":
    main()
