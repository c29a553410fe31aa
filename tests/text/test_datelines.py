"""Datelines of many languages' wires and release services, and what only looks like one."""

from __future__ import annotations

import time

import pytest

from ingest.text.credits import CreditKind, CreditPlace, find_credit
from ingest.text.datelines import find_dateline, split_dateline

_WIRES = [
    ("Warszawa (PAP) - Premier powiedział.", "Warszawa (PAP)", "PAP"),
    ("05.09. Warszawa (PAP) – Premier.", "05.09. Warszawa (PAP)", "PAP"),
    ("Warszawa, 5 września (PAP) - Premier.", "Warszawa, 5 września (PAP)", "PAP"),
    ("AMSTERDAM (ANP) - De premier zei.", "AMSTERDAM (ANP)", "ANP"),
    ("Lisboa, 05 set 2026 (Lusa) – O governo disse.", "Lisboa, 05 set 2026 (Lusa)", "Lusa"),
    ("SÃO PAULO, SP (FOLHAPRESS) - O governo disse.", "SÃO PAULO, SP (FOLHAPRESS)", "Folhapress"),
    ("Roma, 5 set. (Adnkronos) - Il governo.", "Roma, 5 set. (Adnkronos)", "Adnkronos"),
    ("Milano, 5 set. (askanews) - Il governo.", "Milano, 5 set. (askanews)", "askanews"),
    ("(AGI) - Roma, 5 set. - Il governo.", "(AGI) - Roma, 5 set.", "AGI"),
    ("ROMA (ITALPRESS) - Il governo.", "ROMA (ITALPRESS)", "Italpress"),
    ("ANKARA (AA) - Hükümet.", "ANKARA (AA)", "Anadolu"),
    ("Ankara, 5 Eylül (AA) – Hükümet.", "Ankara, 5 Eylül (AA)", "Anadolu"),
    ("İSTANBUL (İHA) - Hükümet.", "İSTANBUL (İHA)", "İHA"),
    ("КИЇВ. 5 вересня. УНН. Уряд сказав.", "КИЇВ. 5 вересня. УНН.", "UNN"),
    ("Київ. 5 вересня. ІНТЕРФАКС-УКРАЇНА – Уряд.", "Київ. 5 вересня. ІНТЕРФАКС-УКРАЇНА", "Interfax"),
    ("КИЇВ, 5 вересня /Укрінформ/. Уряд.", "КИЇВ, 5 вересня /Укрінформ/.", "Ukrinform"),
    ("Москва. 5 сентября. INTERFAX.RU - Правительство.", "Москва. 5 сентября. INTERFAX.RU", "Interfax"),
    ("МОСКВА, 5 сен — РИА Новости. Правительство.", "МОСКВА, 5 сен — РИА Новости.", "RIA Novosti"),
    ("5 сентября, Минск /Корр. БЕЛТА/. Правительство.", "5 сентября, Минск /Корр. БЕЛТА/.", "BelTA"),
    ("【東京共同】政府は決めた。", "【東京共同】", "Kyodo"),
    ("【ワシントン時事】政府は決めた。", "【ワシントン時事】", "Jiji"),
    ("【9月5日 AFP】政府は決めた。", "【9月5日 AFP】", "AFP"),
    ("［ロンドン　５日　ロイター］ - 政府は決めた。", "［ロンドン　５日　ロイター］", "Reuters"),
    ("中新网北京9月5日电 (记者 王明) 政府说", "中新网北京9月5日电 (记者 王明)", "China News Service"),
    ("（中央社記者王明台北5日電）政府說", "（中央社記者王明台北5日電）", "CNA"),
    ("据新华社电 政府说", "据新华社电", "Xinhua"),
    ("法新社巴黎9月5日电 政府说", "法新社巴黎9月5日电", "AFP"),
    ("القاهرة (أ ش أ) - التقى القادة", "القاهرة (أ ش أ)", "MENA"),
    ("الرياض 5 سبتمبر 2026 (واس) التقى القادة", "الرياض 5 سبتمبر 2026 (واس)", "SPA"),
    ("أبوظبي في 5 سبتمبر / وام / التقى القادة", "أبوظبي في 5 سبتمبر / وام /", "WAM"),
    ("الكويت - 5 - 9 (كونا) -- التقى القادة", "الكويت - 5 - 9 (كونا)", "KUNA"),
    ("إسطنبول/ الأناضول - التقى القادة", "إسطنبول/ الأناضول", "Anadolu"),
    ("नयी दिल्ली, पांच सितंबर (भाषा) नेता मिले", "नयी दिल्ली, पांच सितंबर (भाषा)", "PTI"),
    ("नई दिल्ली, 05 सितम्बर (वार्ता) नेता मिले", "नई दिल्ली, 05 सितम्बर (वार्ता)", "UNI"),
    ("[서울=뉴시스]홍길동 기자 = 정부가 말했다", "[서울=뉴시스]홍길동 기자", "Newsis"),
    ("(워싱턴=연합뉴스) 홍길동 김철수 특파원 = 정부가 말했다", "(워싱턴=연합뉴스) 홍길동 김철수 특파원", "Yonhap"),
    ("กรุงเทพฯ (รอยเตอร์) - รัฐบาล", "กรุงเทพฯ (รอยเตอร์)", "Reuters"),
    ("ปักกิ่ง, 5 ก.ย. (ซินหัว) -- รัฐบาล", "ปักกิ่ง, 5 ก.ย. (ซินหัว)", "Xinhua"),
    ("LONDON, March 5 (Reuter) - Stocks fell.", "LONDON, March 5 (Reuter)", "Reuters"),
    ("Zürich (sda) - Der Bundesrat.", "Zürich (sda)", "Keystone-SDA"),
]
_RELEASES = [
    ("LONDON, Nov. 3, 2026 /PRNewswire/ -- Acme opens.", "LONDON, Nov. 3, 2026 /PRNewswire/", "PR Newswire"),
    ("TORONTO, Nov. 3, 2026 /CNW/ - Acme opens.", "TORONTO, Nov. 3, 2026 /CNW/", "CNW"),
    ("北京2026年11月3日 /美通社/ -- 公司宣布", "北京2026年11月3日 /美通社/", "PR Newswire"),
    (
        "NEW YORK, NY / ACCESSWIRE / November 3, 2026 / Acme opens.",
        "NEW YORK, NY / ACCESSWIRE / November 3, 2026 /",
        "ACCESSWIRE",
    ),
    ("NEW YORK, Nov. 03, 2026 (GLOBE NEWSWIRE) -- Acme.", "NEW YORK, Nov. 03, 2026 (GLOBE NEWSWIRE)", "GlobeNewswire"),
    (
        "Vancouver, British Columbia--(Newsfile Corp. - November 3, 2026) - Acme opens.",
        "Vancouver, British Columbia--(Newsfile Corp. - November 3, 2026)",
        "Newsfile",
    ),
    ("LONDON--(BUSINESS WIRE)--Acme opens.", "LONDON--(BUSINESS WIRE)", "Business Wire"),
    ("Berlin (ots) - Acme eröffnet.", "Berlin (ots)", "ots"),
    ("Berlin - ots - Acme eröffnet.", "Berlin - ots", "ots"),
    (
        "LOS ANGELES, CA, UNITED STATES, November 3, 2026 /EINPresswire.com/ -- Acme opens.",
        "LOS ANGELES, CA, UNITED STATES, November 3, 2026 /EINPresswire.com/",
        "EIN Presswire",
    ),
    (
        "HONG KONG SAR - Media OutReach Newswire - 3 November 2026 - Acme opens.",
        "HONG KONG SAR - Media OutReach Newswire - 3 November 2026",
        "Media OutReach",
    ),
]


