"""Agencies in datelines, tails, bylines, copyrights and sources, real and made up."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.text.agencies import known_agency
from ingest.text.credits import find_credit, split_dateline


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
