"""Events: reports of one happening meet, look-alikes do not, and nothing depends on the order in which stories come."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.match.event import FAINT, WINDOW, Known, Linked, StoryPoint, are_near, events, link, link_all, tellers
from ingest.match.event_index import MAX_CANDIDATES, EventIndex
from ingest.match.measure import b_cubed
from ingest.match.profile import Profile, profile
from ingest.match.relate import LINE, SERIES, hardest, relate, relate_near, relate_weighed
from ingest.match.terms import Terms, weigh
from ingest.model import ArticleId, Document, StoryId
from ingest.model.events import Event, Kinship, Link, Relatedness

NOON = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
_FILES = Path(__file__).parent / "events"
_SLOW = settings(max_examples=25)


def reports(name: str) -> list[tuple[str, Document]]:
    """The labelled reports of a file: (event, report)."""
    table = tomllib.loads((_FILES / f"{name}.toml").read_text(encoding="utf-8"))
    found = []
    for event, entries in table.items():
        for entry in entries:
            language, at, title, text = entry["report"]
            number = len(found) + 1
            document = Document(
                id=ArticleId(number),
                key=f"{name}{number:04d}",
                title=title,
                text=text,
                language=language,
                published_at=at,
            )
            found.append((event, document))
    return found


def points(documents: Sequence[Document]) -> list[StoryPoint]:
    return [StoryPoint(id=StoryId(d.id), key=d.key, profile=profile(d)) for d in documents]


def score(name: str, *, stated: bool = True) -> tuple[float, int, int]:
    """(B³ F1, events of several happenings, events of several stories) of the reports of a file."""
    labelled = reports(name)
    found = points([d if stated else replace(d, language=None) for _, d in labelled])
    made = events(found, link_all(found, Terms.learn(p.profile for p in found)).links)
    labels = {StoryId(d.id): event for event, d in labelled}
    groups = {member: event.id for event in made for member in event.members}
    several = [event for event in made if len(event.members) > 1]
    wrong = sum(len({labels[member] for member in event.members}) > 1 for event in several)
    return b_cubed(labels, groups).f1, wrong, len(several)


def story(title: str, text: str, *, hours: float = 0.0, language: str = "en") -> Profile:
    document = Document(
        id=ArticleId(1),
        key="k",
        title=title,
        text=text,
        language=language,
        published_at=NOON + timedelta(hours=hours),
    )
    return profile(document)


FIRE = story(
    "Blaze at Brenholm chemical works",
    "Fourteen workers were hurt in a fire at the Aldane works in Brenholm, plant manager Ruth Halvorsen said.",
)
FIRE_TOO = story(
    "14 injured as solvent store burns",
    "A column of smoke stood over Brenholm as a factory owned by Aldane burned. Halvorsen counted 14 injured.",
    hours=3,
)
BLAND = Terms.learn([])


@pytest.mark.parametrize("stated", [True, False], ids=["language stated", "language told"])
@pytest.mark.parametrize(
    ("name", "least", "wrong"),
    [
        ("tuned-1", 0.99, 0),
        ("tuned-2", 0.95, 1),
        ("tuned-3", 0.96, 0),
        ("tuned-4", 0.96, 0),
        ("held-1", 0.97, 0),
        ("held-2", 0.96, 0),
    ],
)
def test_reports_of_one_happening_are_one_event(name: str, least: float, wrong: int, stated: bool) -> None:
    f1, welded, _ = score(name, stated=stated)
    assert f1 >= least
    assert welded <= wrong


def test_what_two_stories_share_is_named() -> None:
    related = relate(FIRE, FIRE_TOO, BLAND)
    assert related.kinship is Kinship.SAME_EVENT
    assert related.score > 0.9
    assert "Aldane" in related.explanation
    assert "14" in related.explanation


def test_relatedness_is_the_same_whichever_comes_first() -> None:
    one, other = relate(FIRE, FIRE_TOO, BLAND), relate(FIRE_TOO, FIRE, BLAND)
    assert replace(other, shared=()) == replace(one, shared=())
    assert sorted(one.shared) == sorted((b, a) for a, b in other.shared)


def test_a_later_day_is_a_follow_up_and_another_language_a_translation() -> None:
    later = replace(FIRE_TOO, at=NOON + timedelta(hours=30))
    german = story(
        "14 Verletzte bei Brand in Chemiewerk",
        "Bei einem Brand im Werk der Firma Aldane in Brenholm wurden 14 Menschen verletzt, sagte Ruth Halvorsen.",
        language="de",
    )
    assert relate(FIRE, later, BLAND).kinship is Kinship.FOLLOW_UP
    assert relate(FIRE, german, BLAND).kinship is Kinship.TRANSLATION


def test_one_name_in_common_is_not_enough() -> None:
    budget = story(
        "Oyelaran wins budget vote", "Prime Minister Marta Oyelaran won the vote on her budget by 153 to 150."
    )
    visit = story("Oyelaran visits flooded Keldale", "Marta Oyelaran waded through Keldale and promised 300 million.")
    assert relate(budget, visit, BLAND).kinship is None


def test_the_same_company_ten_days_later_is_never_compared() -> None:
    found = [
        StoryPoint(id=StoryId(1), key="a", profile=FIRE),
        StoryPoint(id=StoryId(2), key="b", profile=replace(FIRE_TOO, at=NOON + timedelta(days=10))),
    ]
    assert link_all(found, BLAND).links == ()
    assert [are_near(NOON + WINDOW + late, NOON, WINDOW) for late in (timedelta(), timedelta(seconds=1))] == [
        True,
        False,
    ]


def test_an_unknown_time_lies_in_every_window() -> None:
    found = [
        StoryPoint(id=StoryId(1), key="a", profile=replace(FIRE, at=None)),
        StoryPoint(id=StoryId(2), key="b", profile=FIRE_TOO),
    ]
    assert events(found, link_all(found, BLAND).links) == (Event(members=(StoryId(2), StoryId(1))),)


def test_another_issue_of_a_template_is_no_report_of_the_same() -> None:
    form = (
        "The weather in {} on {} will be {} with a high of {} degrees and a low of {} degrees, the meteorological"
        " office said. There is a {} percent chance of rain in the afternoon and winds of up to {} kilometres an hour"
        " are expected. Drivers are asked to allow more time for their journeys."
    )
    monday = story("Forecast for Fairview", form.format("Fairview", "Monday", "wet", 14, 4, 21, 86))
    tuesday = story("Forecast for Fairview", form.format("Fairview", "Tuesday", "mild", 16, 7, 62, 42), hours=24)
    assert relate(monday, tuesday, BLAND).kinship is None


@pytest.mark.parametrize("reason", sorted(SERIES))
def test_another_issue_of_a_series_is_never_related(reason: str) -> None:
    assert relate(FIRE, FIRE_TOO, BLAND, look_alike=reason).kinship is None
    found = [StoryPoint(id=StoryId(1), key="a", profile=FIRE), StoryPoint(id=StoryId(2), key="b", profile=FIRE_TOO)]
    links = link_all(found, BLAND, look_alikes={(StoryId(1), StoryId(2)): reason}).links
    assert [made for made in links if made.relatedness.kinship] == []


def test_an_update_with_other_numbers_in_the_frame_stays_related() -> None:
    first = "Fourteen workers were hurt in a fire at the Aldane works in Brenholm, fought by 120 firefighters."
    later = "Fifteen workers were hurt in a fire at the Aldane works in Brenholm, fought by 120 firefighters."
    one, other = story("Brenholm fire", first), story("Brenholm fire", later, hours=2)
    assert relate(one, other, BLAND, look_alike="numbers").kinship is Kinship.SAME_EVENT
    bond = story("Aldane sells bonds", "Aldane of Brenholm sells bonds worth 250 million, due in 2031.")
    again = story("Aldane sells bonds", "Aldane of Brenholm sells bonds worth 400 million, due in 2036.", hours=30)
    assert relate(bond, again, BLAND, look_alike="numbers").kinship is None


def test_where_only_low_passages_agree_the_leads_must_name_the_same() -> None:
    assert relate(FIRE, FIRE_TOO, BLAND, look_alike="boilerplate") == relate(FIRE, FIRE_TOO, BLAND)
    close = (
        " Sales to the Corran Union and shipments through Hallenport grew, economists at the Ashmere Institute said."
    )
    one = story("Kestria exports fall", "Exports of Kestria fell by 3 per cent in October, Lidia Merrow said." + close)
    two = story("Marrland exports rise", "Exports of Marrland rose by 4 per cent in October, Ivo Tarsk said." + close)
    assert relate(one, two, BLAND, look_alike="boilerplate").kinship is None


def test_the_reason_that_speaks_most_against_an_event_decides() -> None:
    assert hardest(["boilerplate", "names", "routine"]) == "routine"
    assert hardest(["boilerplate", "names", "numbers"]) == "numbers"
    assert hardest(["dissimilar", "boilerplate"]) == "boilerplate"
    assert hardest(["dissimilar"]) is None


@pytest.mark.parametrize("reason", ["dissimilar", "short", "script", "part"])
def test_other_verdicts_say_nothing_of_events(reason: str) -> None:
    assert relate(FIRE, FIRE_TOO, BLAND, look_alike=reason) == relate(FIRE, FIRE_TOO, BLAND)


@pytest.mark.parametrize(
    ("language", "text", "value"),
    [
        ("ja", "売上高は1兆2000億円になる。", "1200000000000"),
        ("zh", "转移群众1.2万人。", "12000"),
        ("ko", "320억원을 빼돌렸다", "32000000000"),
        ("es", "un beneficio de 1.420 millones de euros", "1420000000"),
        ("fr", "Vingt-trois personnes ont été blessées.", "23"),
        ("hi", "छह मजदूरों की मौत", "6"),
        ("en", "They meet again on 30 May.", "m5d30"),
        ("es", "El 30 de mayo se reúnen.", "m5d30"),
        ("zh", "双方将于5月30日会晤。", "m5d30"),
        ("en", "They won 2–1.", "2-1"),
    ],
)
def test_figures_are_read_in_any_language(language: str, text: str, value: str) -> None:
    assert [figure for figure, _ in story("—", text, language=language).figures] == [value]


def test_times_of_day_are_no_figures() -> None:
    assert story("—", "It began at 8 a.m. and ended at 17 Uhr.", language="de").figures == ()
    assert story("—", "地震发生在8时12分。", language="zh").figures == ()


def test_a_figure_in_other_units_is_the_same_figure() -> None:
    values = [
        {value for value, _ in story("t", text, language=language).figures}
        for language, text in (
            ("en", "The deal is worth 3.4 billion dollars."),
            ("de", "Das Geschäft ist 3,4 Milliarden Dollar wert."),
            ("ja", "買収額は34億ドルとなる。"),
        )
    ]
    assert values == [{"3400000000"}] * 3


@pytest.mark.parametrize(
    ("language", "text", "name"),
    [
        ("ru", "Директор завода Рут Хальворсен заявила об этом.", "halvorsen"),
        ("ja", "タロニアのマルティン・コルボ氏が署名した。", "korubo"),
        ("zh", "塔罗尼亚经济部长马丁·科尔沃出席签字仪式。", "kerwo"),
        ("ko", "누리호 발사", "nuriho"),
        ("hi", "सोनपुर में पुल गिरा", "sonpur"),
        ("el", "Φωτιά κοντά στη Λίμνη Ευβοίας.", "limni"),
    ],
)
def test_names_of_all_scripts_are_read_in_latin_letters(language: str, text: str, name: str) -> None:
    assert name in {term.form for term in story("—", text, language=language).terms}


def test_a_round_up_belongs_to_no_event() -> None:
    found = points([d for event, d in reports("tuned-1") if event in ("chem-fire", "norvik-results", "roundup-b")])
    made = events(found, link_all(found, Terms.learn(p.profile for p in found)).links)
    fire = next(p for p in found if "Aldane" not in p.key and ("aldane" in {term.form for term in p.profile.terms}))
    both = replace(
        fire,
        id=StoryId(999),
        key="both",
        profile=story(
            "The day",
            "Fourteen workers were hurt in a fire at the Aldane works in Brenholm. Norvik Bank made 812 million crowns,"
            " said Signe Arnason, and buys back shares for 500 million.",
            hours=40,
        ),
    )
    more = [*found, both]
    links = link_all(more, Terms.learn(p.profile for p in more)).links
    assert StoryId(999) in tellers(links)
    assert Event(members=(StoryId(999),)) in events(more, links)
    assert {event.members for event in events(more, links)} - {(StoryId(999),)} == {event.members for event in made}


def test_a_flagged_round_up_is_related_and_stands_alone() -> None:
    found = [
        StoryPoint(id=StoryId(1), key="a", profile=FIRE),
        StoryPoint(id=StoryId(2), key="b", profile=replace(FIRE_TOO, roundup=True)),
    ]
    links = link_all(found, BLAND).links
    assert [found.relatedness.kinship for found in links] == [Kinship.ROUND_UP]
    assert len(events(found, links)) == 2


def bare(number: int, hours: float | None = 0.0) -> StoryPoint:
    at = None if hours is None else NOON + timedelta(hours=hours)
    return StoryPoint(id=StoryId(number), key=f"k{number:03d}", profile=replace(FIRE, at=at))


def tie(a: int, b: int, score: float, shared: str = "x") -> Link:
    related = Relatedness(
        score=score,
        kinship=Kinship.SAME_EVENT if score >= LINE else None,
        explanation="",
        shared=((shared, shared),),
    )
    return Link(a=StoryId(min(a, b)), b=StoryId(max(a, b)), relatedness=related)


def test_one_story_between_two_happenings_does_not_weld_them() -> None:
    found = [bare(number) for number in range(1, 6)]
    links = [tie(1, 2, 0.95), tie(4, 5, 0.95), tie(2, 3, 0.6), tie(3, 4, 0.55)]
    assert [event.members for event in events(found, links)] == [(1, 2), (3,), (4, 5)]


def test_a_story_that_fits_most_of_an_event_joins_it() -> None:
    found = [bare(number) for number in range(1, 5)]
    links = [tie(1, 2, 0.9), tie(1, 3, 0.9), tie(2, 3, 0.9), tie(3, 4, 0.9), tie(2, 4, 0.8), tie(1, 4, 0.1)]
    assert [event.members for event in events(found, links)] == [(1, 2, 3, 4)]


def test_an_event_ends_after_twice_the_window() -> None:
    found = [bare(number, hours=48.0 * number) for number in range(6)]
    links = [tie(number, number + 1, 0.9) for number in range(5)]
    assert all(len(event.members) <= 4 for event in events(found, links))


@st.composite
def stories_and_links(draw: st.DrawFn) -> tuple[list[StoryPoint], list[Link]]:
    count = draw(st.integers(1, 9))
    hours = draw(st.lists(st.one_of(st.none(), st.integers(0, 200)), min_size=count, max_size=count))
    pairs = st.tuples(st.integers(1, count), st.integers(1, count)).filter(lambda pair: pair[0] != pair[1])
    scores = st.sampled_from([0.05, 0.3, 0.5, 0.6, 0.75, 0.9, 1.0])
    drawn = draw(st.lists(st.tuples(pairs, scores, st.sampled_from("xyz")), max_size=24))
    links = {(min(pair), max(pair)): tie(*pair, score, shared) for pair, score, shared in drawn}
    return [bare(number, hour) for number, hour in enumerate(hours, 1)], list(links.values())


@given(stories_and_links(), st.randoms(use_true_random=False))
def test_events_do_not_depend_on_the_order(made: tuple[list[StoryPoint], list[Link]], rng: object) -> None:
    found, links = made
    expected = events(found, links)
    rng.shuffle(found)  # type: ignore[attr-defined]
    rng.shuffle(links)  # type: ignore[attr-defined]
    assert events(found, links) == expected


@given(stories_and_links())
def test_each_story_is_in_one_event_whose_id_is_its_earliest(made: tuple[list[StoryPoint], list[Link]]) -> None:
    found, links = made
    made_events = events(found, links)
    assert sorted(member for event in made_events for member in event.members) == sorted(p.id for p in found)
    by_id = {p.id: p for p in found}
    for event in made_events:
        times = [at for member in event.members if (at := by_id[member].at) is not None]
        assert event.id == event.members[0]
        assert not times or by_id[event.id].at == min(times)
        assert not times or max(times) - min(times) <= 2 * WINDOW


_SOME = reports("tuned-1")[:24] + reports("tuned-2")[:12]


def _linked(found: list[StoryPoint]) -> Linked:
    return link_all(found, Terms.learn(p.profile for p in found))


@given(st.permutations(range(len(_SOME))))
@_SLOW
def test_links_terms_and_events_do_not_depend_on_the_order(order: list[int]) -> None:
    found = [replace(p, id=StoryId(n)) for n, p in enumerate(_POINTS, 1)]
    shuffled = [found[n] for n in order]
    assert Terms.learn(p.profile for p in shuffled) == Terms.learn(p.profile for p in found)
    assert _linked(shuffled) == _linked(found)


_POINTS = points([document for _, document in _SOME])


def test_one_story_at_a_time_finds_the_same_links() -> None:
    found = [replace(p, id=StoryId(n)) for n, p in enumerate(_POINTS, 1)]
    terms = Terms.learn(p.profile for p in found)
    together = {(made.a, made.b): made for made in link_all(found, terms).links}
    weighed = {p.id: weigh(p.profile, terms) for p in found}
    single = {(made.a, made.b): made for p in found for made in link(p, found, weighed)}
    strong = {pair for pair, made in single.items() if made.relatedness.score >= LINE}
    assert strong == {pair for pair, made in together.items() if made.relatedness.score >= LINE}
    assert all(together[pair] == single[pair] for pair in strong)


@given(
    title=st.text(max_size=80),
    text=st.text(max_size=400),
    language=st.sampled_from([None, "", "en", "de", "zh", "ar", "ko", "xx"]),
    at=st.one_of(st.none(), st.datetimes(timezones=st.just(UTC))),
)
def test_any_text_has_a_bounded_profile_that_a_column_can_hold(
    title: str, text: str, language: str | None, at: datetime | None
) -> None:
    document = Document(id=ArticleId(1), key="k", title=title, text=text, language=language, published_at=at)
    found = profile(document)
    assert Profile.from_bytes(found.to_bytes()) == found
    assert len(found.terms) <= 200
    assert relate(found, found, BLAND).score <= 1.0


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b"[2]", b"\xff", b"[1,1,1,1,1,1,1,1,1]"])
def test_bytes_of_another_make_are_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="no profile"):
        Profile.from_bytes(data)
    with pytest.raises(ValueError, match="no term frequencies"):
        Terms.from_bytes(data)


def test_terms_come_back_from_a_column() -> None:
    learned = Terms.learn((p.profile for p in _POINTS), epoch=7)
    assert Terms.from_bytes(learned.to_bytes()) == learned


def test_the_index_proposes_within_the_window_and_lets_go() -> None:
    terms = Terms.learn([FIRE, FIRE_TOO])
    index = EventIndex(WINDOW)
    index.add(StoryId(1), "a", weigh(FIRE, terms))
    late = weigh(replace(FIRE_TOO, at=NOON + timedelta(days=4)), terms)
    assert StoryId(1) in index
    assert index.candidates("b", weigh(FIRE_TOO, terms)) == (StoryId(1),)
    assert index.candidates("b", late) == ()
    assert index.forget(NOON) == 0
    assert index.forget(NOON + timedelta(hours=1)) == 1
    assert len(index) == 0
    index.remove(StoryId(1))


def test_a_flood_of_like_stories_is_capped_and_counted() -> None:
    terms = Terms.learn([FIRE] * 10)
    index = EventIndex(WINDOW)
    order = [*range(1, 91)]
    for number in order:
        index.add(StoryId(number), f"k{number}", weigh(replace(FIRE, at=NOON + timedelta(minutes=number)), terms))
    answer = index.candidates("k0", weigh(FIRE, terms))
    assert answer == tuple(range(1, MAX_CANDIDATES + 1))  # the nearest in time
    assert index.capped_candidates == 90 - MAX_CANDIDATES
    again = EventIndex(WINDOW)
    for number in reversed(order):
        again.add(StoryId(number), f"k{number}", weigh(replace(FIRE, at=NOON + timedelta(minutes=number)), terms))
    assert again.candidates("k0", weigh(FIRE, terms)) == answer


def test_a_key_that_hundreds_of_stories_have_proposes_nobody() -> None:
    index = EventIndex(WINDOW)
    plain = weigh(FIRE, BLAND)
    for number in range(1, 520):
        index.add(StoryId(number), f"k{number}", plain)
    assert index.candidates("k0", plain) == ()
    assert index.capped_postings > 0


def test_what_a_pair_has_in_common_decides_as_a_closer_look_does() -> None:
    """Most pairs are passed over for what they share first; none that scores enough is among them."""
    terms = Terms.learn(p.profile for p in _POINTS)
    weighed = [weigh(p.profile, terms) for p in _POINTS]
    kept = 0
    for number, a in enumerate(weighed):
        for b in weighed[number + 1 :]:
            for reason in (None, "numbers", "routine"):
                whole = relate_weighed(a, b, look_alike=reason)
                near = relate_near(a, b, least=FAINT, look_alike=reason)
                assert near == (whole if whole.score >= FAINT else None)
                kept += near is not None
    assert 50 < kept < 1_500


def test_a_pair_that_is_known_is_not_compared_again() -> None:
    found = [replace(p, id=StoryId(n)) for n, p in enumerate(_POINTS[:8], 1)]
    terms = Terms.learn(p.profile for p in found)
    known: Known = {}
    first = link_all(found, terms, known=known).links
    assert first and {(each.a, each.b): each.relatedness for each in first} == {
        pair: related for pair, related in known.items() if related is not None
    }
    weighed = {p.id: weigh(p.profile, terms) for p in found}
    told = Relatedness(score=0.9, kinship=Kinship.SAME_EVENT, explanation="as it was told")
    known[StoryId(1), StoryId(2)] = told
    (again,) = (each for each in link(found[0], found, weighed, known=known) if each.b == StoryId(2))
    assert again.relatedness is told


def test_of_a_flood_those_are_proposed_that_share_most_and_then_the_nearest() -> None:
    terms = Terms.learn([FIRE])
    index = EventIndex(WINDOW)
    for number in range(MAX_CANDIDATES + 20):
        at = NOON + timedelta(minutes=number)
        index.add(StoryId(number), f"k{number}", weigh(replace(FIRE, at=at), terms))
    asked = weigh(replace(FIRE, at=NOON), terms)
    assert index.candidates("k0", asked) == tuple(StoryId(number) for number in range(MAX_CANDIDATES))
    assert index.capped_candidates == 20
