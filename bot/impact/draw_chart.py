"""Draw the chart of figures. Runs as its own process: JSON facts on stdin, a PNG on stdout.

It needs only Pillow, which loads in a tenth of the time of the timeline's drawing library: a user is waiting. A
phone shows it 390 points wide, so it is drawn three times as wide, contacts above and service level below.
"""

import json
import sys
import unicodedata
from importlib.util import find_spec
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw, ImageFont

WIDTH, SCALE = 390, 3
MARGIN_LEFT, MARGIN_RIGHT, TOP = 34, 10, 58
PANEL, GAP, BOTTOM = 150, 46, 58
HEIGHT = TOP + 2 * PANEL + GAP + BOTTOM
INK, FAINT, GRID, SHADE = "#1d2b3a", "#66717d", "#dfe4e9", "#fdecea"
BAR, BAR_IN, PLAN, RANGE, LEVEL, GOAL = "#9fb6cc", "#e8590c", "#1d2b3a", "#c9d6e2", "#2a6f97", "#b3001b"
LABELS = 6
LONGEST_TITLE, LONGEST_NOTE = 44, 70

Json = dict[str, Any]
Box = tuple[float, float, float, float]


class Canvas:
    """A drawing measured in a phone's points, rendered `SCALE` times as large."""

    def __init__(self) -> None:
        self.image = Image.new("RGB", (WIDTH * SCALE, HEIGHT * SCALE), "white")
        self._draw = ImageDraw.Draw(self.image)
        self._fonts: dict[tuple[float, bool], ImageFont.FreeTypeFont] = {}

    def text(
        self,
        at: tuple[float, float],
        text: str,
        size: float,
        colour: str = INK,
        anchor: str = "ls",
        *,
        bold: bool = False,
    ) -> None:
        position = (at[0] * SCALE, at[1] * SCALE)
        self._draw.text(position, text, fill=colour, font=self._font(size, bold), anchor=anchor)

    def width(self, text: str, size: float) -> float:
        return self._font(size, bold=False).getlength(text) / SCALE

    def box(self, box: Box, colour: str) -> None:
        """Draw a filled rectangle; nothing if it has no area."""
        left, top, right, bottom = (round(side * SCALE) for side in box)
        if right > left and bottom > top:
            self._draw.rectangle((left, top, right - 1, bottom - 1), fill=colour)

    def line(self, points: list[tuple[float, float]], colour: str, width: float = 1.5, dash: float = 0) -> None:
        """Draw a line through points; dashed if `dash` is a length."""
        scaled_points = [(x * SCALE, y * SCALE) for x, y in points]
        if dash:
            self._dashed(scaled_points, colour, width, dash * SCALE)
        elif len(scaled_points) > 1:
            self._draw.line(scaled_points, fill=colour, width=round(width * SCALE), joint="curve")

    def dot(self, at: tuple[float, float], radius: float, colour: str) -> None:
        """Draw a filled circle."""
        x, y, r = at[0] * SCALE, at[1] * SCALE, radius * SCALE
        self._draw.ellipse((x - r, y - r, x + r, y + r), fill=colour)

    def _dashed(self, points: list[tuple[float, float]], colour: str, width: float, dash: float) -> None:
        for (x0, y0), (x1, y1) in pairwise(points):
            distance = max(1.0, ((x1 - x0) ** 2 + (y1 - y0) ** 2) ** 0.5)
            for step in range(0, int(distance), int(2 * dash)):
                start, end = step / distance, min(1.0, (step + dash) / distance)
                ends = [(x0 + (x1 - x0) * share, y0 + (y1 - y0) * share) for share in (start, end)]
                self._draw.line(ends, fill=colour, width=round(width * SCALE))

    def _font(self, size: float, bold: bool) -> ImageFont.FreeTypeFont:
        key = (size, bold)
        if key not in self._fonts:
            self._fonts[key] = ImageFont.truetype(str(_font_file(bold)), size * SCALE)
        return self._fonts[key]

    def png(self) -> bytes:
        buffer = BytesIO()
        # Fast compression: a user is waiting, and plain areas compress well anyway.
        self.image.save(buffer, "png", compress_level=2)
        return buffer.getvalue()


def _font_file(bold: bool) -> Path:
    """The font that ships with the timeline's drawing library, found without loading the library."""
    spec = find_spec("matplotlib")
    assert spec is not None
    assert spec.origin is not None
    name = "DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf"
    return Path(spec.origin).parent / "mpl-data" / "fonts" / "ttf" / name


def render_png(facts: Json) -> bytes:
    canvas, points = Canvas(), facts["points"]
    canvas.text((10, 22), _plain_text(facts["title"], LONGEST_TITLE), 14, bold=True)
    canvas.text((10, 42), _plain_text(facts["volume_title"], LONGEST_NOTE), 11, FAINT)
    level_top = TOP + PANEL + GAP
    canvas.text(
        (10, level_top - 10),
        _plain_text(facts["level_title"], LONGEST_NOTE),
        _fitting_size(canvas, facts["level_title"]),
        FAINT,
    )
    _shade(canvas, points, TOP, TOP + PANEL)
    _shade(canvas, points, level_top, level_top + PANEL)
    _volume(canvas, points, TOP)
    _level(canvas, points, facts["target"], level_top)
    _marks(canvas, facts["marks"], len(points), level_top)
    _time_axis(canvas, points, level_top + PANEL)
    for offset, note in ((0, facts["note"]), (11, facts["cut"])):
        position = (WIDTH - MARGIN_RIGHT, level_top + PANEL + 48 - offset)
        canvas.text(position, _plain_text(note, LONGEST_NOTE), 9, FAINT, "rs")
    return canvas.png()


