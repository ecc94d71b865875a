"""A still picture in SVG, drawn by Python: a finding, a chart of lines, bars and dots, and a source.

It stands where a front end shows no page: in a notebook that is not trusted, on paper, in a slide.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from html import escape

WIDTH, _EDGE = 960, 24
_FONTS = "system-ui, Segoe UI, Liberation Sans, Arial, sans-serif"
_COLORS = {
    "ink": "#1a2026",
    "soft": "#55606b",
    "line": "#e1e6eb",
    "faint": "#bcc6d0",
    "data": "#3d5369",
    "accent": "#b04600",
    "field": "#f2f4f6",
    "paper": "#ffffff",
}


class Still:
    """A picture under its finding; x and y count from the upper left corner of the chart.

    Parameters
    ----------
    says : str
        The finding and its sentence.
    foot : str
        The source, with the market and whether it is simulated.
    height : float
        Of the chart, in pixels; it is 912 wide.
    """

    def __init__(self, says: str, foot: str, *, height: float) -> None:
        self.says, self.foot, self.height = says, foot, height
        self._marks: list[str] = []

    def text(
        self, x: float, y: float, text: str, *, color: str = "ink", anchor: str = "start", weight: int = 400
    ) -> None:
        """Write a label."""
        self._marks.append(
            f'<text x="{x:.1f}" y="{y:.1f}" fill="{_COLORS[color]}" text-anchor="{anchor}" '
            f'font-weight="{weight}">{escape(text)}</text>'
        )

    def line(
        self, points: Iterable[tuple[float, float]], *, color: str = "data", width: float = 2, dash: str = ""
    ) -> None:
        """Draw a line through these points."""
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        stroke = f'stroke="{_COLORS[color]}" stroke-width="{width}"'
        if dash:
            stroke += f' stroke-dasharray="{dash}"'
        self._marks.append(f'<polyline points="{path}" fill="none" {stroke}/>')

    def bar(self, x: float, y: float, width: float, height: float, *, color: str = "data") -> None:
        """Draw a bar from its upper left corner."""
        size = f'width="{width:.1f}" height="{height:.1f}"'
        self._marks.append(f'<rect x="{x:.1f}" y="{y:.1f}" {size} fill="{_COLORS[color]}"/>')

    def circle(self, x: float, y: float, r: float, *, color: str = "data") -> None:
        """Draw a dot."""
        self._marks.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{r:g}" fill="{_COLORS[color]}"/>')

    def __str__(self) -> str:
        """Return the picture as SVG."""
        says, foot = textwrap.wrap(self.says, 84), textwrap.wrap(self.foot, 120)
        top = 26 * len(says) + 36
        high = round(top + self.height + 19 * len(foot) + 36)
        said = _lines(says, 30, 26, 'font-size="18" font-weight="650"')
        source = _lines(foot, top + self.height + 26, 19, f'fill="{_COLORS["soft"]}"')
        marks = "".join(self._marks)
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{high}" '
            f'viewBox="0 0 {WIDTH} {high}" style="max-width: 100%; height: auto" role="img" '
            f'aria-label="{escape(self.says)}" font-family="{_FONTS}" font-size="14" '
            f'fill="{_COLORS["ink"]}">'
            f'<rect width="100%" height="100%" fill="{_COLORS["paper"]}"/>'
            f'{said}<g transform="translate({_EDGE} {top})">{marks}</g>{source}</svg>'
        )


def _lines(lines: list[str], top: float, step: float, style: str) -> str:
    return "".join(
        f'<text x="{_EDGE}" y="{top + step * at:.1f}" {style}>{escape(line)}</text>'
        for at, line in enumerate(lines)
    )
