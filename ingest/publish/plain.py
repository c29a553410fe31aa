"""Prints a digest as plain text, for programs and people that want no HTML."""

from __future__ import annotations

from ingest.publish.event_lines import EventLine, ReportLine
from ingest.publish.lines import Digest, Section
from ingest.publish.wording import columns, wrap

WIDTH = 74
_INDENT = "    "


def render(digest: Digest) -> str:
    """The whole digest, wrapped at 74 columns; only a URL or another unbreakable word runs longer."""
    blocks = [
        ["samewire", *wrap(digest.heading, WIDTH), *wrap(digest.window, WIDTH)],
        wrap(digest.lead, WIDTH),
        *(block for section in digest.sections for block in _section(section)),
        [line for text in digest.left_out for line in wrap(text, WIDTH)],
        *_sources(digest),
        *_notes(digest),
        ["-- ", *wrap(digest.footer, WIDTH), *_links(digest)],
    ]
    return "\n\n".join("\n".join(block) for block in blocks if block) + "\n"


def _section(section: Section) -> list[list[str]]:
    blocks = [_title(section.title)]
    blocks += [_event(number, event) for number, event in enumerate(section.events, 1)]
    blocks += [_report(line, "  - ", _INDENT) for line in section.briefs]
    blocks += [[f"{_INDENT}{text}"] for text in (section.more, section.empty) if text]
    return blocks


def _event(number: int, event: EventLine) -> list[str]:
    lines = wrap(event.headline, WIDTH, indent=_INDENT, first=f"{number:>2}. ")
    lines += wrap(event.reach, WIDTH, indent=_INDENT)
    lines += _labelled("New:", event.news)
    lines += wrap(event.summary, WIDTH, indent=_INDENT)
    for label, text in event.rows:
        lines += _labelled(label, text)
    lines += [f"{_INDENT}{event.link}"] if event.link else []
    if event.reports or event.more_reports:
        lines.append(f"{_INDENT}On the same event:")
    for report in event.reports:
        lines += _report(report, f"{_INDENT}  - ", f"{_INDENT}    ")
    return lines + ([f"{_INDENT}    {event.more_reports}"] if event.more_reports else [])


def _labelled(label: str, text: str) -> list[str]:
    return wrap(text, WIDTH, indent=f"{_INDENT}  ", first=f"{_INDENT}{label} " if label else _INDENT) if text else []


def _report(line: ReportLine, bullet: str, indent: str) -> list[str]:
    lines = wrap(line.headline, WIDTH, indent=indent, first=bullet) + wrap(line.source, WIDTH, indent=indent)
    if line.news:
        lines += wrap(f"New: {line.news}", WIDTH, indent=indent)
    return lines + ([f"{indent}{line.link}"] if line.link else [])


def _sources(digest: Digest) -> list[list[str]]:
    if not digest.sources:
        return []
    lines: list[str] = []
    for source in digest.sources:
        lines += wrap(f"{source.name}: {source.text}", WIDTH, indent=_INDENT, first=f"{source.place:>2}. ")
    return [_title("Who was first"), lines]


def _notes(digest: Digest) -> list[list[str]]:
    if not digest.notes and not digest.more_notes:
        return []
    lines: list[str] = []
    for note in digest.notes:
        lines += wrap(f"{note.feed}: {note.what}", WIDTH, indent=_INDENT, first="  - ")
    if digest.more_notes:
        lines.append(f"{_INDENT}{digest.more_notes}")
    return [_title("Feeds to look at"), lines]


def _title(text: str) -> list[str]:
    return [text.upper(), "-" * columns(text)]


def _links(digest: Digest) -> list[str]:
    lines = [f"All stories: {digest.all_link}"] if digest.all_link else []
    return lines + ([f"Unsubscribe: {digest.unsubscribe}"] if digest.unsubscribe else [])
