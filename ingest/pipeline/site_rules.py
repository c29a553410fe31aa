"""Which of a person's rules for pages apply to an address."""

from __future__ import annotations

from ingest.config import Config
from ingest.model import SiteRules
from ingest.text.urls import family


def rules_for(config: Config, url: str) -> SiteRules | None:
    """The rules of [[extract.rules]] for the publisher of a page, all of them together; None where there are none."""
    site = family(url)
    mine = [rules for rules in config.extract.rules if family(f"https://{rules.publisher}/") == site]
    if not mine:
        return None
    return SiteRules(
        select=tuple(selector for rules in mine for selector in rules.select),
        remove=tuple(selector for rules in mine for selector in rules.remove),
    )
