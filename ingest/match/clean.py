"""An article's own words: datelines, credits, photo lines, aggregator cruft and legal small print taken out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from ingest.text.credits import find_credit, split_dateline

MAX_TEXT_CHARS = 200_000
MAX_TITLE_CHARS = 2_000
_MAX_LINE_CHARS = 220  # cruft is short; a longer line is the article's own unless it is small print
_OPENING_LINES = 6  # where a dateline or a standing head can stand
_CLOSING_LINES = 8
_MAX_REMEMBERED_CHARS = 6_000  # of texts of which copies and relations ask again
_REMEMBERED_LINES = 4096  # pages of one site have their furniture in common, and lines are asked of more than once


@dataclass(frozen=True, slots=True, kw_only=True)
class Cleaned:
    """A title and paragraphs without what publishers put around them."""

    title: str
    paragraphs: tuple[str, ...]
    furniture: int  # lines at the top and bottom that were a page's and not the article's
    republisher: bool  # lines that only a page showing others' texts carries
    corrected: bool  # a line or title says that an earlier text is replaced
    updated: bool  # a title says that an earlier text is carried on

    @property
    def text(self) -> str:
        """The paragraphs, one a line."""
        return "\n".join(self.paragraphs)


def _any(*patterns: str) -> re.Pattern[str]:
    """One pattern that matches a whole line when any of these does."""
    return re.compile("(?:" + "|".join(f"(?:{pattern})" for pattern in patterns) + ")", re.IGNORECASE)


_COUNT = r"[(\[]?\d[\d.,]*\s?[km]?[)\]]?"
# Furniture of pages, as whole lines.
_FURNITURE = _any(
    r"(?:image|images|photo|photos|video|watch|gallery|slideshow|advertisement|ad|ads|sponsored|promoted"
    r"|loading\W*|menu|search"
    r"|home|share|share full article|print|email|save|copy link|link copied\W*|bookmark|subscribe|sign in"
    r"|log ?in|register"
    r"|top stories|most read|most popular|trending|recommended|you may also like|more on this"
    r"|more from .{1,40}|see also"
    r"|story continues below.*|article continues below.*|advert|anzeige|werbung|publicité|publicidad"
    r"|pubblicità|publicidade|реклама"
    r"|إعلان|广告|廣告|広告|विज्ञापन|iklan|reklama|reklam|annons|annonce|advertentie)\W*",
    rf"(?:comments?|kommentare?|commentaires?|comentarios?|commenti|comentários|комментари[ий]|कमेंट|评论"
    rf"|評論|コメント|تعليقات|yorumlar|bình luận|תגובות|komentarze|reacties|kommentarer|ความคิดเห็น|댓글)"
    rf"\W*(?:{_COUNT})?",
    rf"{_COUNT}\s(?:comments?|shares?|views?|likes?|retweets?|kommentare?|commentaires?|comentarios?)",
    rf"(?:about )?{_COUNT}\s?(?:seconds?|secs?|minutes?|mins?|hours?|hrs?|days?|weeks?"
    rf"|months?)\s?ago(?:\s{_COUNT})?\W*",
    r"(?:vor|il y a|hace|há|fa)\s\d+\s[\w\s]{3,12}|\d+\s?(?:часов|часа|минут|дней)\sназад|\d+\s?(?:小时"
    r"|分钟|天|時間|分)前|منذ \d+ .{3,10}",
    r"(?:last )?(?:updated|modified|published|posted|aktualisiert|stand|publié|actualizado|publicado"
    r"|aggiornato|обновлено|опубликовано"
    r"|تحديث|更新|发布|發布|公開)\W*(?:(?:on|at|am|um|le|el|il|в)\s)?[\d\s:.,/年月日时時分apmgtuceszh+-]{4,40}",
    r"listen to this article.*|listen\W*\d.*|\d+\s?(?:min(?:ute)?s?)(?: read| listen|\.? de lecture"
    r"| lesen)?\W*|(?:reading time|lesezeit|temps de lecture)\W.*",
    r"(?:from|desde|von|de|da|di|fra|från|z|из|с) (?:twitter|facebook|instagram|youtube|x|reddit)",
    r"(?:this content|diese[rs]? inhalt).{0,80}",
    r"(?:ler|leer|lire|leggi|lees|läs|czytaj|den ganzen|ganzen) (?:o |el |l'|l’|il |het |hela )?(?:artigo|artículo"
    r"|article|articolo|artikel|artikeln|artykuł)"
    r"(?: (?:completo|complet|entier|intero|volledig|lesen|cały|całość))?\W*",
    r"(?:read|view|see) (?:the )?(?:entire|full|original|whole) (?:article|story|post|text)(?: (?:at|on"
    r"|here).{0,60})?\W*",
    r"(?:continue|keep) reading(?: the main story| .{0,40})?\W*|read more(?: (?:at|on|about"
    r"|here).{0,60})?\W*|(?:click|tap) here.{0,60}|show (?:more|less)",
    r"(?:read|see|related|also read|don't miss|more|watch|listen)\s?(?:also|more|next|now)?\s?[:：|].{0,180}",
    r"(?:weiterlesen|mehr zum thema|lesen sie auch|lire (?:aussi|la suite)|à lire aussi|leer (?:más"
    r"|también)|lea también|seguir leyendo|leggi anche"
    r"|leia (?:mais|também)|czytaj (?:też|także|więcej)|lees (?:ook|meer)|читайте (?:также|ещё)"
    r"|читать далее|читайте також|اقرأ (?:أيضا|المزيد)"
    r"|阅读(?:更多|全文|原文)|閱讀更多|続きを読む|関連記事|यह भी पढ़ें|और पढ़ें|baca juga|devamını oku).{0,180}",
    r"share (?:this|on|via|the)\b.{0,120}|(?:teilen|partager|compartir|condividi|compartilhar|поделиться"
    r"|شارك|分享|シェア|साझा करें)\b.{0,60}",
    r"(?:follow|like|join|find) (?:us|me|our|@\w+)\b.{0,120}|(?:folgen sie|suivez|síguenos|seguici|siga"
    r"|подписывайтесь|подпишитесь|تابعونا|关注我们|フォロー).{0,120}",
    r"(?:sign up|subscribe|register|get)\b.{0,60}\b(?:newsletters?|briefings?|updates?|alerts?|inbox"
    r"|mailing list)\b.{0,120}",
    r"(?:newsletter|abonnieren|abonnez-vous|suscríbete|iscriviti|assine|подписаться|订阅|訂閱|اشترك)\b.{0,140}",
    r"the post .{0,150}(?:appeared|was published) first (?:on|in).{0,80}|(?:this (?:article|story|post)"
    r"|it) (?:was )?(?:originally|first) (?:appeared|published).{0,120}",
    r".{0,20}(?:©|\(c\)\s|copyright\b).{0,190}|.{0,120}\ball rights reserved\b.{0,80}"
    r"|(?:alle rechte vorbehalten|tous droits réservés"
    r"|todos los derechos reservados|tutti i diritti riservati|todos os direitos reservados"
    r"|все права защищены|جميع الحقوق محفوظة"
    r"|版权所有|版權所有|無断転載(?:を)?禁|सर्वाधिकार सुरक्षित).{0,80}",
    r"https?://\S+|www\.\S+|[#@]\w+(?:\s[#@]\w+)*|[\W_]+",
)
# What a page's rows look like in any language: sections or a path, services to share by, a count of comments.
_PARTS = re.compile(r"\s*[|›»•·●]\s*")
_PATH = re.compile(r"[^.!?«»›:]{2,40}(?:\s[›»]\s[^.!?«»›:]{2,60}){1,5}")
_SERVICE = re.compile(
    r"\b(?:facebook|twitter|whatsapp|telegram|linkedin|pinterest|reddit|viber|vk|zalo|weibo|wechat|kakaotalk|messenger"
    r"|instagram|youtube|tiktok|bluesky|mastodon|threads|flipboard|google news|x|line)\b",
    re.IGNORECASE,
)
_COMMENTS = re.compile(r"[^\W\d]{2,20}(?: [^\W\d]{2,20})?\s?\(\d{1,5}\)(?:\s[^\d.!?]{2,40})?")
_MIN_SECTIONS, _MAX_SECTION_CHARS, _MAX_SHARING_WORDS = 4, 24, 16
# Photo credits and captions' tails.
_PHOTO = _any(
    r"(?:photo|photograph|image|picture|credit|credits|file photo|illustration|graphic|foto|bild|quelle"
    r"|photographie|crédit|crédits|imagen|imagem"
    r"|immagine|фото|зображення|صورة|图片|圖片|写真|फोटो)\s?(?:credit|by|via|courtesy(?: of)?|source|:|：|/"
    r"|\|)\s?.{1,120}",
    r"credit(?:s)?(?:…|\.\.\.|\W.{0,100})|[(\[](?:ap|afp|reuters|getty|dpa|epa|file"
    r"|upload)\b.{0,40}(?:photo|images?|file).{0,40}[)\]]",
    r".{0,140}(?:\(|/|\||—|- )\s?(?:ap photo|afp photo|getty images|reuters|epa|file photo|picture alliance"
    r"|imago|shutterstock)[^.]{0,60}\)?",
)
# What tells a page of someone who shows others' texts.
_REPUBLISHER = _any(
    r"(?:read|view|see) (?:the )?(?:entire|full|original|whole) (?:article|story|post|text)(?: (?:at|on).{0,60})?\W*",
    r"read more (?:at|on) .{2,60}|(?:this (?:article|story)|it) (?:was )?(?:originally|first) (?:appeared"
    r"|published).{0,120}",
    r"the post .{0,150}(?:appeared|was published) first (?:on|in).{0,80}",
    rf"{_COUNT}\s?(?:minutes?|mins?|hours?|hrs?|days?)\s?ago\s{_COUNT}",
    r"(?:ler|leer|lire|leggi) (?:o |el |l'|l’|il )?(?:artigo|artículo|article|articolo)"
    r" (?:completo|complet|entier|intero)",
    r"阅读原文|閱讀原文|читать (?:полностью|в источнике).{0,40}|weiterlesen (?:bei|auf) .{2,60}"
    r"|lire (?:l'article|la suite) sur .{2,60}",
)
# Small print, which may be long: the words of lawyers, cookie banners and sales desks. A pattern is asked where its
# needle stands in a text, which is hardly ever.
_SMALL_PRINT = tuple(
    (needle, re.compile(pattern, re.IGNORECASE))
    for needle, pattern in (
        ("use cookies", r"\bwe (?:and our partners )?use cookies\b"),
        ("cookie ", r"\bcookie (?:policy|settings)\b"),
        ("privacy policy", r"\bprivacy policy\b"),
        ("terms ", r"\bterms (?:of|and) (?:use|service|conditions)\b"),
        ("purposes only", r"\b(?:general|informational?|information) purposes only\b"),
        ("not ", r"\bnot (?:constitute|be construed as|intended as|a substitute for)\b.{0,60}\badvice\b"),
        ("past performance", r"\bpast performance\b"),
        ("forward-looking", r"\bforward-looking statements?\b"),
        ("seek ", r"\bseek (?:the )?advice\b"),
        ("no ", r"\bno (?:guarantee|warranty|liability)\b"),
        ("warrant", r"\bas is\b.{0,30}\bwarrant"),
        ("may not be ", r"\bmay not be (?:published|reproduced|broadcast|redistributed|rewritten|copied|used)\b"),
        ("prior ", r"\bprior (?:written )?(?:consent|permission)\b"),
        ("copyright holder", r"\bcopyright holder\b"),
        ("all rights reserved", r"\ball rights reserved\b"),
        ("unsubscribe", r"\bunsubscribe\b"),
        ("to your inbox", r"\bdelivered (?:straight |directly )?to your inbox\b"),
        ("sign up ", r"\bsign up (?:to|for) (?:our|the)\b"),
        ("subscribe ", r"\bsubscribe (?:to|for) (?:our|the)\b"),
        ("mail address", r"\byour (?:email|e-mail) address\b"),
        ("commission", r"\bwe may (?:earn|receive) (?:a )?(?:small )?commission\b"),
        ("affiliate link", r"\baffiliate links?\b"),
        ("advertiser", r"\badvertisers?\b.{0,40}\bcontent\b"),
        ("cookies", r"\bcookies\b"),
        ("datenschutz", r"\bdatenschutz(?:erklärung)?\b"),
        ("beratung", r"\bkeine (?:anlage)?beratung\b"),
        ("ohne gewähr", r"\bohne gewähr\b"),
        ("haftung", r"\bhaftung(?:sausschluss)?\b"),
        ("politique de confidentialité", r"\bpolitique de confidentialité\b"),
        ("sans autorisation", r"\bsans autorisation\b"),
        ("política de privacidad", r"\bpolítica de privacidad\b"),
        ("asesoramiento", r"\basesoramiento\b.{0,30}\binversión\b"),
        ("informativa", r"\binformativa\b.{0,20}\bprivacy\b"),
        ("конфиденциальности", r"политик[аеиу] конфиденциальности"),
        ("рекомендаци", r"не является .{0,40}рекомендаци"),
        ("cookie", r"использу\w+ .{0,20}cookie"),
        ("перепечатк", r"перепечатк"),
        ("سياسة الخصوصية", r"سياسة الخصوصية"),
        ("隐私政策", r"隐私政策"),
        ("不构成", r"不构成.{0,20}(?:投资)?建议"),
        ("投資", r"投資(?:勧誘|助言)"),
        ("プライバシー", r"プライバシー"),
        ("गोपनीयता", r"गोपनीयता"),
        ("निवेश सलाह", r"निवेश सलाह"),
    )
)
_QUOTED = re.compile(r"[\"“”«»„]")
_CORRECTION_LINE = _any(
    r"[(\[*—–-]*\s?(?:corrects?|corrected|correction|clarif(?:ies|ied|ication)|refiles?|refiling"
    r"|editor's note|an earlier version|this (?:story|article|version)"
    r"(?: has been)? (?:corrects?|corrected|updates?|updated)|berichtigung|korrektur|korrigiert"
    r"|in einer früheren|correctif|rectificatif|corrección|corrige"
    r"|correzione|correção|исправл\w+|уточнени\w+|поправка|تصحيح|更正|訂正|शुद्धि|संशोधित|düzeltme"
    r"|sprostowanie|rättelse)\b.{0,200}",
    r".{0,40}\ba previous version of this (?:story|article)\b.{0,160}",
)
_CORRECTION_TITLE = re.compile(
    r"^\W*(?:corrected|correction|refile|refiled|clarification|corr|berichtigung|korrektur|berichtigt"
    r"|correctif|rectificatif|corrección"
    r"|corregid[ao]|correzione|correção|исправлен\w*|уточнение|تصحيح|更正|訂正|शुद्धिपत्र|संशोधित|düzeltme"
    r"|sprostowanie|poprawka|rättelse|rättad|rectificatie|διόρθωση|виправлено|תיקון|اصلاحیه|แก้ไข|수정|정정"
    r"|đính chính)\b"
    r"(?:\s?\d+)?(?:\s?\(\w+\))?\s?[-–—:：|)】\]]",
    re.IGNORECASE,
)
_UPDATE_TITLE = re.compile(
    r"^\W*(?:(?:update[ds]?|write-?thru|writethru|lead|ld|wrapup|recast\w*|adds?|breaking(?: news)?"
    r"|exclusive|just in|developing|alert|snap|urgent"
    r"|eilmeldung|eil|aktualisiert|zusammenfassung|roundup|urgente|última hora|mise à jour|actualisé|alerte"
    r"|aggiornamento|ultim'ora|atualização"
    r"|обновлено|обновление|срочно|молния|عاجل|تحديث|更新|速報|最新|快讯|अपडेट|ब्रेकिंग"
    r"|оновлено|терміново|aktualizacja|pilne|uppdaterad|bijgewerkt|güncelleme|güncellendi|son dakika|ενημέρωση|έκτακτο"
    r"|עדכון|מבזק|به‌?روزرسانی|فوری|تکمیلی|อัปเดต|อัพเดต|ด่วน|ล่าสุด|업데이트|속보|종합|cập nhật|khẩn)"
    r"\s?(?:\d+|\([^)]{1,6}\))?"
    r"|\d+(?:st|nd|rd|th)\s(?:ld|lead|update)(?:-writethru)?)\s?(?:[-–—:：|】\])）]|\s(?=[A-Z]{2}))\s?",
    re.IGNORECASE,
)
_UPDATED = re.compile(
    r"^\W*(?:update|\d+(?:st|nd|rd|th) (?:ld|lead|update)|write-?thru|recast|wrapup|aktualisiert"
    r"|mise à jour|обновл|تحديث|更新|अपडेट|оновлено|güncelle|ενημέρωση|עדכון|به‌?روزرسانی|อัปเดต|อัพเดต|업데이트"
    r"|cập nhật|(?:rpt|repeat|wiederholung|повтор|repetición)\W)",
    re.I,
)
# The same behind a title, in brackets or set off by a dash; "repeated" makes a later version as "updated" does.
_BEHIND = r"\s?(?:[(\[（【〔]\s?(?:{0})(?:\s?\d+)?\s?[)\]）】〕]|[-–—|]\s(?:{0})(?:\s?\d+)?)$"
_CORRECTED_BEHIND = re.compile(
    _BEHIND.format(
        r"corrected|correction|corr(?:ected)?\.?|clarified|refiled|korrigiert|korrektur|berichtigt|berichtigung|corrigée?"
        r"|rectifiée?|correctif|corregid[oa]|corrección|corrigid[oa]|correção|corrett[oa]|correzione|исправлен\w*"
        r"|уточнен\w*|виправлен\w*|уточнено|sprostowanie|poprawion\w+|rättad|rättelse|gecorrigeerd|rectificatie"
        r"|düzeltme|düzeltilmiş|مصحح|تصحيح|संशोधित|शुद्धि|更正|訂正|แก้ไข"
    ),
    re.IGNORECASE,
)
_UPDATED_BEHIND = re.compile(
    _BEHIND.format(
        r"updated?|write-?thru|writethrough|repeat(?:ed)?|rpt|wrap-?up|aktualisiert|aktualisierung|zusammenfassung"
        r"|wiederholung|mise à jour|actualisée?|synthèse|répétition|actualizad[oa]|actualización|repetición|síntesis"
        r"|atualizad[oa]|atualização|síntese|repetição|aggiornat[oa]|aggiornamento|sintesi|ripetizione|обновлен[оа]?"
        r"|обновление|дополнено|дополнение|повтор|оновлено|доповнено|aktualizacja|powtórzenie|uppdaterad|bijgewerkt"
        r"|güncellendi|güncelleme|تحديث|محدث|अपडेट|更新|続報|再送|อัปเดต|업데이트|종합\d?보?"
    ),
    re.IGNORECASE,
)
_BYLINE = re.compile(r"(?:by|von|par|por|di|door|автор|від|بقلم)\b:?\s?[^.!?]{0,110}", re.IGNORECASE)
_SUFFIX = re.compile(r"\s(?:[-–—|•·]|::)\s(?P<name>[^|•·–—]{2,45})$")


def clean(title: str, text: str) -> Cleaned:
    """Return an article's own title and paragraphs; the same input gives the same output everywhere.

    Text beyond 200,000 characters is left out, as are lines that only furnish a page: times ago, counts of comments,
    sharing, subscribing, following, "read more", photo credits, copyright, small print, in a dozen languages.
    A text of which nothing would be left keeps all its lines.
    """
    return _cleaned(title, text) if len(text) <= _MAX_REMEMBERED_CHARS else _cleaned.__wrapped__(title, text)


@lru_cache(maxsize=256)  # what is matched is related soon afterwards, and asks for the same
def _cleaned(title: str, text: str) -> Cleaned:
    lines = [" ".join(line.split()) for line in text[:MAX_TEXT_CHARS].split("\n")]
    lines = [line for line in lines if line]
    kept = _own_lines(lines)
    own_title, corrected, updated = _clean_title(title[:MAX_TITLE_CHARS])
    edges = (*lines[:_OPENING_LINES], *lines[max(_OPENING_LINES, len(lines) - _CLOSING_LINES) :])
    noted = any(_is_correction_note(line) for line in (*lines[:2], *lines[-3:]))
    return Cleaned(
        title=own_title,
        paragraphs=tuple(_without_dateline(kept or lines)),
        furniture=sum(len(line) <= _MAX_LINE_CHARS and (_is_furniture(line) or _is_page_row(line)) for line in edges),
        republisher=any(_whole(_REPUBLISHER, line) for line in edges),
        corrected=corrected or noted,
        updated=updated,
    )


def _own_lines(lines: list[str]) -> list[str]:
    """The lines that are the article's own."""
    last = len(lines) - _CLOSING_LINES
    lowered = "\n".join(lines).lower()
    small_print = [sign for sign in _SMALL_PRINT if sign[0] in lowered]
    return [
        line
        for number, line in enumerate(lines)
        if not _is_cruft(line, small_print)
        and not ((number < _OPENING_LINES or number >= last) and _is_page_row(line))
        and not _is_byline(line, number)
        and not ((number < 2 or number >= last) and _is_correction_note(line))
        and not (number >= last and len(line) <= 60 and _is_bare_credit(line))
    ]


