"""Whether a robots.txt lets us ask for a page (RFC 9309), as protego reads it.

What an absent or failing robots.txt means is the caller's to say (RFC 9309 section 2.3.1).
"""

from __future__ import annotations

from functools import lru_cache
from itertools import islice

from protego import Protego

from ingest.text.urls import http_url

MAX_ROBOTS_BYTES = 500 * 1024  # RFC 9309 section 2.5: at least this much is read
#: Longer delays are meant to keep crawlers out; that is what Disallow is for.
MAX_CRAWL_DELAY_S = 60.0
MAX_SITEMAPS = 100


def allowed(robots_txt: bytes, url: str, user_agent: str) -> bool:
    """Whether the rules for `user_agent` let it ask for `url`; yes where no rule says otherwise.

    user_agent: a whole User-Agent field or only its product token. Bytes after the first 500 KiB are not read.
    """
    return bool(_rules(robots_txt[:MAX_ROBOTS_BYTES]).can_fetch(url, user_agent.split("/", maxsplit=1)[0]))


def crawl_delay_s(robots_txt: bytes, user_agent: str) -> float:
    """How far apart the rules for `user_agent` want requests to start, in seconds, at most MAX_CRAWL_DELAY_S; else 0.

    Not in RFC 9309, but what publishers write and the large crawlers heed.
    """
    delay_s = _rules(robots_txt[:MAX_ROBOTS_BYTES]).crawl_delay(user_agent.split("/", maxsplit=1)[0])
    if delay_s is None or not float(delay_s) > 0:  # protego reads "nan" too
        return 0.0
    return min(float(delay_s), MAX_CRAWL_DELAY_S)


def sitemaps_of(robots_txt: bytes) -> tuple[str, ...]:
    """The addresses of the sitemaps that it names, the first MAX_SITEMAPS of them, each once. Source: sitemaps.org."""
    named = (http_url(url) for url in _rules(robots_txt[:MAX_ROBOTS_BYTES]).sitemaps)
    return tuple(islice(dict.fromkeys(url for url in named if url is not None), MAX_SITEMAPS))


@lru_cache(maxsize=16)
def _rules(robots_txt: bytes) -> Protego:
    return Protego.parse(robots_txt.decode("utf-8-sig", "replace"))
