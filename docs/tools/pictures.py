"""Draws the pictures of `docs/` from what the code computes: how matching decides, and the rooms.

The example is the sample newsroom's: a wire report of the 13th package of sanctions, another outlet's cut of it, and
the same agency's report of the 12th. `make docs-reference` runs it; a test compares what lies there with what it would
draw.
"""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from docs.tools import svg
from docs.tools.made import keep
from ingest.demo.newsroom import load_newsroom, print_article
from ingest.match.batch import Matched, match_all
from ingest.match.features import Features, features
from ingest.match.keys import BANDS, ROWS
from ingest.match.sign import NUM_PERM, run_hashes, shingle_hashes, sign, word_hashes
from ingest.match.sketch import sketch
from ingest.match.verify import compare
from ingest.model import ArticleId, Document, Member, Relation, Verdict

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "docs" / "img"
#: Any day will do: the texts name months and weekdays after it.
_OPENED_AT = datetime(2026, 5, 4, 6, 0, tzinfo=UTC)
_STORIES = ("sanctions-13", "sanctions-12")
_WIRE, _CUT, _OTHER = (
    ("tarrow", "union-proposes-13th-package-of-sanctions"),
    ("mercury", "20433"),
    ("tarrow", "union-adopts-12th-package-of-sanctions"),
)
_JOBS = {
    "cli": "the commands",
    "demo": "the sample newsroom on this machine",
    "daemon": "clock, signals, schedule",
    "browse": "the pages, as a Datasette plugin",
    "pipeline": "knows the order; one trip is one transaction",
    "scale": "the order of matching on many machines",
    "workers": "processes that can be killed",
    "poll": "asks servers",
    "parse": "reads feeds",
    "revise": "new, revised, same?",
    "extract": "reads pages",
    "match": "finds stories",
    "store": "SQLite",
    "publish": "digest, mail, exports",
    "watch": "queries that are kept running",
    "text": "words, addresses, credits",
    "config": "what an operator may say",
    "model": "the values that travel",
    "errors": "errors and reason words",
    "early": "signals before all is loaded",
}


def pictures() -> dict[str, str]:
    """Every picture by its file name."""
    documents = _documents()
    wire, cut, other = (documents[key] for key in (_WIRE, _CUT, _OTHER))
    measured = {document.id: features(document) for document in (wire, cut, other)}
    return {
        "matching-shingles.svg": _shingles(wire),
        "matching-bands.svg": _bands(measured[wire.id], measured[cut.id], measured[other.id]),
        "matching-verdicts.svg": _verdicts(measured[wire.id], measured[cut.id], measured[other.id]),
        "matching-story.svg": _story(list(documents.values()), wire, other),
        "architecture.svg": _rooms(),
    }


def _documents() -> dict[tuple[str, str], Document]:
    """The articles of the two stories as matching sees them, by publisher and slug."""
    newsroom = load_newsroom()
    publishers = {publisher.key: publisher for publisher in newsroom.publishers}
    found = {}
    for number, article in enumerate((a for a in newsroom.articles if a.story in _STORIES), start=1):
        publisher = publishers[article.publisher]
        printed = print_article(publisher, article, opened_at=_OPENED_AT, edition=1)
        found[article.publisher, article.slug] = Document(
            id=ArticleId(number),
            key=f"{article.publisher}/{article.slug}",
            title=printed.title,
            text="\n".join(printed.paragraphs),
            published_at=printed.published_at,
            publisher=publisher.name,
            kind=publisher.kind,
            language=article.language,
        )
    return found


