"""The calendar as each language writes it, and how its numbers look."""

from datetime import UTC, datetime, timedelta

LANGUAGES = ("en", "fr", "pt", "it", "uk", "pl", "zh", "ja", "ar", "ko")

_WEEKDAYS = {
    "en": "Monday Tuesday Wednesday Thursday Friday Saturday Sunday",
    "fr": "lundi mardi mercredi jeudi vendredi samedi dimanche",
    "pt": "segunda-feira terça-feira quarta-feira quinta-feira sexta-feira sábado domingo",
    "it": "lunedì martedì mercoledì giovedì venerdì sabato domenica",
    "uk": "понеділок вівторок середу четвер п'ятницю суботу неділю",
    "pl": "poniedziałek wtorek środa czwartek piątek sobota niedziela",
    "zh": "周一 周二 周三 周四 周五 周六 周日",
    "ja": "月曜 火曜 水曜 木曜 金曜 土曜 日曜",
    "ar": "الاثنين الثلاثاء الأربعاء الخميس الجمعة السبت الأحد",
    "ko": "월요일 화요일 수요일 목요일 금요일 토요일 일요일",
}

_POLISH_ON = (
    "w poniedziałek",
    "we wtorek",
    "w środę",
    "w czwartek",
    "w piątek",
    "w sobotę",
    "w niedzielę",
)

_MONTHS = {
    "en": "January February March April May June July August September October November December",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "pt": "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
    "it": "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
    "uk": "січня лютого березня квітня травня червня липня серпня вересня жовтня листопада грудня",
    "pl": "stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia",
    "ar": "يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر",
}

_THOUSANDS = {
    "en": ",",
    "ja": ",",
    "ko": ",",
    "zh": "",
    "ar": "",
    "fr": " ",
    "pt": ".",
    "it": ".",
    "uk": " ",
    "pl": " ",
}
_COMMA_DECIMALS = frozenset({"fr", "pt", "it", "uk", "pl"})


def at(day: int, *, hour: int, minute: int = 0) -> datetime:
    """Return the moment in the month of the corpus, March 2026, in UTC."""
    return datetime(2026, 3, 1, tzinfo=UTC) + timedelta(days=day - 1, hours=hour, minutes=minute)


def weekday(language: str, moment: datetime) -> str:
    """Return the bare name of the day."""
    return _WEEKDAYS[language].split()[moment.weekday()]


def on_weekday(language: str, moment: datetime) -> str:
    """Return the phrase a reporter uses for "on Tuesday"; Japanese and Korean copy gives the day of the month."""
    name = weekday(language, moment)
    match language:
        case "en":
            return f"on {name}"
        case "pt":
            return f"no {name}" if moment.weekday() >= 5 else f"na {name}"
        case "uk":
            return f"у {name}"
        case "pl":
            return _POLISH_ON[moment.weekday()]
        case "ar":
            return f"يوم {name}"
        case "ja" | "ko":
            return date(language, moment)
        case _:
            return name


def date(language: str, moment: datetime) -> str:
    """Return day and month as a dateline gives them."""
    match language:
        case "zh":
            return f"{moment.month}月{moment.day}日"
        case "ja":
            return f"{moment.day}日"
        case "ko":
            return f"{moment.day}일"
    month = _MONTHS[language].split()[moment.month - 1]
    match language:
        case "en":
            return f"{month} {moment.day}"
        case "pt":
            return f"{moment.day} de {month}"
        case _:
            return f"{moment.day} {month}"


def number(language: str, value: float, places: int) -> str:
    """Write a number with the language's decimal mark and grouping."""
    text = f"{value:,.{places}f}"
    whole, _, fraction = text.partition(".")
    whole = whole.replace(",", _THOUSANDS[language])
    mark = "," if language in _COMMA_DECIMALS else "."
    return f"{whole}{mark}{fraction}" if fraction else whole
