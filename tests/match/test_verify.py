"""Verdicts on pairs, with the reason that decided."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.match.cluster import told_by
from ingest.match.features import features
from ingest.match.verify import are_look_alikes, compare
from ingest.match.vetoes import HARD_REASONS
from ingest.model import ArticleId, Document, Relation, Verdict
from tests.match.samples import TEMPLATES, TEXTS, document, issues, journey

_TITLE, _PARAGRAPHS = TEXTS["en"]
_TEXT = "\n".join(_PARAGRAPHS)
_FLASH = "RIVERA TO STEP DOWN AS HEAD OF THE KERAVA HARBOUR BOARD IN JUNE - STATEMENT"
_FINE_PRINT = (
    "Reports on these pages are gathered by the county desk from notices that readers hand in at the "
    "counter before noon,"
    " and the desk keeps no copy of what was handed in. Whoever wishes to have a notice withdrawn "
    "writes to the counter"
    " within a week and gives the number printed on the receipt. Notices on births and weddings are printed without"
    " charge, those on sales and lost animals by the line. The counter is closed on feast days and during the annual"
    " stocktaking, of which notice is given here. Complaints are heard by the eldest partner on the last weekday."
)


def verdict(a: Document, b: Document) -> Verdict:
    return compare(features(a), features(b))


@pytest.mark.parametrize("language", TEXTS)
@pytest.mark.parametrize(
    ("form", "relations"),
    [
        (1, {Relation.COPY}),
        (2, {Relation.COPY}),
        (3, {Relation.ABRIDGEMENT}),
        (4, {Relation.COPY}),
        (5, {Relation.COPY, Relation.ABRIDGEMENT, Relation.REWRITE}),
        (6, {Relation.ABRIDGEMENT}),
        (7, {Relation.COPY}),
    ],
    ids=["exact", "aggregator", "half", "dateline", "light rewrite", "feed summary", "reordered"],
)
def test_each_form_of_a_text_belongs_to_it(language: str, form: int, relations: set[Relation]) -> None:
    forms = journey(language, 1)
    found = verdict(forms[0], forms[form])
    assert found.relation in relations
    assert found.score >= 0.5


@pytest.mark.parametrize("template", TEMPLATES)
def test_two_issues_of_a_template_differ_by_a_veto(template: str) -> None:
    pieces = issues(template, 1)
    for place, a in enumerate(pieces):
        for b in pieces[place + 1 :]:
            found = verdict(a, b)
            assert found.relation is Relation.DIFFERENT, found.explanation
            assert found.reason in HARD_REASONS
            assert found.score < 0.5


@pytest.mark.parametrize(
    ("template", "pair", "reason", "veto"),
    [("en sanctions", (0, 1), "ordinals", "12th / 13th"), ("en exports", (0, 1), "direction", "rise / fall")],
)
def test_a_veto_shows_the_words_that_decided(template: str, pair: tuple[int, int], reason: str, veto: str) -> None:
    pieces = issues(template, 1)
    found = verdict(pieces[pair[0]], pieces[pair[1]])
    assert (found.reason, found.evidence.veto) == (reason, veto)
    assert veto in found.explanation


@pytest.mark.parametrize(
    ("change", "fields"),
    [
        ({"title": f"UPDATE 1-{_TITLE}", "text": _TEXT.replace("340", "352").replace("46", "48")}, {}),
        ({"title": f"CORRECTED-{_TITLE}", "text": _TEXT.replace("340", "304")}, {}),
        ({"text": "The port was sealed overnight, two harbour pilots said by telephone.\n" + _TEXT}, {}),
        (
            {"text": _TEXT.replace("340", "352").replace("17", "19").replace("46", "48")},
            {"url": "https://p1.example/a"},
        ),
    ],
    ids=["update", "correction", "new top", "same address"],
)
def test_a_later_text_of_one_publisher_is_a_revision(change: dict[str, str], fields: dict[str, str]) -> None:
    old = document(1, _TITLE, _TEXT)
    new = replace(document(2, _TITLE, _TEXT, minutes=90), publisher="p1.example", **change, **fields)
    assert verdict(old, new).relation is Relation.REVISION


def test_anothers_copy_of_a_text_since_corrected_stays_a_copy() -> None:
    corrected = document(1, f"CORRECTED-{_TITLE}", _TEXT.replace("340", "304"))
    assert verdict(corrected, document(2, _TITLE, _TEXT, minutes=20)).relation is not Relation.DIFFERENT


def test_a_passage_that_a_publisher_puts_everywhere_joins_nothing() -> None:
    a = document(
        1,
        "Barn burns in Ashdale",
        f"A barn near Ashdale mill burned down on Sunday night, nobody was hurt.\n{_FINE_PRINT}",
    )
    b = document(
        2,
        "Choir seeks tenors",
        f"The chapel choir of Selby looks for two tenors who can read music well.\n{_FINE_PRINT}",
    )
    for pair in ((a, b), (a, replace(b, publisher="p1.example"))):
        assert verdict(*pair).relation is Relation.DIFFERENT


def test_a_live_blog_belongs_to_none_of_its_stories() -> None:
    items = [paragraph for text in (_PARAGRAPHS, _FINE_PRINT.split(". ")) for paragraph in text]
    stamped = [f"{hour}:1{hour % 6} {item}" for hour, item in enumerate(items, 10)]
    blog = document(2, "Live: talks in Anchorage", "\n".join(stamped))
    assert verdict(document(1, _TITLE, _TEXT), blog).reason == "liveblog"


def test_a_round_up_is_no_longer_version_of_its_items() -> None:
    items = "\n".join(f"{TEXTS['en'][0]} {n}\n{paragraph}" for n, paragraph in enumerate(_PARAGRAPHS))
    roundup = document(2, "Morning briefing", "Good morning, this is what matters.\n" + items)
    assert verdict(document(1, _TITLE, _PARAGRAPHS[0]), roundup).reason == "roundup"


@pytest.mark.parametrize(
    ("a", "b", "reason"),
    [
        (document(1, "A", _TEXT), document(2, "Б", "\n".join(TEXTS["ru"][1])), "script"),
        (
            document(1, "RIVERA TO STEP DOWN", "RIVERA TO STEP DOWN"),
            document(2, "RIVERA TO STEP DOWN", "RIVERA TO STEP DOWN"),
            "flash",
        ),
        (document(1, "", ""), document(2, "", ""), "short"),
        (document(1, "A", _TEXT), document(2, "B", _FINE_PRINT), "dissimilar"),
        (document(1, "A", _TEXT), document(2, "B", "\n".join(TEXTS["de"][1])), "dissimilar"),
    ],
    ids=["two scripts", "flash lines", "nothing", "unrelated", "two languages"],
)
def test_what_cannot_be_one_story_says_why(a: Document, b: Document, reason: str) -> None:
    found = verdict(a, b)
    assert (found.relation, found.reason) == (Relation.DIFFERENT, reason)
    assert found.explanation.endswith(".")


_NOTICE = (
    "The harbour office arranged nine overnight berths for coasters, a clerk said, while {} were asked for"
    " at the quay this noon. {}"
)
_REWRITE = (
    "Behind closed doors in Anchorage, negotiators from both governments agreed on Monday to swap 340 "
    "prisoners before the"
    " end of the week. They were the first direct talks in eleven months.",
    "Nine hours went by in a conference centre near Ship Creek before foreign minister Ines Varga came "
    "out and spoke of a"
    " sober and useful day. For Tomas Ekholm, her counterpart, the hardest questions had been put off.",
    "Now a working group is to draft a map with 17 crossing points. By 20 May monitors from three "
    "neutral states are to"
    " arrive at the border, on a mission whose cost of 46 million dollars both sides share.",
    "In Tallinn and Muscat the talks had broken down over the port of Kerava, which was left out this time.",
    "The next meeting is on 2 June, and a telephone line between the general staffs gets its first test on Thursday.",
)


def test_a_desks_rewrite_is_known_by_its_words_figures_and_names() -> None:
    rewrite = document(2, "Varga and Ekholm swap prisoners", "\n".join(_REWRITE), minutes=200)
    found = verdict(document(1, _TITLE, _TEXT), rewrite)
    assert found.relation is Relation.REWRITE
    assert found.evidence.jaccard < 0.35


def test_a_rewrite_a_week_later_is_another_story() -> None:
    rewrite = document(2, "Varga and Ekholm swap prisoners", "\n".join(_REWRITE), minutes=7 * 24 * 60)
    assert verdict(document(1, _TITLE, _TEXT), rewrite).reason in ("gap", "routine")


def test_an_independent_report_of_the_same_event_is_another_story() -> None:
    report = (
        "Ines Varga left Anchorage with a deal in her pocket. After nine hours of talks with Tomas "
        "Ekholm she could tell"
        " the families of 340 prisoners that their relatives would be home by Sunday, people in the "
        "room told this paper.\n"
        "What the two sides did not settle is the future of Kerava, whose docks have stood idle since "
        "the war began. Ship"
        " owners had hoped for a word on it; insurers had not. Three neutral states will send monitors, "
        "at a price of 46"
        " million dollars, and 17 roads are to open again, though nobody would say which of them will be the first."
    )
    assert (
        verdict(document(1, _TITLE, _TEXT), document(2, "A deal, but no port", report)).relation is Relation.DIFFERENT
    )


@pytest.mark.parametrize(
    ("days", "tail", "joined"),
    [
        (0.1, "Fog is expected again off the northern mole tonight.", True),
        (2.0, "Fog is expected again off the northern mole tonight.", False),
        (9.0, "Fog is expected again off the northern mole tonight.", False),
        (2.0, "", True),
    ],
    ids=["the same hour", "two days on", "a week on", "word for word"],
)
def test_a_brief_notice_that_comes_back_is_another(days: float, tail: str, joined: bool) -> None:
    a = document(
        1, "Harbour arranges berths", _NOTICE.format("thirty", "Pilots were told to wait for the morning tide.")
    )
    b = document(
        2,
        "Harbour arranges berths",
        _NOTICE.format("thirty", tail or "Pilots were told to wait for the morning tide."),
        minutes=days * 1440,
    )
    assert (verdict(a, b).relation is not Relation.DIFFERENT) is joined


def test_a_lead_in_a_text_that_opens_otherwise_is_a_part_and_no_abridgement() -> None:
    greeting = (
        "Good morning from the harbour, where the fog has lifted at last, the first ferry has left on "
        "time for once and"
        " the coffee is better than its name, as our readers keep telling us in letters that we are glad to have."
    )
    long = f"{greeting}\n{_FINE_PRINT}\n{_PARAGRAPHS[0]}\n{_FINE_PRINT[::-1]}"
    assert (
        verdict(document(1, _TITLE, _PARAGRAPHS[0]), document(2, "From the harbour", long)).relation
        is Relation.DIFFERENT
    )


def test_a_copy_word_for_word_is_as_sure_as_can_be_and_another_less() -> None:
    base = journey("en", 1)[0]
    copy = replace(base, id=ArticleId(9), key="k9", publisher="p9.example", url="https://p9.example/a")
    found = verdict(base, copy)
    assert (found.relation, found.score) == (Relation.COPY, 1.0)
    other = base.text.rpartition("\n")[0] + "\nThe weather kept everybody at home for the rest of the week."
    found = verdict(base, replace(copy, text=other))
    assert found.relation is Relation.COPY
    assert 0.8 < found.score < 1.0


def test_a_very_short_text_joins_on_lead_and_title_together_only() -> None:
    short = "Negotiators from both governments met behind closed doors"
    assert verdict(document(1, _TITLE, _TEXT), document(2, _TITLE, short)).relation is Relation.ABRIDGEMENT
    assert verdict(document(1, _TITLE, _TEXT), document(2, "Talks", short)).reason == "short"


@given(st.data())
def test_a_verdict_does_not_depend_on_which_comes_first(data: st.DataObject) -> None:
    pool = [*journey("en", 1), *journey("zh", 101), *issues("en exports", 201), *issues("ru", 301)]
    a, b = data.draw(st.sampled_from(pool)), data.draw(st.sampled_from(pool))
    if a.id != b.id:
        assert compare(_kept(a), _kept(b)) == compare(_kept(b), _kept(a))
        assert compare(_kept(a), _kept(b)).a < compare(_kept(a), _kept(b)).b


_KEPT: dict[str, object] = {}


def _kept(which: Document):  # type: ignore[no-untyped-def]
    """Features, computed once a document."""
    return _KEPT.setdefault(f"{which.id}", features(which))


_FORM = "Leaders met and agreed on item"


@pytest.mark.parametrize(
    ("a", "b", "alike"),
    [
        (f"{_FORM} 12.", f"{_FORM} 13.", True),
        (f"{_FORM} 12.", f"{_FORM} 12.", False),
        (f"{_FORM} 12.", f"{_FORM} 12 in Kerava.", False),
        (f"{_FORM} 12.", "The ferry sails to Holm again.", False),
        (f"{_FORM} 12.", f"{_FORM} 13. " + " ".join(_TEXT.split()[:30]), False),
    ],
    ids=["another number", "the same", "the same and more", "another text", "a long text"],
)
def test_brief_texts_of_one_form_are_given_no_verdict(a: str, b: str, alike: bool) -> None:
    pair = features(document(1, "Summit", a)), features(document(2, "Summit", b))
    assert are_look_alikes(*pair) is are_look_alikes(*reversed(pair)) is alike


@given(st.lists(st.sampled_from(_FORM.split()), max_size=14), st.lists(st.sampled_from(_FORM.split()), max_size=14))
def test_a_verdict_on_look_alikes_would_say_nothing(a: list[str], b: list[str]) -> None:
    pair = features(document(1, "Summit", " ".join(a))), features(document(2, "Summit", " ".join(b)))
    if are_look_alikes(*pair):
        found = compare(*pair)
        assert (found.relation, found.reason, told_by(found)) == (Relation.DIFFERENT, "short", ())
