"""Who had a story first, how sure that is, and why; or that the evidence does not decide."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import blake2b

from ingest.match.clean import Cleaned, clean
from ingest.model import ArticleId, Document, FeedKind, First
from ingest.text.agencies import known_agency
from ingest.text.credits import find_credit
from ingest.text.tokens import words

_DAY = timedelta(days=1)
_EARLIEST = datetime.min.replace(tzinfo=UTC)
_LATEST = datetime.max.replace(tzinfo=UTC)
_SHORT_SHARE = 0.75  # of the length that most full versions have
_SPELLING = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Claim:
    """A member, when it says it was published, and what speaks against it as the first."""

    document: Document
    agency: str | None
    earliest: datetime  # the bounds within which its stamp lies: one moment, a day, or all time
    latest: datetime
    words: int
    digest: bytes  # of its own words
    corrected: bool
    republisher: bool
    furnished: bool  # its text came with a page's furniture

    @property
    def name(self) -> str:
        """Its publisher, for a sentence."""
        return self.document.publisher or "an unnamed publisher"

    @property
    def when(self) -> str:
        """Its stamp, for a sentence."""
        return (
            f"{self.document.published_at:%Y-%m-%d %H:%M} UTC" if self.document.published_at else "at an unknown time"
        )


def order_key(document: Document) -> tuple[bool, datetime, str, ArticleId]:
    """The one order of a story's members: by time, those without one last, then by key."""
    return document.published_at is None, document.published_at or _EARLIEST, document.key, document.id


def first(documents: Sequence[Document]) -> First:
    """Return the member that published a story first, with confidence (0..1) and the evidence in a sentence.

    An aggregator's stamp proves nothing, a date without a time lies anywhere in its day, an agency that others credit
    goes before those who credit it, and a version that is corrected or cut is not the first while a full one could be.
    `article_id` is None where no member stands out. What feeds first showed (`first_seen_at`) is not asked: it tells of
    our polling, not of publishing.
    """
    claims = sorted((_claim(document) for document in documents), key=lambda claim: order_key(claim.document))
    if not claims:
        return First(article_id=None, confidence=0.0, reason="There is no member.")
    if len(claims) == 1:
        return _alone(claims[0])
    return _credited(claims) or _earliest(claims)


def _alone(claim: _Claim) -> First:
    """The answer for a story of one."""
    if claim.agency is not None and not _is_of(claim, claim.agency):
        return First(
            article_id=None,
            confidence=0.0,
            reason=f"It credits {claim.agency}, whose own publication has not been seen.",
        )
    if claim.republisher:
        return First(
            article_id=None, confidence=0.0, reason=f"{claim.name} shows others' texts, and no other carries it."
        )
    return First(article_id=claim.document.id, confidence=0.5, reason=f"Only {claim.name} carries it.")


def _credited(claims: list[_Claim]) -> First | None:
    """The member of the agency or publisher that the others credit, or None."""
    sources = [source for claim in claims for source in _sources(claim) if not _is_of(claim, source)]
    for source in sorted(set(sources), key=lambda name: (-sources.count(name), name)):
        own = [claim for claim in claims if _is_of(claim, source) and not claim.republisher]
        if own:
            count = sources.count(source)
            confidence = min(0.98, 0.85 + 0.05 * count)
            reason = f"{count} of {len(claims)} members credit {source}, and {own[0].name} carried it {own[0].when}."
            return First(article_id=own[0].document.id, confidence=confidence, reason=reason)
    return None


def _earliest(claims: list[_Claim]) -> First:
    """The earliest trustworthy stamp; where others' bounds reach before it, what else tells the source."""
    full = _full_length(claims)
    able = [claim for claim in claims if _able(claim, full, claims)]
    timed = [claim for claim in able if claim.earliest == claim.latest]
    if not timed:
        return _reviser(able, claims) or _undecided(
            "No member that could be the first has a full stamp of date and time."
        )
    best = _first_version(min(timed, key=lambda claim: order_key(claim.document)), claims)
    rivals = [claim for claim in able if claim.earliest <= best.latest and not _ours(claim, best)]
    if rivals:
        tied = _undecided(f"{best.name} published {best.when}, and {rivals[0].name} may have been earlier or as early.")
        return _reviser([best, *rivals], claims) or _carried([best, *rivals], claims) or tied
    earlier = [
        c for c in claims if c not in able and c.latest < best.earliest and not _untrusted(c) and not _ours(c, best)
    ]
    if earlier:
        return _undecided(f"{earlier[0].name} has an earlier but shorter or corrected version than {best.name}.")
    if best.agency is not None and not _is_of(best, best.agency):
        return _undecided(f"The earliest, {best.name}, credits {best.agency}, whose own publication has not been seen.")
    if best.furnished and (found := _reviser([claim for claim in able if not _ours(claim, best)], claims)):
        return found  # a page with an aggregator's furniture, earlier than the text's own keeper
    after = [claim.earliest for claim in able if not _ours(claim, best) and claim.earliest > best.latest]
    if not after:
        return First(
            article_id=best.document.id,
            confidence=0.7,
            reason=f"{best.name} published {best.when}; no other is as whole.",
        )
    lead = min(after) - best.latest
    confidence = 0.7 + 0.2 * min(1.0, lead / timedelta(hours=1))
    reason = f"{best.name} published {best.when}, {_spoken(lead)} before any other full version."
    return First(article_id=best.document.id, confidence=round(confidence, 2), reason=reason)


