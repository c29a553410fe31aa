"""The lives of one story: copies, cuts, rewrites, revisions and wrappings, all of them the same story."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from bench.judge import days, edits
from bench.judge.edits import Paragraphs
from bench.judge.material import Story

Who = Literal["same", "outlet", "wire", "aggregator"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One article before it has a publisher and a stamp."""

    title: str
    body: Paragraphs
    who: Who
    after_min: tuple[int, int]
    """Minutes after the base, from and to."""
    sourced: bool = False


@dataclass(slots=True, kw_only=True)
class Desk:
    """A story on the desk of one language's newsrooms, with the dice of this seed."""

    story: Story
    kit: dict[str, Any]
    agency: dict[str, str]
    rng: random.Random
    sends: bool = True
    """Whether the story's own publisher is the agency; else it is an outlet with a story of its own."""

    @property
    def body(self) -> Paragraphs:
        """The story's own paragraphs, without dateline or credit."""
        return self.story.paragraphs

    def pick(self, name: str) -> str:
        """Choose one of the kit's phrases."""
        return self.rng.choice(self.kit[name])

    def head(self) -> str:
        """Return a headline of the story's own, the first one in half of the cases."""
        return self.story.heads[0] if self.rng.random() < 0.5 else self.rng.choice(self.story.heads[1:])

    def named(self, template: str) -> str:
        """Put agency, reporter, place and date into a kit phrase."""
        return (
            template.replace("{place}", self.story.place)
            .replace("{PLACE}", self.story.place.upper())
            .replace("{date}", days.date(self.story.language, self.story.at))
            .replace("{agency}", self.agency["name"])
            .replace("{tag}", self.agency["tag"])
            .replace("{domain}", self.agency["domain"])
            .replace("{reporter}", self.rng.choice(self.kit["reporters"]))
        )

    def wired(self, body: Paragraphs) -> Paragraphs:
        """Return the body as the agency sends it: its dateline first, sometimes its credit last."""
        return self.credited((self.named(self.kit["dateline"][0]) + body[0], *body[1:]), chance=0.5)

    def own(self, body: Paragraphs) -> Paragraphs:
        """Return the body as the story's own publisher dresses it."""
        return self.wired(body) if self.sends else body

    def datelined(self, body: Paragraphs) -> Paragraphs:
        """Return the body under one of the other datelines in use."""
        return (self.named(self.rng.choice(self.kit["dateline"][1:])) + body[0], *body[1:])

    def credited(self, body: Paragraphs, *, chance: float = 1.0) -> Paragraphs:
        """Append a credit line with this chance."""
        if self.rng.random() >= chance:
            return body
        return (*body, self.named(self.pick("credit_end")))

    def dressed(self, body: Paragraphs) -> Paragraphs:
        """Return the body as some outlet prints agency copy: with or without dateline and credit."""
        if self.rng.random() < 0.4:
            body = self.datelined(body)
        return self.credited(body, chance=0.4)


def _copy(desk: Desk) -> Piece:
    return Piece(title=desk.story.heads[0], body=desk.wired(desk.body), who="outlet", after_min=(2, 240))


def _retitled(desk: Desk) -> Piece:
    title = desk.rng.choice(desk.story.heads[1:])
    return Piece(title=title, body=desk.dressed(desk.body), who="outlet", after_min=(6, 900))


def _credit(desk: Desk) -> Piece:
    body = desk.credited(desk.datelined(desk.body))
    return Piece(title=desk.head(), body=body, who="outlet", after_min=(4, 700))


def _top_half(desk: Desk) -> Piece:
    body = edits.keep_top(desk.body, desk.rng.uniform(0.45, 0.6))
    return Piece(title=desk.head(), body=desk.dressed(body), who="outlet", after_min=(10, 900))


def _lead_only(desk: Desk) -> Piece:
    body = desk.body[: desk.rng.choice((1, 2))]
    return Piece(title=desk.head(), body=desk.dressed(body), who="outlet", after_min=(5, 600))


def _inner_cut(desk: Desk) -> Piece:
    body = edits.drop_inner(desk.body, desk.rng.choice((2, 3)), desk.rng)
    return Piece(title=desk.head(), body=desk.dressed(body), who="outlet", after_min=(10, 1200))


def _tail_cut(desk: Desk) -> Piece:
    body = desk.body[: -desk.rng.choice((1, 2))]
    return Piece(title=desk.head(), body=desk.dressed(body), who="outlet", after_min=(6, 900))


