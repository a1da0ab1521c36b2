"""Draw the picture of a report. Runs as its own process: JSON facts on stdin, a PNG on stdout."""

import json
import sys
from collections.abc import Sequence
from io import BytesIO
from typing import Any

BAR, BEFORE, INK = "#2a6f97", "#c9d6e2", "#1d2b3a"
LONGEST = 16
# The legend stands above the highest bar.
LEGEND_ROOM = 1.3
# A phone shows it 390 points wide.
SIZE_INCHES, DPI = (5.4, 7.6), 200


def draw(facts: dict[str, Any]) -> bytes:
    """Draw the trend on top, then the periods side by side, by severity and by site, then the queues."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot

    queues, count = facts["queues"]["rows"], len(facts["groups"])
    width, height = SIZE_INCHES
    size = (width, height * (1 + count + bool(queues)) / 3)
    figure, axes_grid = pyplot.subplots(1 + count + bool(queues), 1, figsize=size, dpi=DPI, squeeze=False)
    trend, *bars = axes_grid[: 1 + count, 0]
    figure.suptitle(facts["title"], fontsize=11, color=INK)
    titles, counts = [point[0] for point in facts["trend"]], [point[1] for point in facts["trend"]]
    trend.plot(range(len(counts)), counts, marker="o", color=BAR)
    trend.set_xticks(range(len(titles)), [_first_day(title) for title in titles], fontsize=8)
    _count_from_zero(trend, counts)
    texts = facts["words"]
    trend.set_title(texts["Incidents, this period and the previous four"], fontsize=10)
    for axes, group in zip(bars, facts["groups"], strict=True):
        _bars(axes, group, texts)
    if queues:
        _table(axes_grid[-1, 0], texts["Queues, this period"], queues, facts["queues"]["notes"])
    figure.tight_layout()
    buffer = BytesIO()
    figure.savefig(buffer, format="png")
    return buffer.getvalue()


def _bars(axes: Any, group: dict[str, Any], texts: dict[str, str]) -> None:
    positions = range(len(group["names"]))
    axes.bar([position - 0.2 for position in positions], group["now"], 0.4, color=BAR, label=texts["This period"])
    axes.bar(
        [position + 0.2 for position in positions],
        group["before"],
        0.4,
        color=BEFORE,
        label=texts["Mean of the previous four"],
    )
    names = [name if len(name) <= LONGEST else f"{name[: LONGEST - 1]}…" for name in group["names"]]
    axes.set_xticks(positions, names, fontsize=8)
    axes.set_title(group["title"], fontsize=10)
    axes.legend(fontsize=7, ncols=2, loc="upper right")
    _count_from_zero(axes, [*group["now"], *group["before"]], LEGEND_ROOM)


def _table(axes: Any, title: str, rows: Sequence[Sequence[str]], notes: Sequence[Sequence[str]]) -> None:
    """Draw a table of the busiest queues, one per row."""
    axes.axis("off")
    axes.set_title(title, fontsize=10)
    widths = [0.4, 0.14, 0.09, 0.1, 0.11, 0.16]
    table = axes.table(rows[1:], colLabels=rows[0], colWidths=widths, loc="upper center", cellLoc="right")
    table.auto_set_font_size(False)
    table.set_fontsize(8)
    table.scale(1, 1.3)
    for (row, column), cell in table.get_celld().items():
        cell.set_edgecolor(BEFORE)
        if column == 0:
            cell.set_text_props(ha="left")
        if row == 0:
            cell.set_text_props(weight="bold", color=INK)
    for index, note in enumerate(line for part in notes for line in part):
        axes.text(0, 0.02 - 0.09 * index, note, fontsize=7, color=INK, transform=axes.transAxes)


def _count_from_zero(axes: Any, counts: Sequence[float], room: float = 1.1) -> None:
    """Scale the axis from zero in whole numbers, even if nothing happened."""
    from matplotlib.ticker import MaxNLocator

    axes.set_ylim(0, max(1, *counts) * room)
    axes.yaxis.set_major_locator(MaxNLocator(integer=True))


def _first_day(title: str) -> str:
    """`19 Oct – 25 Oct 2026` is the period that begins on 19 Oct."""
    return title.partition(" – ")[0]


if __name__ == "__main__":
    sys.stdout.buffer.write(draw(json.load(sys.stdin)))
