"""The parts of a page, before they are HTML or Markdown: one content, two ways to write it.

Text from outside goes through the same two doors as our own, `html` and `markdown`, and comes out as
text: escaped in the one, with a backslash before what Markdown would read in the other.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any

from oikit.explanations import Explanation
from oikit.report.fact import text


@dataclass(frozen=True, slots=True)
class Shown:
    """A number of the facts, by its id, and the part of it that is shown (`oikit.report.fact.text`)."""

    fact: str
    part: str = "value"


@dataclass(frozen=True, slots=True)
class Strong:
    """Words that stand out."""

    says: str


@dataclass(frozen=True, slots=True)
class Code:
    """Words to be typed."""

    says: str


@dataclass(frozen=True, slots=True)
class Link:
    """A file beside the page."""

    name: str


@dataclass(frozen=True, slots=True)
class Small:
    """Words beside a large number, such as its unit."""

    says: str


Inline = str | Shown | Strong | Code | Link | Small


@dataclass(frozen=True, slots=True)
class Para:
    """A paragraph; `kind` is how it looks: ``""``, ``"note"`` or ``"badge simulated"``."""

    parts: Sequence[Inline]
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Quote:
    """The reader's own text, lines and all."""

    says: str


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list."""

    items: Sequence[Sequence[Inline]]


@dataclass(frozen=True, slots=True)
class Table:
    """A table; the first column names the row, `numbers` says which columns stand to the right."""

    head: Sequence[str]
    rows: Sequence[Sequence[Sequence[Inline]]]
    numbers: frozenset[int] = frozenset()
    caption: str = ""
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Explain:
    """Three-part explanations, folded away until asked for; not in a mail."""

    entries: Sequence[Explanation]


@dataclass(frozen=True, slots=True)
class Fold:
    """Blocks behind one line that says what they come to; in a mail the line stands alone.

    `name` is what a link leads to; `kind` is ``"inprint"`` where paper shows the blocks, too, and ``"facts"``
    for what a mail leaves out.
    """

    says: str
    blocks: Sequence[Any] = field(default_factory=list)
    lead: Sequence[Inline] = ()
    name: str = ""
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture under its finding; a mail has the finding alone."""

    says: Sequence[Inline]
    about: str
    svg: str
    source: str


@dataclass(frozen=True, slots=True)
class Tile:
    """One measure: its number, what became of it, and where it stands."""

    name: str
    value: Sequence[Inline]
    moved: Sequence[Inline]
    where: Sequence[Inline]
    svg: str = ""


@dataclass(frozen=True, slots=True)
class Tiles:
    """The measures side by side."""

    tiles: Sequence[Tile]


@dataclass(frozen=True, slots=True)
class Part:
    """Blocks that stand together under a heading, which a link leads to."""

    says: str
    blocks: Sequence[Any]
    name: str
    kind: str = ""
    lead: Sequence[Inline] = ()


@dataclass(frozen=True, slots=True)
class Links:
    """Ways to other places: parts of this page, and other pages; not in a mail."""

    here: Sequence[tuple[str, str]]
    beside: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Head:
    """The top of the page: which week, how real, how whole, what it says."""

    week: str
    real: Sequence[Inline]
    doubt: bool
    whole: Sequence[Inline]
    fine: bool
    title: tuple[Sequence[Inline], Sequence[Inline]]
    dek: Sequence[Inline]


Block = Para | Quote | Bullets | Table | Explain | Fold | Figure | Tiles | Part | Links | Head

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]")


def clean(given: str) -> str:
    r"""Make every line end a newline, and take out what no one can see.

    Examples
    --------
    >>> clean("a\r\nb\x00")
    'a\nb'
    """
    lines = given.replace("\r\n", "\n").replace("\r", "\n")
    # A lone half of a character cannot be written to a file.
    return _CONTROL.sub("", lines).encode("utf-8", "replace").decode("utf-8")


def plain(parts: Sequence[Inline], facts: Mapping[str, dict[str, Any]]) -> str:
    """Write a paragraph as bare words, as a screen reader says them."""
    return "".join(_bare(part, facts) for part in parts)


def _bare(part: Inline, facts: Mapping[str, dict[str, Any]]) -> str:
    if isinstance(part, str):
        return part
    if isinstance(part, Shown):
        return text(facts[part.fact], part.part)
    return part.name if isinstance(part, Link) else part.says


def html(blocks: Sequence[Block], facts: Mapping[str, dict[str, Any]]) -> str:
    """Write blocks as HTML."""
    return "\n".join(_block(block, facts) for block in blocks)


