"""What one article says of its origin, small enough to keep: stamp, credits, marks, and digests of its words."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache

from ingest.match.clean import Cleaned, clean, without_markers_behind
from ingest.match.sign import digest_of
from ingest.match.stamps import Stamp, read_stamp
from ingest.model import ArticleId, Document, FeedKind
from ingest.text.agencies import (
    agencies_in_host,
    agency_of_publisher,
    is_aggregator_host,
    is_release_service,
    known_agency,
    wire_name,
)
from ingest.text.credits import Credit, CreditPlace, edges_of, find_credit, named_source
from ingest.text.names import AGENCY_WORD
from ingest.text.outfits import company_keys, could_be, name_keys
from ingest.text.tokens import words

#: Goes up when a claim of an older version can no longer be compared with one of today.
CLAIM_VERSION = 2
_OPENING_WORDS = 16
_MIN_LEAD_WORDS = 8  # shorter paragraphs above the lead are headings
_MIN_SELF_CHARS = 4
_MAX_TAIL_CHARS = 60
_MANY_ROWS = 2  # of a page; a single line of it comes with many a text
_OWNER = re.compile(
    r"(?:©|\(c\)|copyright)[ ]*(?:©|\(c\)|copyright)?[ ]*(?:(?:19|20)\d\d)?,?[ ]*(?:by[ ])?(?P<name>[^\n.,;©|]{2,50}?)"
    r"[ ]?(?:[.,;|]|all[ ]rights|$)",
    re.IGNORECASE,
)
_TAIL = re.compile(r"(?:\s(?:[-–—|•·]|::)\s|[_|｜])(?P<name>[^|｜•·–—_]{2,45})$")
# Markers of a carried-on text in languages whose titles `clean` leaves as they are.
_UPDATED = re.compile(
    r"^\W*(?:actualizaci[oó]n|actualizad[oa]|actualiza|atualiza[çc][ãa]o|atualizad[oa]|aggiornamento|aggiornat[oa]"
    r"|aktualisierung|aktualisiert|mis à jour|güncelleme|güncellendi|aktualizacja|оновлено|доповнено|обновление"
    r"|업데이트|cập nhật)\b[^:：|–—-]{0,12}[:：|–—-]",
    re.IGNORECASE,
)
_STAFF = re.compile(
    r"^By [^\n,;|]{2,60}?(?:,|[ ]for|[ ]of)?[ ](?P<name>(?:The[ ])?[A-Z]\w+(?:[ ][A-Z]\w+){0,3})[ ]staff\b"
)
_set = object.__setattr__  # of a frozen dataclass, in its __post_init__


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """An article's claim to be the first, and what speaks for and against it. A pure function of its document."""

    id: ArticleId
    key: str
    publisher: str | None
    kind: FeedKind
    published_at: datetime | None
    first_seen_at: datetime | None
    baseline: bool
    language: str | None
    words: int
    text: int  # digest of its own words: equal in an exact copy
    opening: int  # of the lead's first words
    headline: int  # of the title without markers and names
    tail: int | None  # of another publisher's name behind its title, or of what looks like one
    bodiless: bool  # its page was not read: how long its text is tells nothing
    credit: str | None  # the agency whose text it says it is
    sources: tuple[str, ...]  # whom else it names as its source: a closing line, the feed's <source>
    release: bool  # it is a press release
    service: str | None  # that carried the release
    company: str | None  # that speaks in the release
    corrected: bool  # it says that an earlier text is replaced
    noted: bool  # it says so in a note of its text, as the desk does that corrected it
    updated: bool  # it says that an earlier text is carried on
    aggregates: bool  # its publisher shows what others publish
    furniture: int  # lines of a page that came with its text; another's name on it counts for many
    self_named: bool  # its publisher's name stands in its title or opening
    # What follows from the above, worked out once: stories have thousands of claims.
    stamp: Stamp = field(init=False, compare=False)
    family: str = field(init=False, compare=False)  # the publisher, or the article itself where none is known
    agency: str | None = field(init=False, compare=False)  # the agency or release service that its publisher is
    names: frozenset[str] = field(init=False, compare=False)  # keys of its publisher
    named: tuple[str, ...] = field(init=False, compare=False)  # whom it credits or names as source, itself left out
    borrowed: bool = field(init=False, compare=False)  # it says that its text is another's
    revised: bool = field(init=False, compare=False)  # it is a later version by its own words
    #: Whether its stamp tells when the text was shown and not when it was written.
    untrusted: bool = field(init=False, compare=False)

    def __post_init__(self) -> None:
        agency, names, carrier = _outfit(self.publisher)
        named = tuple(
            dict.fromkeys(name for name in (self.credit, *self.sources) if name and names.isdisjoint(source_keys(name)))
        )
        stamp = read_stamp(
            self.published_at, first_seen_at=self.first_seen_at, baseline=self.baseline, language=self.language
        )
        _set(self, "stamp", stamp)
        _set(self, "family", self.publisher if self.publisher is not None else f"#{self.id}")
        _set(self, "agency", agency)
        _set(self, "names", names)
        _set(self, "named", named)
        _set(self, "borrowed", self.credit is not None and self.credit in named)
        _set(self, "revised", self.corrected or self.updated)
        _set(self, "untrusted", self.aggregates or carrier)

    @property
    def furnished(self) -> bool:
        """Whether anything of a page came with its text."""
        return self.furniture > 0

    @property
    def framed(self) -> bool:
        """Whether so much of a page did that it looks like one that shows others' texts."""
        return self.furniture >= _MANY_ROWS

    @property
    def name(self) -> str:
        """Its publisher, for a sentence."""
        return self.publisher or "an unnamed publisher"

    def is_of(self, source: str) -> bool:
        """Whether its publisher is the outfit that a credit names."""
        return not self.names.isdisjoint(source_keys(source))

    def is_company(self, company: str) -> bool:
        """Whether its publisher is the company that speaks in a release."""
        return not self.names.isdisjoint(company_keys(company))

    def to_json(self) -> str:
        """The claim as one line of JSON, for keeping; `from_json` gives it back equal."""
        values = {name: getattr(self, name) for name in _FIELDS}
        for name in _TIMES:
            values[name] = values[name].isoformat() if values[name] is not None else None
        return json.dumps({"version": CLAIM_VERSION, **values}, ensure_ascii=False, separators=(",", ":"))

    @staticmethod
    def from_json(text: str) -> Claim:
        """The claim that `to_json` wrote. Raises ValueError for one of another version: claim the document anew."""
        return _from_json(text)