@lru_cache(maxsize=_REMEMBERED_LINES)
def _is_page_row(line: str) -> bool:
    """Whether a line at the top or bottom is a row of a page, told by its form in whatever language."""
    if len(line) > _MAX_LINE_CHARS or line.endswith((".", "!", "?", "。")):
        return False
    if _PATH.fullmatch(line) or _COMMENTS.fullmatch(line):
        return True
    parts = [part for part in _PARTS.split(line) if part]
    if len(parts) >= _MIN_SECTIONS and all(len(part) <= _MAX_SECTION_CHARS and not part.isdigit() for part in parts):
        return True
    services = {found.lower() for found in _SERVICE.findall(line)}
    return len(services) >= 2 and services != {"x", "line"} and len(line.split()) <= _MAX_SHARING_WORDS


def _is_cruft(line: str, small_print: Sequence[tuple[str, re.Pattern[str]]]) -> bool:
    """Whether a line furnishes a page and is no part of an article."""
    if len(line) <= _MAX_LINE_CHARS and (_is_furniture(line) or _whole(_PHOTO, line)):
        return True
    if not small_print:
        return False
    lowered = line.lower()
    return any(needle in lowered and pattern.search(line) for needle, pattern in small_print) and not _QUOTED.search(
        line
    )


@lru_cache(maxsize=_REMEMBERED_LINES)
def _is_furniture(line: str) -> bool:
    """Whether a short line is a page's."""
    return _whole(_FURNITURE, line)