def _tightened(desk: Desk) -> Piece:
    body = edits.trim_sentences(desk.body, desk.story.language, desk.rng)
    return Piece(title=desk.head(), body=desk.dressed(body), who="outlet", after_min=(15, 1300))


def _summary(desk: Desk) -> Piece:
    who: Who = desk.rng.choice(("outlet", "aggregator"))
    return Piece(title=desk.head(), body=(desk.story.raw["summary"],), who=who, after_min=(20, 1500), sourced=True)


def _feed_summary(desk: Desk) -> Piece:
    text = edits.snippet(desk.body, desk.story.language, desk.rng.randrange(30, 58))
    return Piece(
        title=desk.head(), body=(text + desk.pick("more"),), who="aggregator", after_min=(3, 900), sourced=True
    )


def _rewrite(desk: Desk) -> Piece:
    body = desk.credited(desk.story.passage("rewrite"), chance=0.3)
    return Piece(title=desk.story.raw["rewrite_head"], body=body, who="outlet", after_min=(60, 1800))


def _rewrite_cut(desk: Desk) -> Piece:
    body = edits.keep_top(desk.story.passage("rewrite"), desk.rng.uniform(0.55, 0.75))
    return Piece(title=desk.story.raw["rewrite_head"], body=body, who="outlet", after_min=(90, 2200))


def _house_style(desk: Desk) -> Piece:
    body = tuple(edits.restyle(paragraph, desk.kit["style"]) for paragraph in desk.body)
    title = edits.restyle(desk.head(), desk.kit["style"])
    return Piece(title=title, body=desk.dressed(body), who="outlet", after_min=(15, 1000))


def _desk_cut(desk: Desk) -> Piece:
    body = edits.trim_sentences(edits.keep_top(desk.body, 0.75), desk.story.language, desk.rng)
    body = tuple(edits.restyle(paragraph, desk.kit["style"]) for paragraph in body)
    title = desk.rng.choice(desk.story.heads[1:])
    return Piece(title=title, body=desk.dressed(body), who="outlet", after_min=(30, 1600))


def _reordered(desk: Desk) -> Piece:
    return Piece(
        title=desk.head(), body=desk.dressed(edits.reorder(desk.body, desk.rng)), who="outlet", after_min=(20, 1400)
    )


def _local_insert(desk: Desk) -> Piece:
    spot = desk.rng.choice((1, 2, len(desk.body)))
    insert = desk.story.raw["local"][0]
    body = (*desk.body[:spot], insert, *desk.body[spot:])
    return Piece(title=desk.head(), body=desk.dressed(body), who="outlet", after_min=(60, 1700))


def _inside_local(desk: Desk) -> Piece:
    intro, outro = desk.story.raw["local"]
    wire = desk.body if desk.rng.random() < 0.6 else desk.body[:-1]
    body = (intro, *wire, outro)
    title = desk.story.raw["local_head"]
    return Piece(title=title, body=desk.credited(body, chance=0.5), who="outlet", after_min=(120, 2600))


def _aggregator(desk: Desk) -> Piece:
    rng, kit = desk.rng, desk.kit
    body = list(desk.dressed(desk.body if rng.random() < 0.7 else edits.keep_top(desk.body, 0.6)))
    for line in rng.sample(kit["mid_cruft"], 2):
        body.insert(rng.randrange(1, len(body)), line)
    body = [*rng.sample(kit["top_cruft"], rng.randrange(2, 5)), *body, *rng.sample(kit["end_cruft"], 3)]
    return Piece(title=desk.head(), body=tuple(body), who="aggregator", after_min=(5, 4000), sourced=True)


def _noted(note: str, body: Paragraphs) -> Paragraphs:
    return (note, *body) if note else body


def _update_body(desk: Desk) -> Paragraphs:
    return (desk.body[0], desk.story.raw["update"], *desk.body[1:])


def _update(desk: Desk) -> Piece:
    title = desk.pick("update_title").replace("{t}", desk.story.raw["update_head"])
    body = _noted(desk.pick("update_note"), desk.own(_update_body(desk)))
    return Piece(title=title, body=body, who="same", after_min=(20, 280))


def _update_copied(desk: Desk) -> Piece:
    body = desk.dressed(_update_body(desk))
    return Piece(title=desk.story.raw["update_head"], body=body, who="outlet", after_min=(60, 800))


