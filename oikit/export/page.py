"""An executed notebook as one page that needs nothing else: no network, no kernel, no second file.

nbconvert writes the cells; each chart keeps its specification and is drawn in the reader's browser
by one copy of the library for the whole page. The page may ask nothing of the network and may run
no script but its own (its Content-Security-Policy says so). The same notebook gives the same bytes.
"""

from __future__ import annotations

import base64
import contextlib
import copy
import functools
import hashlib
import json
import re
from collections.abc import Mapping
from html import escape, unescape
from importlib import resources
from typing import Any

from oikit.errors import InputError, MissingExtra, OikitError
from oikit.export.bundle import bundle
from oikit.lessons import files

__all__ = ["render"]

_VEGA = re.compile(r"application/vnd\.vegalite\.v[56](\.json|\+json)")
_META = re.compile(r"<meta\b[^>]*>?", re.IGNORECASE)  # it could send the reader to another address
_HERO = '<div class="oikit-hero">'
_WIDGET = "application/vnd.jupyter.widget-view+json"
_KINDS = ["text/html", "text/markdown", "image/svg+xml", "image/png", "image/jpeg", "text/plain"]


def render(notebook: Mapping[str, Any], *, title: str = "", show_code: bool = True, lang: str = "en") -> str:
    """Write an executed notebook as one self-contained HTML page.

    Parameters
    ----------
    notebook : NotebookNode
        With its outputs; as nbformat 4 reads it.
    title : str
        For the browser's tab; the notebook's first heading if empty.
    show_code : bool
        Lessons show their code; reports do not.
    lang : str
        The language of the text, such as ``"en"``.

    Returns
    -------
    str
        HTML. Text is escaped wherever it is text. HTML that a cell put out on purpose stays, but no
        script in it will run, and no ``<meta>`` of it is kept.

    Raises
    ------
    InputError
        If there is no notebook in it, or it has no heading and no title.
    MissingExtra
        If nbconvert or vl-convert-python is not installed.
    """
    if notebook.get("nbformat") != 4:
        raise InputError("this is no notebook of format 4; read it with nbformat.read(path, as_version=4)")
    charts: list[str] = []
    frames: list[str] = []
    cells: Any = copy.copy(notebook)
    cells["cells"] = [copy.copy(cell) for cell in notebook["cells"]]
    for cell in cells["cells"]:
        if cell["cell_type"] == "code":
            cell["outputs"] = [_output(output, charts, frames) for output in cell.get("outputs", [])]
    plain = not show_code and _is_plain(cells)
    body = _META.sub("", _plain(cells) if plain else _body(cells, show_code))
    heading = re.search(r"<h1[^>]*>(.*?)</h1>", body, re.DOTALL)
    name = escape(title) or (re.sub(r"<[^>]+>", "", heading[1]).strip() if heading else "")
    if not name:
        raise InputError("the notebook has no first heading; give the page a title='...'")
    if not heading:
        body = f"<h1>{name}</h1>\n{body}"
    scripts = [] if plain and not charts else [*([_library()] if charts else []), _part("page.js")]
    return _SHELL.format(
        lang=escape(lang),
        title=name,
        policy=_policy([*scripts, *dict.fromkeys(frames)], evaluates=bool(charts)),
        style=_part("page.css"),
        body=body,
        scripts="".join([_LICENCE * bool(charts), *(f"<script>{script}</script>\n" for script in scripts)]),
    )


_SHELL = """<!doctype html>
<html lang="{lang}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
{style}</style>
</head>
<body>
<a class="skip" href="#content">Skip to the content</a>
<main id="content" tabindex="-1">
{body}</main>
{scripts}</body>
</html>
"""


_LICENCE = """<!-- Charts are drawn by Vega, Vega-Lite and Vega-Embed. Copyright University of Washington
     Interactive Data Lab and contributors, BSD 3-Clause License. -->
"""


def _policy(scripts: list[str], *, evaluates: bool) -> str:
    """Return a content policy that allows only these scripts; Vega needs eval."""
    hashes = [f"'sha256-{base64.b64encode(hashlib.sha256(s.encode()).digest()).decode()}'" for s in scripts]
    allowed = " ".join([*(["'unsafe-eval'"] if evaluates else []), *hashes]) or "'none'"
    return (
        f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; img-src data:; "
        "font-src data:; base-uri 'none'; form-action 'none'"
    )


@functools.cache
def _part(name: str) -> str:
    return resources.files("oikit.export").joinpath(name).read_text(encoding="utf-8")


@functools.cache
def _library() -> str:
    """One copy of Vega, Vega-Lite and Vega-Embed, safe inside a script element."""
    code = bundle("window.vegaEmbed = vegaEmbed;")
    return code.replace("</script", "<\\/script").replace("<!--", "<\\!--")


