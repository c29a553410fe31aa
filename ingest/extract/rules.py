"""A person's rules for one publisher: what of its pages is the article, and what is never part of it."""

from __future__ import annotations

from functools import lru_cache

from lxml import etree, html

from ingest.model import SiteRules


def apply(root: html.HtmlElement, rules: SiteRules) -> list[html.HtmlElement]:
    """Take out of a page what the rules remove; return what they select, in the page's order, nothing twice.

    The page's own head and frame stay whatever a rule says. A selector that cannot be read selects nothing; the
    configuration refuses such ones when it is read.
    """
    for element in _found(root, rules.remove):
        if element.getparent() is not None and element.tag not in {"html", "head", "body"}:
            element.drop_tree()
    chosen = _found(root, rules.select)
    inside = set(chosen)
    return [element for element in chosen if not any(around in inside for around in element.iterancestors())]


def _found(root: html.HtmlElement, selectors: tuple[str, ...]) -> list[html.HtmlElement]:
    found: list[html.HtmlElement] = []
    for selector in selectors:
        path = _path(selector)
        if path is not None:
            found.extend(element for element in path(root) if isinstance(element, html.HtmlElement))
    if len(selectors) < 2:
        return found
    wanted = set(found)
    return [element for element in root.iter() if element in wanted]


@lru_cache(maxsize=1_000)
def _path(selector: str) -> etree.XPath | None:
    from lxml.cssselect import CSSSelector  # noqa: PLC0415 - only those who have rules need it

    try:
        return CSSSelector(selector, translator="html")
    except (ValueError, etree.XPathError):  # cssselect's errors are ValueErrors of its own
        return None
