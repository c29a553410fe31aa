"""The language of an article: what the page declares, unless its script or its words say otherwise."""

from __future__ import annotations

import re

from ingest.text.tokens import words

_SAMPLE_CHARS = 2_000
_FIRST_CHARS, _ASKED_CHARS = 250, 600
#: A text of fewer words is taken for one of so many: a headline tells little.
_MIN_WORDS = 20
_COMMON_SHARE = 0.15
#: The words of one language are so many times as many as those of the next.
_CLEARLY = 1.4
_SPELT_AS = {"nb": "no", "nn": "no", "ms": "id", "bs": "hr", "gl": "pt"}
_THREE = {
    "eng": "en", "deu": "de", "ger": "de", "fra": "fr", "fre": "fr", "spa": "es", "por": "pt", "ita": "it",
    "nld": "nl", "dut": "nl", "rus": "ru", "ukr": "uk", "pol": "pl", "ces": "cs", "cze": "cs", "slk": "sk",
    "swe": "sv", "nor": "no", "nob": "nb", "dan": "da", "fin": "fi", "hun": "hu", "ron": "ro", "rum": "ro",
    "ell": "el", "gre": "el", "tur": "tr", "ara": "ar", "heb": "he", "fas": "fa", "per": "fa", "hin": "hi",
    "ben": "bn", "tam": "ta", "urd": "ur", "ind": "id", "msa": "ms", "vie": "vi", "tha": "th", "jpn": "ja",
    "kor": "ko", "zho": "zh", "chi": "zh", "cat": "ca", "bul": "bg", "srp": "sr", "hrv": "hr",
}  # fmt: skip
_NAMED = {
    "english": "en", "deutsch": "de", "german": "de", "french": "fr", "francais": "fr", "français": "fr",
    "spanish": "es", "espanol": "es", "español": "es", "italian": "it", "italiano": "it", "portuguese": "pt",
    "russian": "ru", "chinese": "zh", "japanese": "ja", "korean": "ko", "arabic": "ar", "dutch": "nl",
}  # fmt: skip
_OLD = {"iw": "he", "in": "id", "ji": "yi", "jp": "ja", "kr": "ko", "cn": "zh", "cz": "cs", "ua": "uk", "gr": "el"}
_CYRILLIC = frozenset(
    ["ru", "uk", "be", "bg", "sr", "mk", "kk", "ky", "tg", "mn", "tt", "ba", "cv", "os", "ab", "ce", "uz", "bs"]
)
_ARABIC = frozenset(["ar", "fa", "ur", "ps", "ku", "ckb", "sd", "ug", "pa", "az"])
_DEVANAGARI = frozenset(["hi", "mr", "ne", "sa", "ks", "sd"])
#: The commonest words of a language, a tenth to a third of any text in it; without those that are as common in another.
_COMMON = {
    code: frozenset(line.split())
    for code, line in {
        "en": "the of and to in a is that for it was on with as at by his from they this be are have not",
        "de": "der die und den das mit von dem ist nicht sich auf für ein eine des im zu es auch als bei",
        "fr": "le les des et du une est dans qui pour sur pas au par avec ce il ne la l d de en à",
        "es": "el la los las del y en una por con para se su al lo un es que de",
        "pt": "o os as da do em um uma não com para dos das na no ao pelo e que de",
        "it": "il di che è la per un in del della i con non le gli una al dei si da e l",
        "ca": "els les amb i una per és dels han aquest aquesta també",
        "nl": "de het een van en is dat niet op te zijn voor met aan er ook in",
        "sv": "och att det som är på för en av med den inte till har ett om i",
        "da": "og det at er til af på en den som med for ikke der har et i",
        "no": "og det er på som en til med for ikke av den har et å i",
        "is": "og að í á er sem um til við það en fyrir ekki",
        "fi": "ja on ei että oli se myös hän kun mutta ovat joka",
        "et": "ja on ei et see oli mis ka kui aga ning oma",
        "lv": "un ir ka ar no par uz kas bet tas arī lai",
        "lt": "ir į kad su iš yra bet per už apie tai buvo",
        "pl": "w i na z się nie że jest jak po dla przez od oraz",
        "cs": "se na je že s z jsou pro jako ve jeho který",
        "sk": "sa na je že s z sú pre ako vo jeho ktorý",
        "hu": "az és hogy nem egy ez volt meg de csak már",
        "ro": "și în cu pe din care este nu să pentru sau mai",
        "hr": "je u da se su ne koji što kao iz bi",
        "sl": "in je da se so ki pa kot pri tudi",
        "sq": "në të e dhe për me që nga një është",
        "tr": "ve bir bu da de için ile olarak olan daha çok gibi ama ne kadar",
        "id": "yang dan di dengan untuk dari ini tidak pada dalam itu akan ke oleh juga",
        "vi": "và của là có không được cho một các trong những người",
        "tl": "ang ng sa na mga ay at para hindi si ni",
        "sw": "na ya wa kwa ni katika la za kuwa cha",
        "ru": "и в не на что с по как это к из за от для его о у",
        "uk": "і в на що не з у та до за як це від для про й",
        "be": "і ў на што не з у да за як гэта ад для пра",
        "bg": "да се са че ще като със това при е",
        "mk": "да се од во со што како ќе дека",
        "sr": "је у да се су од који што као би",
        "ar": "في من على أن إلى التي هذا مع عن الذي هذه كان",
        "fa": "و در به از که این است را با برای آن",
        "ur": "کے میں کی ہے اور سے کا کو نے پر",
        "hi": "के में की है और से का को ने पर",
        "mr": "आहे आणि या ते हे च्या नाही होते",
    }.items()
}
#: Languages so near to each other that what is declared is believed.
_KIN = (
    frozenset({"no", "nb", "nn", "da"}),
    frozenset({"hr", "sr", "bs", "sl"}),
    frozenset({"id", "ms"}),
    frozenset({"gl", "pt"}),
    frozenset({"hi", "ne", "mr"}),
)
#: Their scripts tell them from all others.
_ALONE = frozenset({"ja", "ko", "zh", "el", "he", "th"})
#: Scripts: their letters, the languages written in them, and the language that the script alone tells.
_SCRIPTS: tuple[tuple[re.Pattern[str], frozenset[str], str | None], ...] = (
    (re.compile("[\u3041-\u30ff]"), frozenset({"ja"}), "ja"),
    (re.compile("[\uac00-\ud7a3]"), frozenset({"ko"}), "ko"),
    (re.compile("[\u4e00-\u9fff]"), frozenset({"zh", "ja"}), "zh"),
    (re.compile("[\u0370-\u03ff]"), frozenset({"el"}), "el"),
    (re.compile("[\u0590-\u05ff]"), frozenset({"he", "yi"}), "he"),
    (re.compile("[\u0e01-\u0e4e]"), frozenset({"th"}), "th"),
    (re.compile("[\u0400-\u04ff]"), _CYRILLIC, None),
    (re.compile("[\u0600-\u06ff]"), _ARABIC, None),
    (re.compile("[\u0900-\u097f]"), _DEVANAGARI, None),
)
#: Letters of other scripts, without the signs that Western texts have too.
_BEYOND_LATIN = re.compile("[\u0370-\u1fff\u2c00-\uffff]")
_LETTER = re.compile(r"[^\W\d_]")


