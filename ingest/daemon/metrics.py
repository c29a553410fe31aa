"""Every metric that `samewire run` shows, in one table: name, kind, help and labels. Imports nothing heavy."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

#: Stands before every name.
PREFIX = "samewire_"


class Kind(StrEnum):
    """What Prometheus may do with it."""

    COUNTER = "counter"  # since the process started, or ever, where the help says so
    GAUGE = "gauge"
    HISTOGRAM = "histogram"


class Metric(NamedTuple):
    """One metric; its series differ by the values of its labels, which are closed sets of words."""

    name: str  # without the prefix; a counter ends in _total
    kind: Kind
    help: str
    labels: tuple[str, ...] = ()

    @property
    def full_name(self) -> str:
        """As Prometheus knows it."""
        return PREFIX + self.name


_C, _G, _H = Kind.COUNTER, Kind.GAUGE, Kind.HISTOGRAM

METRICS: tuple[Metric, ...] = (
    # polling
    Metric("polls_total", _C, "Polls by how they ended; the reason is empty where all went well.",
           ("outcome", "reason")),
    Metric("poll_answers_total", _C, "Polls by the answer's status: 304, 2xx, 4xx, 5xx, or none where none came.",
           ("status",)),
    Metric("poll_bytes_total", _C, "Bytes that feeds' servers sent, as they came over the wire."),
    Metric("poll_seconds", _H, "How long a poll took, from its turn to its transaction."),
    Metric("poll_lag_seconds", _H, "How long after its time a poll began."),
    Metric("entries_new_total", _C, "Entries that a poll showed for the first time."),
    Metric("entries_revised_total", _C, "Entries that a poll showed with other words than before."),
    Metric("pushes_total", _C, "Deliveries of hubs by how they ended.", ("outcome", "reason")),
    Metric("feeds", _G, "Feeds by status: active, paused, gone or removed.", ("status",)),
    Metric("feeds_failing", _G, "Active feeds whose last poll failed and was not excused."),
    Metric("feeds_due", _G, "Active feeds whose time has come."),
    Metric("feeds_overdue_seconds", _G, "How far the feed that waits longest is behind its time."),
    Metric("feeds_quarantined", _G, "Feeds with a body that stopped a worker twice and is not parsed again."),
    Metric("polls_under_way", _G, "Polls that are under way or wait for their host's turn."),
    Metric("hosts_paused", _G, "Hosts that asked to be left alone, and whose pause is not over."),
    Metric("subscriptions", _G, "Subscriptions at hubs by status.", ("status",)),
    # articles
    Metric("articles_total", _C,
           "Attempts at an article (reading or recheck): where its text came from (source), or why none (reason).",
           ("kind", "status", "source", "reason")),
    Metric("pages_under_way", _G, "Hosts of whom pages are being fetched or read, once a place in use."),
    Metric("pages_due", _G, "Articles whose page is to be fetched now."),
    Metric("pages_waiting", _G, "Articles whose page is to be fetched now or later."),
    # matching
    Metric("match_waiting", _G, "Articles that are stored and not matched yet."),
    Metric("corrections_waiting", _G, "Corrections of people that are not applied yet."),
    Metric("candidates_total", _C, "Articles proposed for a comparison, by the index or by words that are "
           "the same; and the look-alikes among them, brief ones of one form, which are given no verdict.",
           ("by",)),
    Metric("verdicts_total", _C, "Pairs that were compared, by relation.", ("relation",)),
    Metric("match_seconds", _H, "How long matching one article took."),
    Metric("index_articles", _G, "Articles that the index of candidates holds."),
    Metric("index_bytes", _G, "Memory of the index of candidates."),
    # what is kept
    Metric("entries_stored_total", _C, "Entries ever stored in this database."),
    Metric("articles_stored_total", _C, "Articles ever stored in this database."),
    Metric("stories_started_total", _C, "Stories ever started in this database."),
    Metric("stories_merged", _G, "Stories that went into another."),
    Metric("journal_total", _C, "Decisions ever written to the journal of this database."),
    Metric("caps_total", _C, "How often each of samewire's own limits bit, ever in this database.", ("cap",)),
    # the writer and the disk
    Metric("writer_seconds", _H, "How long one piece of database work took."),
    Metric("writer_wait_seconds", _H, "How long it had waited for its turn."),
    Metric("writer_queue", _G, "Pieces of database work that are under way or wait."),
    Metric("database_bytes", _G, "Size of the database file."),
    Metric("wal_bytes", _G, "Size of its write-ahead log."),
    Metric("disk_free_bytes", _G, "Bytes free where the database lies."),
    Metric("schema", _G, "Schema of the database."),
    # mail
    Metric("digest_age_seconds", _G, "Since a digest was built last; absent before the first."),
    Metric("digest_mails_total", _C, "Attempts to mail a digest by how they ended.", ("status", "reason")),
    Metric("digest_deliveries", _G, "Mails of the last day's digests by status in the ledger.", ("status",)),
    Metric("alert_messages_total", _C, "Attempts to send an alert by how they ended.",
           ("channel", "status", "reason")),
    Metric("alerts_waiting", _G, "Alerts that are in no message yet."),
    Metric("alert_messages_waiting", _G, "Messages with alerts that nobody has taken yet."),
    # the daemon itself
    Metric("tick_age_seconds", _G, "Since the dispatcher last went round."),
    Metric("beat_age_seconds", _G, "Since the writer last showed that it can write."),
    Metric("paused", _G, "1 while the dispatcher pauses because something failed that is no feed's fault."),
    Metric("jobs_total", _C, "Runs of the scheduler's jobs by how they ended: done or failed.", ("job", "outcome")),
    Metric("job_seconds", _H, "How long a job's run took.", ("job",)),
    Metric("reloads_total", _C, "Reloads of the configuration: done or refused.", ("outcome",)),
    Metric("started_timestamp_seconds", _G, "When the daemon was ready, in Unix time."),
    Metric("cpu_seconds_total", _C, "Processor time of the daemon itself, its workers left out."),
    Metric("memory_bytes", _G, "Memory of the daemon itself that is in use (resident)."),
    Metric("open_files", _G, "Files and sockets that the daemon holds open."),
    Metric("build_info", _G, "1, with the version that runs.", ("version",)),
)  # fmt: skip
