"""The digest as plain text: every line short, every number said."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ingest.publish.event_lines import EventLine, ReportLine
from ingest.publish.lines import Digest, NoteLine, Section, SourceLine
from ingest.publish.plain import WIDTH, render
from ingest.publish.wording import columns, flat

WORDS = st.lists(st.sampled_from(["ferry", "fleet", "漢字漢字", "Ölpreis", "é\u0301", "1,200"]), max_size=40).map(
    " ".join
)
LINKS = st.none() | st.just("https://news.example/sw/story/1")
REPORTS = st.lists(st.builds(ReportLine, headline=WORDS, link=LINKS, source=WORDS, news=WORDS), max_size=3).map(tuple)
DIGESTS = st.builds(
    Digest,
    heading=WORDS,
    window=WORDS,
    lead=WORDS,
    sections=st.lists(
        st.builds(
            Section,
            title=st.sampled_from(["Watch: ferry", "漢字"]),
            events=st.lists(
                st.builds(
                    EventLine,
                    headline=WORDS,
                    link=LINKS,
                    reach=WORDS,
                    summary=WORDS,
                    rows=st.lists(st.tuples(st.sampled_from(["", "First:"]), WORDS), max_size=3).map(tuple),
                    news=WORDS,
                    reports=REPORTS,
                    more_reports=st.sampled_from(["", "3 other reports"]),
                ),
                max_size=2,
            ).map(tuple),
            briefs=REPORTS,
            more=st.sampled_from(["", "3 more"]),
            empty=st.just(""),
        ),
        max_size=2,
    ).map(tuple),
    left_out=st.lists(WORDS, max_size=2).map(tuple),
    sources=st.lists(st.builds(SourceLine, place=st.integers(1, 20), name=WORDS, text=WORDS), max_size=3).map(tuple),
    notes=st.lists(st.builds(NoteLine, feed=WORDS, what=WORDS), max_size=3).map(tuple),
    more_notes=st.sampled_from(["", "3 more"]),
    all_link=LINKS,
    footer=WORDS,
    unsubscribe=LINKS,
    shown=st.just(()),
)


@given(DIGESTS)
def test_no_line_is_wider_than_the_page_and_no_word_is_lost(digest: Digest) -> None:
    text = render(digest)
    assert all(columns(line) <= WIDTH for line in text.splitlines())
    solid = "".join(text.split())
    said = [digest.lead, *digest.left_out, *(source.text for source in digest.sources)]
    for section in digest.sections:
        said += [part for event in section.events for part in (event.summary, event.news, event.headline)]
        said += [part for line in (*section.briefs, *_beneath(section)) for part in (line.source, line.news)]
    for part in said:
        assert "".join(flat(part, 10_000).split()) in solid
    assert text.endswith("\n") and "\n\n\n" not in text


def _beneath(section: Section) -> list[ReportLine]:
    return [line for event in section.events for line in event.reports]


def empty(**values: object) -> Digest:
    given_values: dict[str, object] = {
        "heading": "H", "window": "W", "lead": "L", "sections": (), "left_out": (), "sources": (), "notes": (),
        "more_notes": "", "all_link": None, "footer": "F", "unsubscribe": None, "shown": (),
    }  # fmt: skip
    return Digest(**(given_values | values))  # type: ignore[arg-type]


def test_a_day_of_nothing_is_heading_lead_and_footer() -> None:
    assert render(empty()) == "samewire\nH\nW\n\nL\n\n-- \nF\n"


def test_what_was_left_out_has_its_heading_even_alone() -> None:
    sections = (Section(title="One", more="1,200 more here"), Section(title="Two", empty="Nothing new."))
    text = render(empty(sections=sections, more_notes="2 feeds, not named here", all_link="https://a/"))
    assert "ONE\n---\n\n    1,200 more here\n\nTWO\n---\n\n    Nothing new.\n" in text
    assert "FEEDS TO LOOK AT\n----------------\n\n    2 feeds, not named here\n" in text
    assert text.endswith("All stories: https://a/\n")
