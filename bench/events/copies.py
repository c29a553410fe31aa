"""What the first tier is for: the same text at another publisher, whole or shortened."""

from __future__ import annotations

import random
import re

AGENCIES = ("Northline", "Agence Meridien", "Dagblad Service", "Corridor News Agency")
SPELLINGS = (("per cent", "percent"), ("centre", "center"), ("labour", "labor"), (" – ", " - "), ("’", "'"))


def whole_copy(title: str, text: str, rng: random.Random) -> tuple[str, str]:
    """A reprint: title kept or shortened at its colon, a credit in front or behind, house spelling."""
    for ours, theirs in SPELLINGS:
        text = text.replace(ours, theirs)
    agency = rng.choice(AGENCIES)
    place = rng.randrange(3)
    if place == 0:
        text = f"({agency}) {text}"
    elif place == 1:
        text = f"{text}\n\n{agency}"
    if ": " in title and rng.random() < 0.4:
        title = title.split(": ", 1)[1]
        title = title[:1].upper() + title[1:]
    return title, text


def abridgement(title: str, text: str, rng: random.Random) -> tuple[str, str] | None:
    """The text without its end, or without a sentence of the middle and the end; None when it is too short for that."""
    paragraphs = [_sentences(paragraph) for paragraph in text.split("\n\n")]
    count = sum(len(paragraph) for paragraph in paragraphs)
    if count < 4:
        return None
    keep = max(3, round(count * rng.uniform(0.55, 0.8)))
    dropped = {1} if keep > 3 and rng.random() < 0.4 else set()
    kept, at = [], 0
    for paragraph in paragraphs:
        chosen = [one for place, one in enumerate(paragraph, at) if place < keep and place not in dropped]
        at += len(paragraph)
        if chosen:
            kept.append(" ".join(chosen))
    return title, "\n\n".join(kept)


def _sentences(paragraph: str) -> list[str]:
    """Sentences of a paragraph, cut only where a cut is safe: not inside an open quotation."""
    found: list[str] = []
    for piece in re.split(r"(?<=[.!?。！？])\s+", paragraph):
        if found and found[-1].count('"') % 2:
            found[-1] += " " + piece
        else:
            found.append(piece)
    return found
