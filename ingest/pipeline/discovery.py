"""Find the feed at an address: the feed itself, or the one that a site's page names."""

from __future__ import annotations

from dataclasses import dataclass
from html.parser import HTMLParser

from ingest.config import Config
from ingest.errors import ParseError, Reason
from ingest.model import Moved, Purpose, Request, Response
from ingest.parse.feed import parse_feed
from ingest.pipeline.desk import PARSE_TIMEOUT_S, WORKER_MEMORY_MB, user_agent
from ingest.poll.addresses import AddressPolicy
from ingest.poll.fetch import fetch, open_client
from ingest.text.urls import http_url
from ingest.workers.pool import WorkerPool

FEED_TYPES = ("application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml")
MAX_PAGE_CHARS = 500_000


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundFeed:
    """A feed that answered."""

    url: str
    title: str | None
    entries: int


async def discover(config: Config, url: str) -> FoundFeed:
    """The feed at `url`, or the first one that the page there names. Raises FetchError, ParseError."""
    policy = AddressPolicy(allow=frozenset(config.poll.allow))
    with WorkerPool(
        processes=1, task_timeout_s=PARSE_TIMEOUT_S, memory_mb=WORKER_MEMORY_MB, preload=("ingest.parse.feed",)
    ) as pool:
        async with open_client(policy, user_agent=user_agent(config)) as client:

            async def ask(address: str) -> Response:
                request = Request(url=address, purpose=Purpose.FEED, timeout_s=config.poll.timeout.total_seconds())
                answer = await fetch(client, request)
                answer = answer.answer if isinstance(answer, Moved) else answer
                if not isinstance(answer, Response):
                    raise ParseError("the address answers that it is gone", reason=Reason.GONE, subject=address)
                return answer

            response = await ask(url)
            try:
                feed = await pool.run(parse_feed, response, subject=url)
                return FoundFeed(url=url, title=feed.title, entries=len(feed.entries))
            except ParseError as exc:
                for candidate in feeds_named_by(response)[:3]:
                    found = await ask(candidate)
                    feed = await pool.run(parse_feed, found, subject=candidate)
                    return FoundFeed(url=candidate, title=feed.title, entries=len(feed.entries))
                raise ParseError(
                    f"no feed there, and the page names none ({exc})", reason=exc.reason, subject=url
                ) from exc


def feeds_named_by(response: Response) -> tuple[str, ...]:
    """The addresses of the feeds that a page names in <link rel="alternate">, in the page's order."""
    finder = _Alternates(response.url)
    finder.feed(response.body.decode("utf-8", "replace")[:MAX_PAGE_CHARS])
    return tuple(dict.fromkeys(finder.found))


class _Alternates(HTMLParser):
    def __init__(self, base: str) -> None:
        super().__init__()
        self.base, self.found = base, list[str]()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag != "link" or "alternate" not in values.get("rel", "").lower().split():
            return
        if values.get("type", "").split(";")[0].strip().lower() in FEED_TYPES and (
            url := http_url(values.get("href", ""), self.base)
        ):
            self.found.append(url)
