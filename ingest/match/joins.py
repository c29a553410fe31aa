"""What makes two texts one story: copy, revision, abridgement, rewrite, flash; and the words when nothing does.

Each rule answers with a finding, or with None where it has nothing to say. Figures are round and chosen by hand.
"""

from __future__ import annotations

from ingest.match.features import Features
from ingest.match.finding import Finding, different
from ingest.match.keys import FLASH_S
from ingest.match.pair import COPY_JACCARD, Pair
from ingest.match.words import VerdictReason
from ingest.model import Relation

_COPY_CONTAINMENT = 0.90
_COPY_RATIO = 0.70
_ABRIDGED_CONTAINMENT = 0.72
_ABRIDGED_LEAD = 0.55
_WHOLE_LEAD = 0.85
_PART_LEAD = 0.25
_SAME_TITLE = 0.80
_KIN_TITLE = 0.30
_PASSAGE_WORDS = 80  # a passage this long may lack the whole's lead
_PASSAGE_RATIO = 0.33
_REWRITE_CONTAINMENT = 0.22
_BRIEF_REWRITE_CONTAINMENT = 0.35
_REWRITE_LEAD_PAIRS = 0.30
_REWRITE_SPECIFICS = 0.50
_REWRITE_VOCABULARY, _UNSPACED_VOCABULARY = 0.50, 0.44
_KEPT_SPECIFICS = 0.35  # where half of the words stand as they were
_MIN_SPECIFICS = 4
_BARE_CONTAINMENT = 0.50  # a rewrite without figures and names to compare must share more words
_SUMMARY_WORDS, _SUMMARY_RATIO = 70, 0.40
_SUMMARY_CONTAINMENT, _SUMMARY_VOCABULARY, _SUMMARY_TOLD = 0.20, 0.70, 0.50
_SUMMARY_COUNT, _SUMMARY_SPECIFICS = 3, 0.70
_FULL_CONTAINMENT, _FULL_VOCABULARY, _FULL_TOLD = 0.30, 0.85, 0.60  # with fewer figures and names
_BUMPED = 0.995
_NEW_TOP_CONTAINMENT = 0.75  # of an earlier text under a new top
_FLASH_HEAD_WORDS = 60
_FLASH_SHARE = 0.60
_FLASH_STEM = 4
_ALERT_WORDS, _ALERT_RATIO = 45, 0.50


def flashed(pair: Pair) -> Finding:
    """A flash and another text: one item of the same agency, hardly later, whose title and lead say the same."""
    flash, item = (pair.a, pair.b) if pair.a.flash else (pair.b, pair.a)
    share, told = _opens(flash, item)
    if item.flash or not told or not _follows_flash(pair):
        words = f"A flash of {flash.words} words stays alone unless its agency's item says the same within two hours."
        return different("flash", words, 0.4 * share)
    return _flash(share)


def alerted(pair: Pair) -> Finding | None:
    """An agency's first lines, a sentence or two, and its item within two hours, whose title and lead say the same."""
    alert, item = sorted((pair.a, pair.b), key=lambda article: article.length)
    if pair.fewest > _ALERT_WORDS or pair.ratio > _ALERT_RATIO or not _follows_flash(pair):
        return None
    if alert.at is None or item.at is None or alert.at > item.at:
        return None
    share, told = _opens(alert, item)
    return _flash(share) if told else None


def _follows_flash(pair: Pair) -> bool:
    """Whether two texts are one agency's and lie no further apart than a flash and its item do."""
    return pair.one_agency and pair.gap_s is not None and pair.gap_s <= FLASH_S


def _opens(flash: Features, item: Features) -> tuple[float, bool]:
    """(share of a flash's words that open an item; whether that is enough and its figures are among them)."""
    said = flash.details.spelled[flash.details.title_words : -2]
    head = item.details.spelled[
        : item.details.title_words + int(_FLASH_HEAD_WORDS * item.words / max(1.0, item.length))
    ]
    stems = {word[:_FLASH_STEM] for word in head}
    share = sum(word[:_FLASH_STEM] in stems for word in said) / max(1, len(said))
    return share, share >= _FLASH_SHARE and {word for word in said if word.isdecimal()} <= set(head)


