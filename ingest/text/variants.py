"""One article's addresses: tracked, AMP, mobile, with and without www, over http and https."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import unquote, urlsplit

from ingest.text.urls import canonical_url, family, http_url

#: First labels of hosts that show the pages of the host without them to other devices.
_SIDE_HOSTS = frozenset({"www", "m", "mobile", "amp", "touch"})
#: The cache of the AMP project: CDN host, /c/ (or /v/, /i/), s/ for https, then the article's own address.
_CACHE = re.compile(r"/[cv]/(s/)?([^/]+\.[^/]+/.*)\Z")
_CACHE_HOST = ".cdn.ampproject.org"
#: An AMP page beside its article: /amp/ before or behind the path, .amp before the extension.
_BEFORE = re.compile(r"\A/(?:amp|m)(?=/.)")
_BEHIND = re.compile(r"(?<=[^/])(?:/amp/?|\.amp)\Z")
_INSIDE = re.compile(r"\.amp(?=\.html?\Z)")
#: Parameters that ask for another rendering of the same page, with the values that do.
_RENDERINGS = {
    "amp": frozenset({"", "1", "true", "amp"}),
    "outputtype": frozenset({"amp"}),
    "view": frozenset({"amp"}),
    "m": frozenset({"1"}),
    "mobile": frozenset({"1", "true"}),
}


def article_url(url: str) -> str:
    """Return one name for all addresses under which a publisher shows one article; nothing is asked for at it.

    As `canonical_url`, and without what chooses a rendering: AMP's and mobile hosts, paths and parameters, `www`, and
    http where https has the same port's place. Whoever finds two articles under one name shows two pages that differ
    in nothing else. Made for comparing within one publisher.
    """
    if http_url(url) is None:
        return url.strip()
    name = canonical_url(url)
    while (shorter := _without_rendering(name)) != name:  # one may hold another; each step takes something off
        name = shorter
    return name


def _without_rendering(url: str) -> str:
    parts = urlsplit(url)
    cached = _CACHE.match(parts.path) if (parts.hostname or "").endswith(_CACHE_HOST) else None
    if cached:
        inner = http_url(f"http://{cached[2]}" + (f"?{parts.query}" if parts.query else ""))
        if inner is not None:
            parts = urlsplit(canonical_url(inner))
    path = _INSIDE.sub("", _BEHIND.sub("", _BEFORE.sub("", parts.path))) or "/"
    query = "&".join(pair for pair in parts.query.split("&") if pair and not _is_rendering(pair))
    scheme = "https" if parts.port is None else parts.scheme
    return f"{scheme}://{_main_host(parts.netloc)}{path}" + (f"?{query}" if query else "")


@lru_cache(maxsize=4096)
def _main_host(netloc: str) -> str:
    """The host without its first label where that only names a rendering and a domain is left."""
    while True:
        first, _, rest = netloc.partition(".")
        if first not in _SIDE_HOSTS or netloc.partition(":")[0] == family(f"https://{netloc}") or "." not in rest:
            return netloc
        netloc = rest


def _is_rendering(pair: str) -> bool:
    name, _, value = pair.partition("=")
    return unquote(value).lower() in _RENDERINGS.get(unquote(name).lower(), ())
