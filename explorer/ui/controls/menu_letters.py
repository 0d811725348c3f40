"""The letters that choose an entry of an open menu: each entry has one of its own, underlined, as far as letters go.

They are given when a menu is shown, for the same command stands in several menus, and some entries are made then.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from PySide6.QtGui import QAction, QShowEvent
from PySide6.QtWidgets import QMenu, QMenuBar

MARK = re.compile(r"&(.)")
FIXED = re.compile(r"^&(\d)")
"""Of an entry that has a digit as its key by its place in a list: it keeps that."""


def bare(action: QAction) -> str:
    """What an entry says, without the mark of its letter and the keys behind it."""
    return MARK.sub(r"\1", action.text()).partition("\t")[0]


class Menu(QMenu):
    """A menu whose entries have letters whenever it is shown, whoever filled it before."""

    def showEvent(self, event: QShowEvent) -> None:
        give_letters(self)
        super().showEvent(event)


def give_letters(menu: QMenu | QMenuBar) -> None:
    """Give all entries of a menu letters, and those of menus in it."""
    actions = [action for action in menu.actions() if action.text() and not action.isSeparator()]
    for action, text in zip(actions, marked([action.text() for action in actions]), strict=True):
        action.setText(text)
        if isinstance(inner := action.menu(), QMenu):
            give_letters(inner)


def marked(texts: Sequence[str]) -> list[str]:
    """The entries with & before the letter of each; without where there are more entries than letters.

    First the first letters are given, then others, those at words' beginnings before those inside. Where all of an
    entry's letters are taken, one that has another to choose gives way, best not one with its first letter, so that as
    many entries as can have a letter do (augmenting paths, as Kuhn 1955).
    """
    plain = [text if FIXED.search(text) else MARK.sub(_unmarked, text) for text in texts]
    places = [dict(_places(text)) for text in plain]
    fixed = {found[1] for text in texts if (found := FIXED.search(text))}
    owners: dict[str, int] = {}

    firsts = [next(iter(found), "") for found in places]

    def loss(letter: str) -> int:
        """How much its owner would lose with it."""
        return 0 if letter not in owners else 2 if firsts[owners[letter]] == letter else 1

    def takes(entry: int, asked: set[str]) -> bool:
        for letter in sorted(places[entry], key=loss):
            if letter not in asked:
                asked.add(letter)
                if letter not in owners or takes(owners[letter], asked):
                    owners[letter] = entry
                    return True
        return False

    entries = [entry for entry, text in enumerate(plain) if firsts[entry] and not FIXED.search(text)]
    for entry in entries:
        if firsts[entry] not in fixed:
            owners.setdefault(firsts[entry], entry)
    has, gone = set(owners.values()), set(fixed)
    for entry in entries:
        asked = set(gone)
        if entry not in has and not takes(entry, asked):
            gone = asked  # whoever has one of these keeps it
    for letter, entry in owners.items():
        at = places[entry][letter]
        plain[entry] = f"{plain[entry][:at]}&{plain[entry][at:]}"
    return plain


def _unmarked(mark: re.Match[str]) -> str:
    return "&&" if mark[1] == "&" else mark[1]


def _places(text: str) -> Iterator[tuple[str, int]]:
    """Letters that can be an entry's, the best first, and where they stand; the first place of each."""
    said = re.split(r"[\t:]", text)[0]  # behind a colon stands a name, which is another one each time
    digits = [found.start() for found in re.finditer(r"\b\d\b", said)]
    starts = [found.start() for found in re.finditer(r"\b[A-Za-z]", said)]
    inner = [at for at, letter in enumerate(said) if letter.isascii() and letter.isalnum()]
    seen = set()
    for at in (*digits, *starts, *inner):
        if (letter := said[at].lower()) not in seen:
            seen.add(letter)
            yield letter, at
