"""How layers become panels, and panels one drawing under its finding: without copies of what they hold.

Altair copies a drawing at every step, and with it each value that could have been set. Here parts are set
in place, data are text, and a finished drawing is written down in one go.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import Any

import pandas as pd

from oikit.charts.theme import COLORS
from oikit.errors import MissingExtra

try:
    import altair as alt
except ImportError as error:
    raise MissingExtra("altair", "charts") from error

__all__ = ["Stack", "alt", "assemble", "layered", "plot"]


def plot(table: pd.DataFrame) -> alt.Chart:
    r"""Begin a chart of a small table, which goes into the drawing as text.

    Parameters
    ----------
    table : DataFrame
        Numbers, and text; a number that is not known is left empty.

    Returns
    -------
    Chart
        Without a mark. Each encoding has to name its type: nothing is guessed from text.

    Examples
    --------
    >>> plot(pd.DataFrame({"at": ["a", "b"], "value": [1.5, None]})).data.values
    'at,value\na,1.5\nb,\n'
    """
    # Altair copies what a chart holds at every step and checks it, a table cell by cell and a text at once.
    text = table.to_csv(index=False, lineterminator="\n")
    numbers = dict.fromkeys(map(str, table.select_dtypes("number").columns), "number")
    return alt.Chart(alt.InlineData(text, format=alt.CsvDataFormat(type="csv", parse=numbers)))


def layered(layers: Sequence[alt.Chart | alt.LayerChart], **about: Any) -> alt.LayerChart:
    """Lay drawings over each other: as ``alt.LayerChart``, which copies each of them several times."""
    made = alt.LayerChart(layer=[], **about)
    made.layer = list(layers)
    return made


class Stack(alt.VConcatChart):
    """Panels below each other, written down without the copies that Altair makes of each on the way.

    It is an ``alt.VConcatChart`` in all else. What a reader adds to a panel is written by Altair's own way.
    """

    def to_dict(self, *args: Any, **more: Any) -> dict[str, Any]:
        """Write it as a specification; arguments are those of ``alt.VConcatChart``."""
        if _moves(self):
            return super().to_dict(*args, **more)
        plain = alt.VConcatChart(vconcat=[])
        for name, value in _set(self).items():
            plain[name] = value
        plain.vconcat = [_bare(each) for each in self.vconcat]
        return plain.to_dict(*args, **more)

    def _repr_mimebundle_(self, *args: Any, **more: Any) -> Any:
        # Not checked once more: each part was, as it was made.
        draw = alt.renderers.get()
        return draw(self.to_dict(validate=False, context={"pre_transform": False})) if draw else None


def _set(chart: Any) -> dict[str, Any]:
    return {name: value for name, value in chart._kwds.items() if value is not alt.Undefined}


def _moves(chart: Any) -> bool:
    """Has a reader added something to it that Altair has to lift out of the panels?"""
    given = _set(chart)
    parts = [*given.get("vconcat", ()), *given.get("layer", ())]
    return bool(given.get("params")) or any(_moves(each) for each in parts)


def _bare(chart: Any) -> Any:
    """The same drawing in classes that only hold; itself, where more is set than is ever set here."""
    given = _set(chart)
    kinds: tuple[tuple[type, Any, str], ...] = (
        (alt.LayerChart, alt.LayerSpec, "layer"),
        (alt.VConcatChart, alt.VConcatSpecGenericSpec, "vconcat"),
    )
    for kind, bare, parts in kinds:
        if isinstance(chart, kind) and set(given) <= {parts, "title", "width", "height", "spacing"}:
            made: Any = bare(**{parts: []})
            for name, value in given.items():
                made[name] = value
            made[parts] = [_bare(each) for each in given[parts]]
            return made
    return chart


def _stacked(charts: Sequence[Any], **about: Any) -> Stack:
    made = Stack(vconcat=[], **about)
    made.vconcat = list(charts)
    return made


def assemble(
    panels: Sequence[alt.LayerChart], *, title: str, finding: str, source: str, width: int
) -> alt.VConcatChart:
    """Stack panels under a title and the finding, with the source below.

    Parameters
    ----------
    panels : sequence of LayerChart
    title, finding, source : str
        The finding is also what a screen reader says. An empty source is left out.
    width : int, pixels
        Of the panels; text is wrapped to it.
    """
    stack: list[alt.LayerChart | alt.VConcatChart] = list(panels)
    if source:
        line = alt.TitleParams(
            textwrap.wrap(source, width // 6), orient="bottom", fontSize=12, color=COLORS["muted"]
        )
        # A view has one title, and the panel's own stands above it: this one goes round the panel.
        stack[-1] = _stacked(stack[-1:], title=line)
    head = alt.TitleParams(
        textwrap.wrap(title, width // 10),
        subtitle=textwrap.wrap(finding, width // 7),
        fontSize=17,
        fontWeight="bold",
        offset=16,
    )
    about = {"title": title, "finding": finding, "source": source}
    return _stacked(stack, spacing=18, title=head, description=finding, usermeta={"oikit": about})
