"""Draws the picture of a timeline in a separate process, so that the bot never holds the drawing libraries.

A phone shows it 390 points wide, so it is in portrait format with large type, and each lane's title is above it.
"""

import unicodedata
from datetime import datetime, timedelta
from functools import cache
from io import BytesIO
from typing import Any

import matplotlib as mpl

mpl.use("Agg")

from matplotlib import dates, font_manager
from matplotlib.axes import Axes
from matplotlib.figure import Figure

WIDTH_IN, DPI = 4.6, 240
ROW_IN, HEAD_IN = 0.27, 0.36
FONT_SIZE = 9.5
INK, FAINT = "#1d2b3a", "#8a94a0"
SEVERITIES = {"S0": "#b3001b", "S1": "#e8590c", "S2": "#e0a100", "S3": "#3b7dd8", "S4": "#8a94a0"}
STATUSES = ("#7a5195", "#5f6fb0", "#2a9d8f", "#4fae9e", "#3a8a3f", "#6b7280")
PEOPLE = ("#35567a", "#5b7fa6")
# In order of preference; only installed ones are used. The last ones cover Chinese, Japanese and Korean.
FONTS = (
    *("DejaVu Sans", "Noto Sans", "Noto Sans Arabic", "Noto Sans Hebrew", "Noto Sans Devanagari"),
    *("Noto Sans CJK JP", "Noto Sans CJK SC", "Source Han Sans", "WenQuanYi Zen Hei", "Droid Sans Fallback"),
)
UNKNOWN_GLYPH = "·"
# Characters that fit across a whole lane, and font sizes with the factor by which more fit.
LABEL_ROOM, LABEL_SIZES = 50, ((9.0, 1.0), (7.5, 1.25), (6.5, 1.5))
LONG_SPAN = timedelta(hours=20)

Json = dict[str, Any]


@cache
def available_fonts() -> tuple[str, ...]:
    """Return the installed fonts of `FONTS`."""
    installed = {font.name for font in font_manager.fontManager.ttflist}
    return tuple(name for name in FONTS if name in installed)


@cache
def _known_codepoints() -> frozenset[int]:
    codepoints: set[int] = set()
    for name in available_fonts():
        codepoints |= set(font_manager.get_font(font_manager.findfont(name)).get_charmap())
    return frozenset(codepoints)


def load_fonts() -> None:
    """Load the fonts in advance, because every picture needs them."""
    _known_codepoints()


def renderable_text(text: str, longest: int = 60) -> str:
    """Return the text as it can be drawn: no control characters, and `·` for characters missing in every font."""
    plain = "".join(letter for letter in text if unicodedata.category(letter)[0] != "C")
    drawable = "".join(letter if ord(letter) in _known_codepoints() else UNKNOWN_GLYPH for letter in plain)
    return drawable if len(drawable) <= longest else drawable[: longest - 1].rstrip() + "…"


def render_png(facts: Json) -> bytes:
    with mpl.rc_context({"font.family": list(available_fonts()), "font.size": FONT_SIZE, "text.parse_math": False}):
        lanes = _lanes(facts)
        heights = [HEAD_IN + ROW_IN * max(1, rows) for _, rows, _ in lanes]
        legend = 0.15 + 0.22 * len(facts["milestones"])
        figure = Figure(figsize=(WIDTH_IN, 0.65 + sum(heights) + 0.3 + legend), dpi=DPI, facecolor="white")
        figure.text(
            0.03, 1 - 0.22 / figure.get_figheight(), renderable_text(facts["title"], 46), weight="bold", size=11
        )
        for line, period in enumerate(facts["period"]):
            figure.text(0.03, 1 - (0.46 + 0.17 * line) / figure.get_figheight(), period, color=FAINT, size=8.5)
        _render_lanes(figure, facts, lanes, heights)
        _render_legend(figure, facts)
        picture = BytesIO()
        figure.savefig(picture, format="png")
        return picture.getvalue()


def _lanes(facts: Json) -> list[tuple[str, int, Any]]:
    """Return title, row count and drawing function of each lane that is not empty."""
    labels = facts["words"]
    lanes = [
        (labels["severity"], 1, lambda axes: _bars(axes, facts["severities"], _severity_colour)),
        (labels["status"], 1, lambda axes: _bars(axes, facts["statuses"], lambda i, _: STATUSES[i % 6])),
        (labels["people"], _row_count(facts["people"]), lambda axes: _people(axes, facts)),
        (labels["updates"], _row_count(facts["updates"]), lambda axes: _dots(axes, facts["updates"])),
        (labels["milestones"], 1, lambda axes: _numbered_moments(axes, facts["milestones"])),
    ]
    return [lane for lane in lanes if lane[1] > 0]


def _row_count(items: list[Json]) -> int:
    return max((item["row"] for item in items), default=-1) + 1


def _render_lanes(figure: Figure, facts: Json, lanes: list[tuple[str, int, Any]], heights: list[float]) -> None:
    total, top = figure.get_figheight(), figure.get_figheight() - 0.6
    start, end = _time(facts["start"]), _time(facts["end"])
    margin = (end - start) * 0.02
    for (title, rows, fill), height in zip(lanes, heights, strict=True):
        top -= height
        axes = figure.add_axes((0.03, top / total, 0.94, ROW_IN * max(1, rows) / total))
        axes.set_xlim(_axis_position(start - margin), _axis_position(end + margin))
        axes.set_ylim(max(1, rows) - 0.5, -0.5)
        # A fixed position: searching for a free one would take a third of the drawing time.
        axes.set_title(renderable_text(title), loc="left", size=FONT_SIZE, color=INK, weight="bold", pad=3, y=1.0)
        axes.yaxis.set_visible(False)
        for side in ("top", "left", "right", "bottom"):
            axes.spines[side].set_visible(False)
        axes.set_facecolor("#f3f5f7")
        is_last = title == lanes[-1][0]
        _ticks(axes, start, end, is_shown=is_last)
        fill(axes)


