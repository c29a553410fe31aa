"""Reading a report for the event tier: which of its words are names, and what places, figures and topics it has."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from ingest.match.figures import figure_at, is_date_word, is_numeral
from ingest.match.romanise import FOREIGN_HAN, latin, latin_han
from ingest.match.wordlists import Runs, WordLists, keyed, word_lists
from ingest.text.tokens import MARKS

_LEAD_CHARS = 260  # the first two sentences or so
_MIN_WORD, _MIN_NAME = 4, 3
_MAX_ACRONYM = 5
_MIN_HITS = 2  # commonplaces that tell a language
_TELLING = 150  # tokens that are enough for it
#: Languages whose scripts have no capitals, so that any word may be a name, and which lose sounds of foreign names.
CASELESS = frozenset({"zh", "ja", "ko", "ar", "fa", "ur", "he", "hi", "bn", "th", "ka"})
#: Languages whose nouns all have a capital.
NOUNS_CAPITALISED = frozenset({"de", "lb"})
_HAN = "\u3400-\u9fff\uf900-\ufaff々"
_KANA = "\u30a1-\u30fa\u30fc"
_HIRAGANA = "\u3041-\u309f"
_TOKEN = re.compile(
    rf"(?P<word>(?:[A-Za-z]|(?![{_HAN}{_HIRAGANA}{_KANA}])[^\W\d_])"
    rf"(?:[A-Za-z0-9_]++|(?=[^\x00-\x7f])(?![{_HAN}{_HIRAGANA}{_KANA}])[\w{MARKS}])*+(?:['’ʼ][^\W\d_]+)?)"
    r"|(?P<score>(?<![\w.,:-])\d{1,3}[-–:]\d{1,3}(?![\w-])(?!\.\d))"
    r"|(?P<number>\d+(?:[.,:’\u00a0\u202f]\d+)*)"
    r"|(?P<quoted>[「『《][^「『《」』》\n]{2,8}[」』》])"
    rf"|(?P<han>[{_HAN}]+)|(?P<kana>[{_KANA}]+)|(?P<hiragana>[{_HIRAGANA}]+)"
    r"|(?P<stop>[.!?:;…\n。！？\"“”„»«(]|\s[–—-]\s)"
    r"|(?P<hyphen>[-‐‑])"
)
_POSSESSIVE = re.compile(r"['’ʼ]s$")
_APOSTROPHE = re.compile("['’ʼ]")
_LONG_WORD = re.compile(r"[^\W\d_]{4,}")
_ARABIC_LETTER = re.compile("[\u0600-\u06ff]")
# What Arabic writes together with the next word: and, so, the, for, with (light stemming, Larkey et al. 2002).
_ARABIC_OPENING = re.compile(r"^(?:و|ف)?(?:بال|كال|وال|لل|ال)(?=...)|^و(?=.....)|^[بلك](?=.....)")
#: Before a noun that German gives a capital for its grammar only: articles, figures, adjectives.
_DETERMINER = re.compile(
    r"^(?:\d+|d(?:er|ie|as|en|em|es)|k?ein(?:e[mnrs]?)?|[msd]ein(?:e[mnrs]?)?|ihr(?:e[mnrs]?)?|unser\w*|dies\w+|jede\w?"
    r"|viele|mehrere|einige|beide\w?|alle\w?|zu[mr]|im|am|vom|beim|ins|ans|[a-zäöüß]{4,}(?:e|en|er|es|em))$"
)
_HAN_GRAMMAR = frozenset("的了在是和与及其为有等也已将被对从这那个日月年时分名人称说")
_HAN_NAME = re.compile(
    rf"(?P<foreign>[{FOREIGN_HAN}]{{3,}})"
    "|(?:部长|部長|总统|總統|主席|总理|省长|市长|市長|县长|局长|局長|经理|总裁|董事长|院长|教授|外长|书记|首席|代表)"
    f"(?P<titled>[{_HAN}]{{2,3}})"
    f"|(?P<place>[{_HAN}]{{2}})(?=[省市县縣州镇鎮乡鄉村区區岛島港河江湖山峡県町駅線賞病院])"
    f"|(?P<polite>[{_HAN}]{{2,4}})(?=氏|容疑者|被告|首相|社長|知事|大臣|選手)"
)


class Sureness(IntEnum):
    """How sure it is that a word is a name."""

    WORD = 0  # in lower case where names are not, or a common noun by its grammar
    MAYBE = 1  # a capital that grammar or a headline asks for, or a script without capitals
    NAME = 2


class Term(NamedTuple):
    """A word of a report: `form` in Latin letters; words of one name have the same `entity`."""

    form: str
    sureness: Sureness
    lead: bool  # in the title or the first sentences
    entity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What stands in a report, in the order in which it came; the flag says whether in its lead."""

    language: str
    words: int
    terms: tuple[Term, ...]
    figures: Mapping[str, bool]
    topics: Mapping[str, bool]
    places: Mapping[str, bool]


