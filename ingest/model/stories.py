"""What matching works on and answers: documents, verdicts, groups, assignments."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from ingest.model.names import ArticleId, FeedKind, Relation, StoryId


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """An article as matching sees it. `key` is its stable name: ties break on it, never on order of arrival."""

    id: ArticleId
    key: str  # content hash, or the caller's own id in a batch
    title: str
    text: str
    published_at: datetime | None = None
    publisher: str | None = None  # the family
    kind: FeedKind = FeedKind.OUTLET
    language: str | None = None
    url: str | None = None
    agency: str | None = None
    source_title: str | None = None
    first_seen_at: datetime | None = None
    baseline: bool = False  # seen in its feed's first poll: first_seen_at says nothing
    bodiless: bool = False  # walled, refused or not fetched: what stands as its text is the feed's summary


#: One text tells another's story where so much of the other's lead stands in it, and less than so much of its own
#: words in the other.
TOLD_LEAD, TELLER_SHARE = 0.5, 0.6


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What was measured on a pair (a, b); shares are 0..1."""

    jaccard: float
    containment_a: float  # share of a's shingles that stand in b
    containment_b: float
    title: float  # similarity of the titles
    lead_a: float  # share of a's lead that stands in b
    lead_b: float
    gap_s: float | None  # |time b - time a|, None where one has no time
    shared: int  # shingles in common
    quoted: float = 0.0  # share of these that stand in quotations
    vocabulary: float = 0.0  # share of the smaller vocabulary in the larger
    specifics: float = 0.0  # share of the smaller set of figures and names in the other
    agreement: tuple[tuple[str, int, int], ...] = ()  # numbers, ordinals, dates, names: same frame, same / other value
    boilerplate: float = 0.0  # share of the pair's words that were left out as a publisher's standing passages
    veto: str | None = None  # the words that decided a veto, e.g. "12th / 13th"

    @property
    def lead(self) -> float:
        """The larger of the two leads' shares."""
        return max(self.lead_a, self.lead_b)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The measured answer on one pair, a < b by article id."""

    a: ArticleId
    b: ArticleId
    relation: Relation
    score: float  # 0..1
    reason: str  # one word: what decided
    explanation: str  # one sentence for a person
    evidence: Evidence


class ConstraintKind(StrEnum):
    """What a person said of two articles."""

    MERGE = "merge"
    APART = "apart"
    SPLIT = "split"  # article_a stands alone, whatever matching says


@dataclass(frozen=True, slots=True, kw_only=True)
class Constraint:
    """A person's word on stories; it outranks every verdict."""

    kind: ConstraintKind
    a: ArticleId
    b: ArticleId | None = None  # None for a split


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One article's place in its story."""

    article_id: ArticleId
    relation: Relation
    score: float
    via: ArticleId | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class First:
    """Who had it first; `article_id` is None where the evidence does not decide."""

    article_id: ArticleId | None
    confidence: float
    reason: str  # one sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A story as matching computes it from the set: members in time order, the first one `original`."""

    members: tuple[Member, ...]
    first: First


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A pair whose verdict joins and whose stories stay two all the same, and why."""

    a: ArticleId
    b: ArticleId
    reason: str  # one word


@dataclass(frozen=True, slots=True, kw_only=True)
class Grouping:
    """The stories of a set, in the order of their first members, and the joining pairs that lie between them."""

    groups: tuple[Group, ...]
    refused: tuple[Refusal, ...]  # by (a, b)


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """A story to be begun."""

    group: Group


@dataclass(frozen=True, slots=True, kw_only=True)
class Join:
    """A story that goes on, with these members from now on."""

    story_id: StoryId
    group: Group


@dataclass(frozen=True, slots=True, kw_only=True)
class Merge:
    """A story that ends in an older one."""

    story_id: StoryId
    into: StoryId


Assignment = Start | Join | Merge


@dataclass(frozen=True, slots=True, kw_only=True)
class Placing:
    """What the store holds on stories before an assignment: each article's story."""

    story_of: Mapping[ArticleId, StoryId]
