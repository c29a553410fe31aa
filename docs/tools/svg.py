"""Draws pictures as SVG: dark on a light card, to be read on any page, and narrow enough for a telephone."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass, field
from html import escape

WIDTH = 460
INK, SOFT, LINE, PAPER = "#1f2328", "#59636e", "#c3cad1", "#ffffff"
BLUE, PALE, GREEN, RED, AMBER = "#0b5cad", "#dbe9f8", "#1a7f37", "#b3261e", "#fff1cc"
_CHAR = 0.53  # of the type size: how wide a letter is, on the whole
_MONO = 0.61


@dataclass
class Canvas:
    """A picture that grows downwards; `y` is where the next thing goes."""

    title: str
    description: str
    width: int = WIDTH
    y: float = 20
    parts: list[str] = field(default_factory=list)

    def text(
        self, x: float, y: float, words: str, *, size: float = 15, fill: str = INK, bold: bool = False,
        mono: bool = False, anchor: str = "start",
    ) -> None:  # fmt: skip
        """Write one line with its baseline at y."""
        family = "ui-monospace, monospace" if mono else "system-ui, sans-serif"
        weight = ' font-weight="600"' if bold else ""
        self.parts.append(
            f'<text x="{x:g}" y="{y:g}" font-family="{family}" font-size="{size:g}" fill="{fill}"{weight} '
            f'text-anchor="{anchor}" xml:space="preserve">{escape(words)}</text>'
        )

    def heading(self, words: str) -> None:
        """Write a line that begins a part."""
        self.y += 12
        self.text(20, self.y + 12, words, size=17, bold=True)
        self.y += 26

    def flow(self, words: str, *, x: float = 20, size: float = 14.5, fill: str = SOFT, bold: bool = False) -> None:
        """Write words in as many lines as they need."""
        columns = int((self.width - x - 20) / (size * _CHAR))
        for line in textwrap.wrap(words, columns):
            self.text(x, self.y + size, line, size=size, fill=fill, bold=bold)
            self.y += size * 1.4
        self.y += 4

    def chips(self, words: list[str], *, fill: str = PALE, size: float = 14) -> None:
        """Set words into boxes, one after the other, in rows."""
        x = 20.0
        for word in words:
            wide = len(word) * size * _MONO + 14
            if x + wide > self.width - 20:
                x, self.y = 20.0, self.y + size * 2 + 2
            self.box(x, self.y, wide, size * 1.75, fill=fill)
            self.text(x + 7, self.y + size * 1.25, word, size=size, mono=True)
            x += wide + 6
        self.y += size * 2 + 8

    def box(self, x: float, y: float, width: float, height: float, *, fill: str = PAPER, stroke: str = LINE) -> None:
        """Draw a box."""
        self.parts.append(
            f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" rx="4" fill="{fill}" stroke="{stroke}"/>'
        )

    def cell(self, x: float, y: float, size: float, fill: str) -> None:
        """Draw a square without a border."""
        self.parts.append(f'<rect x="{x:g}" y="{y:g}" width="{size:g}" height="{size:g}" fill="{fill}"/>')

    def line(self, x: float, y: float, x2: float, y2: float, *, stroke: str = SOFT, dashed: bool = False) -> None:
        """Draw a line."""
        dash = ' stroke-dasharray="5 4"' if dashed else ""
        self.parts.append(
            f'<line x1="{x:g}" y1="{y:g}" x2="{x2:g}" y2="{y2:g}" stroke="{stroke}" stroke-width="1.5"{dash}/>'
        )

    def arrow(self, x: float, y: float, y2: float, *, stroke: str = SOFT) -> None:
        """Draw an arrow downwards."""
        self.line(x, y, x, y2 - 5, stroke=stroke)
        self.parts.append(f'<path d="M{x - 5:g} {y2 - 7:g} L{x:g} {y2:g} L{x + 5:g} {y2 - 7:g} Z" fill="{stroke}"/>')

    def bar(self, name: str, share: float, shown: str, *, fill: str) -> None:
        """Draw a bar of 0..1 with its name before and its figure behind it."""
        left, wide = 178, self.width - 178 - 74
        self.text(left - 8, self.y + 14, name, size=14, anchor="end")
        self.box(left, self.y + 3, wide, 13, fill="#eef1f4", stroke="none")
        self.box(left, self.y + 3, max(1.0, wide * share), 13, fill=fill, stroke="none")
        self.text(left + wide + 8, self.y + 14, shown, size=14)
        self.y += 22

    def svg(self) -> str:
        """The picture."""
        height = self.y + 16
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self.width} {height:g}" width="{self.width}" '
            f'height="{height:g}" role="img" aria-labelledby="t d">\n'
            f'<title id="t">{escape(self.title)}</title>\n<desc id="d">{escape(self.description)}</desc>\n'
            f'<rect x="0.5" y="0.5" width="{self.width - 1}" height="{height - 1:g}" rx="10" fill="{PAPER}" '
            f'stroke="{LINE}"/>\n' + "\n".join(self.parts) + "\n</svg>\n"
        )
