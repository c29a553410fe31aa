"""What messages of alerts keep of a redacted article: nothing, whatever its words were made of."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.model import AlertKind, ArticleId, Channel, Entry, FeedKind, StoryId
from ingest.publish.alerts import body_of, key_of
from ingest.publish.wording import flat, safe_link
from ingest.store import alerts, articles
from ingest.store.ailments import CHECKS
from ingest.store.connection import Store, open_writer
from ingest.store.doctor import examine, mend
from ingest.store.feeds import publisher_id
from ingest.store.redact import TOMBSTONE, redact
from ingest.store.watches import raise_alert, sync_watches
from ingest.watch.alerting import Alert

from .conftest import Desk

NOW = datetime(2026, 5, 5, 12, 0, tzinfo=UTC)
TARGETS = [(Channel.MAIL, "desk@newsroom.example")]
PLAIN = "Mr Smith accused"


def article(store: Store, title: str, link: str, *, story: StoryId | None = None) -> ArticleId:
    """An article, alone in its story or the second of another's."""
    owner = publisher_id(store, "Gazette", domain="example.org", kind=FeedKind.OUTLET)
    with store.transaction():
        made, _ = articles.insert_article(
            store, owner, link, Entry(link=link, title=title), published_at=NOW, now=NOW, baseline=False
        )
        if story:
            store.connection.execute("UPDATE members SET story_id = ? WHERE article_id = ?", [story, made])
    return made


def alarm(
    store: Store, article_id: ArticleId, story: StoryId, detail: str = "Gazette: Smith in the title", **more: Any
) -> None:
    """An alert about an article, which waits."""
    watch = sync_watches(store, [("smith", "smith")], NOW)[0]
    with store.transaction():
        alert = Alert(**{"kind": AlertKind.HIT, "detail": detail, **more})
        assert raise_alert(store, watch.id, story, article_id, alert, TARGETS, now=NOW)


def compose(store: Store) -> list[dict[str, Any]]:
    """Put all that waits into one message; returns what the messages say."""
    for target in alerts.waiting_targets(store.connection):
        found = alerts.raised(store.connection, alerts.waiting(store.connection, target))
        body = body_of(target, found, folded=len(found) > 1, cap=9, public_url=None)
        ids = [one.id for one in found]
        with store.transaction():
            alerts.make_message(store, target, ids, key=key_of(target, found), body=body, folded=False, now=NOW)
    return messages(store)


def messages(store: Store) -> list[dict[str, Any]]:
    return [json.loads(row["body"]) for row in store.connection.execute("SELECT body FROM alert_messages ORDER BY id")]


def remove(store: Store, article_id: ArticleId) -> None:
    redact(store, article_id, "court order", made_by="desk", now=NOW)


@pytest.mark.parametrize(
    "title", [PLAIN, PLAIN * 40, f"  {PLAIN}\n again ", "Mr\u200bSmith \u202eaccused\x07", '“Smith” \\ "x" \U0001f600']
)
@pytest.mark.parametrize("link", ["https://n.example/1", "https://n.example/a|1", "https://n.example/é?a=b c"])
def test_title_address_and_detail_leave_whatever_they_are_made_of(desk: Desk, title: str, link: str) -> None:
    one = article(desk.store, title, link)
    alarm(desk.store, one, StoryId(1))
    (before,) = compose(desk.store)
    assert before["alerts"][0]["article"] | {"publisher": "", "published_at": None} == {
        "title": flat(title, 300), "url": safe_link(link), "publisher": "", "published_at": None,
    }  # fmt: skip
    remove(desk.store, one)
    (after,) = messages(desk.store)
    (alert,) = after["alerts"]
    assert (alert["detail"], alert["article"]["title"], alert["article"]["url"]) == ("", TOMBSTONE, None)
    assert alert["story"]["title"] == TOMBSTONE
    assert {**after, "alerts": 0} == {**before, "alerts": 0}


@settings(max_examples=15)
@given(title=st.text(min_size=1, max_size=400), earlier=st.text(min_size=1, max_size=400))
def test_of_any_title_nothing_is_left(tmp_path_factory: pytest.TempPathFactory, title: str, earlier: str) -> None:
    """Not of the earlier one either that the message was written with."""
    with open_writer(tmp_path_factory.mktemp("any") / "n.db", for_command="test") as store:
        one = article(store, earlier.encode(errors="replace").decode(), "https://n.example/1")
        alarm(store, one, StoryId(1))
        compose(store)
        Desk(store, Path()).settle(one, title.encode(errors="replace").decode(), "A body.")
        remove(store, one)
        ((alert,),) = [told["alerts"] for told in messages(store)]
    assert (alert["story"]["title"], alert["article"]["title"]) == (TOMBSTONE, TOMBSTONE)


