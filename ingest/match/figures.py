"""Numbers as reports give them: in digits or words, with a million or a 万 behind, scores, and days of the year."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from ingest.match.lexicon import DATES, NUMERALS
from ingest.match.romanise import latin
from ingest.match.wordlists import keyed

# Numerals that `lexicon.NUMERALS` lacks: a row a number from two on, in more languages.
_MORE_NUMERALS = (
    "twee två dwa dwie dwóch iki اثنان दो δύο δυο dua dois duas два две дві двое двоих двух двоє"
    "|drie tre trzy trzech üç ثلاثه ثلاثة तीन τρεις τρία tiga três три троє трое трёх трех"
    "|vier fyra cztery czterech dört اربعه أربعة चार τέσσερις τέσσερα empat четыре четверо чотири"
    "|vijf fem pięć pięciu beş خمسه خمسة पांच पाँच πέντε lima пять пятеро пʼять"
    "|zes sześć sześciu altı سته ستة छह छः έξι enam шесть шестеро шість"
    "|zeven sju siedem siedmiu yedi سبعه سبعة सात επτά εφτά tujuh семь сім семеро"
    "|acht åtta osiem ośmiu sekiz ثمانيه ثمانية आठ οκτώ οχτώ delapan восемь вісім"
    "|negen nio dziewięć dziewięciu dokuz تسعه تسعة नौ εννέα εννιά sembilan девять девʼять"
    "|tien tio dziesięć dziesięciu عشره عشرة दस δέκα sepuluh десять"
    "|elf elva jedenaście ग्यारह έντεκα sebelas одиннадцать одинадцять"
    "|twaalf tolv dwanaście बारह δώδεκα двенадцать дванадцять"
    "|dertien tretton trzynaście treize tredici treze तेरह тринадцать"
    "|veertien fjorton czternaście catorze चौदह четырнадцать"
    "|vijftien femton piętnaście quinze पंद्रह пятнадцать"
)
_AMBIGUOUS = frozenset({"on", "lima", "tre", "sex"})  # words of another kind in another language
_TENS = (
    "twenty zwanzig vingt veinte venti vinte двадцать|thirty dreißig trente treinta trenta trinta тридцать"
    "|forty vierzig quarante cuarenta quaranta quarenta сорок"
    "|fifty fünfzig cinquante cincuenta cinquanta cinquenta пятьдесят"
    "|sixty sechzig soixante sesenta sessanta sessenta|seventy siebzig setenta settanta|eighty achtzig ochenta ottanta"
    "|ninety neunzig noventa novanta"
)
_POWERS = (
    (3, "thousand thousands tausend mille mila tysięcy tys тыс тысяч тысячи тисяч ribu الف हजार tusen duizend"),
    (3, "χιλιάδες"),
    (5, "lakh लाख"),
    (6, "million millions mln mio millionen millón millones milione milioni milhão milhões miljoen miljoner milionów"),
    (6, "млн миллион миллиона миллионов мільйон мільйонів milyon juta مليون ملايين εκατομμύρια εκατομμυρίων"),
    (7, "crore करोड़"),
    (9, "billion billions bn mrd milliarde milliarden milliard milliards miliardo miliardi miljard miljarder"),
    (
        9,
        "mld miliardów млрд миллиард миллиарда миллиардов мільярд мільярдів milyar miliar مليار مليارات अरब",
    ),
    (9, "δισεκατομμύρια δισεκατομμυρίων bilhão bilhões"),
)
_LONG_BILLION = frozenset({"de", "es", "fr", "nl", "pl", "sv"})  # there a "billion" is a million millions
_MIL = frozenset({"es", "pt"})  # there "mil" is a thousand
_HAN_POWERS = {"万": 4, "萬": 4, "億": 8, "亿": 8, "만": 4, "억": 8, "千": 3, "百": 2, "兆": 12, "조": 12}
_MYRIADS = re.compile(r"(?P<digits>\d[\d.,]*)(?P<units>[千百万萬億亿兆만억조]*)")
_CLOCK = frozenset("日时時点點分月年号시분일월년秒")
_HOUR = re.compile(r"\s?(?:uhr|h\d|a\.?m\b|p\.?m\b|o'clock|er\b|º|ª)", re.IGNORECASE)
_HAN_DAY = re.compile(r"月(\d{1,2})日")
_DAY_LINKS = frozenset({"de", "of"})  # 30 de mayo
# Forms of months that `lexicon.DATES` leaves out, as they are other words too.
_MORE_MONTHS = {"may": 5, "mai": 5, "mei": 5, "maj": 5, "maja": 5, "mayis": 5, "mar": 3, "mars": 3, "juni": 6}
_MORE_MONTHS |= {
    "juli": 7,
    "haziran": 6,
    "czerwca": 6,
    "lipca": 7,
    "sierpnia": 8,
    "travnya": 5,
    "chervnya": 6,
    "lipnya": 7,
}


def _numbered(table: str, start: int, step: int) -> dict[str, int]:
    """Each word of a table's rows with its row's number."""
    return {
        keyed(word): number
        for number, row in zip(range(start, 1000, step), table.split("|"), strict=False)
        for word in row.split()
        if word not in _AMBIGUOUS
    }


_SMALL = _numbered(_MORE_NUMERALS, 2, 1) | {keyed(word): int(value) for word, value in NUMERALS.items()}
_BY_TEN = _numbered(_TENS, 20, 10)
_POWER_OF = {keyed(word): power for power, row in _POWERS for word in row.split()}
_MONTHS = {latin(word): int(value[1:]) for word, value in DATES.items() if value[0] == "m"} | _MORE_MONTHS


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure that was read: `value` in plain digits, None where it tells the time only; the token that follows."""

    value: str | None
    following: int


