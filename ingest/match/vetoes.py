"""What keeps two like texts apart: other figures, names or turns in the same sentences, and texts of many stories.

Each rule answers with a finding, or with None where it has nothing to say. Figures are round and chosen by hand.
"""

from __future__ import annotations

from ingest.match.align import Swap
from ingest.match.finding import Finding, different
from ingest.match.lexicon import APPROXIMATORS, NUMERALS, ORDINALS
from ingest.match.measure_pair import likeness
from ingest.match.pair import COPY_JACCARD, Pair
from ingest.match.slots import SlotKind
from ingest.match.words import VerdictReason
from ingest.text.tokens import running

_FAR_GAP_S = 4 * 86400.0
_ISSUE_GAP_S = 2 * 86400.0
_SAME_ISSUE_TITLE, _SAME_ISSUE = 0.60, 0.95
_MIN_SPECIFICS = 4
_KEPT_SPECIFICS = 0.80
_REWRITE_SPECIFICS = 0.50
_BARE_CONTAINMENT = 0.50
_KIN_TITLE = 0.30
_OPENER = 0.25
_QUOTED = 0.60  # of what is shared
_PLAIN = 0.12  # of what is not quoted
_EXCHANGED_JACCARD = 0.40
_SWAPPED_WORDS = 4
_STEM = 4
_ONE_SPELLING = 0.70  # of two spellings of one name
_SWAPPED_SHARE = 0.50
_LEAD_PLACES = 60
_SAME_BUNDLE, _CUT_BUNDLE, _BUNDLE_TITLE = 0.60, 0.90, 0.50

#: Reasons that speak against a pair so strongly that they keep two groups apart.
HARD_REASONS: frozenset[VerdictReason] = frozenset(
    {
        "ordinals",
        "direction",
        "numbers",
        "names",
        "subject",
        "dates",
        "routine",
        "liveblog",
        "roundup",
        "quotes",
        "column",
    }
)
_KIND_WORDS: dict[SlotKind, tuple[VerdictReason, str]] = {
    SlotKind.NUMBER: ("numbers", "figures"),
    SlotKind.ORDINAL: ("ordinals", "ordinals"),
    SlotKind.DATE: ("dates", "dates"),
    SlotKind.NAME: ("names", "names"),
    SlotKind.DIRECTION: ("direction", "directions"),
}


def liveblog(pair: Pair) -> Finding | None:
    """A live blog, which quotes what it likes."""
    if (pair.a.live or pair.b.live) and pair.over.jaccard < COPY_JACCARD:
        words = "A live blog quotes many stories and belongs to none of them."
        return different("liveblog", words, 0.4 * pair.over.most, "live blog")
    return None


def roundup(pair: Pair) -> Finding | None:
    """A text that tells of several things. A cut or reworked copy of it keeps its title, an item has its own; two such
    texts may be called alike and tell other things.
    """
    over = pair.over
    both = pair.a.roundup and pair.b.roundup
    if not (pair.a.roundup or pair.b.roundup) or over.jaccard >= _SAME_BUNDLE or (both and over.most >= _CUT_BUNDLE):
        return None
    if over.title >= _BUNDLE_TITLE and (not both or pair.loose.specifics >= _KEPT_SPECIFICS):
        return None
    words = "A round-up tells of several stories and is a copy of none."
    return different("roundup", words, 0.4 * over.most, "round-up")


def quotations(pair: Pair) -> Finding | None:
    """Reports that have only the words of one speech or statement in common."""
    over = pair.over
    quotation = pair.quotation
    if quotation.share < _QUOTED or quotation.plain >= _PLAIN or pair.revised:
        return None
    words = (
        f"{quotation.share:.0%} of what they share stands in quotations: they quote one source, each in its own report."
    )
    return different("quotes", words, 0.4 * over.most, "quotations only")


def turned(pair: Pair) -> Finding | None:
    """Opposite directions or other ordinals in the same words of title or lead."""
    if pair.revised:
        return None
    for kind in (SlotKind.ORDINAL, SlotKind.DIRECTION):
        if pair.agree.lead_conflicts(kind) or pair.agree.conflicts(kind) >= 2:
            return _vetoed(pair, kind)
    return None


def template(pair: Pair) -> Finding | None:
    """Other specifics in too many of the frames that both have."""
    if pair.revised or pair.carried_on:
        return None
    agree = pair.agree
    risen = agree.risen + agree.fallen if pair.developing else 0
    other, lead_other = agree.other - risen, max(0, agree.lead_other - risen)
    share = other / (agree.same + other) if other else 0.0
    limit = pair.rules.brief_template if pair.brief else pair.rules.template
    lead_told = lead_other >= 2 and lead_other > agree.lead_same
    one_slot = pair.brief and other >= 1 and share >= 0.1 and (pair.gap_s is None or pair.gap_s > 6 * 3600.0)
    if (other >= 2 and share >= limit) or (lead_told and share >= limit / 2) or one_slot:
        kind = max((SlotKind.NUMBER, SlotKind.NAME, SlotKind.DATE, SlotKind.ORDINAL), key=agree.conflicts)
        return _vetoed(pair, kind)
    return None


