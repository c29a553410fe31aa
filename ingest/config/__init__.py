"""The configuration: what an operator may say, read from TOML and checked all at once."""

from ingest.config.read import Loaded, load, loads
from ingest.config.schema import (
    Config,
    Database,
    Digest,
    Export,
    Extract,
    FeedSettings,
    Match,
    Metrics,
    Mute,
    Poll,
    Recipient,
    Retention,
    Smtp,
    Watch,
    Web,
)

__all__ = [
    "Config",
    "Database",
    "Digest",
    "Export",
    "Extract",
    "FeedSettings",
    "Loaded",
    "Match",
    "Metrics",
    "Mute",
    "Poll",
    "Recipient",
    "Retention",
    "Smtp",
    "Watch",
    "Web",
    "load",
    "loads",
]
