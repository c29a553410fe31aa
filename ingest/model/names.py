"""Ids, and the words of small closed sets that stand in columns."""

from __future__ import annotations

from enum import StrEnum
from typing import NewType

FeedId = NewType("FeedId", int)
EntryId = NewType("EntryId", int)
ArticleId = NewType("ArticleId", int)
StoryId = NewType("StoryId", int)
PublisherId = NewType("PublisherId", int)


class FeedKind(StrEnum):
    """What a source is to the trade: an agency's wire, an outlet with its own desk, or a republisher of others."""

    WIRE = "wire"
    OUTLET = "outlet"
    AGGREGATOR = "aggregator"


class PollWord(StrEnum):
    """How one poll ended."""

    OK = "ok"  # something new or revised came
    UNCHANGED = "unchanged"  # 304, or a 200 that brought nothing new
    REFUSED = "refused"  # our policy said no
    ERROR = "error"


class Reading(StrEnum):
    """How much of a feed's body had to be parsed."""

    SAME = "same"  # none: these bytes were read before
    PART = "part"  # what is not known by its bytes
    WHOLE = "whole"


class ArticleStatus(StrEnum):
    """Where an article stands between the feed and its text."""

    PENDING = "pending"  # its page is still to be fetched; the feed's summary stands in
    FETCHED = "fetched"  # the page is here, extraction is to come
    EXTRACTED = "extracted"
    SUMMARY = "summary"  # no body can be had; the feed's summary is the text
    REFUSED = "refused"  # the page is a wall, stub or shell, and the feed gave no summary
    FAILED = "failed"  # attempts are used up, and the feed gave no summary


class Relation(StrEnum):
    """What a member is to its story, or what a verdict says of a pair."""

    ORIGINAL = "original"  # members only: the first member
    COPY = "copy"
    ABRIDGEMENT = "abridgement"
    REWRITE = "rewrite"
    REVISION = "revision"
    DIFFERENT = "different"  # verdicts only
