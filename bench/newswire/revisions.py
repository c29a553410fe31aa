"""What a publisher makes of its own page: revisions, write-throughs, corrections and new dates."""

from __future__ import annotations

import re
from collections.abc import Sequence
from random import Random

from bench.newswire.case import Case, sentences
from bench.newswire.newsroom import Page
from bench.newswire.reading import MaterialError

FIGURE = re.compile(r"(?<![\w.,-])\d+(?:[.,]\d+)*(?![\w-])|(?<=[^\W\d_])\d+(?=[^\W\d_])")
YEARS = (*range(1500, 2100), *range(2440, 2600))  # the latter of the Buddhist era
# After a figure these make it a date, an hour or the number of a thing.
DATED = re.compile(r"\s?(?:[月日時时点分年号號]|Uhr|a\.m\.|p\.m\.|h |hora|น\.|बजे|बजकर)")


def revision(case: Case) -> Page:
    """Small edits: a sentence goes, a paragraph comes, perhaps another headline."""
    rng, paragraphs = case.rng, list(case.story.paragraphs)
    long = [number for number, paragraph in enumerate(paragraphs) if number > 1 and len(sentences(paragraph)) > 1]
    if long:
        number = rng.choice(long)
        paragraphs[number] = "".join(sentences(paragraphs[number])[:-1]).rstrip()
    else:
        del paragraphs[rng.randrange(2, len(paragraphs))]
    paragraphs.insert(rng.randint(2, len(paragraphs)), case.pick("note.revision"))
    title = rng.choice(case.story.headlines) if rng.random() < 0.3 else case.story.headline
    return Page(title=title, paragraphs=tuple(paragraphs))


def update_marker(case: Case) -> Page:
    """The agency's write-through, marked as such."""
    title = case.pick("title.update", headline=case.story.update_headline, n=case.rng.randint(1, 4))
    return Page(title=title, paragraphs=case.story.updated)


def corrected(case: Case) -> Page:
    """One figure put right, and said so in the title, in a note, or in both."""
    paragraphs = list(case.story.paragraphs)
    number, wrong, start = _figure(case)
    right = other_figure(wrong, case.rng)
    paragraphs[number] = paragraphs[number][:start] + right + paragraphs[number][start + len(wrong) :]
    marked = case.rng.choice(["title", "note", "both"])
    title = case.story.headline
    if marked != "note":
        title = case.pick("title.correction", headline=title)
    if marked != "title":
        note = case.pick("note.correction", right=right, wrong=wrong, paragraph=number + 1)
        paragraphs.insert(case.rng.choice([0, len(paragraphs)]), note)
    return Page(title=title, paragraphs=tuple(paragraphs))


def bump(case: Case) -> Page:
    """The page under a new date, with hardly a change."""
    paragraphs = case.story.paragraphs
    if case.rng.random() < 0.6:
        note = case.pick("note.bump")
        paragraphs = (note, *paragraphs) if case.rng.random() < 0.5 else (*paragraphs, note)
    return Page(title=case.story.headline, paragraphs=paragraphs)


def figures(text: str, months: Sequence[str]) -> list[tuple[str, int]]:
    """The figures of a text and where they stand; years, days of a month and hours are none.

    months: the language's names of the months, of which the first three letters are enough.
    """
    return [
        (found[0], found.start())
        for found in FIGURE.finditer(text)
        if not _is_year(found[0]) and not _is_date(text, found, months)
    ]


def _is_year(figure: str) -> bool:
    return len(figure) == 4 and figure.isdigit() and int(figure) in YEARS


def _is_date(text: str, figure: re.Match[str], months: Sequence[str]) -> bool:
    if DATED.match(text, figure.end()):
        return True
    around = re.findall(r"[^\W\d_]+", text[: figure.start()])[-1:] + re.findall(r"[^\W\d_]+", text[figure.end() :])[:2]
    begun = {month[:3].casefold() for month in months if not month[0].isdigit()}
    return any(word[:3].casefold() in begun for word in around)


def other_figure(figure: str, rng: Random) -> str:
    """A figure like the one given but for one digit, in the same script."""
    places = [place for place, sign in enumerate(figure) if sign.isdigit()]
    place = rng.choice(places[1:] or places)
    old = int(figure[place])
    new = rng.choice([digit for digit in range(1, 10) if digit != old])
    return f"{figure[:place]}{chr(ord(figure[place]) - old + new)}{figure[place + 1 :]}"


def _figure(case: Case) -> tuple[int, str, int]:
    below_lead = [
        (number, figure, start)
        for number, paragraph in enumerate(case.story.paragraphs)
        for figure, start in figures(paragraph, case.desk.months)
        if number > 0 and figure not in case.story.headline
    ]
    if not below_lead:
        raise MaterialError(f"{case.desk.language}: story {case.story.slug} has no figure below its lead to correct")
    return case.rng.choice(below_lead)
