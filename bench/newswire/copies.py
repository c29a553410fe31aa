"""The journeys of a wire story through other houses: each takes a case and returns the page a reader gets."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

from bench.newswire.case import Case, sentences
from bench.newswire.newsroom import Page

FULL_WIDTH = {ord(digit): ord(digit) - ord("0") + ord("０") for digit in "0123456789"}


def exact(case: Case) -> Page:
    """Word for word."""
    return case.base


def agency(case: Case) -> Page:
    """The same text under a dateline, a byline, a closing credit, or two of them."""
    rng, paragraphs = case.rng, list(case.story.paragraphs)
    name = rng.choice(case.material.agencies)
    ways = rng.sample(["dateline", "byline", "tail"], rng.choice([1, 2, 2]))
    if "dateline" in ways:
        paragraphs[0] = case.credit("credit.datelines", agency=name) + paragraphs[0]
    if "byline" in ways:
        paragraphs[:0] = case.credit("credit.bylines", agency=name).split("\n")
    if "tail" in ways:
        paragraphs.append(case.credit("credit.tails", agency=name))
    return Page(title=case.some_title(), paragraphs=tuple(paragraphs))


def retitle(case: Case) -> Page:
    """The same text under another headline."""
    return Page(title=case.other_title(), paragraphs=case.story.paragraphs)


def feed_summary(case: Case) -> Page:
    """What the feed's description carries."""
    return Page(title=case.some_title(), paragraphs=(case.story.summary,))


