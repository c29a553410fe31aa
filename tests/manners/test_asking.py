"""What goes out: validators byte for byte and nothing that a reader of feeds has no business to send."""

from __future__ import annotations

from datetime import timedelta

import pytest

from ingest import __version__
from ingest.errors import Reason
from ingest.model import PollWord

from .conftest import DAY, HOUR, NOT_MODIFIED, Newsroom, answer, item, rss

MODIFIED = "Mon, 04 May 2026 10:00:00 GMT"


async def test_an_etag_goes_out_byte_for_byte(newsroom: Newsroom) -> None:
    for number, etag in enumerate(['"a b"', 'W/"x"', "bare", '"n\xe9w\xff"', '""']):
        url = newsroom.say(f"/{number}", answer(rss("a"), ETag=etag), NOT_MODIFIED)
        await newsroom.poll(url)
        assert (await newsroom.poll(url, after=HOUR)).status == 304
        assert [asked.all("if-none-match") for asked in newsroom.asked(f"/{number}")] == [[], [etag]]


@pytest.mark.parametrize("last_modified", [MODIFIED, "yesterday at noon", "Mon, 4 May 2026 10:00:00 +0000"])
async def test_last_modified_goes_back_as_it_came_and_no_time_of_ours(newsroom: Newsroom, last_modified: str) -> None:
    url = newsroom.say("/f", answer(rss("a"), Last_Modified=last_modified), NOT_MODIFIED)
    await newsroom.poll(url)
    await newsroom.poll(url, after=HOUR)
    assert [asked.all("if-modified-since") for asked in newsroom.asked()] == [[], [last_modified]]


async def test_a_feed_that_gives_no_date_is_sent_none(newsroom: Newsroom) -> None:
    url = newsroom.say("/f", answer(rss(item("a", newsroom.now)), Date=MODIFIED))
    await newsroom.poll(url)
    await newsroom.poll(url, after=HOUR)
    assert not any(asked.all("if-modified-since") for asked in newsroom.asked())


async def test_both_validators_are_kept_and_sent(newsroom: Newsroom) -> None:
    url = newsroom.say("/f", answer(rss("a"), ETag='"1"', Last_Modified=MODIFIED), NOT_MODIFIED)
    await newsroom.poll(url)
    await newsroom.poll(url, after=HOUR)
    sent = newsroom.asked()[1]
    assert (sent.all("if-none-match"), sent.all("if-modified-since")) == (['"1"'], [MODIFIED])


async def test_validators_go_to_the_address_that_gave_them_and_to_no_other(newsroom: Newsroom) -> None:
    """A redirect's target gave them: it gets them, and the address that redirects does not."""
    target = newsroom.other.url("/target", host="other.test")
    url = newsroom.say("/f", answer(b"", "302 Found", Location=target))
    newsroom.say("/target", answer(rss("a"), ETag='"t"'), NOT_MODIFIED, at=newsroom.other)
    await newsroom.poll(url)
    assert (await newsroom.poll(url, after=HOUR)).status == 304
    assert [asked.all("if-none-match") for asked in newsroom.asked()] == [[], []]
    assert [asked.all("if-none-match") for asked in newsroom.asked("/target", newsroom.other)] == [[], ['"t"']]
    # And when the redirect leads elsewhere, nobody gets them.
    newsroom.say("/f", answer(b"", "302 Found", Location="/elsewhere"))
    newsroom.say("/elsewhere", answer(rss("a", "b")))
    assert (await newsroom.poll(url, after=HOUR)).new_entries == 1
    assert not newsroom.asked("/elsewhere")[0].all("if-none-match")


async def test_the_address_is_asked_for_as_it_is(newsroom: Newsroom) -> None:
    path = "/f?b=2&a=1&utm_source=x&c=%7e&d"
    newsroom.say("/f", answer(rss("a"), ETag='"1"'), NOT_MODIFIED)
    for _ in range(3):
        await newsroom.poll(newsroom.url(path), after=HOUR)
    assert [asked.target for asked in newsroom.server.asked] == [path] * 3


async def test_no_cookie_is_kept_or_sent(newsroom: Newsroom) -> None:
    url = newsroom.say("/f", answer(b"", "302 Found", Location="/g", Set_Cookie="id=1; Path=/"))
    newsroom.say("/g", answer(rss("a"), Set_Cookie="id=2; Path=/"))
    for _ in range(2):
        await newsroom.poll(url, after=HOUR)
    assert len(newsroom.server.asked) == 4
    assert not any(asked.all("cookie") for asked in newsroom.server.asked)


