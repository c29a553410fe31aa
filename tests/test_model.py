"""The values that travel between rooms: frozen, comparable, and fit to cross a process's wall."""

from __future__ import annotations

import dataclasses
import inspect
import pickle
from datetime import UTC, datetime, timedelta
from enum import StrEnum

import pytest

from ingest import errors, model
from ingest.errors import FetchError, IngestError, Reason, SamewireError
from ingest.model import (
    ArticleId,
    FeedKind,
    NotModified,
    PollState,
    Relation,
    Response,
    StoryId,
    StoryMember,
    StoryView,
)

AT = datetime(2026, 11, 3, 6, 0, tzinfo=UTC)
VALUES = [kind for _, kind in inspect.getmembers(model, dataclasses.is_dataclass)]
WORDS = [
    kind
    for module in (model, errors)
    for _, kind in inspect.getmembers(module, inspect.isclass)
    if issubclass(kind, StrEnum) and kind is not StrEnum
]
FAILURES = [
    kind
    for _, kind in inspect.getmembers(errors, inspect.isclass)
    if issubclass(kind, IngestError) and kind.__init__ is not object.__init__
]


def member(number: int, publisher: str) -> StoryMember:
    return StoryMember(
        article_id=ArticleId(number),
        title="t",
        url="https://a.example/",
        publisher=publisher,
        kind=FeedKind.OUTLET,
        relation=Relation.COPY,
        score=1.0,
        reason="same",
        published_at=AT,
        first_seen_at=AT,
    )


def story(first: int | None) -> StoryView:
    members = (member(1, "Post"), member(2, "Echo"), member(3, "Post"))
    return StoryView(
        id=StoryId(1),
        title="t",
        first_article_id=None if first is None else ArticleId(first),
        first_confidence=0.5,
        first_reason="",
        members=members,
    )


@pytest.mark.parametrize("kind", VALUES, ids=lambda kind: kind.__name__)
def test_every_value_is_frozen_slotted_and_given_by_name(kind: type) -> None:
    assert kind.__dataclass_params__.frozen  # type: ignore[attr-defined]
    assert "__slots__" in vars(kind)
    assert all(item.kw_only for item in dataclasses.fields(kind))


@pytest.mark.parametrize("kind", WORDS, ids=lambda kind: kind.__name__)
def test_every_closed_set_is_lower_case_words_without_repeats(kind: type[StrEnum]) -> None:
    words = [item.value for item in kind]
    assert len(set(words)) == len(words)
    assert all(word == word.lower() and word.replace("_", "").isalnum() for word in words)


@pytest.mark.parametrize("kind", FAILURES, ids=lambda kind: kind.__name__)
def test_a_failure_comes_out_of_a_worker_as_it_went_in(kind: type[IngestError]) -> None:
    error = kind("no answer", reason=Reason.TIMEOUT, subject="https://a.example/")
    back = pickle.loads(pickle.dumps(error))
    assert type(back) is kind and isinstance(back, SamewireError)
    assert (str(back), back.reason, back.subject) == ("no answer", Reason.TIMEOUT, "https://a.example/")


def test_a_fetch_error_keeps_what_the_server_gave() -> None:
    error = FetchError("slow down", reason=Reason.RATE_LIMITED, subject="x", status=429, retry_after_s=9.5)
    back = pickle.loads(pickle.dumps(error))
    assert (back.status, back.retry_after_s, back.received_bytes) == (429, 9.5, 0)


def test_a_story_crosses_a_process_wall_unchanged() -> None:
    assert pickle.loads(pickle.dumps(story(2))) == story(2)


@pytest.mark.parametrize("kind", [Response, NotModified])
def test_the_first_value_of_a_header_counts(kind: type) -> None:
    values = {"url": "u", "requested_url": "u", "headers": (("etag", "1"), ("etag", "2")), "seconds": 0.1}
    if kind is Response:
        values |= {"status": 200, "body": b"", "received_bytes": 0}
    answer = kind(**values)
    assert answer.header("etag") == "1"
    assert answer.header("age") is None


def test_publishers_are_named_once_in_the_order_in_which_they_came() -> None:
    assert story(None).publishers == ("Post", "Echo")


def test_first_is_the_attributed_member_or_nobody() -> None:
    found = story(2).first
    assert found is not None and found.publisher == "Echo"
    assert story(None).first is None
    assert story(99).first is None


def test_a_new_feed_remembers_nothing() -> None:
    state = PollState()
    assert all(getattr(state, item.name) in (None, 0) for item in dataclasses.fields(state))
    assert dataclasses.replace(state, next_at=AT + timedelta(hours=1)) != state
