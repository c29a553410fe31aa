"""robots.txt by RFC 9309."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.poll.robots import allowed, crawl_delay_s, own_rules, sitemaps_of

US = "samewire/0.1 (+https://example.org/bot)"
CASES = {
    "empty": ("", "/a", True),
    "garbage": ("<html>no</html>\0", "/a", True),
    "everybody": ("User-agent: *\nDisallow: /", "/a", False),
    "empty disallow": ("User-agent: *\nDisallow:", "/a", True),
    "another robot": ("User-agent: other\nDisallow: /", "/a", True),
    "our group beats everybody's": ("User-agent: *\nDisallow: /\nUser-agent: SameWire\nDisallow: /x", "/a", True),
    "a longer name is not ours": ("User-agent: samewirebot\nDisallow: /", "/a", True),
    "groups of one name add up": (
        "User-agent: samewire\nDisallow: /a\n\nUser-agent: x\nDisallow: /\n\nUser-agent: samewire\nDisallow: /b",
        "/b", False),
    "one group, two names": ("User-agent: x\nUser-agent: samewire\nDisallow: /a", "/a", False),
    "a rule ends the names": ("User-agent: samewire\nAllow: /\nUser-agent: x\nDisallow: /a", "/a", True),
    "rules before a group": ("Disallow: /\nUser-agent: *\nDisallow: /b", "/a", True),
    "longest wins": ("User-agent: *\nDisallow: /a\nAllow: /a/b", "/a/b/c", True),
    "longest wins in any order": ("User-agent: *\nAllow: /a/b\nDisallow: /a", "/a/x", False),
    "allow wins a tie": ("User-agent: *\nDisallow: /a\nAllow: /a", "/a", True),
    "star": ("User-agent: *\nDisallow: /*/print", "/x/y/print/1", False),
    "star elsewhere": ("User-agent: *\nDisallow: /*/print", "/print", True),
    "end": ("User-agent: *\nDisallow: /*.pdf$", "/x.pdf", False),
    "not at the end": ("User-agent: *\nDisallow: /*.pdf$", "/x.pdf?a", True),
    "end alone": ("User-agent: *\nDisallow: /a$", "/ab", True),
    "end exactly": ("User-agent: *\nDisallow: /a$", "/a", False),
    "end may not overlap": ("User-agent: *\nDisallow: /ab*ba$", "/aba", True),
    "query": ("User-agent: *\nDisallow: /a?print", "/a?print=1", False),
    "escapes are one": ("User-agent: *\nDisallow: /%7euser/%c3%a9", "/~user/é", False),
    "comment and case": ("USER-AGENT: * # all\r\nDISALLOW: /a # x\r\n", "/a", False),
    "carriage returns": ("User-agent: *\rDisallow: /a", "/a", False),
    "mark at the start": ("\ufeffUser-agent: *\nDisallow: /a", "/a", False),
    "other lines do not matter": ("User-agent: *\nCrawl-delay: 9\nSitemap: x\nDisallow: /a", "/a", False),
    "robots.txt itself": ("User-agent: *\nDisallow: /", "/robots.txt", True),
    "name without letters": ("User-agent: 99\nDisallow: /", "/a", True),
}  # fmt: skip


@pytest.mark.parametrize(("text", "path", "expected"), CASES.values(), ids=CASES)
def test_the_rules_decide(text, path, expected):
    assert allowed(text.encode(), "http://e.org" + path, US) is expected


def test_an_address_without_path_is_the_root_and_a_nameless_robot_is_everybody():
    assert not allowed(b"User-agent: *\nDisallow: /", "http://e.org", "")


def test_bytes_behind_the_limit_are_not_read_and_no_half_line_is():
    start = b"User-agent: *\nDisallow: /long-"
    text = start + b"\n" + b"#" * (500 * 1024 - len(start) - 16) + b"\nDisallow: /abcdef"
    assert allowed(text, "http://e.org/abxyz", US) and not allowed(text, "http://e.org/long-1", US)


@given(st.binary(max_size=200), st.text(max_size=30))
def test_any_bytes_give_an_answer(text, path):
    assert allowed(b"User-agent: *\nDisallow: " + text, "http://e.org/" + path.replace("\ud800", ""), US) in {
        True,
        False,
    }


LINES = st.sampled_from([
    "User-agent: *", "User-agent: samewire", "USERAGENT: SameWire*", "user agent samewire", "User  agent: x",
    "User-agent: other", "User-agent: samewirebot", "User-agent: same", "User-agent:", "User-agent: **", "User-agent",
    "Disallow: /a", "Disallow:", "disalow /b", "Disallow /a/b", "Allow: /a/b", "allow /a", "Allow: /c/index.html",
    "Disallow: /*c$", "Crawl-delay: 3", "crawl delay 4", "Request-rate: 1/5", "Noindex: /x", "words of no meaning",
    "<p>see: this</p>", "x:y", "# a remark", "Sitemap: https://e.org/s.xml", "sitemaps https://e.org/t.xml",
    "Host: e.org", "site map: https://e.org/u.xml", "", "Disallow: /a # remark", "Allow: /%61/é?x=$",
    "user agent: samewire # us",
])  # fmt: skip
PATHS = ("/", "/a", "/a/b/c", "/b", "/c/", "/c/index.html", "/xc", "/a/é?x=$")


@pytest.mark.parametrize(("text", "path", "expected"), CASES.values(), ids=CASES)
def test_what_concerns_us_decides_as_the_whole_does(text, path, expected):
    assert allowed(own_rules((text.encode(), US)).text, "http://e.org" + path, US) is expected


@given(st.lists(LINES, max_size=14))
def test_what_is_kept_says_the_same_to_us_as_the_whole(lines):
    whole = "\n".join(lines).encode()
    kept = own_rules((whole, US))
    assert kept.sitemaps == sitemaps_of(whole)
    assert crawl_delay_s(kept.text, US) == crawl_delay_s(whole, US)
    for path in PATHS:
        url = f"https://e.org{path}"
        assert allowed(kept.text, url, US) is allowed(whole, url, US), (path, kept.text)


def test_the_rules_of_others_are_not_kept_and_all_of_ours_are():
    others = b"".join(b"User-agent: bot%d\nDisallow: /x%d\n" % (n, n) for n in range(9_000))
    kept = own_rules((others + b"User-agent: *\nDisallow: /a\nSitemap: https://e.org/s.xml\n", US))
    assert (kept.text, kept.sitemaps) == (b"User-agent: *\nDisallow: /a", ("https://e.org/s.xml",))
    ours = b"User-agent: *\n" + b"".join(b"Disallow: /%d\n" % n for n in range(20_000))
    kept = own_rules((ours + b"Sitemap: https://e.org/s.xml\n", US))
    assert (kept.text, kept.sitemaps) == (ours.strip(), ("https://e.org/s.xml",))
    page = b"<!doctype html><p>a: b</p>\n" * 15_000
    assert own_rules((page, US)).text == b"", "a page instead of a robots.txt has no rules"