@lru_cache(maxsize=4096)  # a story is computed anew with all of its claims whenever one comes
def _from_json(text: str) -> Claim:
    values = json.loads(text)
    if not isinstance(values, dict) or values.pop("version", None) != CLAIM_VERSION or values.keys() != _NAMES:
        raise ValueError(f"not a claim of version {CLAIM_VERSION}")
    for name in _TIMES:
        values[name] = datetime.fromisoformat(values[name]) if values[name] is not None else None
    values["kind"] = FeedKind(values["kind"])
    values["sources"] = tuple(values["sources"])
    return Claim(**values)


_FIELDS = tuple(name for name, item in Claim.__dataclass_fields__.items() if item.init)
_NAMES = frozenset(_FIELDS)
_TIMES = ("published_at", "first_seen_at")


@lru_cache(maxsize=8192)
def source_keys(source: str) -> frozenset[str]:
    """Return the keys of whom a credit names; a publisher that has one of them in its `names` is it."""
    return name_keys(source) | {_agency_key(source)}


@lru_cache(maxsize=8192)
def _outfit(publisher: str | None) -> tuple[str | None, frozenset[str], bool]:
    """(the agency that a publisher is, the keys of its name, whether it is a release service)."""
    if publisher is None:
        return None, frozenset(), False
    agency = agency_of_publisher(publisher)
    named = agencies_in_host(publisher) if agency is None else (agency,)
    names = name_keys(publisher) | {_agency_key(name) for name in named}
    return agency, names, agency is not None and is_release_service(agency)


def _agency_key(agency: str) -> str:
    return f"={agency}"


def claim(document: Document, cleaned: Cleaned | None = None, tokens: Sequence[str] | None = None) -> Claim:
    """Return what an article says of its origin.

    Pass what `clean` gave, and the words of its paragraphs, where they are at hand; they are most of the work.
    """
    cleaned = cleaned or clean(document.title, document.text)
    edges = edges_of(document.text)
    head, end, release = edges.head, edges.end, edges.release
    credit = _credit(document, find_credit(document.text, title=document.title))
    sent = credit is not None and is_release_service(credit)
    tokens = words(cleaned.text) if tokens is None else tokens
    title, behind = _split_title(document, cleaned)
    foreign = _foreign_names(document.publisher, [*head[:6], *end[-8:]])
    return Claim(
        id=document.id,
        key=document.key,
        publisher=document.publisher,
        kind=document.kind,
        published_at=document.published_at,
        first_seen_at=document.first_seen_at,
        baseline=document.baseline,
        language=document.language,
        words=len(tokens),
        text=_digest(tokens),
        opening=_digest(_opening(cleaned)),
        headline=_digest(words(title)),
        tail=_tail(behind, document.publisher, head),
        bodiless=document.bodiless,
        credit=None if sent else credit,
        sources=_sources(document, end),
        release=release is not None or sent or _outfit(document.publisher)[2],
        service=(release.service if release else None) or (credit if sent else None),
        company=release.company if release else None,
        corrected=cleaned.corrected,
        noted=cleaned.corrected and clean("", "\n".join((*head[:2], *end[-3:]))).corrected,
        updated=cleaned.updated or _UPDATED.match(document.title) is not None,
        aggregates=_aggregates(document) or cleaned.republisher or foreign > 1,
        furniture=cleaned.furniture + _MANY_ROWS * (foreign > 0),
        self_named=_names_itself(document, cleaned),
    )