def test_other_articles_of_the_message_and_the_story_keep_theirs(desk: Desk) -> None:
    one = article(desk.store, "The ferry sails", "https://n.example/1")
    two = article(desk.store, PLAIN, "https://n.example/2", story=StoryId(1))
    alarm(desk.store, one, StoryId(1))
    alarm(desk.store, two, StoryId(1), "3 publishers within 60 minutes", kind=AlertKind.SPREAD)
    (before,) = compose(desk.store)
    remove(desk.store, two)
    (after,) = messages(desk.store)
    assert after["alerts"][0] == before["alerts"][0]
    assert after["alerts"][1]["story"]["title"] == "The ferry sails"
    assert (after["alerts"][1]["article"]["title"], after["alerts"][1]["detail"]) == (TOMBSTONE, "")


def test_the_storys_title_goes_from_messages_about_other_articles_too(desk: Desk) -> None:
    one = article(desk.store, PLAIN * 30, "https://n.example/1")
    two = article(desk.store, "The ferry sails", "https://n.example/2", story=StoryId(1))
    alarm(desk.store, two, StoryId(1))
    (before,) = compose(desk.store)
    assert PLAIN in before["alerts"][0]["story"]["title"]
    remove(desk.store, one)
    (after,) = messages(desk.store)
    assert after["alerts"][0]["story"]["title"] == TOMBSTONE
    assert after["alerts"][0]["article"] == before["alerts"][0]["article"]


def test_what_was_not_put_into_a_message_yet_goes_out_without_it(desk: Desk) -> None:
    one = article(desk.store, PLAIN, "https://n.example/1")
    alarm(desk.store, one, StoryId(1))
    remove(desk.store, one)
    ((alert,),) = [told["alerts"] for told in compose(desk.store)]
    assert (alert["detail"], alert["article"]["title"], alert["article"]["url"]) == ("", TOMBSTONE, None)
    assert alert["story"]["title"] == TOMBSTONE


def test_a_number_that_stood_in_it_goes_with_it(desk: Desk) -> None:
    one = article(desk.store, "12 hurt", "https://n.example/1")
    two = article(desk.store, "15 hurt", "https://n.example/2", story=StoryId(1))
    desk.store.connection.execute("UPDATE members SET via = ? WHERE article_id = ?", [one, two])
    alarm(desk.store, two, StoryId(1), "Gazette: 12 is now 15", kind=AlertKind.NUMBER, key="12 > 15")
    compose(desk.store)
    remove(desk.store, one)
    ((alert,),) = [told["alerts"] for told in messages(desk.store)]
    assert (alert["detail"], alert["article"]["title"]) == ("", "15 hurt")
    assert desk.rows("SELECT detail, key FROM alerts") == [{"detail": "", "key": "redacted 1"}]


def test_the_doctor_finds_what_an_earlier_version_left_and_takes_it_out(desk: Desk) -> None:
    one, two = (article(desk.store, f"{PLAIN} {n}", f"https://n.example/{n}") for n in (1, 2))
    for number in (one, two):
        alarm(desk.store, number, StoryId(number))
    (before,) = compose(desk.store)
    remove(desk.store, two)
    run = desk.store.connection.execute
    run("UPDATE alert_messages SET body = ?", [json.dumps(before)])
    run("INSERT INTO kept_pages VALUES (2, 'https://n.example/2', NULL, x'00', '')")
    run("UPDATE articles SET recheck_at = '2026-05-06T00:00:00Z' WHERE id = 2")
    (found,) = (one for one in examine(desk.store.connection, desk.path, NOW, CHECKS) if one.check == "redactions")
    assert (found.level, found.subjects) == ("error", ("article 2",))
    assert "redactions" in [check.name for check, _ in mend(desk.store, desk.path, NOW, CHECKS)]
    assert [one for one in examine(desk.store.connection, desk.path, NOW, CHECKS) if one.level == "error"] == []
    assert desk.rows("SELECT recheck_at FROM articles WHERE id = 2 UNION SELECT kept_at FROM kept_pages") == [
        {"recheck_at": None}
    ]
    kept, gone = messages(desk.store)[0]["alerts"]
    assert kept == before["alerts"][0]
    assert (gone["article"]["title"], gone["story"]["title"], gone["detail"]) == (TOMBSTONE, TOMBSTONE, "")


def test_a_message_whose_alerts_cannot_be_told_apart_loses_all_their_words(desk: Desk) -> None:
    one = article(desk.store, PLAIN, "https://n.example/1")
    two = article(desk.store, "The ferry sails", "https://n.example/2")
    alarm(desk.store, one, StoryId(1))
    alarm(desk.store, two, StoryId(2))
    compose(desk.store)
    desk.store.connection.execute("DELETE FROM alert_targets WHERE alert_id = 2")
    remove(desk.store, one)
    (told,) = messages(desk.store)
    assert [alert["article"]["title"] for alert in told["alerts"]] == [TOMBSTONE] * 2
    assert [alert["detail"] for alert in told["alerts"]] == ["", ""]