def _flash(share: float) -> Finding:
    words = f"{share:.0%} of the flash's words, and its figures, open the item of the same agency."
    return Finding(Relation.ABRIDGEMENT, "flash", words, 0.5 + 0.4 * share)


def copied(pair: Pair) -> Finding | None:
    """Nearly all of one in the other, in like length."""
    over = pair.over
    alike = max(over.jaccard, over.most if over.most >= _COPY_CONTAINMENT and pair.ratio >= _COPY_RATIO else 0.0)
    if alike < COPY_JACCARD:
        return None
    if pair.revised or (pair.one_source and over.jaccard < _BUMPED):
        return _revision(pair, alike)
    if pair.late and over.jaccard >= _BUMPED:
        words = f"Word for word the same text, {(pair.gap_s or 0.0) / 86400:.0f} days later."
        return Finding(Relation.COPY, "late", words, 0.5 + 0.5 * alike)
    if pair.one_source:
        words = "One publisher shows the same text twice: re-dated, or in another section."
        return Finding(Relation.COPY, "bump", words, 0.5 + 0.5 * alike)
    words = f"{over.most:.0%} of the shorter stands in the longer; {over.jaccard:.0%} of all runs of three words agree."
    return Finding(Relation.COPY, "copy", words, 0.5 + 0.5 * alike)


def revised(pair: Pair) -> Finding | None:
    """A later text of one source that keeps the earlier one's, whatever was put on top of it."""
    over = pair.over
    if pair.retold:
        kept = over.jaccard >= 0.35 or over.most >= 0.6
    else:  # under a new top
        same = pair.revised and over.title >= _SAME_TITLE
        kept = over.most >= (_BARE_CONTAINMENT if same else _NEW_TOP_CONTAINMENT)
    if pair.one_source and not pair.inside and kept and over.lead >= 0.5 and pair.agree.share < 0.5:
        return _revision(pair, max(over.jaccard, 0.9 * over.most))
    return None


def abridged(pair: Pair) -> Finding | None:
    """The longer, cut."""
    if not _abridges(pair):
        return None
    held = pair.over.most
    score = 0.5 + 0.45 * held * (0.6 + 0.4 * max(pair.lead_of_longer, pair.lead_of_shorter))
    words = f"{held:.0%} of the shorter text stands in the longer, its lead included."
    return Finding(Relation.ABRIDGEMENT, "abridgement", words, score)


def _abridges(pair: Pair) -> bool:
    """Whether the shorter is the longer cut: nearly all of it is there, and the longer's own lead is in it."""
    held = pair.over.most
    if held < _ABRIDGED_CONTAINMENT or pair.lead_of_shorter < _ABRIDGED_LEAD:
        return False
    if pair.lead_of_longer >= _WHOLE_LEAD or (held >= _COPY_CONTAINMENT and pair.over.title >= _SAME_TITLE):
        return True
    # Something stands before the shorter's opening: an aggregator's furniture, a new top, or a round-up's greeting.
    if pair.lead_of_longer >= _PART_LEAD and pair.over.title >= _KIN_TITLE:
        return True
    return pair.fewest >= _PASSAGE_WORDS and pair.ratio >= _PASSAGE_RATIO and (pair.retold or held >= _COPY_CONTAINMENT)


def summarised(pair: Pair) -> Finding | None:
    """A brief text in words of its own that says what the other's title and lead say, with its figures and names."""
    over, loose = pair.over, pair.loose
    if pair.fewest >= _SUMMARY_WORDS or pair.ratio > _SUMMARY_RATIO or pair.late:
        return None
    if not _SUMMARY_CONTAINMENT <= over.most < _ABRIDGED_CONTAINMENT or loose.specifics < _SUMMARY_SPECIFICS:
        return None
    telling = loose.specifics_count >= _SUMMARY_COUNT
    told = loose.vocabulary >= _SUMMARY_VOCABULARY and pair.told >= _SUMMARY_TOLD
    all_told = (
        loose.specifics_count > 0
        and loose.vocabulary >= _FULL_VOCABULARY
        and pair.told >= _FULL_TOLD
        and over.most >= _FULL_CONTAINMENT
    )
    if not (telling and told) and not all_told:
        return None
    score = 0.5 + 0.4 * (over.most + pair.told + loose.vocabulary + loose.specifics) / 4
    words = (
        f"{pair.told:.0%} of the shorter's words stand in the longer's title and lead,"
        f" and {loose.specifics:.0%} of its figures and names in the longer."
    )
    return Finding(Relation.REWRITE, "summary", words, score)


