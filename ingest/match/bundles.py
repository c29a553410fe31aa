"""Texts that tell of several happenings, told by their form: live blogs, round-ups and lists of corrections."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from ingest.text.tokens import words

_MIN_ITEMS = 3
_MAX_HEADING_WORDS, _MIN_ITEM_WORDS = 25, 8

_LIVE_TITLE = re.compile(
    r"^\W*(?:live\b|as it happened|liveblog|liveticker|newsblog|ticker\b|en direct|direct\b|en vivo"
    r"|en directo|ao vivo|diretta|онлайн|прямой эфир"
    r"|хроника|مباشر|直播|ライブ|लाइव|canlı)|\b(?:live (?:updates?|blog|coverage)|as it happened|liveblog"
    r"|liveticker|minute by minute)\b",
    re.IGNORECASE,
)
_LIVE_STAMP = re.compile(
    r"^[\s\[(•*–-]*(?:(?:[01]?\d|2[0-3])[:.h][0-5]\d\s?(?:uhr|h|am|pm|a\.m\.|p\.m\.|gmt|utc|[ap]\.?m)?\b"
    r"|\d{1,2}\s?(?:am|pm)\b)(?!\s?(?:-|–|to\b)\s?\d)",
    re.IGNORECASE,
)
_ROUNDUP_TITLE = re.compile(
    r"\b(?:(?:morning|evening|daily|nightly|weekly|noon|midday|afternoon|news|breakfast) (?:briefing|brief"
    r"|briefs|roundup|round-up|digest|wrap|bulletin"
    r"|headlines|summary)|round-?up|(?:\w+) things (?:to know|you need to know|we learned)|what (?:to know"
    r"|you need to know) (?:today|this (?:morning|week))"
    r"|top (?:stories|headlines)|news in brief|today's headlines|the week in|nachrichtenüberblick"
    r"|der tag im überblick"
    r"|morgenlage|kurz notiert|revue de presse|l'essentiel|resumen (?:de noticias|del día|semanal)"
    r"|titulares|le notizie del giorno|in breve"
    r"|resumo do dia|обзор (?:прессы|событий|новостей)|главное за|итоги (?:дня|недели)|коротко о"
    r"|आज की बड़ी खबरें|सुर्खियां)\b"
    r"|早报|晚报|新闻摘要|今日要闻|每日要闻|ニュースまとめ|أبرز (?:الأخبار|العناوين)|نشرة",
    re.IGNORECASE,
)
# A title that says nothing but that errors are put right, with a date or a colon behind it at most.
_CORRECTIONS_TITLE = re.compile(
    r"^\W*(?:(?:our |nos |unsere |in eigener sache: )?(?:corrections|correctifs|rectificatifs|erreurs|errata|erratum"
    r"|errata corrige|berichtigungen|richtigstellungen|richtiggestellt|korrekturen|rectificaciones|correcciones"
    r"|fe de err(?:ores|atas)|rettifiche|correzioni|correções|retificações|erramos|rectificaties|correcties"
    r"|sprostowania|rättelser|rettelser|oikaisuja|düzeltmeler|διορθώσεις|поправки|исправления|исправлено|уточнения"
    r"|опровержения|виправлення|спростування|تصويبات|تصحيحات|תיקוני טעות|भूल सुधार|सुधार|แก้ไขข้อผิดพลาด"
    r"|แก้ไขข่าว|바로잡습니다|정정합니다|정정 보도|đính chính)"
    r"(?:\s(?:and|&|und|et|y|e|i|en|och|og|ja|ve|и|та|और)\s\S+|\sو\S+)?"
    r"|(?:clarifications|précisions|klarstellungen|precisiones|precisazioni|уточнения|توضيحات)\s\w{1,3}\s\w+"
    r"|for the record|setting the record straight|แก้ไขและชี้แจง|แก้ไข ประจำวันที่.*"
    r"|(?:更正|订正|訂正|勘误|正誤)(?:[与與和及・･と](?:说明|說明|澄清|补足|補足|お?わび|お詫び|致歉))?(?:启事|声明|公告|します)?)"
    r"\W*(?:(?:del|de|du|vom|for|from|of|am|за|от|för)\s)?(?:[^\W\d]+\.?\s)?(?:\d.{0,30})?$",
    re.IGNORECASE,
)


def is_bundle(title: str, paragraphs: Sequence[str]) -> bool:
    """Whether a text tells of several happenings."""
    return is_live(title, paragraphs) or is_roundup(title, paragraphs)


def is_live(title: str, paragraphs: Sequence[str]) -> bool:
    """Whether it is a live blog: it says so and is stamped, or most of its paragraphs open with a time of day."""
    stamped = sum(_LIVE_STAMP.match(paragraph) is not None for paragraph in paragraphs)
    if stamped >= 3 and stamped * 4 >= len(paragraphs):
        return True
    return _LIVE_TITLE.search(title) is not None and (stamped >= 2 or title.lower().lstrip().startswith("live"))


def is_roundup(title: str, paragraphs: Sequence[str]) -> bool:
    """Whether it tells of several unrelated things: by its title, with items under headings of their own."""
    if is_corrections(title):
        return True
    if _ROUNDUP_TITLE.search(title) is None:
        return False
    counts = [len(words(paragraph)) for paragraph in paragraphs]
    headings = sum(
        here <= _MAX_HEADING_WORDS and below >= _MIN_ITEM_WORDS and not text.rstrip().endswith((".", "。", "।"))
        for (here, below), text in zip(pairwise(counts), paragraphs, strict=False)
    )
    return headings >= _MIN_ITEMS


def is_corrections(title: str) -> bool:
    """Whether a title says nothing but that errors in several articles are put right."""
    return _CORRECTIONS_TITLE.match(title) is not None