def read(title: str, text: str, language: str | None) -> Reading:
    """Return what a report names and tells of; a language that nobody stated is told by its commonplaces."""
    whole = unicodedata.normalize("NFKC", title) + "\n" + unicodedata.normalize("NFKC", text)
    reader = _Reader(whole, language)
    return reader.read()


@dataclass(slots=True)
class _Held:
    """A term while its report is read."""

    sureness: Sureness
    lead: bool
    entity: int


@dataclass(frozen=True, slots=True)
class _Capital:
    """A capitalised word in a run of such."""

    form: str
    word: str
    opening: bool  # the first of its sentence


@dataclass(frozen=True, slots=True)
class _Word:
    """A word as the lists of a language have it, whatever stands around it."""

    written: str
    word: str  # without what an apostrophe ties to it
    form: str
    bare: str  # without what Arabic writes together with it
    common: bool
    numeral: bool
    place: str | None
    topic: str | None
    silent: bool  # in lower case and common: it ends a name and says nothing else
    plain: bool  # in lower case and neither common nor anything else


@lru_cache(maxsize=1 << 16)
def _looked_up(language: str, written: str) -> _Word:
    """A word looked up in all lists; the same few thousand make up most of any text."""
    lists = word_lists()
    word, form = _bare(written)
    bare = latin(_ARABIC_OPENING.sub("", word, count=1)) if _ARABIC_LETTER.match(word) else form
    commonplaces = lists.common.get(language, frozenset())
    common = form in commonplaces or bare in commonplaces or is_date_word(form)
    numeral = is_numeral(written)
    place = lists.place(word, form) or (lists.place(word, bare) if bare != form else None)
    topic = lists.topic(language, form) or (lists.topic(language, bare) if bare != form else None)
    small = word[0].islower() and not numeral
    return _Word(
        written=written,
        word=word,
        form=form,
        bare=bare,
        common=common,
        numeral=numeral,
        place=place,
        topic=topic,
        silent=small and common,
        plain=small and not common and place is None and topic is None,
    )


class _Names:
    """The terms of a report; words that ever stood in one name are one entity (union-find)."""

    def __init__(self) -> None:
        self._held: dict[str, _Held] = {}
        self._parent: list[int] = []

    def entity(self) -> int:
        """A new entity."""
        self._parent.append(len(self._parent))
        return len(self._parent) - 1

    def put(self, form: str, sureness: Sureness, lead: bool, entity: int | None = None) -> None:
        """Take up a term, or what is new of it."""
        entity = self.entity() if entity is None else entity
        held = self._held.get(form)
        if held is None:
            self._held[form] = _Held(sureness, lead, entity)
            return
        held.sureness = max(held.sureness, sureness)
        held.lead = held.lead or lead
        one, other = sorted((self._root(held.entity), self._root(entity)))
        self._parent[other] = one

    def terms(self) -> tuple[Term, ...]:
        """All terms in the order in which they came."""
        return tuple(Term(form, held.sureness, held.lead, self._root(held.entity)) for form, held in self._held.items())

    def _root(self, entity: int) -> int:
        while self._parent[entity] != entity:
            entity = self._parent[entity]
        return entity


