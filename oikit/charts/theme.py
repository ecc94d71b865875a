"""Colours, theme and renderers of the charts.

Colours have names (`COLORS`), are safe for colour-blind readers and are always paired with a dash, a
shape or a label. Only a call of `use_theme` changes settings; importing this module does not. Charts are
drawn offline everywhere: JupyterLab renders the specification with its own library, and other front ends
get a finished image. Specifications use only features common to Vega-Lite 5 and 6.
"""

from __future__ import annotations

import os
import sys
from html import escape
from typing import Any, Literal

from oikit.errors import InputError, MissingExtra

__all__ = ["COLORS", "MIME", "use_theme"]

COLORS = {
    "price": "#1f2328",
    "open_interest": "#0072b2",
    "open_interest_value": "#56789a",
    "long": "#00805e",
    "short": "#c24e00",
    "funding": "#9a4b83",
    "accent": "#b06a00",
    "band": "#c6d3de",
    "muted": "#57606a",
    "text": "#1f2328",
    "grid": "#e4e8ec",
    "background": "#ffffff",
}
"""After Okabe and Ito, some darkened until they stand out on white."""

MIME = "application/vnd.vegalite.v5+json"
"""What JupyterLab draws without a network."""

_SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json"
_EMBED = {"renderer": "svg", "actions": False}
_FONT = "system-ui, -apple-system, 'Segoe UI', 'Liberation Sans', Arial, sans-serif"


def use_theme(draw: Literal["auto", "spec", "picture"] = "auto") -> None:
    """Make every chart of this session look alike and draw without a network.

    Parameters
    ----------
    draw : {"auto", "spec", "picture"}
        ``"spec"`` leaves the drawing to JupyterLab; ``"picture"`` sends a finished one, for places
        that cannot draw offline. ``"auto"`` takes the picture in Colab and VS Code.

    Raises
    ------
    InputError
        If `draw` is none of these.
    MissingExtra
        If altair is not installed.
    """
    if draw not in ("auto", "spec", "picture"):
        raise InputError(f"draw={draw!r} is unknown; use 'auto', 'spec' or 'picture'")
    try:
        import altair as alt
    except ImportError as error:
        raise MissingExtra("altair", "charts") from error
    if draw == "auto":
        elsewhere = "google.colab" in sys.modules or "VSCODE_PID" in os.environ
        draw = "picture" if elsewhere else "spec"
    alt.theme.register("oikit", enable=True)(_theme)
    alt.renderers.register("oikit", _as_spec if draw == "spec" else _as_picture)
    alt.renderers.enable("oikit")


def _theme() -> Any:
    axis = {
        "labelColor": COLORS["muted"],
        "titleColor": COLORS["muted"],
        "labelFontSize": 14,
        "titleFontSize": 14,
        "titleFontWeight": "normal",
        "gridColor": COLORS["grid"],
        "domainColor": COLORS["muted"],
        "tickColor": COLORS["muted"],
    }
    title = {
        "anchor": "start",
        "frame": "group",
        "color": COLORS["text"],
        "fontSize": 14,
        "fontWeight": "normal",
        "subtitleColor": COLORS["muted"],
        "subtitleFontSize": 14,
        "subtitlePadding": 6,
        "subtitleLineHeight": 20,
        "offset": 8,
    }
    config = {
        "font": _FONT,
        "background": COLORS["background"],
        "padding": 12,
        "view": {"stroke": None, "continuousWidth": 470, "continuousHeight": 200},
        "axis": axis,
        "axisX": {"grid": False, "labelFlush": False},
        "axisY": {"domain": False, "ticks": False, "labelPadding": 8, "tickCount": 4},
        "title": title,
        "legend": {
            "labelFontSize": 14,
            "titleFontSize": 14,
            "labelColor": COLORS["text"],
            "titleColor": COLORS["text"],
        },
        "line": {"strokeWidth": 1.6, "strokeCap": "round", "strokeJoin": "round"},
        "text": {"fontSize": 14, "color": COLORS["text"]},
        "range": {"category": [COLORS[name] for name in ("open_interest", "short", "long", "funding")]},
    }
    return {"config": config}


def _ready(spec: dict[str, Any]) -> dict[str, Any]:
    usermeta = {**spec.get("usermeta", {}), "embedOptions": _EMBED}
    return {**spec, "$schema": _SCHEMA, "usermeta": usermeta}


def _as_spec(spec: dict[str, Any], **options: Any) -> dict[str, Any]:
    """Return the specification for the page to draw, and the finding as text for other front ends."""
    return {MIME: _ready(spec), "text/plain": spec.get("description") or "a chart"}


def _as_picture(spec: dict[str, Any], **options: Any) -> dict[str, Any]:
    """Draw now: a still picture that says aloud what it shows."""
    try:
        import vl_convert
    except ImportError as error:
        raise MissingExtra("vl-convert-python", "charts") from error
    says = spec.get("description") or "a chart"
    picture = vl_convert.vegalite_to_svg(_ready(spec), vl_version=vega_lite_version())
    return {"text/html": f'<div role="img" aria-label="{escape(says)}">{picture}</div>', "text/plain": says}


def vega_lite_version() -> str:
    """Return the Vega-Lite 5 that the installed drawing library brings."""
    import vl_convert

    fives = [v for v in vl_convert.get_vegalite_versions() if v.split(".")[0] == "5"]
    return max(fives, key=lambda version: int(version.split(".")[1]))
