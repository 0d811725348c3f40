"""A drawing as an SVG file. Text stays text, so that it can be searched, and set in another type.

Source of the format: W3C, Scalable Vector Graphics (SVG) 1.1.
"""

from __future__ import annotations

from xml.sax.saxutils import escape, quoteattr

from explorer.maths.drawing import Drawing, Label, Outline, Shape

FAMILIES = {False: "Helvetica, Arial, 'Liberation Sans', sans-serif", True: "'Times New Roman', Times, serif"}
"""Typefaces, by whether they have serifs."""


def svg(drawing: Drawing, transparent: bool = False) -> str:
    """The file's text; sizes are points, and the page's are said in them too."""
    size = f"{_n(drawing.width)} {_n(drawing.height)}"
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_n(drawing.width)}pt" height="{_n(drawing.height)}pt" '
        f'viewBox="0 0 {size}" font-family="{FAMILIES[drawing.serif]}" stroke-linejoin="round">',
        f"<title>{escape(_printable(drawing.title))}</title>",
    ]
    if not transparent:
        lines.append('<rect width="100%" height="100%" fill="#ffffff"/>')
    return "\n".join([*lines, *map(_element, drawing.shapes), "</svg>", ""])


def _element(shape: Shape) -> str:
    return _text(shape) if isinstance(shape, Label) else _outline(shape)


def _text(label: Label) -> str:
    anchor = "" if label.anchor == "start" else f' text-anchor="{label.anchor}"'
    weight = ' font-weight="bold"' if label.bold else ""
    return (
        f'<text x="{_n(label.at[0])}" y="{_n(label.at[1])}" font-size="{_n(label.size)}"{anchor}{weight} '
        f"fill={quoteattr(label.colour)}>{escape(_printable(label.text))}</text>"
    )


def _outline(outline: Outline) -> str:
    points = " ".join(f"{_n(x)},{_n(y)}" for x, y in outline.points)
    fill = outline.fill or "none"
    line = f' stroke="{outline.line}" stroke-width="{_n(outline.width)}"' if outline.line else ""
    return f'<{"polygon" if outline.closed else "polyline"} points="{points}" fill="{fill}"{line}/>'


def _n(number: float) -> str:
    return f"{number:.2f}".rstrip("0").rstrip(".")


def _printable(text: str) -> str:
    """Without what XML does not allow, and names from files may hold."""
    return "".join(c if c.isprintable() else "�" for c in text)
