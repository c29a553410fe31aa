"""The language of an article: what the page declares, unless its script says otherwise."""

from __future__ import annotations

import re

_SAMPLE_CHARS = 2_000
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
    """Return the ISO 639-1 code of an article: the first declared one that its script allows, or the script's own.

    declared: what html lang, og:locale and others say, best first. A template's lang="en" around Korean text is
    common; a language of another script is therefore no evidence, and None is better than a wrong one.
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


def _is_other_script(code: str) -> bool:
    """Whether a language is never written in Latin letters."""
    return code in {"ja", "ko", "zh", "el", "he", "th", "ru", "uk", "bg", "be", "mk", "ar", "fa", "hi", "mr", "ne"}


def _code(declared: str | None) -> str | None:
    """A declared language as ISO 639-1, or None where it is none."""
    first = re.split(r"[-_,;\s]", (declared or "")[:40].strip().lower(), maxsplit=1)[0]
    first = _NAMED.get(first, _THREE.get(first, _OLD.get(first, first)))
    return first if re.fullmatch(r"[a-z]{2}", first) else None