def _fitting_size(canvas: Canvas, text: str) -> float:
    """The largest font size at which the text fits on one line."""
    return next((size for size in (11, 10, 9, 8) if canvas.width(text[:LONGEST_NOTE], size) <= WIDTH - 20), 8)


def _plain_text(text: str, longest: int) -> str:
    letters = "".join(letter for letter in text if unicodedata.category(letter)[0] != "C")
    return letters if len(letters) <= longest else letters[: longest - 1].rstrip() + "…"


def _x(position: float, count: int) -> float:
    """Where an interval begins on the axis."""
    return MARGIN_LEFT + position * (WIDTH - MARGIN_LEFT - MARGIN_RIGHT) / max(1, count)


def _shade(canvas: Canvas, points: list[Json], top: float, bottom: float) -> None:
    for index, point in enumerate(points):
        if point["is_incident"]:
            canvas.box((_x(index, len(points)), top, _x(index + 1, len(points)), bottom), SHADE)


def _volume(canvas: Canvas, points: list[Json], top: float) -> None:
    count, bottom = len(points), top + PANEL
    amounts = [
        point[name] for point in points for name in ("offered", "expected", "high") if point[name] is not None
    ]
    highest = _round_up(max(amounts, default=1))
    _grid(canvas, top, [(share, _short_amount(share * highest)) for share in (0, 0.5, 1)])
    for index, point in enumerate(points):
        left, right = _x(index, count), _x(index + 1, count)
        if point["low"] is not None and point["high"] > point["low"]:
            canvas.box(
                (left, bottom - PANEL * point["high"] / highest, right, bottom - PANEL * point["low"] / highest),
                RANGE,
            )
        if point["offered"] is not None:
            gap, height = (right - left) * 0.15, PANEL * point["offered"] / highest
            canvas.box((left + gap, bottom - height, right - gap, bottom), BAR_IN if point["is_incident"] else BAR)
    for run in _runs(points, "expected"):
        steps = [
            (_x(index + side, count), bottom - PANEL * points[index]["expected"] / highest)
            for index in run
            for side in (0, 1)
        ]
        canvas.line(steps, PLAN, 1.8)


def _level(canvas: Canvas, points: list[Json], target: float | None, top: float) -> None:
    count, bottom = len(points), top + PANEL
    _grid(canvas, top, [(0, "0"), (0.5, "50"), (1, "100")])
    if target is not None:
        height = bottom - PANEL * target
        canvas.line([(MARGIN_LEFT, height), (WIDTH - MARGIN_RIGHT, height)], GOAL, 1.5, dash=4)
    for run in _runs(points, "level"):
        level_points = [
            (_x(index + 0.5, count), bottom - PANEL * min(1.0, points[index]["level"])) for index in run
        ]
        canvas.line(level_points, LEVEL, 2)
        for level_point in level_points:
            canvas.dot(level_point, 2.4, LEVEL)


def _runs(points: list[Json], name: str) -> list[list[int]]:
    """Runs of consecutive intervals whose figure is known: an unknown figure is a gap, never a line."""
    runs: list[list[int]] = [[]]
    for index, point in enumerate(points):
        if point[name] is not None:
            runs[-1].append(index)
        elif runs[-1]:
            runs.append([])
    return [run for run in runs if run]


def _grid(canvas: Canvas, top: float, lines: list[tuple[float, str]]) -> None:
    for share, label in lines:
        y = top + PANEL * (1 - share)
        canvas.line([(MARGIN_LEFT, y), (WIDTH - MARGIN_RIGHT, y)], GRID, 0.7)
        canvas.text((MARGIN_LEFT - 4, y), label, 10, FAINT, "rm")


def _marks(canvas: Canvas, marks: list[Json], count: int, level_top: float) -> None:
    for mark in marks:
        x = _x(mark["place"], count)
        for top in (TOP, level_top):
            canvas.line([(x, top), (x, top + PANEL)], INK, 1.2, dash=2)
    for row, mark in enumerate(marks):
        x = _x(mark["place"], count)
        title_width, y = canvas.width(mark["title"], 10), TOP + 12 + 14 * row
        is_left = x + title_width + 6 > WIDTH - MARGIN_RIGHT
        left = x - title_width - 6 if is_left else x
        canvas.box((left, y - 10, left + title_width + 6, y + 3), "white")
        canvas.text((left + 3, y), mark["title"], 10, bold=False)


def _time_axis(canvas: Canvas, points: list[Json], bottom: float) -> None:
    count = len(points)
    label_step = max(1, -(-count // LABELS))
    day, free_from = "", 0.0
    for index in range(0, count, label_step):
        x = _x(index, count)
        canvas.line([(x, bottom), (x, bottom + 3)], FAINT, 0.7)
        anchor = "la" if index == 0 else "ma"
        canvas.text((x, bottom + 6), points[index]["label"], 10, FAINT, anchor)
        width = canvas.width(points[index]["day"], 10)
        left = x if index == 0 else x - width / 2
        if points[index]["day"] != day and left > free_from:
            day, free_from = points[index]["day"], left + width + 4
            canvas.text((x, bottom + 18), day, 10, FAINT, anchor)


def _round_up(amount: float) -> float:
    step = 1.0
    while step * 10 < amount:
        step *= 10
    return next(step * factor for factor in (1, 2, 3, 4, 5, 6, 8, 10, 20) if step * factor >= amount)


def _short_amount(amount: float) -> str:
    return f"{amount / 1000:g}k" if amount >= 1000 else f"{amount:g}"


if __name__ == "__main__":
    # Loaded before the facts arrive.
    Image.preinit()
    sys.stdout.buffer.write(render_png(json.load(sys.stdin)))