def exchanged(pair: Pair) -> Finding | None:
    """One thing put in another's place throughout: a template filled in with other names or figures, in any script."""
    if pair.revised or pair.carried_on or pair.over.jaccard < _EXCHANGED_JACCARD:
        return None
    if not pair.brief and pair.agree.conflicts(SlotKind.NUMBER) == 0 and pair.agree.agreements(SlotKind.NUMBER) >= 4:
        return None  # a long report with all its figures: a desk that spells a name or a unit in its own way
    swapped = _exchange(pair)
    if swapped is None or (pair.developing and _is_count(swapped)):
        return None
    left, right = running(swapped.a), running(swapped.b)
    reason: VerdictReason = "numbers" if "".join((*swapped.a, *swapped.b)).isdecimal() else "subject"
    words = f"Where one says {left}, the other says {right}, in title or lead and after."
    return different(reason, words, 0.4 * pair.over.most, f"{left} / {right}")


def _exchange(pair: Pair) -> Swap | None:
    """The first of the swaps that are made more than once, from both leads on, where these are most of what is swapped.

    A word stands for its first four letters, as inflected languages ask for.
    """
    scale = max(1.0, pair.a.words / max(1.0, pair.a.length))
    most = _SWAPPED_WORDS * scale
    words_a, words_b = set(pair.a.details.spelled), set(pair.b.details.spelled)
    fits = []
    count = 0
    for swap in pair.swaps:
        others_a, others_b = (words_a, words_b) if pair.a.spaced else (set(swap.a), set(swap.b))
        if [_numeral(word) for word in swap.a] == [_numeral(word) for word in swap.b]:
            continue
        count += any(not word.isdecimal() for word in {*swap.a}.symmetric_difference(swap.b))
        own_a, own_b = [w for w in swap.a if w not in others_b], [w for w in swap.b if w not in others_a]
        # In a title a verb between two names is too short to part them.
        if not own_a or not own_b or max(len(own_a), len(own_b)) > (2 * most if swap.title else most):
            continue
        if likeness(" ".join(own_a), " ".join(own_b)) <= _ONE_SPELLING:
            fits.append((swap, {word[:_STEM] for word in own_a}, {word[:_STEM] for word in own_b}))
    agreeing = [
        (swap, sum(bool(left & other_left) and bool(right & other_right) for _, other_left, other_right in fits))
        for swap, left, right in fits
    ]
    again = [swap for swap, times in agreeing if times > 1]
    early = [swap for swap in again if swap.title or _depth(pair, swap) < _LEAD_PLACES * scale]
    first = min(early, key=lambda swap: (not swap.title, _depth(pair, swap), sorted((swap.a, swap.b))), default=None)
    return first if len(again) >= _SWAPPED_SHARE * count else None


def _depth(pair: Pair, swap: Swap) -> int:
    """How many words stand before a swap, in the text in which they are more."""
    return max(swap.place - pair.a.details.title_words, swap.other_place - pair.b.details.title_words)


def _is_count(swap: Swap) -> bool:
    """Whether figures are swapped and no words."""
    return all(_numeral(word).isdecimal() for word in {*swap.a}.symmetric_difference(swap.b))


def _numeral(word: str) -> str:
    """A word, a numeral in digits, and one sign for "about": house styles differ in what they spell out."""
    return NUMERALS.get(word) or ORDINALS.get(word) or ("~" if word in APPROXIMATORS else word)


def routine(pair: Pair) -> Finding | None:
    """A brief notice that comes back after a day with other words in it."""
    rules = pair.rules
    if pair.gap_s is None or pair.gap_s <= rules.notice_gap.total_seconds() or not pair.brief or pair.revised:
        return None
    if pair.over.jaccard >= rules.notice_copy or pair.over.most >= 0.95:
        return None
    kept = pair.loose.specifics >= _KEPT_SPECIFICS and pair.loose.specifics_count >= _MIN_SPECIFICS
    if pair.gap_s <= _FAR_GAP_S and kept:
        return None
    words = f"A brief notice in the same form, {pair.gap_s / 3600:.0f} hours apart."
    return different("routine", words, 0.4 * pair.over.most, "gap")


def column(pair: Pair) -> Finding | None:
    """What one publisher prints again and again around texts of their own: a column, a service, a series of notices."""
    over = pair.over
    again = pair.one_publisher and pair.gap_s is not None and pair.gap_s > _ISSUE_GAP_S and not pair.revised
    if not again or over.title >= _SAME_ISSUE_TITLE or over.jaccard >= COPY_JACCARD or over.most >= _SAME_ISSUE:
        return None
    words = f"One publisher, {(pair.gap_s or 0.0) / 86400:.0f} days apart, under another title: the frame is the same."
    return different("column", words, 0.4 * over.most, "recurring frame")


def passages(pair: Pair) -> Finding | None:
    """Passages in common under first sentences, titles and specifics of their own: what a publisher puts everywhere."""
    over, loose = pair.over, pair.loose
    told = loose.specifics_count >= _MIN_SPECIFICS and loose.specifics >= _REWRITE_SPECIFICS
    if told or loose.opener >= _OPENER or over.title >= _KIN_TITLE or pair.revised or over.most < _BARE_CONTAINMENT:
        return None
    words = f"{over.most:.0%} of the shorter stands in the longer, but titles, first sentences and figures are others."
    return different("boilerplate", words, 0.4 * over.most, "shared passages")


def _vetoed(pair: Pair, kind: SlotKind) -> Finding:
    """Different, because the same frame holds other specifics."""
    reason, plural = _KIND_WORDS[kind]
    shown = [f"{left} / {right}" for name, left, right in pair.agree.words if name is kind] or ["?"]
    other = pair.agree.other or len(shown)
    places = f"{other} of {pair.agree.same + other} places differ"
    words = f"The same sentences hold other {plural} ({', '.join(shown[:3])}): {places}."
    return different(reason, words, 0.4 * pair.over.most, shown[0])