@pytest.mark.parametrize(("text", "dateline", "agency"), _WIRES, ids=[case[0][:30] for case in _WIRES])
def test_a_wires_dateline_is_known_in_its_own_custom(text: str, dateline: str, agency: str) -> None:
    found, rest = split_dateline(text)
    credit = find_credit(text)
    assert (found, credit and credit.agency) == (dateline, agency)
    assert rest and text.endswith(rest)
    assert credit is not None
    assert (credit.kind, credit.place) == (CreditKind.AGENCY, CreditPlace.DATELINE)


@pytest.mark.parametrize(("text", "dateline", "service"), _RELEASES, ids=[case[2] + case[0][:8] for case in _RELEASES])
def test_a_release_services_dateline_is_told_from_an_agencys(text: str, dateline: str, service: str) -> None:
    credit = find_credit(text)
    assert split_dateline(text)[0] == dateline
    assert credit is not None
    assert (credit.agency, credit.kind) == (service, CreditKind.RELEASE)


@pytest.mark.parametrize(
    "text",
    [
        "The Automobile Association (AA) - which has members - said no.",
        "Alcoholics Anonymous (AA) - is for everyone.",
        "Associated Press (AP) - the agency - said no.",
        "The Polish Academy of Sciences (PAP) - a body - said no.",
        "Spokesman Paul Adams (PA) - said no.",
        "Reuter: We were wrong.",
        "Bloomberg: I will run.",
        "Petra - my sister - said no.",
        "Map: where it happened",
        "Edzard Reuter - the former head - died.",
        "【共同声明】政府は決めた。",
        "ذكرت وكالة الأنباء السعودية (واس) أن القادة التقوا",
    ],
)
def test_what_is_also_a_word_a_person_or_a_club_is_no_dateline(text: str) -> None:
    assert find_dateline(text) is None
    assert find_credit(text) is None


_HOSTILE = {
    "parentheses": "(" * 300_000,
    "dashes": "A - " * 100_000,
    "slashes": "A / " * 100_000,
    "capitals": "A" * 400_000,
    "towns": "AB CD " * 80_000,
    "copyrights": "© 2024 " * 60_000,
    "sources": "SOURCE " * 60_000,
    "views": "View source version on " * 20_000,
    "abouts": "About About\n" * 30_000,
    "contributors": "AP contributed " * 30_000,
    "additions": "additional reporting by " * 20_000,
    "signatures": "(Reporting by " * 30_000,
    "bylines": "By A, \n" * 60_000,
    "lines": "\n" * 400_000 + "x",
    "full width": "（" * 200_000,
    "brackets and spaces": "【 " * 150_000,
}


@pytest.mark.parametrize("text", _HOSTILE.values(), ids=_HOSTILE.keys())
@pytest.mark.parametrize("cut", [290, 299, 0], ids=["short lines", "longer lines", "one line"])
def test_hostile_text_costs_little(text: str, cut: int) -> None:
    if cut:
        text = "\n".join(text[start : start + cut] for start in range(0, 20_000, cut))
    started = time.process_time()
    find_credit(text, title=text, bylines=(text[:5_000],), source_title=text)
    split_dateline(text)
    assert time.process_time() - started < 5.0
