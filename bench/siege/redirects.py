"""Cases of redirects: circles, other schemes, spellings that two parsers read in two ways, secrets on the way."""

from __future__ import annotations

from typing import Any

from bench.siege.case import PLAIN, add, fails, read, refuses

G = "redirect"


def leads(to: str, status: str = "302 Found", *, feed_at: str = "/there", **fields: str) -> Any:
    """A peer that leads on from every path but `feed_at`. {inner} in it is the port that nobody may reach."""

    async def play(x: Any) -> None:
        if x.target.partition("?")[0] == feed_at:
            return await x.reply(PLAIN)
        location = to.replace("{inner}", str(x.inner)).encode("utf-8").decode("latin-1")
        return await x.reply(b"", status, fields={"Location": location, **fields}, media="")

    return play


async def pingpong(x: Any) -> None:
    """Two addresses that name each other, with a new query each time."""
    other = "b" if "/a" in x.target else "a"
    await x.reply(b"", "302 Found", fields={"Location": f"/{other}?{x.nth}"}, media="")


async def two_locations(x: Any) -> None:
    """Two Location fields; the second leads inside."""
    if x.target == "/there":
        return await x.reply(PLAIN)
    return await x.send(
        b"HTTP/1.1 302 Found\r\nLocation: /there\r\nLocation: http://127.0.0.1:%d/\r\nContent-Length: 0\r\n\r\n"
        % x.inner
    )


async def long_body(x: Any) -> None:
    """A redirect whose own body never ends: nobody reads it."""
    if x.target == "/there":
        return await x.reply(PLAIN)
    await x.send(b"HTTP/1.1 302 Found\r\nLocation: /there\r\n\r\n")
    while True:
        await x.send(b" " * 65536)


NOWHERE = fails("redirects")
add("redirect-relative", G, "../ beyond the root, as browsers read it", leads("../../../there"), **read())
add(
    "redirect-scheme-relative",
    G,
    "//host/path keeps the scheme",
    leads("//redirect-scheme-relative.test/there"),
    **read(),
)
add(
    "redirect-query-only",
    G,
    "?x keeps the path: it is asked again, and no circle is walked twice",
    leads("?x=1"),
    requests=8,
    **NOWHERE,
)
add("redirect-fragment", G, "#x alone is the same address", leads("#x"), **NOWHERE)
add("redirect-blanks", G, "blanks around the address", leads("  /there  "), **read())
add("redirect-utf8", G, "raw UTF-8 in Location", leads("/thère", feed_at="/th%C3%A8re"), **read())
add(
    "redirect-tab",
    G,
    "a tab inside a host",
    leads("http://127.0.0.1\t:{inner}/"),
    outcome=("error", "refused"),
    entries=(0, 0),
    exits=(1,),
)
add("redirect-no-location", G, "a 302 without Location", leads("", feed_at="/none"), **NOWHERE)
add(
    "redirect-300",
    G,
    "300 Multiple Choices is not followed",
    leads("/there", "300 Multiple Choices"),
    **fails("http_other"),
)
add("redirect-304-location", G, "304 with a Location", leads("/there", "304 Not Modified"), **fails("http_other"))
add(
    "redirect-305",
    G,
    "305 Use Proxy is never obeyed",
    leads("http://127.0.0.1:{inner}/", "305 Use Proxy"),
    **fails("http_other"),
)
add("redirect-303", G, "303 is followed", leads("/there", "303 See Other"), **read())
add("redirect-308", G, "308 is followed, and kept for later", leads("/there", "308 Permanent Redirect"), **read())
add("redirect-pingpong", G, "two addresses for ever, never the same", pingpong, requests=8, **NOWHERE)
add(
    "redirect-two-locations",
    G,
    "two Location fields",
    two_locations,
    outcome=("ok", "error"),
    entries=(0, 1),
    exits=(0, 1),
)
add("redirect-endless-body", G, "the redirect's own body is not read", long_body, **read())
add(
    "redirect-backslash",
    G,
    "http:\\\\host, which browsers read as http://",
    leads("http:\\\\127.0.0.1:{inner}\\"),
    **fails("redirects", "address", "port"),
)
add(
    "redirect-backslash-host",
    G,
    "a host that two parsers see differently",
    leads("http://redirect-backslash-host.test\\@127.0.0.1:{inner}/"),
    outcome=("error", "refused"),
    entries=(0, 0),
    exits=(1,),
)
add(
    "redirect-userinfo",
    G,
    "a public name as the user of an inner host",
    leads("http://feed.test@127.0.0.1:{inner}/"),
    **NOWHERE,
)
add(
    "redirect-userinfo-here",
    G,
    "credentials in Location are not taken up",
    leads("http://user:hunter2@redirect-userinfo-here.test/there"),
    hides=("hunter2",),
    **NOWHERE,
)
add(
    "redirect-fragment-host",
    G,
    "a host behind a fragment",
    leads("http://127.0.0.1:{inner}#@redirect-fragment-host.test/"),
    outcome=("error", "refused"),
    entries=(0, 0),
    exits=(1,),
)
add("redirect-nul", G, "a NUL in Location", leads("http://127.0.0.1:{inner}\0.test/"), **fails("redirects", "protocol"))
add("redirect-crlf", G, "%0d%0a in Location stays an escape", leads("/there?x=%0d%0aX-Evil:%201"), **read())
add("redirect-ftp", G, "to ftp", leads("ftp://redirect-ftp.test/feed"), **refuses("scheme"))
add("redirect-blob", G, "to blob:", leads("blob:http://redirect-blob.test/x"), **refuses("scheme"))
add("redirect-view-source", G, "to view-source:", leads("view-source:http://127.0.0.1:{inner}/"), **refuses("scheme"))
add("redirect-jar", G, "to jar:", leads("jar:http://127.0.0.1:{inner}/!/x"), **refuses("scheme"))
add("redirect-upper", G, "HTTP:// in capitals is http", leads("HTTP://REDIRECT-UPPER.TEST/there"), **read())
add("redirect-port-zero", G, "port 0", leads("http://redirect-port-zero.test:0/"), **refuses("port"))
add("redirect-port-smtp", G, "port 25", leads("http://redirect-port-smtp.test:25/"), **refuses("port"))
add(
    "redirect-port-empty",
    G,
    "an empty port is the scheme's own",
    leads("http://redirect-port-empty.test:/there"),
    **read(),
)
add(
    "redirect-to-refresh",
    G,
    "a Refresh field is no redirect",
    leads("/there", "200 OK", Refresh="0;url=http://127.0.0.1/"),
    **fails("empty"),
)
add(
    "redirect-downgrade",
    G,
    "from https to http",
    leads("http://redirect-downgrade.test/there"),
    scheme="https",
    environment={"SSL_CERT_FILE": "{folder}/authority.pem"},
    **refuses("downgrade"),
)
add(
    "redirect-permanent-inside",
    G,
    "a 301 to the inside moves no feed",
    leads("http://127.0.0.1:{inner}/", "301 Moved Permanently"),
    times=3,
    sql=(("SELECT count(*) FROM feeds WHERE url LIKE '%127.0.0.1%'", 0),),
    requests=8,
    **refuses("port", "address", "waiting"),
)