def figure_at(tokens: Sequence[re.Match[str]], place: int, language: str) -> Figure:
    """Return the figure that begins at a token: a number, a score, or a word that is a numeral.

    34億, 3.4 billion and 3,4 Milliarden are one value. "2-1" and "153-150" are scores. Days of the year come out as
    m5d20; times of day and days of a month that is not named say nothing.
    """
    token = tokens[place]
    if token.lastgroup == "score":
        return Figure(re.sub("[–:]", "-", token.group()), place + 1)
    if token.lastgroup == "number":
        return _in_digits(tokens, place, language)
    return _in_words(tokens, place, language)


def is_numeral(word: str) -> bool:
    """Whether a word is a number."""
    key = keyed(word)
    return key in _SMALL or key in _BY_TEN


def is_date_word(form: str) -> bool:
    """Whether a romanised word names a month or a day of the week."""
    return form in _DATE_WORDS


_DATE_WORDS = frozenset(map(latin, DATES)) | {"mei", "maj", "maja", "mayis", "haziran", "czerwca"}


def _in_words(tokens: Sequence[re.Match[str]], place: int, language: str) -> Figure:
    """A number in words: twelve, twenty-three, vingt-trois."""
    key = keyed(tokens[place].group())
    value, following = _BY_TEN.get(key, _SMALL.get(key, 0)), place + 1
    if value < 20:
        return _scaled(Decimal(value), tokens, following, language)
    if following + 1 < len(tokens) and tokens[following].lastgroup == "hyphen":
        units = _SMALL.get(keyed(tokens[following + 1].group()))
        if units is not None and (units < 10 or value == 60):
            value, following = value + units, following + 2
    return _scaled(Decimal(value), tokens, following, language)


def _in_digits(tokens: Sequence[re.Match[str]], place: int, language: str) -> Figure:
    """A number in digits with what stands behind it."""
    token = tokens[place]
    day = _day_of_year(tokens, place)
    if day is not None:
        return day
    behind = token.string[token.end() : token.end() + 12]
    value = _value(token.group())
    if value is None or behind[:1] in _CLOCK or _HOUR.match(behind):
        return Figure(None, place + 1)
    if behind[:1] in _HAN_POWERS:
        return _in_myriads(tokens, place)
    return _scaled(value, tokens, place + 1, language)


def _in_myriads(tokens: Sequence[re.Match[str]], place: int) -> Figure:
    """A number with Chinese units behind it: 4600万, 1兆2000億, 3万5000."""
    total, end = Decimal(0), tokens[place].start()
    while (part := _MYRIADS.match(tokens[place].string, end)) is not None:
        value = _value(part["digits"])
        if value is None:
            break
        total += value.scaleb(sum(_HAN_POWERS[unit] for unit in part["units"]))
        end = part.end()
        if not part["units"]:
            break
    following = place + 1
    while following < len(tokens) and tokens[following].start() < end:
        following += 1
    return Figure(_plain(total), following)


def _scaled(value: Decimal, tokens: Sequence[re.Match[str]], following: int, language: str) -> Figure:
    """A number with the thousands and millions in words behind it."""
    while following < len(tokens) and tokens[following].lastgroup == "word":
        word = tokens[following].group()
        power = 3 if language in _MIL and word.casefold() == "mil" else _POWER_OF.get(keyed(word))
        if power is None:
            break
        if language in _LONG_BILLION and word.casefold().startswith("billi"):
            power = 12
        value, following = value.scaleb(power), following + 1
    return Figure(_plain(value), following)


def _day_of_year(tokens: Sequence[re.Match[str]], place: int) -> Figure | None:
    """A day with its month, before or behind: 20 May, May 20, 20. Mai, 30 de mayo, 5月20日."""
    token = tokens[place]
    if not token.group().isdecimal() or not 1 <= int(token.group()) <= 31:
        return None
    number = int(token.group())
    han = _HAN_DAY.match(token.string, token.end())
    if han is not None:
        return Figure(f"m{number}d{int(han[1])}", place + 2)
    behind = place + 1
    if behind + 1 < len(tokens) and tokens[behind].group() == ".":
        behind += 1
    if behind + 1 < len(tokens) and tokens[behind].group() in _DAY_LINKS:
        behind += 1
    if behind < len(tokens) and tokens[behind].lastgroup == "word":
        month = _MONTHS.get(latin(tokens[behind].group()))
        if month:
            return Figure(f"m{month}d{number}", behind + 1)
    if place and tokens[place - 1].lastgroup == "word" and tokens[place - 1].group()[0].isupper():
        month = _MONTHS.get(latin(tokens[place - 1].group()))
        if month:
            return Figure(f"m{month}d{number}", place + 1)
    return None


def _value(digits: str) -> Decimal | None:
    """A number's value; None for what has several points of another kind, as 3.5.2026."""
    digits = "".join(str(int(letter)) if letter.isdecimal() else letter for letter in digits)
    if re.fullmatch(r"\d{1,3}(?:[.,’\u00a0\u202f]\d{3})+", digits):
        return Decimal(re.sub(r"\D", "", digits))
    if re.fullmatch(r"\d+[.,]\d+", digits):
        return Decimal(digits.replace(",", "."))
    return Decimal(digits) if digits.isdecimal() else None


def _plain(value: Decimal) -> str:
    """A value in digits, without zeros behind the point."""
    return f"{value.normalize():f}"
