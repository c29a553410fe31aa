"""What is taken out of a text, and what is not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.match.clean import clean

_OWN = "The council met on Monday and sat until midnight."


@pytest.mark.parametrize(
    "line",
    [
        "2 hours ago 1",
        "Image",
        "Credit…",
        "Credit...Jane Doe for The Lantern",
        "Read Entire Article",
        "From Twitter",
        "Comments 58",
        "Comments (58)",
        "12 comments",
        "Listen to this article · 37 min",
        "Share this: Click to share on Twitter (Opens in new window)",
        "Follow us on Twitter, Facebook and Instagram.",
        "Sign up for our newsletter to get the best of The Lantern every morning.",
        "© 2024 Metro Herald. All rights reserved.",
        "Photo: Jane Doe/AFP",
        "(AP Photo/Jane Doe)",
        "Read more at The Daily Courier",
        "The post Rain appeared first on Northern Star.",
        "Related: what we know so far",
        "Updated 15:09 GMT",
        "https://example.org/a",
        "___",
        "Weiterlesen auf lantern.example",
        "Lesen Sie auch: Regen im Süden",
        "vor 3 Stunden",
        "À lire aussi : la pluie",
        "Читайте также: дожди на юге",
        "3 часа назад",
        "阅读原文",
        "3小时前",
        "関連記事",
        "اقرأ المزيد",
        "यह भी पढ़ें: बारिश",
        "We use cookies and similar technologies on our site to process personal data.",
        "The information in this article is for general purposes only and does not constitute investment advice.",
    ],
)
def test_a_line_that_furnishes_a_page_is_cruft(line: str) -> None:
    assert clean("A meeting", f"{_OWN}\n{line}\n{_OWN}").paragraphs == (_OWN, _OWN)


@pytest.mark.parametrize(
    "line",
    [
        "The minister shared the prize with two others.",
        "Images of the storm were seen around the world.",
        "Follow the river to the old mill, said the guide.",
        "Comments by the minister angered the opposition.",
        "Two hours ago nobody had heard of him.",
        "“We use cookies in every session,” the baker said.",
        "Read more slowly, the teacher told her class.",
    ],
)
def test_a_sentence_that_only_begins_like_cruft_stays(line: str) -> None:
    assert clean("A meeting", f"{_OWN}\n{line}\n{_OWN}").paragraphs == (_OWN, line, _OWN)


def test_datelines_credits_and_bylines_go_and_the_rest_stays() -> None:
    text = "By Jane Doe\nLONDON (Reuters) - It rained.\nIt rained more.\n(Reporting by Jane Doe)\nReuters"
    assert clean("Rain", text).paragraphs == ("It rained.", "It rained more.", "(Reporting by Jane Doe)")


@pytest.mark.parametrize(
    ("title", "own", "corrected", "updated"),
    [
        ("UPDATE 1-Rain falls on the northern coast", "Rain falls on the northern coast", False, True),
        ("CORRECTED-Rain falls on the northern coast", "Rain falls on the northern coast", True, False),
        ("CORRECTED: UPDATE 2-Rain falls", "Rain falls", True, False),
        ("EXCLUSIVE: Rain falls", "Rain falls", False, False),
        ("Rain falls on the northern coast - Valley Lantern", "Rain falls on the northern coast", False, False),
        (
            "Rain falls on the northern coast - officials say",
            "Rain falls on the northern coast - officials say",
            False,
            False,
        ),
        ("Исправлено: Дождь", "Дождь", True, False),
        ("Rain falls on the northern coast (corrected)", "Rain falls on the northern coast", True, False),
        ("Rain falls on the northern coast - UPDATE 2", "Rain falls on the northern coast", False, True),
        ("(อัปเดต) ฝนตกทางเหนือ", "ฝนตกทางเหนือ", False, True),
        ("[업데이트] 북부 해안에 비", "북부 해안에 비", False, True),
        ("עדכון: גשם בצפון", "גשם בצפון", False, True),
        ("Chuva na costa norte – SÍNTESE", "Chuva na costa norte", False, True),
        ("Дождь на севере (повтор)", "Дождь на севере", False, True),
        ("Rain falls and the coast gets an update", "Rain falls and the coast gets an update", False, False),
        ("更正：下雨", "下雨", True, False),
        ("", "", False, False),
    ],
)
def test_a_title_loses_markers_and_the_publishers_name(title: str, own: str, corrected: bool, updated: bool) -> None:
    cleaned = clean(title, "Some text of it.")
    assert (cleaned.title, cleaned.corrected, cleaned.updated) == (own, corrected, updated)


def test_a_correction_note_marks_the_text_and_is_no_part_of_it() -> None:
    cleaned = clean(
        "Rain", "(Corrects spelling in paragraph 6)\nIt rained.\nCorrection: Corrects figure in paragraph 3"
    )
    assert cleaned.corrected
    assert cleaned.paragraphs == ("It rained.",)


def test_a_page_of_others_texts_is_known_by_its_lines() -> None:
    assert clean("Rain", "9 hours ago 2\nIt rained.").republisher
    assert clean("Rain", "It rained.\nRead Entire Article").republisher
    assert not clean("Rain", "It rained.").republisher


@pytest.mark.parametrize(
    "line",
    ["ראשי | חדשות | פוליטי | כלכלה | ספורט", "Inicio » Mundo » Bolivia", "Son Dakika › Gündem",
     "แชร์ข่าวนี้ Facebook X LINE คัดลอกลิงก์", "Kommentaarid (15) Lisa kommentaar", "Athugasemdir (0)"],
)  # fmt: skip
def test_a_row_of_a_page_is_told_by_its_form_where_pages_have_them(line: str) -> None:
    page = "\n".join((line, *(_OWN for _ in range(16))))
    assert clean("A meeting", page).paragraphs == (_OWN,) * 16
    assert clean("A meeting", page).furniture == 1
    within = "\n".join((*(_OWN for _ in range(9)), line, *(_OWN for _ in range(9))))
    assert line in clean("A meeting", within).paragraphs


@pytest.mark.parametrize(
    "line",
    ["Selby | 12 | 8 | 3 | 1", "Hans Weber, 45, and his son were at sea.", "The paper wrote of it on Facebook and X.",
     "« Nous partons » a dit le maire » mardi"],
)  # fmt: skip
def test_a_line_that_only_looks_like_a_row_stays(line: str) -> None:
    assert clean("A meeting", f"{line}\n{_OWN}").paragraphs == (line, _OWN)


def test_a_text_of_cruft_alone_is_kept() -> None:
    assert clean("x", "Image\nComments 3").paragraphs == ("Image", "Comments 3")


@given(st.text(), st.text())
def test_cleaning_bounds_any_text_and_repeats_itself(title: str, text: str) -> None:
    assert clean(title, text) == clean(title, text)
    assert len(clean(title, text).text) <= len(text) + 1