class _Reader:
    """One pass over a report's tokens."""

    def __init__(self, whole: str, language: str | None) -> None:
        self._lists: WordLists = word_lists()
        self._tokens = list(_TOKEN.finditer(whole))
        self._kinds = Counter([token.lastgroup for token in self._tokens])
        stated = re.split("[-_]", (language or "").casefold())[0]
        known = stated in self._lists.common
        self._language = stated if known else self._told_language() or stated
        self._common = self._lists.common.get(self._language, frozenset())
        self._runs = self._lists.topic_runs.get(self._language, Runs.of({}))
        title_end = whole.index("\n")
        self._lead_tokens = min(_LEAD_CHARS, self._tokens_until(title_end + 1 + _LEAD_CHARS))
        self._headings = _headings(whole)
        inside = [token.group() for token in self._tokens[self._tokens_until(title_end) :] if token.lastgroup == "word"]
        small, capital, shouted = _cases(inside)
        unspaced = self._language in self._lists.topic_runs
        self._cased = not unspaced and (not inside or len(small) + capital > 0.5 * len(inside))
        self._shouted = len(inside) > 3 and shouted > 0.6 * len(inside)
        self._nouns = self._language in NOUNS_CAPITALISED
        self._small = set(map(latin, set(small)))
        self._names = _Names()
        self._figures: dict[str, bool] = {}
        self._topics: dict[str, bool] = {}
        self._places: dict[str, bool] = {}
        self._run: list[_Capital] = []
        self._before = self._before_run = ""
        self._opening, self._lead, self._heading = True, True, 0 in self._headings

    def read(self) -> Reading:
        """The whole report."""
        place, tokens, language = 0, self._tokens, self._language
        while place < len(tokens):
            self._lead = place < self._lead_tokens
            found = _looked_up(language, tokens[place].group()) if tokens[place].lastgroup == "word" else None
            if found is None:
                place = self._step(place)
            elif found.silent or (found.plain and self._cased):  # nine in ten words
                if self._run:
                    self._close()
                if found.plain and len(found.form) >= _MIN_WORD:
                    self._names.put(found.form, Sureness.WORD, self._lead)
                self._before, self._opening = found.written, False
                place += 1
            elif found.numeral:
                place = self._on_figure(place)
            else:
                place = self._on_word(found, place)
                self._before, self._opening = found.written, False
        self._close()
        return Reading(
            language=self._language,
            words=sum(map(self._kinds.__getitem__, ("word", "han", "kana", "hiragana"))),
            terms=self._names.terms(),
            figures=self._figures,
            topics=self._topics,
            places=self._places,
        )

    def _told_language(self) -> str:
        """The language whose commonplaces stand in the report most often, "" where hardly any do."""
        if self._kinds["hiragana"]:
            return "ja"
        if self._kinds["han"]:
            return "zh"
        hits = dict.fromkeys(self._lists.common, 0)
        for token in self._tokens[:_TELLING]:
            if token.lastgroup == "word":
                for language in self._lists.languages.get(latin(token.group()), ()):
                    hits[language] += 1
        best = min(hits, key=lambda language: (-hits[language], language))
        return best if hits[best] >= _MIN_HITS else ""

    def _tokens_until(self, end: int) -> int:
        """How many tokens begin at a place of the report or before."""
        return bisect_right(self._tokens, end, key=re.Match.start)

    def _step(self, place: int) -> int:
        """Read what is no word, or several tokens that belong together; return the place of the next."""
        token = self._tokens[place]
        kind, text = token.lastgroup, token.group()
        if kind == "hyphen":
            return place + 1
        if kind == "stop":
            self._close()
            self._opening = True
            if "\n" in text:
                self._heading = token.end() in self._headings
            return place + 1
        if kind in ("number", "score"):
            return self._on_figure(place)
        self._close()
        self._on_run(kind, text)
        self._opening = False
        return place + 1

    def _on_figure(self, place: int) -> int:
        """A number in digits or words, with what belongs to it."""
        figure = figure_at(self._tokens, place, self._language)
        self._close()
        if figure.value is not None:
            _note(self._figures, figure.value, self._lead)
        self._opening, self._before = False, "0"
        return figure.following

    def _on_word(self, found: _Word, place: int) -> int:
        """A word of a script with blanks; places of two words are two tokens or three."""
        if not found.word[0].islower():
            following = self._tokens[place + 1 : place + 3]
            size = 3 if following and following[0].lastgroup == "hyphen" else 2
            if len(following) >= size - 1 and following[size - 2].lastgroup == "word":
                pair = f"{keyed(found.word, found.form)}-{latin(following[size - 2].group())}"
                named = self._lists.places.whole.get(pair)
                if named is not None:
                    self._close()
                    _note(self._places, named, self._lead)
                    return place + size
        if self._cased:
            self._on_cased(found)
        else:
            self._on_caseless(found)
        return place + 1

    def _on_cased(self, found: _Word) -> None:
        """A word where capitals tell names."""
        word, form = found.word, found.form
        if found.common or (len(form) < 2 and not word.isupper()):
            if self._run:
                self._close()
        elif found.place is not None:
            _note(self._places, found.place, self._lead)
            self._close()
        elif found.topic is not None and (self._shouted or not (1 < len(word) <= _MAX_ACRONYM and word.isupper())):
            # Behind a name it is part of it, as in Norvik Bank, and no topic.
            if not (word[0].isupper() and self._run) or self._nouns or self._heading:
                _note(self._topics, found.topic, self._lead)
            self._close()
        elif word[0].isupper():
            if not self._run:
                self._before_run = "" if self._opening else self._before
            self._run.append(_Capital(form, word, self._opening))
        else:
            if self._run:
                self._close()
            if len(form) >= _MIN_WORD:
                self._names.put(form, Sureness.WORD, self._lead)

    def _on_caseless(self, found: _Word) -> None:
        """A word of a script without capitals: any may be a name."""
        if found.common:
            return
        if found.place is not None:
            _note(self._places, found.place, self._lead)
        elif found.topic is not None:
            _note(self._topics, found.topic, self._lead)
        elif found.word[0].isascii() and found.word[0].isupper():
            self._names.put(found.form, Sureness.NAME, self._lead)
        else:
            self._note_runs(found.word)
            if len(found.bare) >= _MIN_NAME:
                self._names.put(found.bare, Sureness.MAYBE, self._lead)

    def _on_run(self, kind: str | None, text: str) -> None:
        """A run of a script without blanks, or what stands in its quotation marks: a ship, a book, a prize."""
        if kind == "han":
            self._on_han(text)
        elif kind == "kana":
            self._on_kana(text)
        elif kind == "quoted":
            self._names.put(latin(text[1:-1]), Sureness.NAME, self._lead)

    def _close(self) -> None:
        """End a run of capitalised words: it is one name, but for an office or body in capitals before it."""
        run = self._run
        if not run:
            return
        self._run = []
        entity = self._names.entity()
        for number, capital in enumerate(run):
            if number and run[number - 1].word.isupper() != capital.word.isupper():
                entity = self._names.entity()
            sureness = self._sureness(capital, number, len(run))
            least = _MIN_WORD if sureness is Sureness.WORD else _MIN_NAME
            if len(capital.form) >= least or (capital.word.isupper() and len(capital.word) > 1):
                self._names.put(capital.form, sureness, self._lead, entity)

    def _sureness(self, capital: _Capital, number: int, length: int) -> Sureness:
        """What the capital of a word says, the word being so many in its run."""
        sureness = Sureness.NAME
        if self._heading or self._shouted or (capital.opening and length == 1):
            sureness = Sureness.MAYBE
        elif self._nouns and number == 0 and not (capital.word.isupper() and len(capital.word) > 1):
            # A noun beside a noun is a name, as in Firma Aldane; the first of them is none, or may be one.
            sureness = Sureness.WORD if _DETERMINER.match(self._before_run) else Sureness.MAYBE
        if sureness is Sureness.MAYBE and capital.form in self._small:
            sureness = Sureness.WORD
        return sureness

    def _on_han(self, run: str) -> None:
        """A run of Han: topics, places, names that can be told, and pairs of characters."""
        self._note_runs(run)
        for part in self._lists.place_runs.pattern.sub(" ", run).split():
            for first, second in pairwise(part):
                if first + second not in self._common and first not in _HAN_GRAMMAR and second not in _HAN_GRAMMAR:
                    self._names.put(first + second, Sureness.WORD, self._lead)
            for found in _HAN_NAME.finditer(part):
                name = next(group for group in found.groups() if group)
                if name[:2] not in self._common:
                    form = latin_han(name) if found.lastgroup == "foreign" else name
                    self._names.put(form, Sureness.NAME, self._lead)

    def _on_kana(self, run: str) -> None:
        """A run of katakana: a place, a topic, a loan word or a foreign name."""
        form = latin(run)
        named = self._lists.place_runs.meaning.get(run)
        if named is not None:
            _note(self._places, named, self._lead)
        elif topics := self._runs.found(run):
            _note(self._topics, topics[0], self._lead)
        elif len(run) >= _MIN_NAME and form not in self._common:
            self._names.put(form, Sureness.NAME, self._lead)

    def _note_runs(self, text: str) -> None:
        """The topics and places that stand anywhere in a text."""
        for topic in self._runs.found(text):
            _note(self._topics, topic, self._lead)
        for named in self._lists.place_runs.found(text):
            _note(self._places, named, self._lead)


