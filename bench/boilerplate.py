"""How well repeated passages are learned: made-up newsrooms in five languages, with traps, and what was removed there.

    python -m bench.boilerplate [SEED] [STORIES]

Each publisher prints stories of its own (STORIES, 40 unless told) and hangs boxes, disclaimers, bios, a standing lede
and lists of other titles on them. The traps: follow-ups that repeat their background, revisions and copies under new
titles, local editions with a paragraph of their own, forms filled in again, round-ups of other articles' leads. Words
are made up, so that vocabulary is drawn as a newsroom draws it and no real text is needed; boxes are in real words.
Precision and recall are of passages; only what stands in three stories of a publisher or more can be learned.
"""

from __future__ import annotations

import random
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from bench.boilerplate_words import BOXES, HAN, LEDES, LETTERS, SMALL_WORDS
from ingest.match.boilerplate import passages
from ingest.match.clean import clean
from ingest.match.learning import learn, observe
from ingest.model import ArticleId, Document
from ingest.text.tokens import words

START = datetime(2026, 3, 1, tzinfo=UTC)
OWN, BOX, FORM = "own", "box", "form"


@dataclass
class Tongue:
    """A language's made-up vocabulary: what any article says, what a subject says, and names."""

    name: str
    rng: random.Random
    common: list[str] = field(default_factory=list)
    subjects: list[list[str]] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    small: list[str] = field(default_factory=list)
    letters: list[list[str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.small = SMALL_WORDS[self.name].split()
        self.letters = [[part.strip("-") for part in parts.split()] for parts in LETTERS.get(self.name, ())]
        self.common = [self.word() for _ in range(600)]
        self.subjects = [[self.word() for _ in range(60)] for _ in range(14)]
        self.names = [self.word().capitalize() for _ in range(400)]

    def word(self) -> str:
        """A word that nobody knows."""
        if not self.letters:
            return "".join(self.rng.choices(HAN, k=2))
        onsets, vowels, codas = self.letters
        spelt = [self.rng.choice(onsets) + self.rng.choice(vowels) for _ in range(self.rng.choice((2, 2, 3)))]
        return "".join(spelt) + self.rng.choice(codas)

    def sentence(self, topical: list[str], *, length: int) -> str:
        """Function words, words of any article (the frequent ones more often) and the story's own."""
        said = []
        for _ in range(length):
            draw = self.rng.random()
            if draw < 0.45:
                said.append(self.rng.choice(self.small))
            elif draw < 0.72:
                said.append(self.anything())
            else:
                said.append(self.rng.choice(topical))
        return self.joined(said)

    def anything(self) -> str:
        """A word that any article may have, some far oftener than others."""
        return self.common[int(600 * self.rng.random() ** 3)]

    def joined(self, said: list[str]) -> str:
        """Words as a sentence."""
        if self.name == "zh":
            middle = len(said) // 2
            return "".join(said[:middle]) + "，" + "".join(said[middle:]) + "。"
        return " ".join([said[0].capitalize(), *said[1:]]) + "."

    def title(self, topical: list[str]) -> str:
        """Two of the story's names or first words, two of the others, and what any title has."""
        chosen = self.rng.sample(topical[:4], 2) + self.rng.sample(topical[4:], 2)
        chosen += [self.rng.choice(self.small), self.anything()]
        self.rng.shuffle(chosen)
        return self.joined(chosen).rstrip("。.").replace("，", "")


@dataclass
class Piece:
    """An article with what each paragraph is."""

    document: Document
    parts: list[tuple[str, str]]
    story: str


@dataclass
class Newsroom:
    """One publisher's stories, and what it hangs on them."""

    name: str
    tongue: Tongue
    rng: random.Random
    made: list[Piece] = field(default_factory=list)
    titles: list[str] = field(default_factory=list)

    @property
    def subjects(self) -> list[list[str]]:
        """What it writes about; the sixth newsroom is a trade paper that knows one subject only."""
        return self.tongue.subjects[:1] if self.name.startswith(f"{self.tongue.name}5") else self.tongue.subjects

    def topical(self) -> list[str]:
        """A story's vocabulary: its names first, then words of its subject."""
        subject = self.rng.choice(self.subjects)
        return self.rng.sample(self.tongue.names, 5) + self.rng.sample(subject, 25)

    def paragraph(self, topical: list[str]) -> str:
        return " ".join(
            self.tongue.sentence(topical, length=self.rng.randint(9, 18)) for _ in range(self.rng.choice((1, 1, 2)))
        )

    def lead(self, topical: list[str]) -> str:
        """A first paragraph: it has the story's names."""
        return self.tongue.joined([*topical[:3], self.tongue.anything()]) + " " + self.paragraph(topical)

    def body(self, topical: list[str]) -> list[tuple[str, str]]:
        rest = [(OWN, self.paragraph(topical)) for _ in range(self.rng.randint(3, 9))]
        return [(OWN, self.lead(topical)), *rest]

    def put(self, title: str, parts: list[tuple[str, str]], story: str) -> None:
        """Hang the publisher's things on an article and print it."""
        rng, language = self.rng, self.tongue.name
        dressed = list(parts)
        mine = random.Random(self.name)
        box, disclaimer, about, *bios = mine.sample(BOXES[language], len(BOXES[language]))
        if rng.random() < 0.6:
            dressed.insert(min(len(dressed), 2), (BOX, box.format(name=self.name)))
        if mine.random() < 0.4 and rng.random() < 0.8:
            dressed.insert(0, (BOX, mine.choice(LEDES[language])))
        if rng.random() < 0.5:
            dressed.append((BOX, rng.choice(bios).format(name=self.name)))
        if rng.random() < 0.7:
            dressed += [(BOX, disclaimer.format(name=self.name)), (BOX, about.format(name=self.name))]
        if self.titles and rng.random() < 0.6:
            dressed += [(BOX, other) for other in self.titles[-4:-1] if other != title]
        at = START + timedelta(minutes=47 * len(self.made))
        number = len(self.made)
        document = Document(
            id=ArticleId(number),
            key=f"{self.name} {number}",
            title=title,
            text="\n".join(text for _, text in dressed),
            published_at=at,
            publisher=self.name,
        )
        self.made.append(Piece(document, dressed, story))
        self.titles.append(title)

    def story(self, number: int) -> None:
        """One story in one of the ways in which stories come."""
        topical = self.topical()
        parts, title, name = self.body(topical), self.tongue.title(topical), f"{self.name} {number}"
        self.put(title, parts, name)
        way = self.rng.random()
        if way < 0.15:
            self.follow_up(topical, name, self.rng.randint(3, 7))
        elif way < 0.30:
            for _ in range(self.rng.randint(2, 9)):
                self.put(self.tongue.title(topical), [(OWN, self.lead(topical)), *parts[1:]], name)
        elif way < 0.40:
            for _ in range(self.rng.randint(2, 5)):
                colour = self.topical()[5:] + topical[:2]
                self.put(self.tongue.title(topical), [(OWN, self.paragraph(colour)), *parts], name)

    def follow_up(self, topical: list[str], name: str, count: int) -> None:
        """Later reports on a story, with two paragraphs of its background in each."""
        background = [(OWN, self.paragraph(topical)) for _ in range(2)]
        for _ in range(count):
            fresh = topical[:4] + self.rng.sample(self.rng.choice(self.subjects), 12) + topical[6:12]
            self.put(self.tongue.title(topical), self.body(fresh)[:4] + background, name)

    def roundup(self, number: int) -> None:
        """Leads of the last stories under a standing title, the same ones in three issues."""
        leads = [next(text for kind, text in piece.parts if kind == OWN) for piece in self.made[-9:] if piece.parts]
        for issue in range(3):
            fresh = self.topical()
            self.put(self.tongue.title(fresh), [(OWN, self.paragraph(fresh)), *((FORM, one) for one in leads[issue:])],
                     f"{self.name} roundup {number}.{issue}")  # fmt: skip

    def form(self, number: int) -> None:
        """A form: fixed sentences, and some with a figure out of few, in which the issues differ."""
        topical = random.Random(f"form {self.name}")
        frame = topical.sample(self.tongue.names, 3) + topical.sample(self.tongue.subjects[0], 20)
        fixed = self.tongue.joined(topical.sample(frame, 9))
        days = self.rng.randint(2, 5)
        slot = self.tongue.joined([*topical.sample(frame, 5), f"{days}", *topical.sample(frame, 3)])
        lead = self.tongue.joined([self.rng.choice(self.tongue.names), *frame[3:13], str(self.rng.randint(10, 99))])
        self.put(self.tongue.joined([*frame[4:7], self.rng.choice(self.tongue.names)]),
                 [(OWN, lead), (OWN, slot), (FORM, fixed)], f"{self.name} form {number}")  # fmt: skip


def newsroom(language: str, number: int, seed: int, stories: int) -> Newsroom:
    """One publisher's whole output."""
    rng = random.Random(f"{seed} {language} {number}")
    room = Newsroom(f"{language}{number}.example", Tongue(language, random.Random(f"{seed} {language}")), rng)
    for made in range(stories):
        room.story(made)
        if made % 8 == 7:
            room.roundup(made)
        if made % 5 == 4:
            room.form(made)
    if number == 4:  # a paper that follows one trial in every third article
        room.follow_up(room.topical(), f"{room.name} trial", len(room.made) // 2)
    return room


@dataclass
class Tally:
    """What was done with passages, and how long it took."""

    removed: Counter[str] = field(default_factory=Counter)
    kept: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    articles: int = 0
    spent_ns: Counter[str] = field(default_factory=Counter)

    def report(self) -> str:
        removed, kept = self.removed, self.kept
        precision = removed[BOX] / max(1, removed[BOX] + removed[OWN])
        recall = removed[BOX] / max(1, removed[BOX] + kept[BOX])
        return (
            f"{self.articles:6d} articles  precision {precision:.4f}  recall {recall:.4f}"
            f"  boxes {removed[BOX]}/{removed[BOX] + kept[BOX]}  own {removed[OWN]}/{removed[OWN] + kept[OWN]}"
            f"  forms {removed[FORM]}/{removed[FORM] + kept[FORM]}"
        )


def measure(pieces: list[Piece], tally: Tally) -> None:
    """Learn from these articles, strip them, and look at what is gone."""
    cleaned = [clean(piece.document.title, piece.document.text) for piece in pieces]
    with timed(tally, "tokenise"):
        for one in cleaned:
            for paragraph in one.paragraphs:
                words(paragraph)
    with timed(tally, "passages, tokenising included"):
        found = [passages(one.paragraphs) for one in cleaned]
    with timed(tally, "observe"):
        seen = [observe(p.document, one.title, held) for p, one, held in zip(pieces, cleaned, found, strict=True)]
    with timed(tally, "learn"):
        learned = learn(seen)
    with timed(tally, "strip"):
        stripped = [
            learned.strip(p.document.publisher, one.title, held)
            for p, one, held in zip(pieces, cleaned, found, strict=True)
        ]
    tally.articles += len(pieces)
    stories: dict[tuple[str, str], set[str]] = defaultdict(set)
    for piece in pieces:
        for _, text in piece.parts:
            stories[piece.document.publisher or "", text].add(piece.story)
    for piece, one, left in zip(pieces, cleaned, stripped, strict=True):
        for kind, text in piece.parts:
            if text not in one.paragraphs:
                continue  # cleaned away
            gone = text not in left.paragraphs
            if kind == BOX and not gone and len(stories[piece.document.publisher or "", text]) < 3:
                continue  # nobody could know it
            (tally.removed if gone else tally.kept)[kind] += 1
            if gone and kind == OWN:
                tally.wrong.append(f"{piece.story}: {piece.document.title} | {text[:120]}")


@contextmanager
def timed(tally: Tally, name: str) -> Iterator[None]:
    """Add the processor time of a block to a tally."""
    begun = time.process_time_ns()
    yield
    tally.spent_ns[name] += time.process_time_ns() - begun


def main(arguments: list[str]) -> int:
    """Print the figures of each language, and of all."""
    seed, stories = (int(arguments[0]) if arguments else 1), (int(arguments[1]) if len(arguments) > 1 else 40)
    whole = Tally()
    for language in BOXES:
        tally = Tally()
        pieces = [piece for number in range(6) for piece in newsroom(language, number, seed, stories).made]
        measure(pieces, tally)
        print(f"{language}  {tally.report()}")
        for line in tally.wrong[:5]:
            print(f"      wrong: {line}")
        whole.articles += tally.articles
        whole.removed += tally.removed
        whole.kept += tally.kept
        whole.spent_ns += tally.spent_ns
    print(f"all {whole.report()}")
    for name, spent_ns in whole.spent_ns.items():
        print(f"{name:30s} {spent_ns / 1000 / whole.articles:8.1f} µs an article")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