def language_of(declared: tuple[str | None, ...], text: str) -> str | None:
    """Return the ISO 639-1 code of an article: the declared one, unless the text's own words are another language's.

    declared: what html lang, og:locale and others say, best first. A template's lang="en" around German or Korean text
    is common; so are pages that declare nothing.
    """
    stated = declared_language(declared, text)
    if stated in _ALONE:
        return stated
    if stated is not None and stated not in _CYRILLIC:  # those of one script have too many of these words in common
        for chars in (_FIRST_CHARS, _ASKED_CHARS):
            if _share(stated, words(text[:chars])) >= _COMMON_SHARE:
                return stated
    said = words(text[:_ASKED_CHARS])
    guess = _guessed(said)
    if guess is None or any(stated in kin and guess in kin for kin in _KIN):
        return stated
    return declared_language((guess,), text) or stated


def declared_language(declared: tuple[str | None, ...], text: str) -> str | None:
    """Return the first declared language that the script of a text allows, or the one that its script alone tells.

    A language of another script is no evidence, and None is better than a wrong one.
    """
    sample = text[:_SAMPLE_CHARS]
    is_read = _LETTER.search(sample) is not None
    beyond = 0 if sample.isascii() or not is_read else len(_BEYOND_LATIN.findall(sample))
    letters = sum(map(str.isalpha, sample)) if beyond else 0
    for pattern, languages, alone in _SCRIPTS if beyond * 5 >= letters > 0 else ():
        # Japanese mixes kana with Han, so a fifth of the letters tells.
        if len(pattern.findall(sample)) * 5 >= letters:
            return next((code for code in map(_code, declared) if code in languages), alone)
    latin = (code for code in map(_code, declared) if code is not None and not (is_read and _is_other_script(code)))
    return next(latin, None)


def _share(code: str, said: list[str]) -> float:
    """How many of a text's words are of the commonest of a language."""
    common = _COMMON.get(_SPELT_AS.get(code, code), frozenset())
    return sum(map(common.__contains__, said)) / max(_MIN_WORDS, len(said))


def _guessed(said: list[str]) -> str | None:
    """The language whose commonest words a text is full of; None where it is of none, or as much of another."""
    first, second = sorted(_COMMON, key=lambda code: _share(code, said), reverse=True)[:2]
    most, next_most = _share(first, said), _share(second, said)
    is_clear = most >= _CLEARLY * next_most or any(first in kin and second in kin for kin in _KIN)
    return first if most >= _COMMON_SHARE and is_clear else None


def _is_other_script(code: str) -> bool:
    """Whether a language is never written in Latin letters."""
    return code in {"ja", "ko", "zh", "el", "he", "th", "ru", "uk", "bg", "be", "mk", "ar", "fa", "hi", "mr", "ne"}


def _code(declared: str | None) -> str | None:
    """A declared language as ISO 639-1, or None where it is none."""
    first = re.split(r"[-_,;\s]", (declared or "")[:40].strip().lower(), maxsplit=1)[0]
    first = _NAMED.get(first, _THREE.get(first, _OLD.get(first, first)))
    return first if re.fullmatch(r"[a-z]{2}", first) else None
