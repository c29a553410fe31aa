"""What a desk makes of another's text without leaving a sentence as it was: recast reports, summaries, first lines."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from ingest.match.bundles import is_corrections
from ingest.match.features import features
from ingest.match.verify import compare
from ingest.model import Document, Relation, Verdict
from tests.match.samples import document

_TITLE = "Bridge over the Tarn at Velmont to close for nine months"
_REPORT = (
    "The iron bridge over the Tarn at Velmont will close to all traffic on 14 September for repairs that are to take"
    " nine months and cost 23 million euros, the county said on Tuesday.",
    "Engineers found 41 cracked rivets and a support that had sunk by 6 centimetres when they inspected the bridge in"
    " April. Lorries of more than 12 tonnes have been banned from it since then.",
    "County engineer Solveig Aalto said the bridge, built in 1887, could be saved. “Another winter and we would have"
    " been talking about a new one,” she told the council of Velmont.",
    "About 8,400 vehicles cross it each day. They will be sent over the dam at Corde, 17 kilometres downstream.",
)
_RECAST = (
    "All traffic over the Tarn at Velmont stops on 14 September: the county announced on Tuesday that the iron bridge"
    " will close for nine months of repairs, at a cost of 23 million euros.",
    "Drivers of the 8,400 vehicles that use it daily face a detour of 17 kilometres by way of the Corde dam.",
    "It was in April that inspectors counted 41 cracked rivets. One support turned out to have gone down"
    " 6 centimetres, and lorries of more than 12 tonnes have been kept off since then.",
    "To the council of Velmont Solveig Aalto, who is the county’s engineer, spoke of a rescue in the nick of time for a"
    " structure that dates from 1887.",
)
_FOLLOW_UP = (
    "Shopkeepers in Velmont want compensation from the county and threatened on Thursday to go to court.",
    "Ines Roque, who sells bread beside the market hall, expects to lose half of her customers. “They send them 17"
    " kilometres round and think that they will come back for a loaf,” she said.",
    *_REPORT[1:3],
    "The iron bridge over the Tarn is to close on 14 September. It will be shut for nine months, and the county puts"
    " the cost at 23 million euros.",
)


def verdict(a: Document, b: Document) -> Verdict:
    return compare(features(a), features(b))


def report(number: int, paragraphs: tuple[str, ...], title: str = _TITLE, minutes: float = 0.0) -> Document:
    return document(number, title, "\n".join(paragraphs), minutes=minutes)


def test_a_report_recast_sentence_by_sentence_is_a_rewrite() -> None:
    found = verdict(report(1, _REPORT), report(2, _RECAST, "Nine months without the Velmont bridge", 300))
    assert (found.relation, found.reason) == (Relation.REWRITE, "rewrite")
    assert max(found.evidence.containment_a, found.evidence.containment_b) < 0.22


def test_with_other_figures_it_is_none() -> None:
    other = tuple(
        text.replace("14", "19").replace("23", "31").replace("41", "56").replace("6 c", "9 c").replace("12", "15")
        for text in _RECAST
    )
    found = verdict(report(1, _REPORT), report(2, other, "Nine months without the Velmont bridge", 300))
    assert found.relation is Relation.DIFFERENT


def test_a_follow_up_with_all_the_old_figures_is_another_story() -> None:
    found = verdict(report(1, _REPORT), report(2, _FOLLOW_UP, "Velmont’s shopkeepers demand money", 2 * 24 * 60))
    assert found.relation is Relation.DIFFERENT


def test_a_recast_report_joins_no_story_of_the_week_before() -> None:
    found = verdict(report(1, _REPORT), report(2, _RECAST, minutes=8 * 24 * 60))
    assert found.relation is Relation.DIFFERENT


@pytest.mark.parametrize(
    ("summary", "joined"),
    [
        ("From 14 September the iron bridge at Velmont over the Tarn is shut: repairs cost 23 million euros.", True),
        ("From 19 October the iron bridge at Velmont over the Tarn is shut: repairs cost 31 million euros.", False),
        ("At Velmont the council heard from Solveig Aalto that winters since 1887 have been hard on rivets.", False),
    ],
    ids=["its figures", "other figures", "not of the lead"],
)
def test_a_summary_in_other_words_joins_by_what_the_lead_says(summary: str, joined: bool) -> None:
    found = verdict(report(1, _REPORT), document(2, "Bridge at Velmont shuts", summary, minutes=60))
    assert (found.relation is Relation.REWRITE and found.reason == "summary") is joined
    assert (found.relation is not Relation.DIFFERENT) is joined


_ALERT = (
    "The iron bridge at Velmont will be closed to traffic on 14 September for nine months, the county said. More to"
    " follow."
)


@pytest.mark.parametrize(
    ("alert", "publisher", "minutes", "joined"),
    [
        (_ALERT, "wire.example", 70, True),
        (_ALERT, "echo.example", 70, False),
        (_ALERT, "wire.example", 150, False),
        (_ALERT.replace("14 Sep", "19 Sep"), "wire.example", 70, False),
    ],
    ids=["its agency", "another publisher", "too late", "another day"],
)
def test_an_agencys_first_lines_join_its_item_within_two_hours(
    alert: str, publisher: str, minutes: float, joined: bool
) -> None:
    first = replace(document(1, "Velmont bridge to close", alert), publisher="wire.example")
    item = replace(report(2, _REPORT, minutes=minutes), publisher=publisher)
    found = verdict(first, item)
    assert ((found.relation, found.reason) == (Relation.ABRIDGEMENT, "flash")) is joined


def test_a_bare_date_lies_anywhere_in_its_day() -> None:
    """A notice of the same day is not one that came back; one of the day before is told apart by its date."""
    noon = datetime(2026, 5, 4, 22, 50, tzinfo=UTC)
    dated = replace(report(1, _REPORT), published_at=noon.replace(hour=0, minute=0))
    assert verdict(dated, replace(report(2, _REPORT), published_at=noon)).evidence.gap_s == 0.0
    assert verdict(dated, replace(report(2, _REPORT), published_at=noon.replace(day=6))).evidence.gap_s == 168_600.0
    assert verdict(dated, replace(dated, id=report(2, _REPORT).id)).evidence.gap_s == 0.0


@pytest.mark.parametrize(
    "title",
    ["Corrections", "Corrections: March 3", "Fe de errores", "Nos erreurs, 3 mars", "訂正（3月3日付）", "更正启事",
     "भूल सुधार", "Уточнения и исправления", "تصويبات 3 مارس", "In eigener Sache: Korrekturen"],
)  # fmt: skip
def test_a_list_of_corrections_is_known_by_its_title(title: str) -> None:
    assert is_corrections(title)


@pytest.mark.parametrize(
    "title",
    ["Corrections officers strike over pay", "Correction: Storm story", "更正：某公司公告", "訂正 首相が会見",
     "Korrekturen am Rentengesetz beschlossen", "Поправки к закону о рекламе внесены в Госдуму 5 марта"],
)  # fmt: skip
def test_news_of_corrections_is_no_list_of_them(title: str) -> None:
    assert not is_corrections(title)


def test_two_lists_of_corrections_under_one_title_are_two() -> None:
    line = "An article on Monday (“{}”) misstated a figure. It is {}, not {}."
    one = (line.format("Ferry runs aground off Kerava", 12, 21), line.format("Bridge at Velmont to close", 23, 32))
    other = (line.format("Bridge at Velmont to close", 41, 14), line.format("Voters go home early in Selby", 61, 16))
    found = verdict(report(1, one, "Corrections"), report(2, other, "Corrections", 600))
    assert (found.relation, found.reason) == (Relation.DIFFERENT, "roundup")


_THAI = (
    "กรมชลประทานประกาศเมื่อวันจันทร์ว่าเขื่อนแม่ลาวจะหยุดส่งน้ำ 14 วันเพื่อซ่อมประตูระบายน้ำ 3 บานที่ชำรุดจากน้ำหลากเมื่อปี 2567"
    " งบประมาณ 86 ล้านบาท กระทบนาข้าว 41,200 ไร่ใน 5 อำเภอ",
    "นายสมหมาย ทองคำ ผู้อำนวยการโครงการกล่าวว่า ช่างสำรวจพบรอยร้าวยาว 27 เมตร และจะเร่งซ่อมให้เสร็จก่อนวันที่ 19 มีนาคม"
    " เกษตรกรจะได้รับเงินชดเชยไร่ละ 650 บาท",
)
_THAI_RECAST = (
    "ชาวนา 5 อำเภอต้องขาดน้ำ 14 วัน หลังกรมชลประทานแจ้งเมื่อวันจันทร์ว่าเขื่อนแม่ลาวจะหยุดส่งน้ำ เพราะประตูระบายน้ำ 3"
    " บานชำรุดจากน้ำหลากเมื่อปี 2567 ต้องใช้เงินซ่อม 86 ล้านบาท พื้นที่ที่เดือดร้อนมีนาข้าว 41,200 ไร่",
    "รอยร้าวที่ช่างพบมีความยาว 27 เมตร ผู้อำนวยการโครงการ นายสมหมาย ทองคำ รับปากว่างานจะเสร็จก่อน 19 มีนาคม ส่วนเงินชดเชยตั้งไว้ไร่ละ"
    " 650 บาท",
)


def test_letters_without_blanks_are_recast_too() -> None:
    found = verdict(report(1, _THAI, "เขื่อนแม่ลาวหยุดส่งน้ำ"), report(2, _THAI_RECAST, "ชาวนาขาดน้ำสองสัปดาห์", 240))
    assert found.relation is Relation.REWRITE


def test_what_is_put_in_anothers_place_is_shown_as_it_is_read() -> None:
    told = (
        "บริษัท{0}ตั้ง {1} เป็นประธานเจ้าหน้าที่การเงินคนใหม่ {1} เคยทำงานกับธนาคารมาสิบปี และจะเริ่มงานที่{0}ในเดือนหน้า บริษัทแถลงเมื่อวันจันทร์"
    )
    notice = "ข้อมูลนี้มีไว้เพื่อเป็นความรู้ทั่วไปเท่านั้น ไม่ถือเป็นคำแนะนำด้านการลงทุน กฎหมาย หรือภาษี และไม่ควรใช้เป็นเหตุในการตัดสินใจใด ๆ"
    one, other = ("ไทด์เวลล์ฟาร์มา", "โอเวน คาสเซิล"), ("แวนเตอร์ไมนิ่ง", "โจน เพตทิต")
    a, b = (
        report(number, (told.format(*names), notice * 3), f"{names[0]}ตั้ง {names[1]} เป็นประธาน", 60.0 * number)
        for number, names in enumerate((one, other), start=1)
    )
    found = verdict(a, b)
    assert found.reason == "subject"
    assert found.evidence.veto is not None
    assert one[0] in found.evidence.veto
    assert other[0] in found.explanation
