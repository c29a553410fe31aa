"""A day's digest in the browser."""

from __future__ import annotations

from typing import Any

from tests.browse.conftest import Newsroom

_HTML = "<!doctype html><title>The day</title><p style='color:#222'>Ferry fire</p>"


def keep_digest(newsroom: Newsroom, day: str) -> None:
    newsroom.insert(
        "digests", day=day, since="2026-05-03T07:00:00Z", until="2026-05-04T07:00:00Z", built_at="2026-05-04T07:00:10Z",
        subject="The day", stories=1, articles=2, html=_HTML, plain="Ferry fire",
    )  # fmt: skip


async def test_a_days_digest_is_shown_as_it_was_built_and_may_run_nothing(site: Any, newsroom: Newsroom) -> None:
    keep_digest(newsroom, "2026-05-04")
    answer = await site.client.get("/digest/2026-05-04")
    assert (answer.status_code, answer.text) == (200, _HTML)
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy and "script-src" not in policy


async def test_the_last_digest_is_found_without_its_day(site: Any, newsroom: Newsroom) -> None:
    assert (await site.client.get("/digest")).status_code == 404
    keep_digest(newsroom, "2026-05-03")
    keep_digest(newsroom, "2026-05-04")
    answer = await site.client.get("/digest")
    assert (answer.status_code, answer.headers["location"]) == (302, "/digest/2026-05-04")


async def test_a_day_without_a_digest_and_what_is_no_day_say_so(site: Any, ferry: int) -> None:
    missing = await site.client.get("/digest/2026-05-09")
    assert missing.status_code == 404 and "No digest of 2026-05-09 was built." in missing.text
    wrong = await site.client.get("/digest/%3Cb%3E")
    assert wrong.status_code == 404 and "&lt;b&gt; is no day" in wrong.text
    assert (await site.client.post("/digest/2026-05-09")).status_code in (403, 405)