def part(pair: Pair) -> Finding | None:
    """A text inside a longer one that opens with something else."""
    if not pair.inside:
        return None
    words = f"The longer opens with something else and holds {pair.over.most:.0%} of the shorter as a part."
    return different("part", words, 0.45 * pair.over.most)


def recast(pair: Pair) -> Finding | None:
    """The same report with hardly a sentence as it was: both leads are told, and figures and names are the same."""
    if pair.late or not pair.recast:
        return None
    loose = pair.loose
    score = 0.5 + 0.4 * (pair.over.most + loose.lead_pairs + loose.vocabulary + loose.specifics) / 4
    words = (
        f"{loose.least_lead_words:.0%} of each lead's words and {loose.specifics:.0%} of figures and names"
        " stand in the other."
    )
    return Finding(Relation.REWRITE, "rewrite", words, score)


def rewritten(pair: Pair) -> Finding | None:
    """The same report in other words."""
    over, loose = pair.over, pair.loose
    long = pair.fewest >= _PASSAGE_WORDS
    least = _REWRITE_CONTAINMENT if long else _BRIEF_REWRITE_CONTAINMENT
    vocabulary = _REWRITE_VOCABULARY if pair.a.spaced else _UNSPACED_VOCABULARY
    if over.most < least or loose.lead_pairs < _REWRITE_LEAD_PAIRS or loose.vocabulary < vocabulary:
        return None
    if not pair.retold:
        words = f"One opens with news that the other does not have; {over.most:.0%} is background to both."
        return different("background", words, 0.45 * over.most)
    if loose.specifics_count >= _MIN_SPECIFICS:
        if loose.specifics < (_KEPT_SPECIFICS if over.most >= _BARE_CONTAINMENT and long else _REWRITE_SPECIFICS):
            return None
    elif over.most < _BARE_CONTAINMENT:
        return None
    if pair.late and over.most < _BARE_CONTAINMENT:
        words = f"They share {over.most:.0%}, and lie {(pair.gap_s or 0.0) / 86400:.0f} days apart."
        return different("gap", words, 0.4 * over.most)
    score = 0.5 + 0.4 * (over.most + loose.lead_pairs + loose.vocabulary + loose.specifics) / 4
    words = (
        f"{over.most:.0%} of its runs of three words, {loose.lead_pairs:.0%} of the lead"
        f" and {loose.specifics:.0%} of figures and names agree."
    )
    return Finding(Relation.REWRITE, "rewrite", words, score)


def unrelated(pair: Pair) -> Finding:
    """The answer when no rule has one."""
    over = pair.over
    if over.most >= 0.25 and over.lead < 0.4:
        words = f"They share {over.shared} runs of three words, but neither's lead: common passages only."
        return different("boilerplate", words, 0.4 * over.most, "shared passages")
    words = f"They share {over.most:.0%} of the shorter text and {over.lead:.0%} of a lead."
    return different("dissimilar", words, 0.45 * over.most)


def _revision(pair: Pair, alike: float) -> Finding:
    """A join between two texts of one source, or with a marker of revision."""
    how = "says that it replaces or carries on the other" if pair.revised else "comes from the same publisher"
    words = f"One {how}, and {pair.over.most:.0%} of the shorter stands in the longer."
    marked, risen = pair.a.corrected or pair.b.corrected, pair.agree.risen
    reason: VerdictReason = "correction" if marked else "update" if risen else "revision"
    return Finding(Relation.REVISION, reason, words, 0.5 + 0.5 * alike)