def _credit(document: Document, credit: Credit | None) -> str | None:
    """The agency or release service whose text an article says it is; one that only gave material is not."""
    if credit is not None and credit.place is not CreditPlace.INPUT:
        return credit.agency
    stated = document.agency
    if stated is not None and (credit is None or wire_name(stated) != credit.agency):
        # What an earlier reading took from a page's copyright line may be the page's owner.
        known = wire_name(stated) or (stated if AGENCY_WORD.search(stated) else None)
        if known is not None:
            return known
    return known_agency(document.source_title) if document.source_title else None


def _sources(document: Document, end: Sequence[str]) -> tuple[str, ...]:
    """Whom a closing "Source:" line and the feed's <source> name."""
    named = (named_source(end), document.source_title)
    return tuple(dict.fromkeys(known_agency(name) or name for name in named if name))


def _aggregates(document: Document) -> bool:
    """Whether a publisher shows what others publish, by configuration or by its host."""
    if document.kind is FeedKind.OUTLET:  # which is also what nobody has configured
        return document.publisher is not None and is_aggregator_host(document.publisher)
    return document.kind is FeedKind.AGGREGATOR


def _foreign_names(publisher: str | None, lines: Sequence[str]) -> int:
    """How many marks of another publisher a page bears: in a copyright line, in a byline."""
    if publisher is None:
        return 0
    owners = (found["name"] for line in lines if (found := _OWNER.search(line[:200])))
    staff = (found["name"] for line in lines if (found := _STAFF.match(line[:160])))
    return any(wire_name(name) is None and not could_be(name, publisher) for name in owners) + any(
        not could_be(name, publisher) for name in staff
    )


def _split_title(document: Document, cleaned: Cleaned) -> tuple[str, str | None]:
    """(title without its markers, the name behind it where aggregators write whose it is)."""
    title = cleaned.title
    if not title:
        return "", None
    _, own, behind = " ".join(document.title.split()).rpartition(title)
    name = without_markers_behind(behind).strip(" -–—|•·:_") if own else ""
    if not name and (found := _TAIL.search(title)) is not None and _is_title_cased(found["name"]):
        title, name = title[: found.start()], found["name"].strip()
    return title, name if 0 < len(name) <= _MAX_TAIL_CHARS else None


def _is_title_cased(name: str) -> bool:
    """Whether a name is written as publishers' are: few words, no figure, each with a capital where there are any."""
    parts = name.split()
    short = 1 <= len(parts) <= 5 and not any(character.isdigit() for character in name)
    return short and all(part[0] == part[0].upper() or len(part) <= 3 for part in parts)


def _tail(name: str | None, publisher: str | None, head: Sequence[str]) -> int | None:
    """The name behind a title as a number; None where it is the publisher's own or a part of the title."""
    if name is None or publisher is None or could_be(name, publisher):
        return None
    # A title that the text repeats with all that stands behind it ends in its own words.
    return None if any(name.casefold() in line[:200].casefold() for line in head[:3]) else _digest(words(name))


def _names_itself(document: Document, cleaned: Cleaned) -> bool:
    """Whether a publisher's own name stands in the title or opening, as a company's does in its release."""
    if document.publisher is None:
        return False
    told = set(words(cleaned.title)) | set(words(" ".join(cleaned.paragraphs[:2])[:300]))
    return any(len(key) >= _MIN_SELF_CHARS and key in told for key in name_keys(document.publisher))


def _opening(cleaned: Cleaned) -> list[str]:
    """The first words of the lead, without headings above it."""
    for paragraph in cleaned.paragraphs[:8]:
        found = words(paragraph[:400])
        if len(found) >= _MIN_LEAD_WORDS:
            return found[:_OPENING_WORDS]
    return words(cleaned.text[:400])[:_OPENING_WORDS]


def _digest(tokens: Sequence[str]) -> int:
    """A number that equal words share on every machine, and others do not."""
    return digest_of(" ".join(tokens).encode("utf-8", "replace"))
