"""`cnn-explorer models [get NAME]`: the library of trained networks."""

from __future__ import annotations

from explorer.cli.facts import aligned
from explorer.cli.manners import finished
from explorer.engine import library
from explorer.formats.words import amount


def models() -> str:
    """What the library has."""
    rows = [
        (c.name, c.title, f"{c.parameters:,}", amount(c.size), "yes" if c.installed else "no", c.licence, c.trained_on)
        for c in library.cards()
    ]
    headings = ("name", "title", "parameters", "download", "here", "licence", "trained on")
    here = sum(card.installed for card in library.cards())
    return aligned([headings, *rows, (f"{len(rows)} in all, {here} here", *[""] * 6)], (2, 3))


def get(name: str) -> str:
    """Fetch one, unless it is here."""
    finished(library.get(name))
    entry = library.entry(name)
    return f"{entry.card.title} is here: {entry.file}"
