"""Who had a story first, how sure that is, and why; or that the evidence does not decide. And how far it went."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from ingest.match.claims import Claim, claim
from ingest.match.origins import credited, credits_of, released
from ingest.match.standing import Standing, undecided
from ingest.match.timing import timed
from ingest.model import ArticleId, Document, First

_EARLIEST = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """How far a story went."""

    families: int  # publishers with pages of their own
    members: int
    aggregators: int  # members on pages that show others' texts, or are a release service's
    regional: int  # members beyond the first with one text of one publisher: its editions


def order_key(document: Document | Claim) -> tuple[bool, datetime, str, ArticleId]:
    """The one order of a story's members: by time, those without one last, then by key."""
    return document.published_at is None, document.published_at or _EARLIEST, document.key, document.id


def first(documents: Sequence[Document]) -> First:
    """Return the member that published a story first: `first_of` the claims of its documents."""
    return first_of([claim(document) for document in documents])


def first_of(claims: Sequence[Claim]) -> First:
    """Return the member that published a story first, with confidence (0..1) and the evidence in a sentence.

    A press release is its company's, an agency's report the agency's: they are named when they are members, and nobody
    is when they are not. Otherwise it is the publisher whose stamps say that it was out before any other could have
    been. An aggregator's stamp proves nothing, a date without a time lies anywhere in its day, and a version that is
    corrected or cut is not the first while a full one could be. `article_id` is None where no member stands out. The
    answer does not depend on the order of the claims. 10,000 of them take some twenty milliseconds.
    """
    if not claims:
        return undecided("There is no member.")
    if len(claims) == 1:
        return _alone(claims[0])
    story = Standing(claims)
    return released(story) or credited(story) or timed(story)


def _alone(found: Claim) -> First:
    """The answer for a story of one."""
    if found.release and not (found.company is not None and found.is_company(found.company)):
        whose = f"a release of {found.company}" if found.company else "a press release"
        return undecided(f"It is {whose}, and the issuer's own page has not been seen.")
    if (source := credits_of(found)) is not None:
        return undecided(f"It credits {source}, whose own publication has not been seen.")
    if found.untrusted or found.tail is not None:
        return undecided(f"{found.name} shows others' texts, and no other carries it.")
    return First(article_id=found.id, confidence=0.5, reason=f"Only {found.name} carries it.")


def reach(documents: Sequence[Document]) -> Reach:
    """Return how far a story went: `reach_of` the claims of its documents."""
    return reach_of([claim(document) for document in documents])


def reach_of(claims: Sequence[Claim]) -> Reach:
    """Return how far a story went. Editions of one publisher with one text count once, aggregators apart."""
    if not claims:
        return Reach(families=0, members=0, aggregators=0, regional=0)
    own = Standing(claims).trusted
    texts = {(found.family, found.text) for found in own}
    return Reach(
        families=len({found.family for found in own}),
        members=len(claims),
        aggregators=len(claims) - len(own),
        regional=len(own) - len(texts),
    )
