"""The words that the store itself writes, each with its meaning; `docs/reference/words.md` prints them.

A word that is not among them is an error of types: `make check` finds it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from ingest.model import ConstraintKind

#: What was done; stands in `journal.action`.
JournalAction = Literal[
    "joined",
    "merged",
    "constraint-merge",
    "constraint-apart",
    "constraint-split",
    "applied",
    "undone",
    "epoch",
    "not-matched",
    "not-watched",
    "withdrawn",
    "redacted",
    "moved",
    "not-moved",
    "move-undone",
    "gone",
    "paused",
    "feed-paused",
    "feed-resumed",
    "feed-removed",
    "feed-poll-now",
    "hub-doubted",
    "hub-lapsed",
    "mended",
    "clock-set",
    "template-trusted",
    "template-doubted",
    "template-dropped",
    "template-redesign",
    "template-forgotten",
]
#: Which limit bit; stands in `caps.name`.
CapName = Literal["entries_per_poll", "elements_per_item", "candidates", "postings", "imported_text"]

JOURNAL_ACTIONS: Mapping[str, str] = {
    "joined": "An article left one story for another; `detail` holds its old place.",
    "merged": "A story went into another, which `reason` names.",
    "constraint-merge": "A person said that two stories are one.",
    "constraint-apart": "A person said that two articles never belong in one story.",
    "constraint-split": "A person took an article out of its story.",
    "applied": "Stories followed a person’s word.",
    "undone": "A person took back what `reason` names.",
    "epoch": "What is ignored as boilerplate changed, and the articles concerned are matched again.",
    "not-matched": "An article could not be matched; the error stands in `reason`, and it waits for another version.",
    "not-watched": "Watches could not look at an article; the error stands in `reason`.",
    "withdrawn": "A publisher was found to have taken an article back.",
    "redacted": "A person removed an article’s words for good.",
    "moved": "A feed moved to another address for good, or ended in a feed that is polled there already.",
    "not-moved": "A feed moved to the address of one that is paused, gone or removed; it is polled on where it was.",
    "move-undone": "A person took a feed back to the address that it had before.",
    "gone": "A feed’s server said on two days that the feed is gone.",
    "paused": "A feed went from the configuration; or, of samewire itself, nothing was polled until the database could "
    "be written again.",
    "feed-paused": "A person paused a feed.",
    "feed-resumed": "A person had a feed polled again.",
    "feed-removed": "A person removed a feed; what it brought stays.",
    "feed-poll-now": "A person had a feed polled at once.",
    "hub-doubted": "A hub had not brought what a poll found; its feed is polled as if there were none.",
    "hub-lapsed": "A subscription at a hub ended before the hub renewed it.",
    "mended": "The doctor mended what `reason` names, after a copy of the database was laid beside it.",
    "clock-set": "The machine’s clock was set while the daemon ran; `reason` says by how much.",
    "template-trusted": "A site’s pages are read by what was learned of them from now on.",
    "template-doubted": "The careful reading of a page said something else than what was learned of its site.",
    "template-dropped": "What was learned of a site’s pages did not hold, and is forgotten.",
    "template-redesign": "Page after page of a site no longer fits what was learned; all are read with care.",
    "template-forgotten": "A person had what was learned of a publisher’s pages forgotten.",
}
CAP_NAMES: Mapping[str, str] = {
    "entries_per_poll": "One answer of a feed held more entries than one poll takes in.",
    "elements_per_item": "One item of a feed held more elements than are read.",
    "candidates": "An article had more candidates than are compared; the nearest were.",
    "postings": "A phrase or band was so crowded that not all of its articles could be proposed.",
    "imported_text": "A text in an archive was longer than any page gives; it was taken in as far as a page is.",
}
CONSTRAINED: Mapping[ConstraintKind, JournalAction] = {
    ConstraintKind.MERGE: "constraint-merge",
    ConstraintKind.APART: "constraint-apart",
    ConstraintKind.SPLIT: "constraint-split",
}
