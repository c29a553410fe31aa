"""Whether a robots.txt lets us ask for a page (RFC 9309), as protego reads it.

What an absent or failing robots.txt means is the caller's to say (RFC 9309 section 2.3.1).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from protego import Protego

from ingest.text.urls import http_url

MAX_ROBOTS_BYTES = 500 * 1024  # RFC 9309 section 2.5: at least this much is read
#: Longer delays are meant to keep crawlers out; that is what Disallow is for.
MAX_CRAWL_DELAY_S = 60.0
MAX_SITEMAPS = 100
#: What is read where the event loop runs: 4 KiB take a few milliseconds at the worst.
QUICK_BYTES = 4 * 1024

#: The names of lines that Protego knows, with the slips that it forgives.
_AGENT = frozenset({"user-agent", "useragent", "user agent"})
_SITE_WIDE = frozenset({"sitemap", "sitemaps", "site-map", "host"})
_DISALLOW = frozenset({"disallow", "dissallow", "dissalow", "disalow", "diasllow", "disallaw"})
_RATES = frozenset({"crawl-delay", "crawl delay", "request-rate", "request rate", "visit-time", "visit time"})
_KNOWN = _AGENT | _SITE_WIDE | _DISALLOW | _RATES | {"allow"}


@dataclass(frozen=True, slots=True)
class OwnRules:
    """What of a robots.txt concerns us: a shorter one that says the same to us, and the sitemaps."""

    text: bytes
    sitemaps: tuple[str, ...]

    @property
    def size(self) -> int:
        """About how many bytes it takes."""
        return 500 + len(self.text) + sum(100 + len(url) for url in self.sitemaps)


def own_rules(given: tuple[bytes, str]) -> OwnRules:
    """What a robots.txt (the first 500 KiB of it) says to a User-Agent, ours, and to everybody."""
    robots_txt, agent = given[0][:MAX_ROBOTS_BYTES], given[1].split("/", maxsplit=1)[0].lower()
    kept: list[str] = []
    site_wide: list[str] = []
    is_ours, has_rules = False, True
    for line in robots_txt.decode("utf-8-sig", "replace").splitlines():
        line = line.partition("#")[0].strip()  # noqa: PLW2901
        field, value = _field(line)
        if field in _AGENT:
            if has_rules:  # else it stands in one line with the names above
                is_ours = has_rules = False
            name = value.lower()
            if name == "*" or (name.replace("*", "") or "\0") in agent:  # more than Protego will find is no harm
                is_ours = True
                kept.append(f"User-agent: {name}")
        elif field in _SITE_WIDE:
            site_wide.append(line)
        elif field is not None:
            has_rules = True
            if is_ours:
                kept.append(line)
    return OwnRules("\n".join(kept).encode(), sitemaps_of("\n".join(site_wide).encode()))


def _field(line: str) -> tuple[str | None, str]:
    """What a line is about, as Protego takes it, which also forgives a colon that is missing; None: about nothing."""
    name, colon, value = line.partition(":")
    name = name.strip().lower()
    if not colon or (name not in _KNOWN and value[:1].strip()):
        words = line.split(maxsplit=2)
        for count in (1, 2):
            first = " ".join(words[:count]).lower()
            if first in _KNOWN:
                return first, " ".join(words[count:])
    return (name, value.strip()) if colon else (None, "")


def delay_if_allowed(given: tuple[bytes, str, str]) -> float | None:
    """The seconds that the rules want between two requests, or None where they forbid this one.

    given: robots.txt, the address, our User-Agent.
    """
    robots_txt, url, agent = given
    return crawl_delay_s(robots_txt, agent) if allowed(robots_txt, url, agent) else None


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


@lru_cache(maxsize=64)
def _rules(robots_txt: bytes) -> Protego:
    return Protego.parse(robots_txt.decode("utf-8-sig", "replace"))
