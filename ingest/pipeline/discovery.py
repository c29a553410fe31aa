"""Find the feed at an address: the feed itself, one that a site's page names or links to, or one at a usual place."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Iterator
from dataclasses import dataclass
from typing import Protocol, TypeVar

from ingest.config import Config
from ingest.errors import IngestError, ParseError, Reason
from ingest.model import Answer, Moved, Purpose, Request, Response
from ingest.parse.feed import parse_feed
from ingest.parse.feedlinks import feeds_linked_by, feeds_named_by, usual_places
from ingest.pipeline.desk import PARSE_TIMEOUT_S, WORKER_MEMORY_MB, user_agent
from ingest.poll.addresses import AddressPolicy
from ingest.poll.fetch import fetch, open_client
from ingest.poll.politeness import HostGate
from ingest.workers.pool import WorkerPool

T = TypeVar("T")

#: Asked beside the page itself: of addresses that the page names or links to, and in all.
MAX_NAMED, MAX_ASKED = 5, 10


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundFeed:
    """A feed that answered, and others that the same page names."""

    url: str
    title: str | None
    entries: int
    others: tuple[str, ...] = ()


#: Answers an address; raises IngestError.
Ask = Callable[[str], Awaitable[Response]]


class Runner(Protocol):
    """What runs a function where it can be killed."""

    async def run(self, function: Callable[[Response], T], argument: Response, *, subject: str) -> T:
        """As `WorkerPool.run`."""


async def discover(config: Config, url: str) -> FoundFeed:
    """The feed at `url`, or the first that answers of those that the page there names, links to, or may have.

    One request at a time, `poll.host_delay` apart, eleven at the most. Raises FetchError, ParseError.
    """
    policy = AddressPolicy(allow=frozenset(config.poll.allow))
    gate = HostGate(1, config.poll.host_delay.total_seconds())
    with WorkerPool(
        processes=1,
        task_timeout_s=PARSE_TIMEOUT_S,
        memory_mb=WORKER_MEMORY_MB,
        preload=("ingest.parse.feed", "ingest.parse.feedlinks"),
    ) as pool:
        async with open_client(policy, user_agent=user_agent(config), proxy=config.poll.proxy or None) as client:

            async def ask(address: str) -> Response:
                request = Request(url=address, purpose=Purpose.FEED, timeout_s=config.poll.timeout.total_seconds())
                async with gate.slot(address):
                    return whole(await fetch(client, request), address)

            return await find_feed(ask, pool, url)


async def find_feed(ask: Ask, pool: Runner, url: str, *, known: Collection[str] = ()) -> FoundFeed:
    """The same by this way of asking. known: feeds that are not looked for. Raises IngestError."""
    search = _Search(ask, pool, frozenset(known))
    response = await ask(url)
    try:
        return await search.read(response, url)
    except ParseError as exc:
        if exc.reason not in (Reason.HTML, Reason.NOT_A_FEED):
            raise
        return await search.beside(response, exc)


def whole(answer: Answer, address: str) -> Response:
    """The body that an address answered with. Raises ParseError where it is gone."""
    answer = answer.answer if isinstance(answer, Moved) else answer
    if not isinstance(answer, Response):
        raise ParseError("the address answers that it is gone", reason=Reason.GONE, subject=address)
    return answer


@dataclass(frozen=True, slots=True)
class _Search:
    ask: Ask
    pool: Runner
    known: frozenset[str]

    async def read(self, response: Response, address: str) -> FoundFeed:
        feed = await self.pool.run(parse_feed, response, subject=address)
        return FoundFeed(url=address, title=feed.title, entries=len(feed.entries))

    async def beside(self, page: Response, exc: ParseError) -> FoundFeed:
        """The first feed that answers of those around a page."""
        named = await self.pool.run(feeds_named_by, page, subject=page.url)
        linked = await self.pool.run(feeds_linked_by, page, subject=page.url)
        failed: dict[str, Reason] = {}
        for candidate in _candidates(page.url, named, linked, self.known):
            try:
                found = await self.read(await self.ask(candidate), candidate)
            except IngestError as trouble:
                failed[candidate] = trouble.reason
                continue
            others = tuple(other for other in named if other not in {candidate, *failed, *self.known})
            return FoundFeed(url=found.url, title=found.title, entries=found.entries, others=others)
        asked = ", ".join(f"{candidate} ({reason})" for candidate, reason in failed.items())
        names = "names none that answers" if named else "names none"
        raise ParseError(
            f"no feed there ({exc}); the page {names}; asked: {asked}. If you know the feed, name it",
            reason=exc.reason,
            subject=page.url,
        ) from exc


def _candidates(page: str, named: tuple[str, ...], linked: tuple[str, ...], known: frozenset[str]) -> Iterator[str]:
    """What is asked, in order, each once: what a page names, then what it links to, then the usual places."""
    named, linked = (tuple(url for url in urls if url not in known) for urls in (named, linked))
    seen = {page}
    for candidate in (*named[:MAX_NAMED], *linked[: MAX_NAMED - min(len(named), MAX_NAMED)], *usual_places(page)):
        if candidate not in seen and candidate not in known and len(seen) <= MAX_ASKED:
            seen.add(candidate)
            yield candidate
