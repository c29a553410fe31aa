"""Addresses: what may be asked for, what counts as the same page, whose it is, and what a log may show."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.text.urls import (
    MAX_URL_CHARS,
    canonical_url,
    family,
    http_url,
    is_stand_in,
    mask,
    mask_within,
    origin,
    stand_in,
    without_address,
)

BASE = "https://example.org/news/feed.xml?x=1"

ASKED = {
    "plain": ("http://example.org/a", None, "http://example.org/a"),
    "relative": ("../b?c=d", BASE, "https://example.org/b?c=d"),
    "scheme-relative": ("//cdn.example/x", BASE, "https://cdn.example/x"),
    "query only": ("?p=2", BASE, "https://example.org/news/feed.xml?p=2"),
    "blanks around": (" \thttp://example.org/a\n", None, "http://example.org/a"),
    "fragment": ("http://example.org/a#top", None, "http://example.org/a"),
    "case": ("HTTP://Example.ORG/A", None, "http://example.org/A"),
    "idna": ("http://Bücher.example/ü?ü=1", None, "http://xn--bcher-kva.example/%C3%BC?%C3%BC=1"),
    "idna 2008 keeps the sharp s": ("http://straße.example/", None, "http://xn--strae-oqa.example/"),
    "underscore in a host": ("http://a_b.example/", None, "http://a_b.example/"),
    "decimal host": ("http://2130706433/", None, "http://2130706433/"),
    "port": ("http://example.org:8080/", None, "http://example.org:8080/"),
    "empty port": ("http://example.org:/x", None, "http://example.org/x"),
    "v6": ("http://[2001:DB8:0::1]:80/", None, "http://[2001:db8::1]:80/"),
    "final dot": ("http://localhost./", None, "http://localhost./"),
    "escapes stay": ("http://example.org/%7ea%2Fb", None, "http://example.org/%7ea%2Fb"),
    "longest": ("http://e.org/" + "a" * 2035, None, "http://e.org/" + "a" * 2035),
}

REFUSED = {
    "empty": "",
    "blank": "   ",
    "relative without base": "a/b",
    "javascript": "javascript:alert(1)",
    "data": "data:text/html,x",
    "file": "file:///etc/passwd",
    "mailto": "mailto:x@example.com",
    "userinfo": "http://u:p@example.org/",
    "empty userinfo": "http://@example.org/",
    "backslash before userinfo": "http://evil.example\\@127.0.0.1/",
    "backslash in host": "http://127.0.0.1\\.evil.example/",
    "no host": "http:///path",
    "blank inside": "http://example.org/a b",
    "tab inside": "http://exa\tmple.org/",
    "newline inside": "http://example.org/a\r\nHost: x",
    "no-break space inside": "http://example.org/a\u00a0b",
    "NUL": "http://example.org/\0",
    "lone surrogate": "http://example.org/\ud800",
    "bad brackets": "http://[::bad",
    "zone": "http://[fe80::1%25lo]/",
    "IPvFuture": "http://[v1.x]/",
    "port too high": "http://example.org:99999/",
    "port in words": "http://example.org:web/",
    "empty label": "http://a..b/",
    "only a dot": "http://./",
    "long label": "http://" + "a" * 64 + ".example/",
    "long host": "http://" + "a." * 127 + "example/",
    "long foreign host": "http://" + "ä" * 300 + ".example/",
    "host idna refuses": "http://\u0378.example/",
    "percent in host": "http://exa%6dple.org/",
    "too long": "http://e.org/" + "a" * 2036,
    "too long once encoded": "http://e.org/" + "ä" * 1000,
}


@pytest.mark.parametrize(("ref", "base", "expected"), ASKED.values(), ids=ASKED.keys())
def test_an_address_that_can_be_asked_for_comes_out_resolved(ref: str, base: str | None, expected: str) -> None:
    assert http_url(ref, base) == expected


@pytest.mark.parametrize("ref", REFUSED.values(), ids=REFUSED.keys())
def test_what_cannot_or_may_not_be_asked_for_is_none(ref: str) -> None:
    assert http_url(ref) is None


CANONICAL = {
    "host and scheme": ("HTTPS://WWW.Example.org/A", "https://www.example.org/A"),
    "default port": ("https://example.org:443/a", "https://example.org/a"),
    "other port": ("https://example.org:80/a", "https://example.org:80/a"),
    "empty path": ("http://example.org", "http://example.org/"),
    "empty path with query": ("http://example.org?a=1", "http://example.org/?a=1"),
    "slash stays": ("http://example.org/a/", "http://example.org/a/"),
    "no slash is added": ("http://example.org/a", "http://example.org/a"),
    "fragment": ("http://example.org/a#b", "http://example.org/a"),
    "tracking": ("http://e.org/a?utm_source=x&id=7&fbclid=1&at_medium=RSS&CMP=share", "http://e.org/a?id=7"),
    "only tracking": ("http://e.org/a?gclid=1", "http://e.org/a"),
    "order stays": ("http://e.org/?b=2&a=1&b=3", "http://e.org/?b=2&a=1&b=3"),
    "a name that only looks like tracking": ("http://e.org/?cat=1&compare=2", "http://e.org/?cat=1&compare=2"),
    "escaped tracking name": ("http://e.org/?utm%5Fsource=x", "http://e.org/"),
    "escapes": ("http://e.org/%7ea%2fb", "http://e.org/~a%2Fb"),
    "a sign that escapes nothing": ("http://e.org/50%/%%355", "http://e.org/50%25/%2555"),
    "final dot": ("http://e.org./a", "http://e.org/a"),
    "not http": (" urn:uuid:1 ", "urn:uuid:1"),
}


@pytest.mark.parametrize(("url", "expected"), CANONICAL.values(), ids=CANONICAL.keys())
def test_spellings_of_one_page_have_one_canonical_form(url: str, expected: str) -> None:
    assert canonical_url(url) == expected


FAMILIES = {
    "subdomain": ("https://www.bbc.co.uk/news", "bbc.co.uk"),
    "registrable itself": ("http://example.org:8080/", "example.org"),
    "private suffix": ("https://desk.github.io/x", "desk.github.io"),
    "the suffix itself": ("https://github.io/", "github.io"),
    "unknown top level": ("http://feed.test/", "feed.test"),
    "single label": ("http://intranet/", "intranet"),
    "foreign script": ("http://www.müller.de/", "xn--mller-kva.de"),
    "loopback": ("http://127.0.0.1:8001/x", "127.0.0.1:8001"),
    "loopback without port": ("https://127.0.0.1/x", "127.0.0.1:443"),
    "localhost": ("http://localhost/x", "localhost:80"),
    "v6": ("http://[::1]:81/", "[::1]:81"),
    "not http": ("tag:x", "tag:x"),
}


@pytest.mark.parametrize(("url", "expected"), FAMILIES.values(), ids=FAMILIES.keys())
def test_a_family_is_the_registrable_domain_or_the_host_and_port(url: str, expected: str) -> None:
    assert family(url) == expected


ORIGINS = {
    "default port": ("http://Example.org:80/x", "http://example.org"),
    "other port": ("http://example.org:81/x", "http://example.org:81"),
    "final dot": ("http://example.org./x", "http://example.org"),
    "v6": ("https://[::1]/", "https://[::1]"),
    "not http": ("ftp://example.org/", ""),
}


@pytest.mark.parametrize(("url", "expected"), ORIGINS.values(), ids=ORIGINS.keys())
def test_an_origin_is_scheme_host_and_unusual_port(url: str, expected: str) -> None:
    assert origin(url) == expected


MASKED = {
    "userinfo": ("http://user:pw@example.org/a", "http://***@example.org/a"),
    "userinfo with at": ("http://u:p@ss@example.org/", "http://***@example.org/"),
    "token": ("http://e.org/f?token=abc&n=1", "http://e.org/f?token=***&n=1"),
    "api key": ("http://e.org/f?api_key=abc#x", "http://e.org/f?api_key=***#x"),
    "value that looks like a key": ("http://e.org/?f=9f8a7b6c5d4e3f2a1b0c9d8e", "http://e.org/?f=***"),
    "bare key": ("http://e.org/?9f8a7b6c5d4e3f2a1b0c9d8e", "http://e.org/?***"),
    "plain words stay": ("http://e.org/?q=summit&monkey=1", "http://e.org/?q=summit&monkey=1"),
    "no query": ("http://e.org/a", "http://e.org/a"),
    "line break": ("http://e.org/\r\nfake log line", "http://e.org/\ufffd\ufffdfake log line"),
}


@pytest.mark.parametrize(("url", "expected"), MASKED.values(), ids=MASKED.keys())
def test_a_masked_address_shows_no_secret(url: str, expected: str) -> None:
    assert mask(url) == expected


@given(st.text(max_size=80), st.sampled_from([None, BASE, "http://[::1]:8/"]))
def test_any_text_is_taken_and_what_comes_out_is_fit_to_ask_for(ref: str, base: str | None) -> None:
    url = http_url(ref, base)
    mask(ref), family(ref), origin(ref), canonical_url(ref)
    if url is None:
        return
    parts = urlsplit(url)
    assert url.isascii() and len(url) <= MAX_URL_CHARS
    assert parts.scheme in {"http", "https"} and parts.hostname and "@" not in parts.netloc and not parts.fragment
    assert http_url(url) == url


@given(st.text(alphabet="abAB/.?&=#%%%0235:é~_", max_size=40))
def test_a_canonical_form_is_its_own_canonical_form(tail: str) -> None:
    once = canonical_url("http://Example.org/" + tail)
    assert canonical_url(once) == once


HOOK = "https://hooks.example/services/T024BE7LD/B04AB12CD/Xa9bC2dE4fG6hI8jK0lM1nO3"


def test_of_an_address_that_is_a_secret_the_origin_and_a_digest_stand_for_it() -> None:
    assert stand_in(HOOK) == "https://hooks.example/…#c9707192"
    assert stand_in(HOOK) != stand_in(HOOK.replace("Xa9", "Xa8"))
    assert is_stand_in(stand_in(HOOK)) and not is_stand_in(HOOK) and not is_stand_in(f"{stand_in(HOOK)}/x")


@given(st.text(max_size=60))
def test_nothing_but_the_origin_of_any_address_is_in_its_stand_in(path: str) -> None:
    assert len(stand_in(f"https://hooks.example/{path}")) <= len("https://hooks.example/…#12345678")
    assert is_stand_in(stand_in(path))


@pytest.mark.parametrize(
    "words", ["{} answered 307; name another", "port 9 of {} is not allowed", "{} is no address", "at <{}>", "{}"]
)
@pytest.mark.parametrize("url", [HOOK, f"{HOOK}?token=abc", f"{HOOK} x", f"{HOOK}/{'y' * 300}", HOOK.upper(), "/no"])
def test_a_sentence_about_it_does_not_name_it(words: str, url: str) -> None:
    for shown in (url if " " not in url else mask(url), mask(url), mask(url)[:200], http_url(url) or ""):
        said = without_address(words.format(shown), url)
        assert "T024BE7LD" not in said.upper() and "YYY" not in said.upper()
        assert without_address(said, url) == said
    assert without_address("the server answered 503", url) == "the server answered 503"


@pytest.mark.parametrize(
    ("words", "masked"),
    [
        ("https://n.example/feed?token=quiet is gone", "https://n.example/feed?token=*** is gone"),
        ("no address: token=quiet?", "no address: token=quiet?"),
        ("https://a.example/?key=1, and http://b:c@d.example/", "https://a.example/?key=*** and http://***@d.example/"),
    ],
)
def test_addresses_within_a_sentence_are_masked_and_its_words_stay(words: str, masked: str) -> None:
    assert mask_within(words) == masked
