"""Watches at work: what is told of a story and what is passed over, and alerts on their way to people and programs."""

from __future__ import annotations

import asyncio
import email
import email.policy
import hashlib
import hmac
import json
import re
import sqlite3
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from ingest.errors import ConfigError
from ingest.model import Article, ArticleStatus, Entry, Settled
from ingest.pipeline import alerting
from ingest.pipeline.alerting import Secrets, deliver_alerts
from ingest.pipeline.watching import Watcher
from ingest.store import alerts
from ingest.store.articles import insert_article, settle
from ingest.store.feeds import publisher_id
from ingest.text.urls import mask, stand_in
from tests.pipeline import texts
from tests.pipeline.conftest import Newsroom, Site
from tests.publish.servers import EphemeralController, Sink

HOUR = timedelta(hours=1)
SECRET = "quiet water"
REWRITE, SUMMIT = (texts.REWRITE_TITLE, texts.REWRITE), (texts.SUMMIT_TITLE, texts.SUMMIT)
QUERY = "Lindholm AND (commission OR hydrologist*)"


def watch(newsroom: Newsroom, more: str = "", query: str = QUERY, name: str = "selva") -> None:
    newsroom.settings += f"\n[[watches]]\nname = \"{name}\"\nquery = '{query}'\n{more}\n"


class Press:
    """Puts articles into the database as settled pages are put there, one desk after the other."""

    def __init__(self, newsroom: Newsroom) -> None:
        self.newsroom, self.count = newsroom, 0

    def publish(
        self, *articles: tuple[str, str, tuple[str, ...]], baseline: bool = False, after: timedelta = HOUR
    ) -> None:
        """Publisher, title and paragraphs of each article, which come one minute after the other."""
        self.newsroom.now += after
        with self.newsroom.desk() as desk:
            for publisher, title, text in articles:
                self.count += 1
                self.newsroom.now += timedelta(minutes=1)
                now, store = self.newsroom.now, desk.store
                with store.transaction():
                    owner = publisher_id(store, publisher, domain=f"{publisher.lower()}.example", kind=None)
                    entry = Entry(link=f"https://{publisher.lower()}.example/{self.count}", title=title)
                    article_id, _ = insert_article(
                        store, owner, str(entry.link), entry, published_at=now, now=now, baseline=baseline
                    )
                    body = Article(url="", title=title, text="\n".join(text), language="en", confidence=1.0)
                    settled = Settled(
                        article_id=article_id,
                        article=body,
                        status=ArticleStatus.EXTRACTED,
                        attempts=1,
                        next_fetch_at=None,
                    )
                    settle(store, settled, None, now)
                    desk.matcher.match(store, article_id, now)


@pytest.fixture
def press(newsroom: Newsroom) -> Press:
    return Press(newsroom)


def told(newsroom: Newsroom) -> list[tuple[str, str]]:
    return [
        (row["publisher"], row["reason"]) for row in newsroom.rows("SELECT * FROM watch_hits ORDER BY at, publisher")
    ]


def passed(newsroom: Newsroom) -> dict[str, int]:
    return {
        row["reason"]: row["n"] for row in newsroom.rows("SELECT reason, count(*) AS n FROM passed_over GROUP BY 1")
    }


def test_a_story_is_told_once_and_again_for_a_term_that_is_new_in_it(newsroom: Newsroom, press: Press) -> None:
    watch(newsroom)
    press.publish(("Star", *REWRITE), ("Courier", *SUMMIT), ("Herald", *SUMMIT))  # the rewrite has no hydrologists
    assert told(newsroom) == [("Star", "first"), ("Courier", "term")]
    assert passed(newsroom) == {"copy": 1}
    assert newsroom.one("SELECT count(DISTINCT story_id) FROM watch_hits") == 1
    hit = newsroom.rows("SELECT * FROM hits ORDER BY article_id")[0]
    assert json.loads(hit["terms"]) == ["Lindholm", "commission"]
    assert hit["found"] == "Lindholm in the text, commission in the text"
    newsroom.must_be_sound()


def test_a_feeds_first_poll_is_no_hit_and_what_comes_after_it_is(newsroom: Newsroom, press: Press) -> None:
    watch(newsroom)
    press.publish(("Courier", *REWRITE), baseline=True)
    assert (told(newsroom), passed(newsroom)) == ([], {"baseline": 1})
    press.publish(("Star", *REWRITE))
    assert told(newsroom) == [("Star", "first")]