def _shingles(wire: Document) -> str:
    """From a text to the numbers of its runs of three words."""
    opening = wire.text[:118].rpartition(" ")[0]
    own = features(wire)
    kept = own.details.cleaned.paragraphs[0][: len(opening)].rpartition(" ")[0]
    words = own.details.words[:8]
    canvas = svg.Canvas(
        "From a text to shingles", "A report's opening is cleaned, cut into words, and its runs of three are numbered."
    )
    canvas.heading("The text, as it came")
    canvas.flow(f"{opening} …", fill=svg.INK)
    canvas.heading("Cleaned: dateline and credit are set aside")
    canvas.flow(f"{kept} …", fill=svg.INK)
    canvas.heading("Words")
    canvas.chips([*words, "…"])
    canvas.heading("Shingles: runs of three words, a number each")
    for start in range(3):
        run = words[start : start + 3]
        (number,) = shingle_hashes(run_hashes(word_hashes(run), size=1), size=3)
        assert number in own.shingles
        canvas.text(20, canvas.y + 15, " ".join(run), size=14.5)
        canvas.text(
            canvas.width - 20, canvas.y + 15, f"{number:016x}", size=13.5, mono=True, anchor="end", fill=svg.BLUE
        )
        canvas.y += 24
    canvas.flow(f"… {own.shingles.size} of them in this report of {own.words} words.")
    canvas.heading(f"Signature: {NUM_PERM} numbers")
    least = ", ".join(f"{value:08x}" for value in sign(own.shingles)[:3])
    canvas.flow(f"Shuffle the shingles in {NUM_PERM} fixed ways and keep the least number of each: {least} …")
    canvas.flow("Two texts agree in a row as often as they share shingles.")
    return canvas.svg()


def _bands(wire: Features, *others: Features) -> str:
    """Which rows and bands of its signature a text shares with others."""
    own = sketch(wire)
    canvas = svg.Canvas(
        "Bands of signatures",
        f"Two texts beside a wire report: which of {BANDS} bands of {ROWS} rows they share with it.",
    )
    canvas.flow(f"{wire.publisher}: {wire.details.cleaned.title}", fill=svg.INK, bold=True)
    canvas.flow(
        f"A column is a band of {ROWS} rows. Pale: the row is the same in both. Dark: the whole band is, "
        "and that makes the other a candidate."
    )
    for other in others:
        theirs = sketch(other)
        same = (own.signature == theirs.signature).reshape(BANDS, ROWS)
        whole = same.all(axis=1)
        canvas.y += 8
        canvas.flow(f"{other.publisher}: {other.details.cleaned.title}", fill=svg.INK, bold=True)
        step = (canvas.width - 40) / BANDS
        for column, band in enumerate(same):
            for row, agrees in enumerate(band):
                fill = svg.BLUE if whole[column] else "#9cc3ec" if agrees else "#e9edf1"
                canvas.cell(20 + column * step, canvas.y + row * step, step - 1.5, fill)
        canvas.y += ROWS * step + 6
        samples = np.intersect1d(own.body, theirs.body).size
        lead = np.intersect1d(own.lead, theirs.lead).size
        canvas.flow(
            f"{int(same.sum())} of {NUM_PERM} rows and {int(whole.sum())} of {BANDS} bands are the same. "
            f"Also in common: {samples} sampled shingles of the text, {lead} of the opening."
        )
    return canvas.svg()


def _verdicts(wire: Features, *others: Features) -> str:
    """What was measured on two pairs, and what follows."""
    canvas = svg.Canvas(
        "Two verdicts", "What was measured on a wire report and two other texts, and the verdict on each pair."
    )
    canvas.flow(f"{wire.publisher}: {wire.details.cleaned.title}", fill=svg.INK, bold=True)
    for other in others:
        found = compare(wire, other)
        joins = found.relation is not Relation.DIFFERENT
        fill = svg.GREEN if joins else svg.RED
        canvas.y += 10
        canvas.line(20, canvas.y, canvas.width - 20, canvas.y, stroke=svg.LINE)
        canvas.y += 6
        canvas.flow(f"{other.publisher}: {other.details.cleaned.title}", fill=svg.INK, bold=True)
        evidence = found.evidence
        for name, share in (
            ("of all shingles", evidence.jaccard),
            ("of the shorter text", max(evidence.containment_a, evidence.containment_b)),
            ("of an opening", evidence.lead),
            ("of the headlines", evidence.title),
            ("figures and names", evidence.specifics),
        ):
            canvas.bar(name, share, f"{share:.2f}", fill=svg.BLUE)
        canvas.y += 4
        canvas.flow(f"{found.relation} ({found.reason}), score {found.score:.2f}", fill=fill, bold=True, size=16)
        canvas.flow(found.explanation, fill=svg.INK)
    return canvas.svg()


