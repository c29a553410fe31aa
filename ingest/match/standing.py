"""A story's claims put together: whose stamps tell something, who could be the first, what others carry of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property

from ingest.match.claims import Claim, source_keys
from ingest.model import ArticleId, First

_EARLIEST = datetime.min.replace(tzinfo=UTC)
_SHORT_SHARE = 0.75  # of the length that most full versions have
_FLASH_WORDS = 20  # and a version no longer than these is an agency's first line


#: A claim that can be trusted, between which moments it came out in seconds, and whether it could be the original.
Span = tuple[Claim, float, float, bool]


@dataclass(frozen=True, slots=True)
class Support:
    """Whether other publishers carry a claim's text, its opening, and its headline."""

    text: bool
    opening: bool
    headline: bool

    def beats(self, other: Support) -> bool:
        """Whether others carry something of the one and nothing of the other, and nothing the other way round."""
        return (
            self != other
            and self.text >= other.text
            and self.opening >= other.opening
            and (self.headline >= other.headline)
        )


class Standing:
    """The claims of one story. Nothing in it depends on their order; all of it takes time linear in their number."""

    def __init__(self, claims: Sequence[Claim]) -> None:
        self.claims = claims
        tails = _foreign_tails(claims)
        if tails:
            self.trusted = [c for c in claims if not c.untrusted and (c.tail is None or c.tail not in tails)]
        else:
            self.trusted = [claim for claim in claims if not claim.untrusted]
        lengths = sorted([claim.words for claim in self.trusted or claims], reverse=True)
        self._least_words = _SHORT_SHARE * lengths[len(lengths) // 4]  # the median of the longer half

    def is_whole(self, claim: Claim) -> bool:
        """Whether a claim's text is as long as most full versions."""
        return claim.words >= self._least_words or claim.bodiless

    @cached_property
    def able(self) -> list[bool]:
        """For each trusted claim in turn, whether it could be the original.

        That is whole, not a later version (unless its publisher was the first to correct the text, and the text before
        is gone), and nobody else's by its own words: a credit rules a copy out while someone without one could be the
        original.
        """
        lone = self._first_to_correct
        least, own_only = self._least_words, self._uncredited
        return [
            (claim.words >= least or claim.bodiless)
            and (not claim.revised or (claim.noted and claim.family == lone))
            and not (own_only and claim.borrowed)
            for claim in self.trusted
        ]

    def spans(self) -> Iterator[Span]:
        """(claim, since, until, able) for each trusted claim."""
        return zip(self.trusted, self._since, self._until, self.able, strict=True)

    @cached_property
    def _since(self) -> list[float]:
        return [claim.stamp.since for claim in self.trusted]

    @cached_property
    def _until(self) -> list[float]:
        return [claim.stamp.until for claim in self.trusted]

    @cached_property
    def _uncredited(self) -> bool:
        """Whether somebody has the text as his own: no agency's, and whole."""
        return any(not claim.borrowed and not claim.revised and self.is_whole(claim) for claim in self.trusted)

    @cached_property
    def correctors(self) -> set[str]:
        """Publishers that note a correction, and of which only corrected versions are here: the text before is gone.

        Nobody where a desk is here with its text before and after: then the others copied it.
        """
        marked = {claim.family for claim in self.trusted if claim.noted and self.is_whole(claim)}
        desks = {claim.family for claim in self.trusted if not claim.corrected and claim.family in marked}
        return set() if desks else marked

    @cached_property
    def _first_to_correct(self) -> str | None:
        """The publisher whose correction was out before any other's of those whose text before is gone, or None."""
        corrected = [claim for claim in self.trusted if claim.family in self.correctors]
        if not corrected:
            return None
        first = min(corrected, key=lambda claim: (claim.stamp.until, claim.family))
        others = [claim.stamp.since for claim in corrected if claim.family != first.family]
        return first.family if not others or first.stamp.until < min(others) else None

    @cached_property
    def revisers(self) -> set[str]:
        """Publishers that went on to correct or update a text of theirs which stands here too."""
        marked = {claim.family for claim in self.trusted if claim.revised and self.is_whole(claim)}
        return (
            {claim.family for claim in self.trusted if claim.family in marked and not claim.revised}
            if marked
            else marked
        )

    def members(self, families: Collection[str]) -> dict[str, list[Span]]:
        """The spans of some publishers."""
        found: dict[str, list[Span]] = {}
        for span in self.spans():
            if span[0].family in families:
                found.setdefault(span[0].family, []).append(span)
        return found

    def named(self, sources: Iterable[str]) -> dict[str, list[Claim]]:
        """The trusted members of those whom credits name, by the name in the credit; who is no member is left out."""
        by_key: dict[str, list[str]] = {}
        for source in sources:
            for key in source_keys(source):
                by_key.setdefault(key, []).append(source)
        keys = by_key.keys()
        found: dict[str, list[Claim]] = {}
        for claim in self.trusted:
            if not claim.names.isdisjoint(keys):
                for source in dict.fromkeys(s for key in sorted(claim.names & keys) for s in by_key[key]):
                    found.setdefault(source, []).append(claim)
        return found

    def supports(self, claims: Sequence[Claim]) -> list[Support]:
        """For each of some claims, what other publishers carry of it; who shows others' texts is not asked."""
        texts = self._carriers(claims, lambda claim: claim.text)
        openings = self._carriers(claims, lambda claim: claim.opening)
        headlines = self._carriers(claims, lambda claim: claim.headline)
        return [
            Support(
                text=len(texts[claim.text]) > 1,
                opening=len(openings[claim.opening]) > 1,
                headline=len(headlines[claim.headline]) > 1,
            )
            for claim in claims
        ]

    def _carriers(self, claims: Sequence[Claim], digest: Callable[[Claim], int]) -> dict[int, set[str]]:
        """The publishers that have each of some claims' digests."""
        found: dict[int, set[str]] = {digest(claim): set() for claim in claims}
        for claim in self.trusted:
            if (held := found.get(digest(claim))) is not None:
                held.add(claim.family)
        return found

    def prevailing(self) -> tuple[int, int]:
        """(the opening that most publishers have, how many have it)."""
        openings: dict[int, set[str]] = {}
        for claim in self.trusted:
            openings.setdefault(claim.opening, set()).add(claim.family)
        return max(
            ((opening, len(families)) for opening, families in openings.items()), key=lambda item: (item[1], item[0])
        )

    def original(self, versions: Iterable[Claim]) -> Claim:
        """Return the version of one publisher that came first: not a correction while another stands, the earliest.

        Where a version without a full stamp may be as early, the one whose opening twice as many others carry. A flash
        comes before its item.
        """
        versions = list(versions)
        plain = [claim for claim in versions if not claim.revised] or versions
        exact = [claim for claim in plain if claim.stamp.exact]
        best = min(exact or [claim for claim in plain if self.is_whole(claim)] or plain, key=order)
        until = best.stamp.until
        rivals = [claim for claim in plain if claim is not best and claim.stamp.since <= until]
        if not rivals or best.words <= _FLASH_WORDS:
            return best
        carriers = self._carriers([best, *rivals], lambda claim: claim.opening)
        others = {opening: len(families - {best.family}) for opening, families in carriers.items()}
        rival = min(rivals, key=lambda claim: (-others[claim.opening], order(claim)))
        return rival if others[rival.opening] >= max(1, 2 * others[best.opening]) else best


def _foreign_tails(claims: Sequence[Claim]) -> set[int]:
    """What stands behind titles and is a publisher's name: at most half of those with the same headline have it."""
    tailed = [claim for claim in claims if claim.tail is not None and not claim.untrusted]
    if not tailed:
        return set()
    wanted = {claim.headline for claim in tailed}
    headlines = Counter(claim.headline for claim in claims if claim.headline in wanted and not claim.untrusted)
    tails = Counter((claim.tail, claim.headline) for claim in tailed)
    return {tail for (tail, headline), count in tails.items() if tail is not None and 2 * count <= headlines[headline]}


def order(claim: Claim) -> tuple[bool, datetime, str, ArticleId]:
    """The one order of claims: by time, those without one last, then by key."""
    return claim.published_at is None, claim.published_at or _EARLIEST, claim.key, claim.id


def undecided(reason: str) -> First:
    """The answer where the evidence does not decide."""
    return First(article_id=None, confidence=0.0, reason=reason)


def listed(count: int, noun: str) -> str:
    """A number of things in a sentence."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