async def test_no_request_names_where_it_comes_from(newsroom: Newsroom) -> None:
    """Neither a redirect's target nor an article's page learns what led there."""
    url = newsroom.say("/f", answer(b"", "302 Found", Location="/g"))
    newsroom.say("/g", answer(rss(item("a", link=newsroom.url("/a")))))
    await newsroom.poll(url)
    await newsroom.settle()
    assert [asked.target for asked in newsroom.server.asked] == ["/f", "/g", "/robots.txt", "/a"]
    assert not any(asked.all("referer") or asked.all("origin") for asked in newsroom.server.asked)


async def test_every_request_says_who_we_are_and_where_to_complain(newsroom: Newsroom) -> None:
    url = newsroom.say("/f", answer(b"", "403 Forbidden"))
    for _ in range(3):  # refused, it does not come back in disguise
        await newsroom.poll(url, after=DAY)
    (agent,) = {value for asked in newsroom.server.asked for value in asked.all("user-agent")}
    assert agent == f"samewire/{__version__} (+https://desk.example/bot)"


async def test_a_feed_is_asked_for_as_a_feed(newsroom: Newsroom) -> None:
    await newsroom.poll(newsroom.say("/f", answer(rss("a"))))
    (accept,) = newsroom.asked()[0].all("accept")
    for kind in ("application/rss+xml", "application/atom+xml", "application/feed+json"):
        assert kind in accept


async def test_gzip_is_offered_and_nothing_that_cannot_be_inflated_within_bounds(newsroom: Newsroom) -> None:
    await newsroom.poll(newsroom.say("/f", answer(rss("a"))))
    assert newsroom.asked()[0].all("accept-encoding") == ["gzip"]


async def test_a_delta_is_offered_with_an_etag_and_never_read_as_the_whole(newsroom: Newsroom) -> None:
    delta = answer(rss("c"), "226 IM Used", ETag='"2"', IM="feed")
    url = newsroom.say("/f", answer(rss("a", "b"), ETag='"1"'), delta, NOT_MODIFIED)
    await newsroom.poll(url)
    outcome = await newsroom.poll(url, after=HOUR)
    assert (outcome.status, outcome.new_entries, outcome.reason) == (226, 1, None)
    await newsroom.poll(url, after=HOUR)
    assert [asked.all("a-im") for asked in newsroom.asked()] == [[], ["feed"], ["feed"]]
    assert newsroom.asked()[2].all("if-none-match") == ['"2"']
    assert newsroom.one("SELECT count(*) FROM entries") == 3
    assert newsroom.state(url).overflows == 0, "a delta shows nothing that is known, and nothing was missed"


async def test_a_delta_of_another_kind_is_refused(newsroom: Newsroom) -> None:
    url = newsroom.say("/f", answer(rss("a"), ETag='"1"'), answer(b"@@", "226 IM Used", ETag='"2"', IM="vcdiff"))
    await newsroom.poll(url)
    outcome = await newsroom.poll(url, after=HOUR)
    assert (outcome.word, outcome.reason) == (PollWord.ERROR, Reason.ENCODING)
    assert newsroom.state(url).etag == '"1"'


async def test_only_gets_go_out_and_one_a_thing(newsroom: Newsroom) -> None:
    """A feed, robots.txt once a site, and each page once: no HEAD, no icon, no second look."""
    pages = [newsroom.url(f"/page{number}") for number in range(4)]
    url = newsroom.say("/f", answer(rss(*(item(f"n{i}", link=page) for i, page in enumerate(pages)))))
    await newsroom.poll(url)
    await newsroom.settle()
    assert [(asked.method, asked.target) for asked in newsroom.server.asked] == [
        ("GET", path) for path in ("/f", "/robots.txt", *(f"/page{number}" for number in range(4)))
    ]


async def test_fragments_stay_here_names_are_ascii_and_secrets_out_of_the_log(
    newsroom: Newsroom, caplog: pytest.LogCaptureFixture
) -> None:
    newsroom.names = (*newsroom.names, "xn--bcher-kva.test")
    secret = "0123456789abcdef0123"
    caplog.set_level("INFO")
    newsroom.say("/f", answer(rss("a")))
    await newsroom.poll(newsroom.url(f"/f?token={secret}#latest", host="b\xfccher.test"))
    (asked,) = newsroom.server.asked
    assert asked.target == f"/f?token={secret}"
    assert asked.all("host") == [f"xn--bcher-kva.test:{newsroom.server.port}"]
    assert "poll url=" in caplog.text
    assert secret not in caplog.text


async def test_credentials_go_to_the_configured_origin_only(newsroom: Newsroom) -> None:
    url = newsroom.say("/f", answer(b"", "302 Found", Location=newsroom.other.url("/g", host="other.test")))
    newsroom.say("/g", answer(rss("a")), at=newsroom.other)
    newsroom.headers[url] = (("Authorization", "Basic eA=="),)
    await newsroom.poll(url, after=timedelta())
    assert newsroom.asked()[0].all("authorization") == ["Basic eA=="]
    assert not newsroom.asked("/g", newsroom.other)[0].all("authorization")
