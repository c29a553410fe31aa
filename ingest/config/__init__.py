"""The configuration: what an operator may say, read from TOML and checked all at once."""

from ingest.config.read import Loaded, line_in, load, loads
from ingest.config.schema import (
    Alerts,
    Config,
    Database,
    Digest,
    Export,
    Extract,
    FeedSettings,
    Group,
    Match,
    Metrics,
    Poll,
    Recipient,
    Retention,
    Smtp,
    Watch,
    Web,
)

__all__ = [
    "Alerts",
    "Config",
    "Database",
    "Digest",
    "Export",
    "Extract",
    "FeedSettings",
    "Group",
    "Loaded",
    "Match",
    "Metrics",
    "Poll",
    "Recipient",
    "Retention",
    "Smtp",
    "Watch",
    "Web",
    "line_in",
    "load",
    "loads",
]
