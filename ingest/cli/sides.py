"""Two texts side by side, in columns of the terminal's width, with what was measured on them above."""

from __future__ import annotations

import shutil
import unicodedata
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import click

from ingest.cli import common
from ingest.match.words import REFUSED_REASONS

if TYPE_CHECKING:
    from ingest.model import Evidence
    from ingest.pipeline.exhibits import Exhibit, PairExhibit

_GAP = " │ "
_LEAST_COLUMNS, _MOST_COLUMNS = 40, 160


def width() -> int:
    """Columns to write in: the terminal's, or COLUMNS, or a hundred; never too few for two texts."""
    return max(_LEAST_COLUMNS, min(_MOST_COLUMNS, shutil.get_terminal_size((100, 24)).columns))


def print_pair(pair: PairExhibit, headline: str) -> None:
    """Print a pair: a headline, the verdict with its evidence and reason, and both texts beside each other."""
    columns = width()
    click.echo(f"\n── {headline} ".ljust(columns, "─"))
    for line in told(pair):
        for row in wrapped(line, columns):
            click.echo(row)
    click.echo()
    print_beside(pair.a, pair.b)


def print_beside(a: Exhibit, b: Exhibit) -> None:
    """Print two articles beside each other."""
    for row in beside(shown(a), shown(b), width()):
        click.echo(row)


def told(pair: PairExhibit) -> Iterator[str]:
    """What was said of a pair, in lines."""
    if pair.pairs > 1:
        yield f"{pair.pairs} labelled pairs are wrong in this way."
    if not pair.proposed:
        yield "This pair was never proposed; compared all the same, the verdict would be:"
    yield f"{pair.relation} ({pair.reason}), score {pair.score:.2f}: {common.visible(pair.explanation)}"
    if pair.refused:
        why = REFUSED_REASONS.get(pair.refused, "What lies between their stories speaks against one story of all.")
        yield f"The verdict joins, and the stories stay two all the same ({pair.refused}). {why}"
    yield measured(pair.evidence)
    if pair.path:
        steps = "".join(f" → {step.b} ({step.relation}, {step.score:.2f})" for step in pair.path)
        yield f"Joined only through others: {pair.path[0].a}{steps}"
    if pair.note:
        yield f"The label's note: {common.visible(pair.note)}"


def measured(evidence: Evidence) -> str:
    """The evidence in one line."""
    gap = "time unknown" if evidence.gap_s is None else f"{evidence.gap_s / 3600:.1f} h apart"
    parts = [
        f"Jaccard {evidence.jaccard:.2f}",
        f"containment {evidence.containment_a:.2f} and {evidence.containment_b:.2f}",
        f"title {evidence.title:.2f}",
        f"leads {evidence.lead_a:.2f} and {evidence.lead_b:.2f}",
        f"{evidence.shared} shingles in common",
        gap,
    ]
    for name, share in (("vocabulary", evidence.vocabulary), ("figures and names", evidence.specifics)):
        if share:
            parts.append(f"{name} {share:.2f}")
    parts += [f"{kind} {same} same and {other} other" for kind, same, other in evidence.agreement]
    for name, share in (("in quotations", evidence.quoted), ("standing passages", evidence.boilerplate)):
        if share:
            parts.append(f"{share:.0%} {name}")
    if evidence.veto:
        parts.append(f"veto: {common.visible(evidence.veto)}")
    return ", ".join(parts)


def shown(article: Exhibit) -> list[str]:
    """An article's paragraphs for its column: who and when, the title, how it begins."""
    label = ", ".join(
        f"{name} {value}" for name, value in (("story", article.story), ("kind", article.kind)) if value is not None
    )
    return [
        f"{article.id}" + (f" ({label})" if label else ""),
        f"{article.publisher or 'no publisher'}, {common.moment(article.published_at)}",
        article.title or "(no title)",
        "",
        article.text,
    ]


def beside(left: Sequence[str], right: Sequence[str], columns: int) -> Iterator[str]:
    """Paragraphs in two columns; each paragraph begins beside its counterpart."""
    each = (columns - len(_GAP)) // 2
    for one, other in zip(left, right, strict=True):
        rows_one, rows_other = wrapped(one, each) or [""], wrapped(other, each) or [""]
        for number in range(max(len(rows_one), len(rows_other))):
            here = rows_one[number] if number < len(rows_one) else ""
            there = rows_other[number] if number < len(rows_other) else ""
            yield f"{here}{' ' * (each - span(here))}{_GAP}{there}".rstrip()


def wrapped(text: str, columns: int) -> list[str]:
    """A stranger's text in rows of at most so many columns, broken between words where it can be."""
    rows, row = list[str](), ""
    for word in common.visible(text).split():
        if row and span(row) + 1 + span(word) <= columns:
            row += f" {word}"
            continue
        if row:
            rows.append(row)
        row = ""
        for letter in word:  # a word wider than a row, as every sentence is in a script without spaces
            if span(row) + span(letter) > columns:
                rows.append(row)
                row = ""
            row += letter
    return [*rows, row] if row else rows


def span(text: str) -> int:
    """How many columns of a terminal a text takes."""
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
