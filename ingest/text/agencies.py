"""The table of well-known news agencies, with the spellings under which they are credited."""

from __future__ import annotations

import re
import unicodedata

# Canonical name first, then other spellings. Spellings match whole, whatever their case.
_TABLE = (
    (
        "AP",
        "Associated Press",
        "The Associated Press",
        "AP News",
        "The AP",
        "АП",
        "Ассошиэйтед Пресс",
        "美联社",
        "AP通信",
    ),
    (
        "Reuters",
        "Reuter",
        "Thomson Reuters",
        "رويترز",
        "Рейтер",
        "路透社",
        "路透",
        "ロイター",
        "로이터",
        "रॉयटर्स",
        "रायटर",
    ),
    ("AFP", "Agence France-Presse", "Agence France Presse", "AFP News", "أ ف ب", "أ.ف.ب", "فرانس برس", "АФП", "法新社"),
    ("dpa", "dpa-AFX", "Deutsche Presse-Agentur", "dpa International", "د ب أ", "د.ب.أ", "ДПА", "德新社"),
    ("EFE", "Agencia EFE", "EFE News", "ЭФЕ", "埃菲社"),
    ("ANSA", "Agenzia ANSA", "АНСА", "安莎社"),
    ("TASS", "ITAR-TASS", "ТАСС", "ИТАР-ТАСС", "塔斯社", "تاس"),
    ("Interfax", "Интерфакс", "Interfax-Ukraine", "Интерфакс-Украина", "Інтерфакс-Україна"),
    ("RIA Novosti", "РИА Новости", "RIA", "Sputnik"),
    ("Ukrinform", "Укринформ", "Укрінформ"),
    ("UNIAN", "УНИАН", "УНІАН"),
    ("Xinhua", "Xinhua News Agency", "新华社", "新華社", "Синьхуа", "شينخوا"),
    ("China News Service", "中新社", "中国新闻社", "CNS"),
    ("CNA", "Central News Agency", "中央社"),
    ("PTI", "Press Trust of India", "भाषा", "पीटीआई", "पीटीआई-भाषा"),
    ("ANI", "Asian News International", "एएनआई"),
    ("IANS", "Indo-Asian News Service", "आईएएनएस"),
    ("UNI", "United News of India", "यूनीवार्ता", "वार्ता"),
    ("Kyodo", "Kyodo News", "共同", "共同通信", "共同通信社", "共同社"),
    ("Jiji", "Jiji Press", "時事", "時事通信", "時事通信社"),
    ("Yonhap", "Yonhap News Agency", "연합뉴스", "韩联社", "聯合ニュース"),
    ("Bernama", "Malaysian National News Agency"),
    ("Antara", "ANTARA News", "LKBN Antara"),
    ("VNA", "Vietnam News Agency", "TTXVN"),
    ("APP", "Associated Press of Pakistan"),
    ("BSS", "Bangladesh Sangbad Sangstha"),
    ("UNB", "United News of Bangladesh"),
    ("AAP", "Australian Associated Press"),
    ("RNZ", "Radio New Zealand"),
    ("CP", "The Canadian Press", "Canadian Press", "La Presse Canadienne", "Presse canadienne"),
    ("PA", "PA Media", "Press Association", "The Press Association"),
    ("UPI", "United Press International"),
    ("Bloomberg", "Bloomberg News"),
    ("Dow Jones", "Dow Jones Newswires", "DJ"),
    ("Anadolu", "Anadolu Agency", "Anadolu Ajansı", "AA", "الأناضول"),
    ("DHA", "Demirören Haber Ajansı"),
    ("IRNA", "Islamic Republic News Agency", "ایرنا", "إرنا"),
    ("Tasnim", "Tasnim News Agency"),
    ("SPA", "Saudi Press Agency", "واس"),
    ("WAM", "Emirates News Agency", "وام"),
    ("QNA", "Qatar News Agency", "قنا"),
    ("KUNA", "Kuwait News Agency", "كونا"),
    ("SANA", "سانا"),
    ("MENA", "Middle East News Agency", "أ ش أ", "أ.ش.أ"),
    ("Petra", "Jordan News Agency", "بترا"),
    ("MAP", "Maghreb Arabe Presse"),
    ("APS", "Algérie Presse Service"),
    ("Lusa", "Agência Lusa"),
    ("Agência Brasil",),
    ("Estadão Conteúdo",),
    ("Folhapress",),
    ("Télam",),
    ("Notimex",),
    ("Prensa Latina",),
    ("Europa Press",),
    ("ATS", "Keystone-ATS", "Keystone-SDA"),
    ("APA", "Austria Presse Agentur"),
    ("AFX", "AFX News"),
    ("Belga",),
    ("ANP", "Algemeen Nederlands Persbureau"),
    ("NTB", "Norsk Telegrambyrå"),
    ("TT", "TT Nyhetsbyrån", "Tidningarnas Telegrambyrå"),
    ("Ritzau",),
    ("STT", "Suomen Tietotoimisto"),
    ("PAP", "Polska Agencja Prasowa"),
    ("ČTK", "CTK", "Czech News Agency", "Česká tisková kancelář"),
    ("TASR", "News Agency of the Slovak Republic"),
    ("MTI", "Magyar Távirati Iroda"),
    ("Agerpres",),
    ("BTA", "БТА", "Bulgarian News Agency"),
    ("Tanjug", "Танјуг"),
    ("HINA", "Croatian News Agency"),
    ("ANA-MPA", "AMNA", "ΑΠΕ-ΜΠΕ"),
    ("Adnkronos",),
    ("AGI", "Agenzia Italia"),
    ("LaPresse",),
    ("BNS", "Baltic News Service"),
    ("ELTA",),
    ("LETA",),
    ("Kazinform", "Казинформ"),
    ("KCNA", "Korean Central News Agency"),
    ("NAN", "News Agency of Nigeria"),
    ("GNA", "Ghana News Agency"),
    ("PANA", "Panapress"),
    ("PR Newswire", "PRNewswire", "PRNewswire-PRWeb"),
    ("Business Wire", "BUSINESS WIRE"),
    ("GlobeNewswire", "GLOBE NEWSWIRE"),
    ("ACCESSWIRE", "ACCESS Newswire"),
    ("Newsfile", "Newsfile Corp"),
    ("EQS", "EQS News"),
    ("ots", "news aktuell"),
)
_LOOSE = re.compile(r"[\s.\-–—]+")


def _loose(name: str) -> str:
    """A name without case, dots, hyphens and double spaces, for looking it up."""
    return _LOOSE.sub(" ", unicodedata.normalize("NFKC", name).casefold()).strip()


_CANONICAL = {_loose(spelling): row[0] for row in _TABLE for spelling in row}

#: Spellings without letter case, as they stand glued to other words in Chinese, Japanese and Korean.
GLUED = tuple(
    sorted(
        (s for row in _TABLE for s in row if re.match("[\u3040-\u9fff\uac00-\ud7af]", s)), key=lambda s: (-len(s), s)
    )
)


def known_agency(name: str) -> str | None:
    """Return the canonical name of a well-known agency, or None. A trailing "staff" or "/Town" does not hide it."""
    loose = _loose(name)
    if loose in _CANONICAL:
        return _CANONICAL[loose]
    head = re.split(r"[/|,]| via ", loose, maxsplit=1)[0].strip()
    return _CANONICAL.get(head)
