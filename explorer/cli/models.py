"""`cnn-explorer models [get NAME | add FILE | remove NAME | path [FOLDER]]`: the library of trained networks."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict

from explorer.cli.facts import aligned
from explorer.cli.manners import finished
from explorer.cli.sources import announce
from explorer.engine import library, own_files
from explorer.formats import folders
from explorer.formats.moving import move
from explorer.formats.words import amount
from explorer.maths.records import ModelCard

HEADINGS = ("name", "title", "parameters", "download", "right", "here", "from", "licence", "trained on")


def perform_action(given: argparse.Namespace) -> str:
    """What `cnn-explorer models …` was asked for."""
    if given.action == "get":
        return get(given.name, given.accept_licence)
    if given.action == "add":
        return add(given.name)
    if given.action == "remove":
        return remove(given.name)
    return path(given.folder) if given.action == "path" else models(given.json)


def models(as_json: bool) -> str:
    """What the library has."""
    cards = own_files.cards()
    if as_json:
        return json.dumps({"folder": str(folders.where("models")), "models": [asdict(card) for card in cards]})
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
        f"yes{_together(card)}" if card.installed else f"{amount(card.begun)} of it" if card.begun else "no",
        card.kind,
        f"{card.licence}, {card.restriction}" if card.restriction else card.licence,
        card.trained_on,
    )


def _together(card: ModelCard) -> str:
    """With which others it comes and goes; "" for none."""
    return f", one file with {' and '.join(card.shared)}" if card.shared else ""


def get(name: str, accepted: bool) -> str:
    """Fetch one, unless it is here."""
    announce(name)
    finished(library.get(name, accepted))
    entry = library.entry(name)
    return f"{entry.card.title} is here: {entry.file}"


def add(file: str) -> str:
    """List a file of one's own."""
    card = finished(own_files.add(file))
    assert isinstance(card, ModelCard)
    return f"{card.title} is in the library as {card.name}."


def remove(name: str) -> str:
    """Delete one that was fetched; one's own file is only taken off the list."""
    card = next((card for card in own_files.cards() if card.name == name), None)
    own = name in own_files.listed()
    freed = own_files.remove(name)
    if own and card:
        return f"{card.title} is off the list; its file stays where it is."
    title = library.entry(name).card.title
    if not freed:
        return f"{title} was not here."
    gone = " and ".join((title, *(card.shared if card else ())))
    return f"{gone} {'are' if card and card.shared else 'is'} removed, {amount(freed)} are free again."


def path(folder: str | None) -> str:
    """Where they are kept, from now on in `folder` where one is given."""
    if folder is not None:
        finished(move(folder))
    return str(folders.where("models"))
