"""Prints a digest as plain text, for programs and people that want no HTML."""

from __future__ import annotations

from ingest.publish.lines import BriefLine, Digest, StoryLine
from ingest.publish.wording import columns, wrap

WIDTH = 74
_INDENT = "    "


def render(digest: Digest) -> str:
    """The whole digest, wrapped at 74 columns; only a URL or another unbreakable word runs longer."""
    blocks = [
        ["samewire", *wrap(digest.heading, WIDTH), *wrap(digest.window, WIDTH)],
        wrap(digest.lead, WIDTH),
        *_stories(digest),
        *_briefs(digest),
        *_notes(digest),
        ["-- ", *wrap(digest.footer, WIDTH), *_all(digest)],
    ]
    return "\n\n".join("\n".join(block) for block in blocks if block) + "\n"


def _stories(digest: Digest) -> list[list[str]]:
    if not digest.stories and not digest.more_stories:
        return []
    blocks = [_title("Carried by several publishers")]
    blocks += [_story(number, story) for number, story in enumerate(digest.stories, 1)]
    return blocks + _more(digest.more_stories, "carried by several publishers")


def _story(number: int, story: StoryLine) -> list[str]:
    lines = wrap(story.headline, WIDTH, indent=_INDENT, first=f"{number:>2}. ")
    lines += wrap(story.reach, WIDTH, indent=_INDENT)
    lines += wrap(story.summary, WIDTH, indent=_INDENT)
    for label, text in story.rows:
        lines += wrap(text, WIDTH, indent=f"{_INDENT}  ", first=f"{_INDENT}{label} " if label else _INDENT)
    return lines + ([f"{_INDENT}{story.link}"] if story.link else [])


def _briefs(digest: Digest) -> list[list[str]]:
    if not digest.briefs and not digest.more_briefs:
        return []
    blocks = [_title("Carried by one publisher")]
    blocks += [_brief(line) for line in digest.briefs]
    return blocks + _more(digest.more_briefs, "carried by one publisher")


def _brief(line: BriefLine) -> list[str]:
    lines = wrap(line.headline, WIDTH, indent=_INDENT, first="  - ") + wrap(line.source, WIDTH, indent=_INDENT)
    return lines + ([f"{_INDENT}{line.link}"] if line.link else [])


def _notes(digest: Digest) -> list[list[str]]:
    if not digest.notes and not digest.more_notes:
        return []
    lines: list[str] = []
    for note in digest.notes:
        lines += wrap(f"{note.feed}: {note.what}", WIDTH, indent=_INDENT, first="  - ")
    if digest.more_notes:
        lines.append(f"{_INDENT}{digest.more_notes}")
    return [_title("Feeds that fail"), lines]


def _more(number: int, where: str) -> list[list[str]]:
    return [[f"{_INDENT}{number:,} more {where}"]] if number else []


def _title(text: str) -> list[str]:
    return [text.upper(), "-" * columns(text)]


def _all(digest: Digest) -> list[str]:
    return [f"All stories: {digest.all_link}"] if digest.all_link else []