def _is_byline(line: str, number: int) -> bool:
    """Whether one of the first lines only says who wrote it."""
    return number < _OPENING_LINES and len(line) <= 120 and _whole(_BYLINE, line)


def _is_correction_note(line: str) -> bool:
    """Whether a line tells of a correction."""
    return len(line) <= 300 and _whole(_CORRECTION_LINE, line)


@lru_cache(maxsize=_REMEMBERED_LINES)
def _is_bare_credit(line: str) -> bool:
    """Whether a closing line holds a credit and nothing else."""
    credit = find_credit(line)
    return credit is not None and len(credit.evidence) * 10 >= len(line) * 8


def _without_dateline(lines: list[str]) -> list[str]:
    """The lines without the dateline that opens one of the first, and without a credit that closes the last."""
    for number, line in enumerate(lines[:_OPENING_LINES]):
        dateline, rest = split_dateline(line)
        if dateline and rest:
            return [*lines[:number], rest, *lines[number + 1 :]]
    return lines


def _clean_title(title: str) -> tuple[str, bool, bool]:
    """(title without its markers and the publisher's name behind it, says corrected, says updated)."""
    plain = " ".join(title.split())
    corrected = _CORRECTION_TITLE.match(plain) is not None
    updated = _UPDATED.match(plain) is not None
    for marker in (_CORRECTION_TITLE, _UPDATE_TITLE, _CORRECTION_TITLE):
        found = marker.match(plain)
        if found and found.end() < len(plain):
            plain = plain[found.end() :].strip()
    corrected |= _CORRECTED_BEHIND.search(plain) is not None
    updated |= _UPDATED_BEHIND.search(plain) is not None
    plain = without_markers_behind(plain) or plain
    suffix = _SUFFIX.search(plain)
    if suffix and suffix.start() >= 15 and _is_name(suffix["name"]):
        plain = plain[: suffix.start()]
    return plain, corrected, updated


def without_markers_behind(title: str) -> str:
    """A title without "(corrected)", "- update 2" and the like behind it."""
    for marker in (_CORRECTED_BEHIND, _UPDATED_BEHIND):
        title = marker.sub("", title)
    return title


def _is_name(words: str) -> bool:
    """Whether what stands behind a title's dash is a publisher's name: few words, each with a capital, no figure."""
    parts = words.split()
    return (
        len(parts) <= 5
        and not any(c.isdigit() for c in words)
        and all(p[0].isupper() or len(p) <= 3 for p in parts)
        and not words.isupper()
    )


def _whole(pattern: re.Pattern[str], line: str) -> bool:
    """Whether a pattern is the whole line."""
    return pattern.fullmatch(line) is not None