def _is_plain(notebook: Mapping[str, Any]) -> bool:
    """Return whether all that is shown is HTML that cells put out, as in a report."""
    return all(
        cell["cell_type"] == "code" and all("text/html" in each.get("data", {}) for each in cell["outputs"])
        for cell in notebook["cells"]
    )


def _plain(notebook: Mapping[str, Any]) -> str:
    """Write the outputs under each other: for these nbconvert would add nothing."""
    shown = ("\n".join(each["data"]["text/html"] for each in cell["outputs"]) for cell in notebook["cells"])
    return "".join(f'<div class="output">\n{html}\n</div>\n' for html in shown if html)


def _body(notebook: Mapping[str, Any], show_code: bool) -> str:
    try:
        from jinja2 import DictLoader
        from nbconvert import HTMLExporter
    except ImportError as error:
        raise MissingExtra("nbconvert", "report") from error
    exporter = HTMLExporter(
        template_name="base",
        template_file="oikit.html.j2",
        extra_loaders=[DictLoader({"oikit.html.j2": _part("cells.html.j2")})],
        exclude_input=not show_code,
        exclude_anchor_links=True,
    )
    exporter.config.NbConvertBase.display_data_priority = _KINDS
    html: str = exporter.from_notebook_node(notebook)[0]
    return html


def _output(output: dict[str, Any], charts: list[str], frames: list[str]) -> dict[str, Any]:
    """Keep what a page can show; draw charts, let hero pictures move, and say where a control was."""
    data = output.get("data")
    if data is None:
        return output
    chart = next((data[kind] for kind in data if _VEGA.fullmatch(kind)), None)
    if chart is not None:
        charts.append(_figure(copy.deepcopy(chart), len(charts) + 1))
        return {**output, "data": {"text/html": charts[-1]}}
    kept = {kind: data[kind] for kind in _KINDS if kind in data}
    if _HERO in kept.get("text/html", ""):
        scripts = _scripts(kept["text/html"])
        if scripts and set(scripts) <= _ours():
            frames += scripts
        else:  # of another version, or another's: its script would not run, so the still picture stands here
            kept = {kind: kept[kind] for kind in ("image/svg+xml", "text/plain") if kind in kept}
    if _WIDGET in data and list(kept) in ([], ["text/plain"]):
        kept = {"text/html": '<p class="note">Here are controls that need a running notebook.</p>'}
    return {**output, "data": kept}


def _scripts(text: str) -> list[str]:
    """Return the scripts of the page inside a hero's frame."""
    found = re.search(r'<iframe [^>]*?srcdoc="([^"]*)"', text)
    return re.findall(r"<script>(.*?)</script>", unescape(found[1]), re.DOTALL) if found else []


@functools.cache
def _ours() -> frozenset[str]:
    """Return the scripts that a page may run inside a frame: the kit, and the heroes of the lessons."""
    scripts = [resources.files("oikit").joinpath("explore", "kit.js")]
    with contextlib.suppress(OikitError):  # without the lessons there are no heroes
        scripts += files("hero.js")
    return frozenset(each.read_text(encoding="utf-8") for each in scripts)


def _figure(spec: dict[str, Any], number: int) -> str:
    """A chart's place in the page: its title and finding as text, its drawing to come."""
    about = spec.get("usermeta", {}).get("oikit", {})
    says = str(spec.get("description") or "a chart without a description")
    kept = {key: value for key, value in spec.items() if key not in ("usermeta", "$schema")}
    if about:  # said in the page itself, where it wraps and can be selected
        kept.pop("title", None)
        kept["padding"] = {"left": 0, "right": 0, "top": 0, "bottom": 4}  # letters reach below their line
        _drop_source(kept)
    # An image has no parts for a screen reader; a chart with controls must keep them.
    role = "group" if any("bind" in parameter for parameter in spec.get("params", [])) else "img"
    name = " ".join(part for part in (about.get("title"), says) if part)
    lines = [f'<figure class="chart" id="chart-{number}">']
    if about.get("title"):
        lines.append(f'<p class="asks">{escape(about["title"])}</p>')
    lines.append(f'<div class="drawing" role="{role}" aria-label="{escape(name)}"></div>')
    if about:
        source = f' <span class="source">{escape(about["source"])}</span>' if about.get("source") else ""
        lines.append(f"<figcaption>{escape(says)}{source}</figcaption>")
    # No character of the data can end the element that holds it.
    text = json.dumps(kept, separators=(",", ":"), ensure_ascii=False).replace("<", "\\u003c")
    lines.append(f'<script type="application/json">{text}</script>')
    lines.append("<noscript><p>This chart is drawn with JavaScript, which is off.</p></noscript></figure>")
    return "\n".join(lines)


def _drop_source(spec: dict[str, Any]) -> None:
    """Take the title off the last line of a figure, without touching the specification it came from."""
    panels = list(spec.get("vconcat", ()))
    if panels and "vconcat" in panels[-1]:
        panels[-1] = {key: value for key, value in panels[-1].items() if key != "title"}
        spec["vconcat"] = panels