def _block(block: Block, facts: Mapping[str, dict[str, Any]]) -> str:
    if isinstance(block, Para):
        kind = f' class="{escape(block.kind)}"' if block.kind else ""
        return f"<p{kind}>{_line(block.parts, facts)}</p>"
    if isinstance(block, Quote):
        return f'<div class="own">{escape(clean(block.says))}</div>'
    if isinstance(block, Bullets):
        return "<ul>\n" + "".join(f"<li>{_line(item, facts)}</li>\n" for item in block.items) + "</ul>"
    if isinstance(block, Table):
        return _table(block, facts)
    if isinstance(block, Explain):
        return _explained(block.entries)
    return _composed(block, facts)


def _composed(block: Block, facts: Mapping[str, dict[str, Any]]) -> str:
    """Write the parts of the front and the folds."""
    if isinstance(block, Fold):
        lead = f" <span>{_line(block.lead, facts)}</span>" if block.lead else ""
        kind = f"fold {block.kind}".strip()
        target = f' id="{block.name}"' if block.name else ""
        inner = f'<div class="body"{target}>\n{html(block.blocks, facts)}\n</div>'
        head = f"<h3>{escape(block.says)}</h3>" if block.name else escape(block.says)
        return f'<details class="{kind}"><summary>{head}{lead}</summary>\n{inner}</details>'
    if isinstance(block, Figure):
        about, source = escape(block.about), escape(block.source)
        return (
            f'<figure class="drawn"><h3>{_line(block.says, facts)}</h3><p class="cap">{about}</p>\n'
            f'{block.svg}\n<figcaption class="src">{source}</figcaption></figure>'
        )
    if isinstance(block, Tiles):
        tiles = "".join(
            f'<li class="tile"><h3>{escape(each.name)}</h3><p class="num">{_line(each.value, facts)}</p>'
            f'<p class="delta">{_line(each.moved, facts)}</p>{each.svg}'
            f'<p class="where">{_line(each.where, facts)}</p></li>\n'
            for each in block.tiles
        )
        return f'<ul class="tiles">\n{tiles}</ul>'
    if isinstance(block, Part):
        lead = f'<p class="lead">{_line(block.lead, facts)}</p>' if block.lead else ""
        inner = html(block.blocks, facts)
        head = f'<section class="part {block.kind}" id="{block.name}"><h2>{escape(block.says)}</h2>{lead}'
        return f"{head}\n{inner}\n</section>"
    return _top(block, facts)


def _top(block: Any, facts: Mapping[str, dict[str, Any]]) -> str:
    if isinstance(block, Links):
        here = "".join(f'<li><a href="#{name}">{escape(says)}</a></li>' for says, name in block.here)
        beside = "".join(
            f'<a href="{escape(name)}">{escape(says)}</a>'
            if name
            else f'<span class="off">{escape(says)}</span>'
            for says, name in block.beside
        )
        return (
            '<header class="top"><p class="brand">oikit <span>weekly</span></p>'
            f'<nav class="toc" aria-label="On this page"><ul>{here}</ul></nav>'
            f'<nav class="weeks" aria-label="Other reports">{beside}</nav></header>'
        )
    look = "sim doubt" if block.doubt else "sim"
    chip = "chip" if block.fine else "chip amber"
    first, second = (_line(each, facts) for each in block.title)
    return (
        f'<div class="head"><p class="eyebrow"><span>{escape(block.week)}</span>'
        f'<span class="{look}">{_line(block.real, facts)}</span>'
        f'<a class="{chip}" href="#data"><i></i>{_line(block.whole, facts)}</a></p>'
        f"<h1><span>{first}</span> <span>{second}</span></h1>\n"
        f'<p class="dek">{_line(block.dek, facts)}</p></div>'
    )


def _explained(entries: Sequence[Explanation]) -> str:
    told = ""
    for entry in entries:
        parts = (
            ("What it is", entry.what),
            ("How it is computed", entry.how),
            ("How to read it", entry.read),
        )
        lines = "".join(f"<dt>{escape(name)}</dt><dd>{escape(says)}</dd>" for name, says in parts)
        told += f"<p><strong>{escape(entry.title)}</strong></p><dl>{lines}</dl>\n"
    head = "What this is, how it is computed, how to read it"
    return f'<details class="explain"><summary>{head}</summary>\n{told}</details>'


def _table(block: Table, facts: Mapping[str, dict[str, Any]]) -> str:
    def cell(place: int, parts: Sequence[Inline], tag: str, scope: str = "") -> str:
        look = ' class="number"' if place in block.numbers else ""
        return f"<{tag}{scope}{look}>{_line(parts, facts)}</{tag}>"

    head = "".join(cell(n, [each], "th", ' scope="col"') for n, each in enumerate(block.head))
    rows = "".join(
        "<tr>"
        + "".join(
            cell(n, parts, "th", ' scope="row"') if n == 0 else cell(n, parts, "td")
            for n, parts in enumerate(row)
        )
        + "</tr>\n"
        for row in block.rows
    )
    caption = f"<caption>{escape(block.caption)}</caption>" if block.caption else ""
    kind = f' class="{escape(block.kind)}"' if block.kind else ""
    return f"<table{kind}>{caption}<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}</tbody></table>"


