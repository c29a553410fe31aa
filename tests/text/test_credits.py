"""Agencies in datelines, tails, bylines, copyrights and sources, real and made up."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.text.agencies import known_agency
from ingest.text.credits import CreditPlace, edge_lines, find_credit, named_source, split_dateline


@pytest.mark.parametrize(
    ("text", "dateline", "agency"),
    [
        ("ANCHORAGE, Alaska (Meridian Press) — Leaders met.", "ANCHORAGE, Alaska (Meridian Press)", "Meridian Press"),
        ("LONDON, Sept 5 (Reuters) - Leaders met.", "LONDON, Sept 5 (Reuters)", "Reuters"),
        ("Berlin (dpa) - Leaders met.", "Berlin (dpa)", "dpa"),
        ("Madrid, 5 sep (EFE).- Leaders met.", "Madrid, 5 sep (EFE).", "EFE"),
        ("(ANSA) - ROMA, 05 SET - Leaders met.", "(ANSA) - ROMA, 05 SET", "ANSA"),
        ("ROME | ANSA – Leaders met.", "ROME | ANSA", "ANSA"),
        ("МОСКВА, 5 сентября. /ТАСС/. Лидеры.", "МОСКВА, 5 сентября. /ТАСС/.", "TASS"),
        ("KYIV, September 5 /Ukrinform/. Leaders met.", "KYIV, September 5 /Ukrinform/.", "Ukrinform"),
        ("新华社北京9月5日电（记者王明）领导人会晤", "新华社北京9月5日电（记者王明）", "Xinhua"),
        ("（新华社北京9月5日电）领导人会晤", "（新华社北京9月5日电）", "Xinhua"),
        ("[東京 5日 ロイター] - 首脳会談", "[東京 5日 ロイター]", "Reuters"),
        ("नई दिल्ली, 5 सितंबर (भाषा) नेता मिले", "नई दिल्ली, 5 सितंबर (भाषा)", "PTI"),
        ("القاهرة - رويترز - التقى القادة", "القاهرة - رويترز", "Reuters"),
        ("نيويورك (رويترز) - التقى القادة", "نيويورك (رويترز)", "Reuters"),
        ("(서울=연합뉴스) 홍길동 기자 = 정상들이 만났다", "(서울=연합뉴스) 홍길동 기자", "Yonhap"),
        ("서울=연합뉴스 정상들이 만났다", "서울=연합뉴스", "Yonhap"),
        ("SAN FRANCISCO–(BUSINESS WIRE)–Acme opens.", "SAN FRANCISCO–(BUSINESS WIRE)", "Business Wire"),
        ("London, May 5 (Harbour Echo) - Leaders met.", "London, May 5 (Harbour Echo)", "Harbour Echo"),
        ("LONDON (Harbour Echo) - Leaders met.", "LONDON (Harbour Echo)", "Harbour Echo"),
        ("London (Harbour Echo) - Leaders met.", "", None),
        ("New York (AA) - Leaders met.", "New York (AA)", "Anadolu"),
        ("Rio de Janeiro (AA) - Leaders met.", "", None),
        ("NEW DELHI: Leaders met.", "NEW DELHI", None),
        ("WASHINGTON -- Leaders met.", "WASHINGTON", None),
        ("ST. JOHN'S, N.L. — Leaders met.", "ST. JOHN'S, N.L.", None),
        ("DEAR ABBY: My husband is late.", "", None),
        ("UPDATE: the road is closed.", "", None),
        ("Microsoft (MSFT) - the company - said so.", "", None),
        ("The company (pictured left) - said so.", "", None),
        ("NEW YORK (Dec. 5) — Stocks fell.", "", None),
        ("He said: hello.", "", None),
        ("", "", None),
    ],
    ids=lambda value: value[:24] if isinstance(value, str) else "none",
)
def test_a_dateline_is_split_off_and_names_its_agency(text: str, dateline: str, agency: str | None) -> None:
    found, rest = split_dateline(text)
    credit = find_credit(text)
    assert found == dateline
    assert rest == text if not dateline else (rest and text.endswith(rest))
    assert (credit.agency if credit else None) == agency


@pytest.mark.parametrize(
    ("arguments", "agency"),
    [
        ({"text": "It was said.\nMore of it.\n(AP)"}, "AP"),
        ({"text": "It was said (Meridian News Agency)."}, "Meridian News Agency"),
        ({"text": "It was said (and how)."}, None),
        ({"text": "Text.\nSource: Northern Wire"}, "Northern Wire"),
        ({"text": "Text.\nQuelle: dpa"}, "dpa"),
        ({"text": "Текст.\nИсточник: Интерфакс"}, "Interfax"),
        ({"text": "正文。\n来源：新华社"}, "Xinhua"),
        ({"text": "Text.\nReuters"}, "Reuters"),
        ({"text": "By Jane Doe, Meridian Press\nText here."}, "Meridian Press"),
        ({"text": "By Jane Doe, our man\nText here."}, None),
        ({"text": "Text.\n© 2024 The Meridian Press. All rights reserved."}, "Meridian Press"),
        ({"text": "Text.\nCopyright 2024 The Associated Press. All rights reserved."}, "AP"),
        ({"text": "Text.", "bylines": ("Jane Doe | AP",)}, "AP"),
        ({"text": "Text.", "bylines": ("Agence France-Presse",)}, "AFP"),
        ({"text": "Text.", "bylines": ("Jane Doe",)}, None),
        ({"text": "Text.", "source_title": "Reuters"}, "Reuters"),
        ({"text": "Text.", "source_title": "The Daily Courier"}, None),
        ({"text": "Text.", "title": "Leaders met - AP News"}, "AP"),
        ({"text": "Text.", "title": "Leaders met - at last"}, None),
        ({"text": "", "title": ""}, None),
    ],
    ids=str,
)
def test_a_credit_is_found_wherever_the_trade_puts_it(arguments: dict[str, object], agency: str | None) -> None:
    credit = find_credit(**arguments)  # type: ignore[arg-type]
    assert (credit.agency if credit else None) == agency


@pytest.mark.parametrize(
    ("name", "canonical"),
    [("the associated press", "AP"), ("A.P.", None), ("ITAR TASS", "TASS"), ("AP/Jiji", "AP"), ("Gazette", None)],
)
def test_spellings_lead_to_one_name(name: str, canonical: str | None) -> None:
    assert known_agency(name) == canonical


@given(st.text(max_size=300))
def test_any_text_can_be_asked(text: str) -> None:
    dateline, rest = split_dateline(text)
    assert rest == text or dateline
    find_credit(text, title=text, bylines=(text,), source_title=text)


_SAID = "It was said. And more of it."
_TAILS = [
    ("(Jane Doe reporting for Reuters; editing by John Smith)", "Reuters", CreditPlace.TAIL),
    ("He told Reuters so.\n(Reporting by Jane Doe in London; Editing by John Smith)", "Reuters", CreditPlace.TAIL),
    ("(Reporting by Jane Doe for Meridian Press; Editing by John Smith)", "Meridian Press", CreditPlace.TAIL),
    ("(AA)", "Anadolu", CreditPlace.TAIL),
    ("He went home. (AA)", "Anadolu", CreditPlace.TAIL),
    ("(PAP)\njko/", "PAP", CreditPlace.TAIL),
    ("政府は決めた。（ワシントン共同）", "Kyodo", CreditPlace.TAIL),
    ("政府は決めた＝共同", "Kyodo", CreditPlace.TAIL),
    ("© 2026 AFP", "AFP", CreditPlace.COPYRIGHT),
    ("© Thomson Reuters 2026", "Reuters", CreditPlace.COPYRIGHT),
    ("(c) dpa", "dpa", CreditPlace.COPYRIGHT),
    ("Kaynak: AA", "Anadolu", CreditPlace.SOURCE),
    ("Źródło: PAP", "PAP", CreditPlace.SOURCE),
    ("Bron: ANP", "ANP", CreditPlace.SOURCE),
    ("المصدر: رويترز", "Reuters", CreditPlace.SOURCE),
    ("출처: 연합뉴스", "Yonhap", CreditPlace.SOURCE),
    ("स्रोत: भाषा", "PTI", CreditPlace.SOURCE),
    ("AP contributed to this report.", "AP", CreditPlace.INPUT),
    ("Associated Press writer Jane Doe in Paris also contributed to this report.", "AP", CreditPlace.INPUT),
    ("Additional reporting by AP and AFP", "AP", CreditPlace.INPUT),
    ("Material from Reuters was used in this report.", "Reuters", CreditPlace.INPUT),
    ("(With PTI inputs)", "PTI", CreditPlace.INPUT),
    ("With inputs from ANI", "ANI", CreditPlace.INPUT),
    ("Mit Material der dpa", "dpa", CreditPlace.INPUT),
    ("(avec AFP)", "AFP", CreditPlace.INPUT),
    ("Con información de EFE", "EFE", CreditPlace.INPUT),
    ("Com informações da Reuters", "Reuters", CreditPlace.INPUT),
    ("С использованием материалов ТАСС", "TASS", CreditPlace.INPUT),
    ("По материалам: РИА Новости", "RIA Novosti", CreditPlace.INPUT),
    ("综合新华社报道", "Xinhua", CreditPlace.INPUT),
    ("इनपुट: भाषा", "PTI", CreditPlace.INPUT),
    ("(AFP, Reuters)", "AFP", CreditPlace.INPUT),
]


@pytest.mark.parametrize(("tail", "agency", "place"), _TAILS, ids=[tail[:30] for tail, _, _ in _TAILS])
def test_a_closing_credit_says_whose_the_text_is_or_who_gave_material(
    tail: str, agency: str, place: CreditPlace
) -> None:
    credit = find_credit(f"{_SAID}\n{_SAID}\n{_SAID}\n{tail}")
    assert credit is not None
    assert (credit.agency, credit.place) == (agency, place)


@pytest.mark.parametrize(
    "tail",
    [
        "(Reporting by Jane Doe in London; Editing by John Smith)",
        "He went to a self-help group (AA).",
        "He went to a self-help group (AA)",
        "He went home. (AA).",
        "AA",
        "The car was towed by the AA",
        "Reuter",
        "With agency input",
        "Mit Agenturen",
        "With inputs from agencies",
        "Nobody contributed to this report.",
        "© 2026 Metro Herald. All rights reserved.",
        "Source: US Census Bureau",
        "He said he saw it (Petra).",
    ],
)
def test_a_closing_line_that_names_no_agency_credits_none(tail: str) -> None:
    assert find_credit(f"{_SAID}\n{_SAID}\n{_SAID}\n{tail}") is None


@pytest.mark.parametrize(
    ("line", "agency"),
    [
        ("Jane Doe, Associated Press", "AP"),
        ("Associated Press", "AP"),
        ("By Jane Doe | Reuters", "Reuters"),
        ("By Anna Reuter", None),
        ("By ANNA REUTER, Staff Writer", None),
        ("Petra", None),
    ],
)
def test_a_line_above_the_text_names_its_agency_or_its_writer(line: str, agency: str | None) -> None:
    credit = find_credit(f"{line}\n{_SAID}\n{_SAID}")
    assert (credit.agency if credit else None) == agency


@pytest.mark.parametrize("name", ["Edzard Reuter", "Reuter", "Petra", "Anna Nova"])
def test_a_writer_with_an_agencys_name_is_no_agency(name: str) -> None:
    assert find_credit(_SAID, bylines=(name,)) is None


@pytest.mark.parametrize(
    ("text", "source"),
    [("Source: Daily Courier", "Daily Courier"), ("Quelle: dpa", "dpa"), ("Source: 2024", None), (_SAID, None)],
)
def test_a_source_line_names_anybody(text: str, source: str | None) -> None:
    assert named_source(edge_lines(f"{_SAID}\n{text}")[1]) == source


def test_of_a_long_text_the_two_ends_are_read() -> None:
    filling = "\n".join([_SAID] * 2_000)
    credit = find_credit(f"{filling}\nSource: Reuters\n{_SAID}")
    assert credit is not None and credit.agency == "Reuters"
    assert find_credit(f"{filling}\nSource: Reuters\n{filling}") is None
