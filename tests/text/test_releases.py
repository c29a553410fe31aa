"""Press releases: told by their services, and whose they are."""

from __future__ import annotations

import pytest

from ingest.text.credits import CreditKind, edge_lines, find_credit
from ingest.text.releases import find_release

_PRN = "LONDON, Nov. 3, 2026 /PRNewswire/ -- Acme opens.\nMore of it.\n"


@pytest.mark.parametrize(
    ("text", "service", "company"),
    [
        (_PRN + "About Acme\nAcme is a firm.\nSOURCE Acme Corp", "PR Newswire", "Acme Corp"),
        (_PRN + "About Acme Robotics\nIt is a firm.", "PR Newswire", "Acme Robotics"),
        (_PRN + "Photo: https://x.example/1.jpg\nSOURCE: Acme Corp", "PR Newswire", "Acme Corp"),
        (_PRN + "Nothing else.", "PR Newswire", None),
        (
            "Acme eröffnet.\nMehr davon.\nOriginal-Content von: Acme GmbH, übermittelt durch news aktuell",
            "ots",
            "Acme GmbH",
        ),
        ("EQS-News: Acme AG / Schlagwort(e): Quartalsergebnis\nAcme\nMehr.", "EQS", "Acme AG"),
        ("Acme ouvre.\nView source version on businesswire.com: https://www.businesswire.com/n", "Business Wire", None),
        ("It opens.\nDistributed by APO Group on behalf of African Union.", "APO Group", "African Union"),
        ("FOR IMMEDIATE RELEASE\nAcme opens.\nAbout Acme Robotics:\nAcme is.", None, "Acme Robotics"),
        ("Pressemitteilung\nAcme eröffnet.\nÜber Acme\nAcme baut.", None, "Acme"),
        ("Acme opens.\nSOURCE Acme Corp", None, "Acme Corp"),
        ("NEW YORK, Nov. 03, 2026 (GLOBE NEWSWIRE) -- Acme.\nSource: Acme Corp.", "GlobeNewswire", "Acme Corp"),
        ("北京2026年11月3日 /美通社/ -- 公司宣布\n消息来源 Acme", "PR Newswire", "Acme"),
        ("【プレスリリース】\n株式会社アクメは発表した。\n会社名：株式会社アクメ", None, "株式会社アクメ"),
    ],
)
def test_a_release_names_its_service_and_its_issuer(text: str, service: str | None, company: str | None) -> None:
    found = find_release(*edge_lines(text))
    assert found is not None
    assert (found.service, found.company) == (service, company)
    assert found.evidence


@pytest.mark.parametrize(
    "text",
    [
        "The talk ended.\nAbout the author\nJane is a writer.",
        "About Acme\nAcme is a firm that anybody may write of.",
        "A chart.\nSOURCE: Bureau of Labor Statistics",
        "A story.\nSOURCE Reuters",
        "OPEN SOURCE Initiative",
        "The press release said so, and then nothing more was heard of it for many months on end in Kelsby.",
        "",
    ],
)
def test_what_any_page_may_hold_makes_no_release(text: str) -> None:
    assert find_release(*edge_lines(text)) is None


def test_a_credit_to_a_service_says_for_whom_it_was() -> None:
    credit = find_credit("Acme eröffnet.\nMehr.\nOriginal-Content von: Acme GmbH, übermittelt durch news aktuell")
    assert credit is not None
    assert (credit.agency, credit.kind, credit.company) == ("ots", CreditKind.RELEASE, "Acme GmbH")