def _story(documents: list[Document], wire: Document, other: Document) -> str:
    """The stories that come of all verdicts."""
    matched = match_all(documents, window=timedelta(days=14))
    by_id = {document.id: document for document in documents}
    canvas = svg.Canvas(
        "Two stories",
        "The members of two stories in the order of their times, and what keeps the two apart.",
    )
    for document in (wire, other):
        (group,) = [found for found in matched.groups if any(m.article_id == document.id for m in found.members)]
        canvas.flow(by_id[group.members[0].article_id].title, fill=svg.INK, bold=True, size=16)
        canvas.y += 6
        for member in group.members:
            _draw_member(canvas, member, by_id, first=group.first.article_id)
        canvas.flow(f"First: {group.first.reason}")
    between = _between(matched, wire, other)
    canvas.line(20, canvas.y + 8, canvas.width - 20, canvas.y + 8, stroke=svg.RED, dashed=True)
    canvas.y += 14
    counts = {reason: sum(v.reason == reason for v in between) for reason in sorted({v.reason for v in between})}
    told = ", ".join(f"{count} × {reason}" for reason, count in counts.items())
    canvas.flow(f"Between the two: {len(between)} pairs were compared, none joins ({told}).", fill=svg.RED, bold=True)
    return canvas.svg()


def _between(matched: Matched, wire: Document, other: Document) -> list[Verdict]:
    """The verdicts between two documents' stories. Raises ValueError when one of them joins."""
    sides = []
    for document in (wire, other):
        (group,) = [found for found in matched.groups if any(m.article_id == document.id for m in found.members)]
        sides.append({member.article_id for member in group.members})
    found = [v for v in matched.verdicts if (v.a in sides[0]) != (v.b in sides[0])]
    if sides[0] & sides[1] or any(verdict.relation is not Relation.DIFFERENT for verdict in found):
        raise ValueError("the example shows two stories, and they are one")
    return found


def _draw_member(
    canvas: svg.Canvas, member: Member, by_id: dict[ArticleId, Document], *, first: ArticleId | None
) -> None:
    """One member: a dot on the line, who, when, and what it is to the one it matches best."""
    document = by_id[member.article_id]
    assert document.published_at is not None
    if member.via is not None:
        canvas.line(28, canvas.y - 18, 28, canvas.y + 10)
    canvas.parts.append(
        f'<circle cx="28" cy="{canvas.y + 10:g}" r="6" fill="{svg.GREEN if member.article_id == first else svg.BLUE}"/>'
    )
    canvas.text(44, canvas.y + 15, f"{document.published_at:%-d %b, %H:%M}  {document.publisher}", size=15, bold=True)
    if member.via is None:
        told = "the earliest"
    else:
        told = f"{member.relation} of {by_id[member.via].publisher}’s, {member.score:.2f}"
    canvas.text(44, canvas.y + 34, told, size=14, fill=svg.SOFT)
    canvas.y += 46


def _rooms() -> str:
    """The layers that import-linter enforces, and the way of the data through them."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    layers = next(contract["layers"] for contract in contracts if contract["type"] == "layers")
    canvas = svg.Canvas(
        "The rooms",
        "The rooms of the package as layers, the trip of the data through seven of them, and what lies outside.",
    )
    for layer in layers:
        rooms = [room.strip() for room in layer.split("|")]
        trip = len(rooms) > 2
        if trip:
            canvas.flow("The trip of the data: feeds and pages come in from the web,", fill=svg.INK, bold=True)
        for number, room in enumerate(rooms):
            if room not in _JOBS:
                raise KeyError(f"the room {room} is new: say in docs/tools/pictures.py (_JOBS) what it does")
            canvas.box(
                20 + 18 * trip, canvas.y, canvas.width - 40 - 18 * trip, 27, fill=svg.PALE if trip else "#f4f6f8"
            )
            canvas.text(30 + 18 * trip, canvas.y + 18.5, room, size=15, bold=True)
            canvas.text(132 + 6 * trip, canvas.y + 18.5, _JOBS[room], size=14, fill=svg.SOFT)
            if trip and number < len(rooms) - 1:
                canvas.arrow(29, canvas.y + 10, canvas.y + 42, stroke=svg.BLUE)
            canvas.y += 30
        if trip:
            canvas.flow("stories lie in newsroom.db, mail and exports go out.", fill=svg.INK, bold=True)
        canvas.y += 8
    canvas.flow("A room imports only what stands below it. Rooms of one block do not know each other.")
    return canvas.svg()


if __name__ == "__main__":
    keep(pictures, FOLDER, prog="python -m docs.tools.pictures", about=__doc__)