def test_what_came_before_the_watch_is_no_hit(newsroom: Newsroom, press: Press) -> None:
    press.publish(("Courier", *SUMMIT))
    newsroom.now += HOUR
    watch(newsroom)
    with newsroom.desk() as desk:
        desk.store.connection.execute("UPDATE articles SET matched_hash = NULL")
        assert desk.matcher.match_waiting(desk.store, newsroom.now) == 1
    assert (told(newsroom), passed(newsroom)) == ([], {"before": 1})


def test_a_hit_is_in_the_transaction_that_matches_its_article(
    newsroom: Newsroom, press: Press, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch(newsroom)

    def fails(*_: Any) -> None:
        error = sqlite3.OperationalError("disk I/O error")
        error.sqlite_errorcode = sqlite3.SQLITE_IOERR
        raise error

    monkeypatch.setattr(Watcher, "_judge", fails)
    with pytest.raises(sqlite3.OperationalError, match="disk"):
        press.publish(("Star", *REWRITE))
    assert newsroom.one("SELECT count(*) FROM articles") == 0


def test_a_watch_that_stumbles_costs_neither_the_story_nor_the_other_watches(newsroom: Newsroom, press: Press) -> None:
    watch(newsroom, name="bad")
    watch(newsroom, name="good")
    with newsroom.desk() as desk:
        desk.store.connection.execute(
            "CREATE TRIGGER planted BEFORE INSERT ON hits WHEN NEW.watch_id = (SELECT id FROM watches WHERE name = "
            "'bad') BEGIN SELECT RAISE(ABORT, 'planted'); END"
        )
    press.publish(("Star", *REWRITE))
    assert newsroom.one("SELECT watch FROM watch_hits") == "good"
    assert newsroom.one("SELECT count(*) FROM members") == 1
    assert newsroom.one("SELECT reason FROM journal WHERE action = 'not-watched'") == "bad: IntegrityError: planted"
    newsroom.must_be_sound()


def test_a_watch_that_cannot_be_read_is_told_with_file_line_and_character(newsroom: Newsroom) -> None:
    watch(newsroom, query="titel:selva")
    with pytest.raises(ConfigError) as caught, newsroom.desk():
        pass
    (problem,) = caught.value.problems
    path = newsroom.folder / "config.toml"
    line = next(n for n, text in enumerate(path.read_text().splitlines(), 1) if text.startswith("query"))
    assert problem.startswith(f'{path}:{line}: watches.query: "selva": character 1: unknown field "titel"')
    assert problem.endswith("\n  titel:selva\n  ^")
    assert not newsroom.database.exists()


@pytest.fixture
def hook(newsroom: Newsroom) -> Site:
    site = newsroom.site()
    site.on("/hook", b"taken")
    return site


@pytest.fixture
def smtp(newsroom: Newsroom) -> Iterator[Sink]:
    sink = Sink()
    controller = EphemeralController(sink, hostname="127.0.0.1", port=0)
    controller.start()
    newsroom.settings += (
        f'\n[smtp]\nhost = "127.0.0.1"\nport = {controller.port}\nsecurity = "none"\n'
        'sender = "samewire <alerts@samewire.example>"\n'
    )
    yield sink
    controller.stop()


def deliver(newsroom: Newsroom, after: timedelta = timedelta()) -> int:
    newsroom.now += after

    async def work() -> int:
        with newsroom.desk() as desk:
            async with desk.client:
                return await deliver_alerts(desk, Secrets(hooks={"selva": SECRET}))

    return asyncio.run(work())


def news(newsroom: Newsroom, press: Press, hook: Site, more: str = "") -> None:
    """A watch with a webhook, and a story that it finds."""
    watch(newsroom, f'webhook = "{hook.url("/hook")}"\n{more}')
    press.publish(("Star", *REWRITE))


def test_a_hit_goes_out_signed_by_webhook_and_by_mail_and_once(
    newsroom: Newsroom, press: Press, hook: Site, smtp: Sink
) -> None:
    news(newsroom, press, hook, 'mail = ["desk@newsroom.example"]')
    assert deliver(newsroom) == 2
    assert deliver(newsroom, HOUR) == 0
    ((_, headers, body),) = hook.posted
    assert headers["samewire-signature"] == "sha256=" + hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    assert headers["content-type"] == "application/json"
    said = json.loads(body)
    (alert,) = said["alerts"]
    assert (said["watch"], said["folded"], alert["kind"]) == ("selva", False, "hit")
    assert alert["article"]["publisher"] == "Star"
    assert alert["story"]["title"] == texts.REWRITE_TITLE
    row = newsroom.rows("SELECT * FROM alert_messages WHERE channel = 'webhook'")[0]
    assert (row["key"], row["status"], row["answer"]) == (headers["idempotency-key"], "sent", "200")
    ((_, to, content),) = smtp.mails
    mail = email.message_from_bytes(content, policy=email.policy.default)
    assert to == ["desk@newsroom.example"]
    assert mail["Subject"] == f"[selva] {texts.REWRITE_TITLE}"
    assert "commission in the text" in mail.get_payload(decode=True).decode()
    assert mail["Message-ID"].startswith("<samewire-")


def test_a_call_that_failed_is_made_again_with_the_same_key_and_body(
    newsroom: Newsroom, press: Press, hook: Site
) -> None:
    hook.on("/hook", status=503, headers={"Retry-After": "600"})
    news(newsroom, press, hook)
    assert deliver(newsroom) == 0
    row = newsroom.rows("SELECT * FROM alert_messages")[0]
    assert (row["status"], row["reason"], row["attempts"]) == ("later", "http_5xx", 1)
    assert deliver(newsroom, timedelta(minutes=5)) == 0  # inside the Retry-After
    hook.on("/hook", status=204)
    assert deliver(newsroom, timedelta(minutes=6)) == 1
    first, second = hook.posted
    assert first[1]["idempotency-key"] == second[1]["idempotency-key"]
    assert first[2] == second[2]


def test_killed_after_the_answer_it_calls_again_with_the_same_key_only(
    newsroom: Newsroom, press: Press, hook: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    news(newsroom, press, hook)
    record = alerts.record_message

    def dies(store: Any, message: Any) -> None:
        if message.status == "sent":
            raise SystemExit("killed")
        record(store, message)

    with monkeypatch.context() as patch:
        patch.setattr(alerting.alerts, "record_message", dies)
        with pytest.raises(SystemExit):
            deliver(newsroom)
    assert newsroom.rows("SELECT status, attempts FROM alert_messages") == [{"status": "pending", "attempts": 1}]
    assert deliver(newsroom) == 0  # nobody knows whether it arrived: not at once
    assert deliver(newsroom, timedelta(minutes=1)) == 1
    assert len(hook.posted) == 2
    assert len({headers["idempotency-key"] for _, headers, _ in hook.posted}) == 1
    assert len({body for _, _, body in hook.posted}) == 1


def test_what_policy_forbids_is_a_dead_letter_at_once_and_can_be_revived(
    newsroom: Newsroom, press: Press, hook: Site
) -> None:
    watch(newsroom, 'webhook = "http://127.0.0.1:9/hook?token=secret"')
    press.publish(("Star", *REWRITE))
    assert deliver(newsroom) == 0
    (dead,) = newsroom.rows("SELECT * FROM dead_letters")
    assert (dead["watch"], dead["reason"], dead["attempts"]) == ("selva", "port", 1)
    assert "secret" not in dead["target"]
    with newsroom.desk() as desk:
        assert alerts.revive(desk.store, [dead["id"]], newsroom.now) == 1
        assert alerts.revive(desk.store, [dead["id"]], newsroom.now) == 0
    assert newsroom.rows("SELECT * FROM dead_letters") == []


SLACK = "/services/T024BE7LD/Xa9bC2dE4fG6hI8jK0lM"


@pytest.mark.parametrize(
    ("answer", "status"), [(200, "sent"), (503, "later"), (307, "later"), (404, "later"), (0, "failed")]
)
def test_a_webhooks_address_stays_out_of_the_database_and_the_log(
    newsroom: Newsroom, press: Press, answer: int, status: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Its path is the secret of Slack's and Discord's. 0: the address is one that policy forbids."""
    caplog.set_level("INFO")
    site = newsroom.site()
    site.on(SLACK, b"taken", status=answer)
    watch(newsroom, f'webhook = "{site.url(SLACK) if answer else "http://127.0.0.1:9" + SLACK}"')
    press.publish(("Star", *REWRITE))
    deliver(newsroom)
    (row,) = newsroom.rows("SELECT status, m.target, t.target AS whose FROM alert_messages m, alert_targets t")
    assert row["status"] == status
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/…#[0-9a-f]{8}", row["target"])
    assert row["target"] == row["whose"]
    assert row["target"] in caplog.text
    assert "T024BE7LD" not in caplog.text
    assert b"T024BE7LD" not in newsroom.database.read_bytes()


@pytest.mark.parametrize("query", ["", "?token=quiet-water"])
def test_what_waits_under_an_address_as_it_was_kept_before_is_sent_and_rewritten(
    newsroom: Newsroom, press: Press, query: str
) -> None:
    """In a message and not yet in one; of a webhook that is no longer configured the secret goes too."""
    hook = newsroom.site()
    address = hook.url(SLACK + query)
    hook.on(SLACK + query, status=503)
    watch(newsroom, f'webhook = "{address}"', query="publisher:star")
    press.publish(("Star", *texts.filler(3)))
    assert deliver(newsroom) == 0
    press.publish(("Star", *texts.filler(5)))
    press.publish(("Star", *texts.filler(8)))
    with newsroom.desk() as desk, desk.store.transaction():
        connection, old = desk.store.connection, mask(address)
        connection.execute("UPDATE alert_messages SET target = ?1, answer = ?1 || ' answered 503'", [old])
        connection.execute("UPDATE alert_targets SET target = ?", [old])
        connection.execute("UPDATE alert_targets SET target = ? || '/gone' WHERE alert_id = 3", [old])
    hook.on(SLACK + query, b"taken")
    assert deliver(newsroom, HOUR) == 2
    rows = newsroom.rows("SELECT target, status, reason FROM alert_messages ORDER BY status DESC")
    assert [(row["status"], row["reason"]) for row in rows] == [("sent", None), ("sent", None), ("failed", "off")]
    assert [row["target"] == stand_in(address) for row in rows] == [True, True, False]
    assert newsroom.one("SELECT count(*) FROM alert_targets WHERE message_id IS NULL") == 0
    for table in ("alert_targets", "alert_messages"):
        assert "T024BE7LD" not in str(newsroom.rows(f"SELECT * FROM {table}"))
    newsroom.must_be_sound()


def test_a_redirect_is_not_followed(newsroom: Newsroom, press: Press, hook: Site) -> None:
    hook.on("/hook", status=307, headers={"Location": hook.url("/other")})
    hook.on("/other", b"taken")
    news(newsroom, press, hook)
    deliver(newsroom)
    assert [path for path, _, _ in hook.posted] == ["/hook"]
    assert newsroom.one("SELECT reason FROM alert_messages") == "redirects"


def test_a_storm_is_folded_into_one_message_that_says_so(newsroom: Newsroom, press: Press, hook: Site) -> None:
    newsroom.settings += "\n[alerts]\nper_hour = 2\n"
    watch(newsroom, f'webhook = "{hook.url("/hook")}"', query="publisher:star")
    press.publish(*(("Star", *texts.filler(number)) for number in range(3, 8)))
    assert len(told(newsroom)) == 5
    assert deliver(newsroom) == 2
    single, folded = sorted((json.loads(body) for _, _, body in hook.posted), key=lambda said: said["count"])
    assert (single["count"], single["folded"]) == (1, False)
    assert (folded["count"], folded["folded"]) == (4, True)
    assert folded["note"] == "4 alerts in one message: more than 2 messages within an hour are folded"
    press.publish(("Star", *REWRITE), after=timedelta(minutes=10))
    assert deliver(newsroom) == 0
    assert newsroom.one("SELECT held FROM alert_targets WHERE message_id IS NULL") == "storm"
    assert deliver(newsroom, HOUR) == 1
    assert newsroom.one("SELECT count(*) FROM alert_targets WHERE message_id IS NULL") == 0


def test_spread_first_publisher_and_a_changed_number_are_told_once_each(
    newsroom: Newsroom, press: Press, hook: Site
) -> None:
    kinds = 'alerts = ["spread", "first", "number"]\nspread_publishers = 3\nfirst_publishers = ["star.example"]'
    watch(newsroom, f'webhook = "{hook.url("/hook")}"\n{kinds}')
    changed = (REWRITE[0].replace("two days", "three days"), REWRITE[1])
    press.publish(("Star", *REWRITE), ("Courier", *REWRITE), ("Herald", *changed), ("Echo", *changed))
    assert newsroom.one("SELECT count(DISTINCT story_id) FROM members") == 1
    assert newsroom.rows("SELECT kind, detail FROM alerts ORDER BY kind") == [
        {"kind": "first", "detail": "Star had it first"},
        {"kind": "number", "detail": "Herald: two is now three"},
        {"kind": "spread", "detail": "3 publishers within 60 minutes"},
    ]
