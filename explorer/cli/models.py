"""`cnn-explorer models [get NAME | remove NAME | path [FOLDER]]`: the library of trained networks."""

from __future__ import annotations

import json
from dataclasses import asdict

from explorer.cli.facts import aligned
from explorer.cli.manners import finished
from explorer.engine import library
from explorer.formats import folders
from explorer.formats.moving import move
from explorer.formats.words import amount
from explorer.maths.records import ModelCard

HEADINGS = ("name", "title", "parameters", "download", "right", "here", "from", "licence", "trained on")


def models(as_json: bool) -> str:
    """What the library has."""
    cards = library.cards()
    if as_json:
        return json.dumps({"folder": str(folders.models()), "models": [asdict(card) for card in cards]})
    here = sum(card.installed for card in cards)
    end = (f"{len(cards)} in all, {here} here", *[""] * (len(HEADINGS) - 1))
    return aligned([HEADINGS, *map(_row, cards), end], (2, 3, 4))


def _row(card: ModelCard) -> tuple[str, ...]:
    return (
        card.name,
        card.title,
        f"{card.parameters:,}",
        amount(card.size),
        "" if card.right is None else f"{card.right:.1f} %",
        "yes" if card.installed else f"{amount(card.begun)} of it" if card.begun else "no",
        card.kind,
        f"{card.licence}, {card.restriction}" if card.restriction else card.licence,
        card.trained_on,
    )


def get(name: str, accepted: bool) -> str:
    """Fetch one, unless it is here."""
    finished(library.get(name, accepted))
    entry = library.entry(name)
    return f"{entry.card.title} is here: {entry.file}"


def remove(name: str) -> str:
    """Delete one that was fetched."""
    freed = library.remove(name)
    title = library.entry(name).card.title
    return f"{title} is removed, {amount(freed)} are free again." if freed else f"{title} was not here."


def path(folder: str | None) -> str:
    """Where they are kept, from now on in `folder` where one is given."""
    if folder is not None:
        finished(move(folder))
    return str(folders.models())
