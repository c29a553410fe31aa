"""The table of commands: name, where it lives, and its line in `samewire --help`."""

from __future__ import annotations

from typing import NamedTuple


class Known(NamedTuple):
    """One command."""

    section: str
    module: str
    attribute: str
    help: str


_RUN, _LOOK, _FEEDS, _TEXT, _KEEP = (
    "Run",
    "Stories and the digest",
    "Feeds",
    "Files, without a database",
    "Set up and keep",
)

COMMANDS: dict[str, Known] = {
    "demo": Known(_RUN, "demo", "demo", "Run a sample newsroom on this machine, from its feeds to its digest."),
    "run": Known(_RUN, "trips", "run", "Run the daemon: poll, match, mail the digest, until stopped."),
    "poll": Known(_RUN, "trips", "poll", "Make one pass over the feeds that are due, or the named ones, and end."),
    "serve": Known(_RUN, "serve", "serve", "Show the stories in a browser with Datasette, read-only."),
    "status": Known(_RUN, "status", "status", "Show on one screen how the newsroom is; --watch keeps it current."),
    "healthcheck": Known(_RUN, "health", "healthcheck", "Say by the exit code whether the daemon is well."),
    "stories": Known(_LOOK, "look", "stories", "List the latest stories, or search them."),
    "story": Known(_LOOK, "look", "story", "Show one story: who was first, who followed, and why they were joined."),
    "digest": Known(_LOOK, "digest", "digest", "Show, write or send the digest of a day."),
    "report": Known(_LOOK, "report", "report", "Write the report of a week as a page with charts."),
    "watch": Known(_LOOK, "watch", "watch", "Try a watch's query, list watches, and send again what nobody took."),
    "merge": Known(_LOOK, "correct", "merge", "Say that two stories are one."),
    "split": Known(_LOOK, "correct", "split", "Take an article out of its story for good."),
    "apart": Known(_LOOK, "correct", "apart", "Say that two articles never belong in one story."),
    "undo": Known(_LOOK, "correct", "undo", "Take back a merge, split or apart by its line in the journal."),
    "redact": Known(_LOOK, "correct", "redact", "Remove an article's words for good; the record stays."),
    "feeds": Known(_FEEDS, "feeds", "feeds", "List the feeds with their health; pause, resume, remove or poll one."),
    "add": Known(_FEEDS, "feeds", "add", "Add feeds by their address, or by the address of their site."),
    "import": Known(_FEEDS, "transfer", "import_", "Take in feeds from OPML, or articles from JSON Lines."),
    "export": Known(
        _FEEDS, "transfer", "export", "Write feeds as OPML, articles or stories as JSON Lines, CSV, Atom or Parquet."
    ),
    "cluster": Known(_TEXT, "batch", "cluster", "Find the stories in a file of articles, or in archives."),
    "evaluate": Known(_TEXT, "evaluate", "evaluate", "Score the matching on labelled articles, pairs or corrections."),
    "extract": Known(_TEXT, "extracting", "extract", "Read the article in a saved page, or in many."),
    "init": Known(_KEEP, "setup", "init", "Write a commented config.toml."),
    "check": Known(_KEEP, "setup", "check", "Check configuration, database, disk and mail server."),
    "config": Known(_KEEP, "setup", "config", "Show the configuration as it is understood, secrets left out."),
    "bench": Known(_KEEP, "bench", "bench", "Measure this machine and say how many feeds it can carry."),
    "backup": Known(_KEEP, "keep", "backup", "Copy the database to a file while it is in use."),
    "restore": Known(_KEEP, "keep", "restore", "Put a backup back in the database's place."),
    "prune": Known(_KEEP, "keep", "prune", "Let go of what retention says is old enough."),
    "doctor": Known(_KEEP, "doctor", "doctor", "Find what is wrong in the database, explain it, and mend it if asked."),
    "reprocess": Known(_KEEP, "keep", "reprocess", "Match every article again, after an upgrade."),
}