def _note(table: dict[str, bool], key: str, lead: bool) -> None:
    table[key] = table.get(key, False) or lead


def _bare(word: str) -> tuple[str, str]:
    """A word without the possessive or article that an apostrophe ties to it, and its form."""
    if _APOSTROPHE.search(word) is None:
        return word, latin(word)
    head, _, tail = _APOSTROPHE.sub("'", _POSSESSIVE.sub("", word)).partition("'")
    word = tail if tail and len(head) <= 2 else head  # l'Italia, d'Aoste; İzmir'de
    return word, latin(word)


def _headings(whole: str) -> frozenset[int]:
    """Where lines begin of which most words have a capital, so that capitals name nothing."""
    found: set[int] = set()
    start = 0
    for line in whole.split("\n"):
        if start == 0 or (len(line) < 120 and not line.rstrip().endswith((".", "!", "?"))):
            words = _LONG_WORD.findall(line)
            if words and sum(word[0].isupper() for word in words) > 0.6 * len(words):
                found.add(start)
        start += len(line) + 1
    return frozenset(found)


def _cases(words: list[str]) -> tuple[list[str], int, int]:
    """(the words in lower case, how many open with a capital, how many are in capitals)."""
    small, capital, shouted = [], 0, 0
    for word in words:
        first = word[0]
        if first.islower():
            small.append(word)
        else:
            capital += first.isupper()
            shouted += word.isupper()
    return small, capital, shouted
