"""Strategies for feeds: what publishers' systems write, in every order, and what breaks on the way."""

from __future__ import annotations

from hypothesis import strategies as st

from ingest.model import Response

URL = "http://news.example/feeds/top.xml"
NAMESPACES = (
    "xmlns:content='http://purl.org/rss/1.0/modules/content/' xmlns:dc='http://purl.org/dc/elements/1.1/' "
    "xmlns:media='http://search.yahoo.com/mrss/' xmlns:atom='http://www.w3.org/2005/Atom' "
    "xmlns:itunes='http://www.itunes.com/dtds/podcast-1.0.dtd' xmlns:x='http://x.example/own'"
)


def answer(
    body: bytes, content_type: str | None = "application/rss+xml", *, url: str = URL, **headers: str
) -> Response:
    """A 200 with this body."""
    pairs = [("content-type", content_type)] if content_type else []
    pairs += [(name.replace("_", "-"), value) for name, value in headers.items()]
    return Response(
        url=url, requested_url=url, status=200, headers=tuple(pairs), body=body, seconds=0.0, received_bytes=len(body)
    )


IN_RSS = (
    "<title>Plain</title>",
    "<title><![CDATA[AT&T <b>up</b>]]></title>",
    "<title>Double &amp;amp; escaped &amp;#8217;</title>",
    "<link>http://news.example/a?x=1&amp;y=2</link>",
    "<link>../relative</link>",
    "<guid>http://news.example/g</guid>",
    "<guid isPermaLink='false'>g-1</guid>",
    "<guid isPermaLink='false'>g-2</guid>",
    "<pubDate>Mon, 23 Nov 2026 10:00:00 +0100</pubDate>",
    "<pubDate>yesterday</pubDate>",
    "<dc:date>2026-11-23T10:00:00Z</dc:date>",
    "<dc:creator>Ann Bo</dc:creator>",
    "<author>cy@x.example (Cy Do)</author>",
    "<description>Short &lt;b>words&lt;/b> é ü 日本</description>",
    "<description><![CDATA[<p>x</p> ]]>]]&gt;<![CDATA[ y]]></description>",
    "<content:encoded><![CDATA[<p>Long</p><item>not one</item>]]></content:encoded>",
    "<source url='http://wire.example/rss'>The Wire</source>",
    "<category domain='d'>Politics</category>",
    "<media:group><media:content url='http://x.example/1.jpg'><media:title>Photo</media:title></media:content></media:group>",
    "<media:thumbnail url='t.jpg'/>",
    "<enclosure url='http://x.example/e.mp3' length='1' type='audio/mpeg'/>",
    "<itunes:summary>Episode</itunes:summary>",
    "<atom:link rel='alternate' href='/alt'/>",
    "<atom:author><atom:name>Di</atom:name></atom:author>",
    "<x:own a='1'>own <x:in/></x:own>",
    "<!-- a comment <item> -->",
    "<image><url>i.png</url><title>Logo</title></image>",
    "<description xml:base='http://base.example/' xml:lang='fr'>&lt;a href='b'>c&lt;/a></description>",
    "text between",
    "<description><div>loose</div></description>",
    "<description lang='es'><p>x <div/> y</p></description>",
    "<title xml:lang='nl'>Titel</title>",
    "<m:title xmlns:m='http://search.yahoo.com/mrss/'>q</m:title>",
    "<m:title xmlns:m='http://x.example/m'>q</m:title>",
)
IN_ATOM = (
    "<id>urn:1</id>",
    "<id>urn:2</id>",
    "<title type='html'>&lt;b>AT&amp;amp;T</title>",
    "<title type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'>x <em>y</em></div></title>",
    "<title>Plain</title>",
    "<link href='rel'/>",
    "<link rel='alternate' type='text/html' href='http://news.example/a'/>",
    "<link rel='related' href='http://news.example/b'/>",
    "<published>2026-11-23T10:00:00Z</published>",
    "<updated>2026-11-23T12:00:00+01:00</updated>",
    "<summary>5 &lt; 6</summary>",
    "<summary type='html'>&lt;p>s&lt;/p></summary>",
    "<content type='xhtml' xml:lang='fr'><div xmlns='http://www.w3.org/1999/xhtml'><p>Bonjour</p></div></content>",
    "<content type='html'>&lt;p>c &amp;eacute;&lt;/p></content>",
    "<content type='text'>one\n\ntwo</content>",
    "<content src='http://x.example/c'/>",
    "<author><name>N</name><email>n@x.example</email></author>",
    "<contributor><name>C</name></contributor>",
    "<category term='t' label='T'/>",
    "<source><id>s</id><title>Agence</title><updated>2026-01-01T00:00:00Z</updated><link href='http://ag.example/'/></source>",
    "<rights>r</rights>",
    "<m:thing xmlns:m='http://x.example/m'>q</m:thing>",
    "<m:title xmlns:m='http://search.yahoo.com/mrss/'>q</m:title>",
    "<content type='html' xml:lang='es'><div>q</div></content>",
    "<summary><div>loose <svg><title>s</title></svg></div></summary>",
    "<title xml:lang='nl'>Titel</title>",
    "<content type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'><svg xmlns='http://www.w3.org/2000/svg'><title>s</title></svg></div></content>",
)
RSS_HEADS = (
    "<title>Top</title>",
    "<link>http://news.example/</link>",
    "<language>de-DE</language>",
    "<lastBuildDate>Mon, 23 Nov 2026 10:00:00 GMT</lastBuildDate>",
    "<lastBuildDate>Mon, 23 Nov 2026 11:00:00 GMT</lastBuildDate>",
    "<pubDate>Mon, 23 Nov 2026 10:00:00 GMT</pubDate>",
    "<ttl>30</ttl>",
    "<image><title>Logo</title><url>http://x.example/i.png</url><link>http://x.example/</link></image>",
    "<textInput><title>Search</title><name>q</name><link>http://x.example/q</link></textInput>",
    "<atom:link rel='hub' href='http://hub.example/'/>",
    "<managingEditor>ed@x.example (Ed)</managingEditor>",
    "<!-- 10:00 -->",
    "<!-- 11:00 -->",
    "<category>News</category>",
    "<skipHours><hour>1</hour></skipHours>",
)
ATOM_HEADS = (
    "<title>Top</title>",
    "<id>urn:feed</id>",
    "<updated>2026-11-23T10:00:00Z</updated>",
    "<updated>2026-11-23T11:00:00Z</updated>",
    "<link href='http://news.example/'/>",
    "<link rel='self' href='self.xml'/>",
    "<author><name>Desk</name></author>",
    "<logo>l.png</logo>",
    "<!-- 10:00 -->",
)
RSS_ROOTS = (
    f"<rss version='2.0' {NAMESPACES}>",
    f"<rss version='0.91' xml:base='http://base.example/x/' {NAMESPACES}>",
    f"<rss xml:lang='it' {NAMESPACES}>",
)
ATOM_ROOTS = (
    "<feed xmlns='http://www.w3.org/2005/Atom'>",
    "<feed xmlns='http://www.w3.org/2005/Atom' xml:lang='fr' xml:base='http://base.example/x/'>",
    "<feed version='0.3' xmlns='http://purl.org/atom/ns#'>",
)
#: What a careless hand puts into a feed.
PIECES = (
    *("<", ">", "&", "&#", ";", "]]>", "<![CDATA[", "<!--", "-->", "</item>", "<item>", "<entry>", "'", '"', "/", "\0"),
    *("&nbsp;", "&#xD800;", "&#99999999999;", "<source>", "<image>", "<y:z/>", "<gml:pos>1</gml:pos>", "xmlns='x' "),
    *("<item><title>within</title></item>", "<!DOCTYPE rss>", "<?pi x?>", "\ud800", "é", "<br/>", "</channel>"),
)