def _line(parts: Sequence[Inline], facts: Mapping[str, dict[str, Any]]) -> str:
    return "".join(_inline(part, facts) for part in parts)


def _inline(part: Inline, facts: Mapping[str, dict[str, Any]]) -> str:
    says = escape(_bare(part, facts))
    if isinstance(part, Shown):
        more = "" if part.part == "value" else f' data-part="{part.part}"'
        return f'<span class="whole" data-fact="{escape(part.fact)}"{more}>{says}</span>'
    if isinstance(part, Strong):
        return f"<strong>{says}</strong>"
    if isinstance(part, Small):
        return f"<small>{says}</small>"
    if isinstance(part, Code):
        return f"<code>{says}</code>"
    return f'<a href="{says}">{says}</a>' if isinstance(part, Link) else says


_MEANT = re.compile(r"([\\`*_\[\]#|~])")


def markdown(blocks: Sequence[Block], facts: Mapping[str, dict[str, Any]]) -> str:
    """Write blocks as Markdown for a mail; what is folded away on the page is left out."""
    written = (_marked(block, facts) for block in blocks)
    return "\n\n".join(each for each in written if each) + "\n"


def _marked(block: Block, facts: Mapping[str, dict[str, Any]]) -> str:
    if isinstance(block, Para):
        return _words(block.parts, facts)
    if isinstance(block, Quote):
        return "\n".join(f"> {_quiet(line)}".rstrip() for line in clean(block.says).split("\n"))
    if isinstance(block, Bullets):
        return "\n".join(f"- {_words(item, facts)}" for item in block.items)
    if isinstance(block, Table):
        marks = ["---:" if n in block.numbers else "---" for n in range(len(block.head))]
        lines = [[_quiet(each) for each in block.head], marks]
        lines += [[_marked_up(parts, facts) for parts in row] for row in block.rows]
        rows = "\n".join("| " + " | ".join(line) + " |" for line in lines)
        return f"{_quiet(block.caption)}\n\n{rows}" if block.caption else rows
    return _mailed(block, facts)


def _mailed(block: Block, facts: Mapping[str, dict[str, Any]]) -> str:
    """Write the parts of the front for a mail: their words, without their pictures."""
    if isinstance(block, Head):
        first, second = (_words(each, facts) for each in block.title)
        real, whole = _words(block.real, facts), _words(block.whole, facts)
        return f"# {first} {second}\n\n{_quiet(block.week)}. {real} {whole}.\n\n{_words(block.dek, facts)}"
    if isinstance(block, Tiles):
        return "\n".join(
            f"- **{_quiet(each.name)}** {_words([*each.value, '; ', *each.moved, '; ', *each.where], facts)}"
            for each in block.tiles
        )
    if isinstance(block, Figure):
        return f"- {_words(block.says, facts)}"
    if isinstance(block, Part):
        inner = markdown(block.blocks, facts).rstrip("\n")
        # What is said of a picture has no place where there is none.
        lead = f"{_words(block.lead, facts)}\n\n" if block.lead and not block.kind.startswith("ruled") else ""
        return f"## {_quiet(block.says)}\n\n{lead}{inner}"
    if isinstance(block, Fold) and block.lead and block.kind != "facts":
        return f"**{_quiet(block.says)}.** {_words(block.lead, facts)}"
    return ""


def _words(parts: Sequence[Inline], facts: Mapping[str, dict[str, Any]]) -> str:
    return _headed(_marked_up(parts, facts))


def _marked_up(parts: Sequence[Inline], facts: Mapping[str, dict[str, Any]]) -> str:
    written = []
    for part in parts:
        says = _bare(part, facts)
        if isinstance(part, Code):
            # A backtick in it would end it, and so would the end of a line.
            whole = "`" not in says and clean(says) == says and "\n" not in says
            written.append(f"`{says}`" if whole else _escaped(says))
        else:
            written.append(f"**{_escaped(says)}**" if isinstance(part, Strong) else _escaped(says))
    return "".join(written)


def _quiet(says: str) -> str:
    """Text that Markdown leaves alone: no markup, no HTML, one line."""
    return _headed(_escaped(says))


def _escaped(says: str) -> str:
    line = " ".join(clean(says).split("\n"))
    line = line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    line = _MEANT.sub(r"\\\1", line)
    return line.replace("$", "\\$") if line.count("$") > 1 else line  # two of them would make a formula


def _headed(line: str) -> str:
    """Escape what has a meaning only at the start of a line: lists, rules, a block of code."""
    line = re.sub(r"^(\d+)([.)])(?=\s|$)", r"\1\\\2", line.lstrip())
    return re.sub(r"^([-+=])", r"\\\1", line)