def _ticks(axes: Axes, start: datetime, end: datetime, *, is_shown: bool) -> None:
    locator = dates.AutoDateLocator(minticks=3, maxticks=5, tz=start.tzinfo)
    axes.xaxis.set_major_locator(locator)
    pattern = "%d %b\n%H:%M" if end - start > LONG_SPAN else "%H:%M"
    axes.xaxis.set_major_formatter(dates.DateFormatter(pattern, tz=start.tzinfo))
    axes.tick_params(axis="x", length=0, labelsize=8.5, labelbottom=is_shown, colors=FAINT)
    axes.grid(axis="x", color="white", linewidth=1)
    axes.set_axisbelow(True)


def _severity_colour(index: int, label: str) -> str:
    return SEVERITIES.get(label, FAINT)


def _bars(axes: Axes, spans: list[Json], colour: Any) -> None:
    for index, span in enumerate(spans):
        _bar(axes, span, colour(index, span["label"]))


def _people(axes: Axes, facts: Json) -> None:
    for index, span in enumerate(facts["people"]):
        _bar(axes, span, PEOPLE[index % 2], has_label_beside=True)
    if facts["more_people"]:
        axes.set_xlabel(facts["words"]["more"], loc="right", size=8.5, color=FAINT)


def _bar(axes: Axes, span: Json, colour: str, *, has_label_beside: bool = False) -> None:
    start, end = _axis_position(_time(span["start"])), _axis_position(_time(span["end"]))
    low, high = axes.get_xlim()
    width = max(end - start, (high - low) * 0.006)
    axes.barh(span["row"], width, left=start, height=0.82, color=colour, edgecolor="white", linewidth=0.6)
    room = int(width / (high - low) * LABEL_ROOM)
    label = renderable_text(span["label"], 60)
    size = next((size for size, letters in LABEL_SIZES if len(label) <= room * letters), 0.0)
    if not size and room >= 6:
        label, size = renderable_text(span["label"], room), FONT_SIZE - 0.5
    if size:
        axes.text(start + (high - low) * 0.008, span["row"], label, va="center", color="white", size=size)
    elif has_label_beside:
        _label_beside(axes, span, start, start + width)


def _label_beside(axes: Axes, span: Json, start: float, end: float) -> None:
    """Put a short bar's label beside it, on the side with more room."""
    low, high = axes.get_xlim()
    gap, is_left = (high - low) * 0.008, start - low > high - end
    position, side = (start - gap, "right") if is_left else (end + gap, "left")
    axes.text(position, span["row"], renderable_text(span["label"], 30), va="center", ha=side, color=INK, size=9)


def _dots(axes: Axes, moments: list[Json]) -> None:
    labelled_rows: set[int] = set()
    low, high = axes.get_xlim()
    for moment in moments:
        at = _axis_position(_time(moment["at"]))
        missed = bool(moment["note"])
        # The late update that tells of missed ones is at the same place.
        shape: dict[str, Any] = (
            {"marker": "X", "color": "#b3001b", "zorder": 3} if missed else {"marker": "o", "color": "#2a9d8f"}
        )
        axes.plot(at, moment["row"], ms=6, **shape)
    for moment in moments:
        if moment["row"] not in labelled_rows:
            labelled_rows.add(moment["row"])
            first_position = _axis_position(_time(moment["at"]))
            is_left = first_position - low > (high - low) * 0.35
            label_position = first_position - (high - low) * 0.025 if is_left else low + (high - low) * 0.005
            lift = 0 if is_left else -0.33
            side = "right" if is_left else "left"
            size = 9 if is_left else 7.5
            axes.text(
                label_position,
                moment["row"] + lift,
                renderable_text(moment["label"], 24),
                va="center",
                ha=side,
                size=size,
                color=INK,
            )


def _numbered_moments(axes: Axes, moments: list[Json]) -> None:
    """Draw numbers, because names would overlap; the legend lists the names."""
    low, high = axes.get_xlim()
    last_position, least_distance = -1.0, (high - low) * 0.035
    for number, moment in enumerate(sorted(moments, key=lambda each: str(each["at"])), 1):
        at = _axis_position(_time(moment["at"]))
        axes.axvline(at, color=INK, linewidth=0.8)
        last_position = max(at, last_position + least_distance) if last_position > 0 else at
        circle = {"boxstyle": "circle,pad=0.18", "facecolor": INK, "edgecolor": "white"}
        axes.text(last_position, 0, str(number), color="white", size=8.5, ha="center", va="center", bbox=circle)


def _render_legend(figure: Figure, facts: Json) -> None:
    total = figure.get_figheight()
    moments = sorted(facts["milestones"], key=lambda each: str(each["at"]))
    is_long = _time(facts["end"]) - _time(facts["start"]) > LONG_SPAN
    for number, moment in enumerate(moments, 1):
        at = _time(moment["at"]).strftime("%d %b %H:%M" if is_long else "%H:%M")
        note = f" ({moment['note']})" if moment["note"] else ""
        line = f"{number}  {at}  {moment['label']}{note}"
        figure.text(
            0.03, (0.1 + 0.22 * (len(moments) - number)) / total, renderable_text(line), size=FONT_SIZE, color=INK
        )


def _axis_position(at: datetime) -> float:
    """Return the position of a moment on the axis, in days."""
    return float(dates.date2num(at))


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)