@st.composite
def feeds(draw: st.DrawFn) -> list[str]:
    """A well-formed feed as parts: what stands before the items, each item, what stands after."""
    if draw(st.booleans()):
        root, heads, inside, tag = draw(st.sampled_from(RSS_ROOTS)) + "<channel>", RSS_HEADS, IN_RSS, "item"
        end = "</channel></rss>"
    else:
        root, heads, inside, tag = draw(st.sampled_from(ATOM_ROOTS)), ATOM_HEADS, IN_ATOM, "entry"
        end = "</feed>"
    head = "".join(draw(st.lists(st.sampled_from(heads), max_size=5)))
    items = draw(st.lists(st.lists(st.sampled_from(inside), min_size=1, max_size=7), max_size=6))
    between = draw(st.sampled_from(["", "\n", "<!-- 10:00 -->"]))
    return [root + head, *(f"<{tag}>{''.join(item)}</{tag}>{between}" for item in items), end]


@st.composite
def later(draw: st.DrawFn, parts: list[str]) -> list[str]:
    """The same feed at another time: items gone, moved or changed by a careless hand, or the head or tail so."""
    head, *items, end = parts
    items = [item for item in items if draw(st.integers(0, 3))]
    items = draw(st.permutations(items))
    whole = [head, *items, end]
    for _ in range(draw(st.integers(0, 2))):
        which = draw(st.integers(0, len(whole) - 1))
        text = whole[which]
        at, length = draw(st.integers(0, len(text))), draw(st.sampled_from([0, 0, 1, 5]))
        whole[which] = text[:at] + draw(st.sampled_from(PIECES)) + text[at + length :]
    return whole


def body_of(parts: list[str]) -> bytes:
    """The feed's bytes."""
    return "".join(parts).encode("utf-8", "surrogatepass")