def _first_version(best: _Claim, claims: list[_Claim]) -> _Claim:
    """The earliest stamped version of a member's own publisher."""
    own = [claim for claim in claims if _ours(claim, best) and claim.earliest == claim.latest and not claim.corrected]
    return min((best, *own), key=lambda claim: order_key(claim.document))


def _reviser(tied: list[_Claim], claims: list[_Claim]) -> First | None:
    """Of tied members the one whose publisher alone went on to correct or update the text: its desk keeps it."""
    keepers = {c.document.publisher for c in claims if c.corrected and not _untrusted(c) and _has_earlier(c, claims)}
    if len(keepers) != 1:
        return None
    own = [claim for claim in tied if claim.document.publisher in keepers and not claim.corrected]
    if not own:
        return None
    reason = f"Stamps leave it open; of those in question only {own[0].name} went on to revise the text."
    return First(article_id=own[0].document.id, confidence=0.75, reason=reason)


def _has_earlier(claim: _Claim, claims: list[_Claim]) -> bool:
    """Whether a corrected member's publisher has a version without the marker."""
    return any(_ours(other, claim) and not other.corrected for other in claims)


def _carried(tied: list[_Claim], claims: list[_Claim]) -> First | None:
    """Of tied members the only one whose words others carry unchanged: what is copied is the source's text."""
    counts = [sum(other.digest == claim.digest for other in claims) for claim in tied]
    shared = [claim for claim, count in zip(tied, counts, strict=True) if count > 1]
    if len(shared) != 1:
        return None
    reason = (
        f"Stamps leave it open; of those in question only {shared[0].name} has the words that others carry unchanged."
    )
    return First(article_id=shared[0].document.id, confidence=0.7, reason=reason)


def _undecided(reason: str) -> First:
    return First(article_id=None, confidence=0.0, reason=reason)


def _able(claim: _Claim, full: float, claims: list[_Claim]) -> bool:
    """Whether a member could be the original: its own text, whole, uncorrected, credited to nobody else here."""
    if _untrusted(claim) or claim.corrected or claim.words < _SHORT_SHARE * full:
        return False
    # A credit rules a copy out only while someone without one could be the original.
    return claim.agency is None or _is_of(claim, claim.agency) or all(c.agency or _untrusted(c) for c in claims)


def _untrusted(claim: _Claim) -> bool:
    """Whether a member republishes, so that its stamp tells when it was shown and not when it was written."""
    return claim.document.kind is FeedKind.AGGREGATOR or claim.republisher


def _ours(claim: _Claim, other: _Claim) -> bool:
    """Whether two members are versions of one publisher, of which the earlier stands for both."""
    return claim.document.publisher is not None and claim.document.publisher == other.document.publisher


def _full_length(claims: list[_Claim]) -> float:
    """The median length of the longer half: what most full versions have."""
    lengths = sorted((claim.words for claim in claims), reverse=True)
    return lengths[len(lengths) // 4]


def _sources(claim: _Claim) -> list[str]:
    """Whom a member credits: its agency, and the feed's <source>."""
    source = claim.document.source_title
    return list(dict.fromkeys(name for name in (claim.agency, known_agency(source or "") or source) if name))


def _is_of(claim: _Claim, source: str) -> bool:
    """Whether a member's publisher is the one that a credit names."""
    publisher = claim.document.publisher or ""
    if known_agency(publisher) == source:
        return True
    named, credited = _spelled(publisher), _spelled(source)
    return bool(credited) and (named == credited or (len(credited) >= 5 and named.startswith(credited)))


def _spelled(name: str) -> str:
    """A name as a host would spell it."""
    return _SPELLING.sub("", re.sub(r"^(?:www\.|the\s)", "", name.casefold()))


def _claim(document: Document) -> _Claim:
    """A document with its bounds and marks."""
    cleaned = clean(document.title, document.text)
    credit = None if document.agency else find_credit(document.text, title=document.title, source_title=None)
    earliest, latest = _bounds(document.published_at)
    agency = document.agency or (credit.agency if credit else None)
    if credit is not None and "©" in credit.evidence and known_agency(credit.agency) is None:
        agency = None  # a page's own copyright line says who owns the page
    tokens = words(cleaned.text)
    return _Claim(
        document=document,
        agency=known_agency(agency or "") or agency,
        earliest=earliest,
        latest=latest,
        words=len(tokens),
        digest=blake2b(" ".join(tokens).encode("utf-8", "replace"), digest_size=16).digest(),
        corrected=cleaned.corrected or cleaned.updated,
        republisher=cleaned.republisher or _names_another(document, cleaned),
        furnished=cleaned.furniture > 0,
    )


def _names_another(document: Document, cleaned: Cleaned) -> bool:
    """Whether a title ends in the name of a publisher that is not its own, as aggregators write it."""
    tail = " ".join(document.title.split()).removeprefix(cleaned.title)
    name = tail.strip(" -–—|•·:")
    if not tail or not name or document.publisher is None or document.title.startswith(name):
        return False
    return not (_spelled(name) in _spelled(document.publisher) or _spelled(document.publisher) in _spelled(name))


def _bounds(at: datetime | None) -> tuple[datetime, datetime]:
    """Between which moments a stamp lies: midnight sharp is a date, not a time."""
    if at is None:
        return _EARLIEST, _LATEST
    if (at.hour, at.minute, at.second, at.microsecond) == (0, 0, 0, 0):
        return at, at + _DAY
    return at, at


def _spoken(length: timedelta) -> str:
    """A length of time in words."""
    minutes = int(length.total_seconds() // 60)
    if minutes < 1:
        return "less than a minute"
    return f"{minutes} minutes" if minutes < 120 else f"{minutes // 60} hours"
