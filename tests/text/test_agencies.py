"""The table of agencies: no spelling twice, ambiguous ones only where wires put names, hosts."""

from __future__ import annotations

from collections import Counter

import pytest

from ingest.text.agencies import (
    agency_of_publisher,
    glued_agency,
    is_aggregator_host,
    is_release_service,
    known_agency,
    wire_name,
)
from ingest.text.agency_table import AGENCIES, RELEASE_SERVICES


def test_every_agency_and_host_stands_in_the_table_once() -> None:
    rows = (*AGENCIES, *RELEASE_SERVICES)
    hosts = Counter(host for row in rows for host in row.hosts.split())
    names = Counter(row.name for row in rows)
    assert [host for host, count in (hosts + names).items() if count > 1] == []
    for row in rows:
        spellings = {*row.safe.split(" | "), *row.wired.split(" | "), row.name} - {""}
        assert {wire_name(spelling) for spelling in spellings} == {row.name}, row.name


@pytest.mark.parametrize(
    "name", ["AA", "Reuter", "Petra", "MAP", "PA", "भाषा", "वार्ता", "共同", "Sputnik", "CP", "Trend"]
)
def test_a_name_that_is_also_a_word_counts_only_where_wires_put_names(name: str) -> None:
    assert known_agency(name) is None
    assert wire_name(name) is not None


@pytest.mark.parametrize(
    ("name", "canonical"),
    [
        ("Agence France-Presse", "AFP"),
        ("Рейтер", "Reuters"),
        ("新華社", "Xinhua"),
        ("연합뉴스", "Yonhap"),
        ("فرانس برس", "AFP"),
        ("Anadolu Ajansı", "Anadolu"),
        ("dpa/lby", "dpa"),
        ("ビジネスワイヤ", "Business Wire"),
        ("Gazette", None),
        ("", None),
    ],
)
def test_spellings_of_many_scripts_lead_to_one_name(name: str, canonical: str | None) -> None:
    assert known_agency(name) == canonical


@pytest.mark.parametrize(
    ("publisher", "agency"),
    [
        ("apnews.com", "AP"),
        ("www.reuters.com", "Reuters"),
        ("reuters.example", "Reuters"),
        ("news.cision.com", "Cision"),
        ("AA", "Anadolu"),
        ("AP News", "AP"),
        ("map.example", None),
        ("metroherald.example", None),
        ("The Metro Herald", None),
        ("localhost:8080", None),
    ],
)
def test_a_publisher_is_known_by_name_or_host(publisher: str, agency: str | None) -> None:
    assert agency_of_publisher(publisher) == agency


def test_services_aggregators_and_glued_names() -> None:
    assert is_release_service("PR Newswire") and not is_release_service("Reuters")
    assert is_aggregator_host("msn.com") and not is_aggregator_host("metroherald.example")
    assert glued_agency("新华社北京9月5日电") == "Xinhua"
    assert glued_agency("東京共同") == "Kyodo" and glued_agency("共同声明") is None