def abridged_half(case: Case) -> Page:
    """The upper half, cut from below as the trade does it."""
    paragraphs = case.story.paragraphs
    return Page(title=case.some_title(), paragraphs=paragraphs[: (len(paragraphs) + 1) // 2])


def abridged_lead(case: Case) -> Page:
    """The first paragraph or the first two."""
    return Page(title=case.some_title(), paragraphs=case.story.paragraphs[: case.rng.randint(1, 2)])


def abridged_para(case: Case) -> Page:
    """Paragraphs taken out here and there; the lead stays."""
    paragraphs = case.story.paragraphs
    lost = set(case.rng.sample(range(1, len(paragraphs)), case.rng.randint(2, len(paragraphs) // 2)))
    kept = tuple(paragraph for number, paragraph in enumerate(paragraphs) if number not in lost)
    return Page(title=case.some_title(), paragraphs=kept)


def reorder(case: Case) -> Page:
    """The paragraphs below the lead in another order."""
    lead, *rest = case.story.paragraphs
    shuffled = list(rest)
    while shuffled == rest:
        case.rng.shuffle(shuffled)
    return Page(title=case.some_title(), paragraphs=(lead, *shuffled))


def local_colour(case: Case) -> Page:
    """A paragraph of the local reporter's below the wire's text, or above it, or both."""
    place = case.rng.choice(["top", "bottom", "bottom", "both"])
    top = case.several("local.top", 1, 1) if place in ("top", "both") else []
    bottom = case.several("local.bottom", 1, 2) if place in ("bottom", "both") else []
    return Page(title=case.some_title(), paragraphs=(*top, *case.story.paragraphs, *bottom))


def rewrite(case: Case) -> Page:
    """The rewrite desk's version: whole, or shortened, or with its paragraphs run together."""
    rng, paragraphs = case.rng, list(case.story.rewrite)
    way = rng.choice(["whole", "shorter", "merged", "trimmed"])
    if way == "shorter":
        del paragraphs[rng.randrange(2, len(paragraphs))]
    elif way == "merged":
        at = rng.randrange(1, len(paragraphs) - 1)
        paragraphs[at : at + 2] = [case.desk.joiner.join(paragraphs[at : at + 2])]
    elif way == "trimmed":
        paragraphs = _trimmed(case, paragraphs)
    return Page(title=case.other_title(), paragraphs=tuple(paragraphs))


def house_style(case: Case) -> Page:
    """Numerals, signs and quotation marks as another house writes them."""
    style = case.rng.choice(case.desk.styles)

    def styled(text: str) -> str:
        for pattern, replacement in style:
            text = pattern.sub(replacement, text)
        return text

    return Page(title=styled(case.some_title()), paragraphs=tuple(map(styled, case.story.paragraphs)))


def aggregator_page(case: Case) -> Page:
    """The text, whole or its opening, buried in a page's furniture."""
    rng, body = case.rng, list(case.story.paragraphs)
    if rng.random() < 0.5:
        body = body[: rng.randint(2, 4)]
    for line in case.several("cruft.between", 1, 2, headline=_neighbour(case)):
        body.insert(rng.randint(1, len(body)), line)
    above = case.several("cruft.above", 2, 4, paper=case.original.name)
    below = case.several("cruft.below", 2, 4, paper=case.original.name)
    return Page(title=case.some_title(), paragraphs=(*above, *body, *below))


def truncated(case: Case) -> Page:
    """Cut off by an interface that hands on so many characters."""
    text = "\n".join(case.story.paragraphs)
    length = case.rng.choice([200, 260, 400, len(text) // 3, len(text) // 2])
    # One character of an ideographic script says about three of an alphabet's.
    length = max(60, length // 3) if not case.desk.joiner and length <= 400 else length
    kept = text[:length].rstrip()
    mark = case.pick("truncated.marks", n=len(text) - len(kept))
    return Page(title=case.some_title(), paragraphs=tuple((kept + mark).split("\n")))


def joined_lines(case: Case) -> Page:
    """All paragraphs run together."""
    return Page(title=case.some_title(), paragraphs=(case.desk.joiner.join(case.story.paragraphs),))


def boiler(case: Case) -> Page:
    """The house's standing paragraphs around the text."""
    above = case.several("boiler.above", 0, 2)
    below = case.several("boiler.below", 1 if above else 2, 3)
    return Page(title=case.some_title(), paragraphs=(*above, *case.story.paragraphs, *below))


def weekend_copy(case: Case) -> Page:
    """The weekend edition, days later: a rewrite or an abridgement."""
    return case.rng.choice([rewrite, abridged_half, abridged_para])(case)


def unicode_form(case: Case) -> Page:
    """The same characters to the eye, other code points."""
    form = case.rng.choice(case.desk.forms)
    change = {"nfd": _decomposed, "fullwidth": _full_width, "typeset": _typeset}[form]
    return Page(title=change(case.story.headline), paragraphs=tuple(map(change, case.story.paragraphs)))


def casualty_update(case: Case) -> Page:
    """Another house carries the version with the later figures."""
    title = case.story.update_headline if case.rng.random() < 0.7 else case.other_title()
    paragraphs = list(case.story.updated)
    if case.rng.random() < 0.4:
        paragraphs[0] = case.credit("credit.datelines") + paragraphs[0]
    return Page(title=title, paragraphs=tuple(paragraphs))


COPIES: dict[str, Callable[[Case], Page]] = {
    "exact": exact,
    "agency": agency,
    "retitle": retitle,
    "feed_summary": feed_summary,
    "abridged_half": abridged_half,
    "abridged_lead": abridged_lead,
    "abridged_para": abridged_para,
    "reorder": reorder,
    "local_colour": local_colour,
    "rewrite": rewrite,
    "house_style": house_style,
    "aggregator_page": aggregator_page,
    "truncated": truncated,
    "joined_lines": joined_lines,
    "boiler": boiler,
    "weekend_copy": weekend_copy,
    "late_copy": exact,
    "unicode_form": unicode_form,
    "casualty_update": casualty_update,
}


def _trimmed(case: Case, paragraphs: list[str]) -> list[str]:
    long = [number for number, paragraph in enumerate(paragraphs) if number and len(sentences(paragraph)) > 1]
    for number in case.rng.sample(long, min(2, len(long))):
        paragraphs[number] = "".join(sentences(paragraphs[number])[:-1]).rstrip()
    return paragraphs


def _neighbour(case: Case) -> str:
    return case.rng.choice([story.headline for story in case.material.stories if story is not case.story])


def _decomposed(text: str) -> str:
    return unicodedata.normalize("NFD", text)


def _full_width(text: str) -> str:
    return text.translate(FULL_WIDTH)


def _typeset(text: str) -> str:
    """No-break spaces, soft hyphens and a zero-width space, as an editing system leaves them behind."""
    words = text.split(" ")
    words = [f"{word[:4]}\u00ad{word[4:]}" if len(word) > 8 and word.isalpha() else word for word in words]
    glued = [word + ("\u00a0" if number % 7 == 3 else " ") for number, word in enumerate(words)]
    return "".join(glued).rstrip(" \u00a0").replace(", ", ",\u200b ", 1)
