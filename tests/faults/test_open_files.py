"""Few files may be open: fewer exchanges at once, and no feed blamed for it."""

from __future__ import annotations

import resource

from tests.pipeline.conftest import Newsroom

from .conftest import command


def test_sixty_four_files_are_enough_for_eighty_feeds(newsroom: Newsroom) -> None:
    for house in range(10):
        site = newsroom.site()
        for number in range(8):
            newsroom.follow(site.feed([site.article(f"/{number}", f"Item {house} {number}", ["It rains."])],
                                      path=f"/feed{number}"), f"House {house}-{number}")  # fmt: skip
    newsroom.settings = "[extract]\nfetch_pages = false"
    ran = command(newsroom, "poll", "-v", preexec_fn=_few)
    assert ran.returncode == 0, ran.stderr
    assert "only 64 files may be open: 8 exchanges at once instead of poll.concurrency = 100" in ran.stderr
    assert newsroom.rows("SELECT outcome, reason, count(*) AS times FROM polls GROUP BY 1, 2") == [
        {"outcome": "ok", "reason": None, "times": 80}
    ]


def _few() -> None:
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