def _write_thru(desk: Desk) -> Piece:
    top = desk.story.passage("top")
    title = desk.pick("top_title").replace("{t}", desk.story.raw["top_head"])
    return Piece(title=title, body=desk.own((*top, *desk.body[1:])), who="same", after_min=(70, 560))


def _correction(desk: Desk) -> Piece:
    old, new = desk.story.raw["fix"]
    note = desk.pick("fix_note").replace("{note}", desk.story.raw["fix_note"])
    body = desk.own(tuple(paragraph.replace(old, new) for paragraph in desk.body))
    body = (note, *body) if desk.rng.random() < 0.6 else (*body, note)
    title = desk.pick("fix_title").replace("{t}", desk.story.heads[0])
    return Piece(title=title, body=body, who="same", after_min=(30, 480))


def _tolled(desk: Desk) -> Paragraphs:
    return tuple(edits.replace_all(paragraph, desk.story.raw["toll"]) for paragraph in desk.body)


def _toll_same(desk: Desk) -> Piece:
    title = desk.story.raw["toll_head"]
    return Piece(title=title, body=desk.own(_tolled(desk)), who="same", after_min=(90, 500))


def _toll_other(desk: Desk) -> Piece:
    body = _tolled(desk)
    if desk.rng.random() < 0.5:
        body = edits.keep_top(body, 0.65)
    return Piece(title=desk.story.raw["toll_head"], body=desk.dressed(body), who="outlet", after_min=(120, 600))


def _repeat(desk: Desk) -> Piece:
    title = desk.pick("repeat_title").replace("{t}", desk.story.heads[0])
    body = _noted(desk.pick("repeat_note"), desk.own(desk.body))
    return Piece(title=title, body=body, who="same", after_min=(600, 1300))


def _two_takes(desk: Desk) -> Piece:
    more = desk.story.passage("more")
    marked = (desk.pick("take_note"),) if desk.rng.random() < 0.5 else ()
    body = (*desk.body, *marked, *more)
    return Piece(title=desk.head(), body=desk.dressed(body), who="outlet", after_min=(30, 900))


def _background(desk: Desk) -> Piece:
    body = (*desk.body, desk.story.raw["back"])
    return Piece(title=desk.head(), body=desk.dressed(body), who="outlet", after_min=(30, 2200))


def _noisy(desk: Desk) -> Piece:
    body = tuple(edits.smudge(part, desk.kit["noise"], desk.story.language, desk.rng) for part in desk.body)
    return Piece(title=desk.head(), body=desk.dressed(body), who="outlet", after_min=(20, 2000))


def _respelt(desk: Desk) -> Piece:
    pairs = desk.story.raw["spell"]
    body = tuple(edits.replace_all(part, pairs) for part in desk.body)
    return Piece(
        title=edits.replace_all(desk.head(), pairs), body=desk.dressed(body), who="outlet", after_min=(20, 1500)
    )


def _paywalled(desk: Desk) -> Piece:
    text = "\n\n".join(desk.dressed(desk.body))
    cut = edits.cut_short(text, desk.rng.uniform(0.33, 0.6), desk.story.language)
    body = (*cut.split("\n\n"), desk.pick("paywall"))
    return Piece(title=desk.head(), body=body, who="outlet", after_min=(10, 1500))


KINDS: dict[str, Callable[[Desk], Piece]] = {
    "copy": _copy,
    "copy_retitled": _retitled,
    "agency_credit": _credit,
    "cut_top_half": _top_half,
    "cut_lead_only": _lead_only,
    "cut_inner": _inner_cut,
    "cut_tail": _tail_cut,
    "cut_sentences": _tightened,
    "summary": _summary,
    "feed_summary": _feed_summary,
    "rewrite": _rewrite,
    "rewrite_cut": _rewrite_cut,
    "house_style": _house_style,
    "house_style_cut": _desk_cut,
    "reordered": _reordered,
    "local_insert": _local_insert,
    "inside_local": _inside_local,
    "aggregator_page": _aggregator,
    "update": _update,
    "update_copied": _update_copied,
    "write_thru": _write_thru,
    "correction": _correction,
    "toll_same": _toll_same,
    "toll_other": _toll_other,
    "repeat": _repeat,
    "two_takes": _two_takes,
    "background_appended": _background,
    "noise": _noisy,
    "respelt_names": _respelt,
    "paywall_cut": _paywalled,
}
"""Every way a story travels, by the name that becomes the article's `kind`."""
