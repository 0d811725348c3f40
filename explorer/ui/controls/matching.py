"""How well a thing answers what is typed into a search box."""

from __future__ import annotations

import re
from functools import lru_cache

from explorer.ui.controls.words import searched


def rank(query: str, name: str, text: str = "") -> int | None:
    """How well a thing of this name, which `text` describes, answers a query: 0 best, None not at all.

    Its name's beginning, then a part of it, then words of name and text that begin as the query's do, then letters
    of the name in the query's order.
    """
    wanted, name = query.lower().replace(" ", ""), name.lower()
    plain = name.replace(" ", "")
    if plain.startswith(wanted):
        return 0
    if wanted in plain:
        return 1
    words = re.findall(r"\w+", f"{name} {text}".lower())
    if all(any(word.startswith(part) for word in words) for part in query.lower().split()):
        return 2
    letters = iter(plain)
    return 3 if all(letter in letters for letter in wanted) else None


SMALL = frozenset(("a", "an", "as", "do", "how", "i", "in", "into", "my", "of", "on", "the", "to", "with"))
"""Words that people type and that say nothing, where others are typed as well."""


LETTERS = 5
"""The rank of what only has the query's letters: a guess that is worth a row among a few things, not among hundreds."""


def rank_called(query: str, name: str, others: str = "", text: str = "") -> int | None:
    """How well a thing answers a query that goes by other names, too: 0 best, None not at all.

    others: phrases divided by commas. First the whole name or one of the phrases; then a name that begins so, a
    phrase that begins so, a part of the name; then words, in any order, of all that is said of it; then letters of
    the name in the query's order.
    """
    wanted = _bare(query)
    plain, phrases, words = _taken_apart(name, others, text)
    if wanted == plain or wanted in phrases:
        return 0
    if plain.startswith(wanted):
        return 1
    if any(phrase.startswith(wanted) for phrase in phrases):
        return 2
    if wanted in plain:
        return 3
    parts = re.findall(r"\w+", searched(query))
    parts = [f" {_singular(part)}" for part in parts if part not in SMALL] or parts
    if parts and all(part in words for part in parts):
        return 4
    letters = iter(plain)
    return LETTERS if all(letter in letters for letter in wanted) else None


@lru_cache(4096)
def _taken_apart(name: str, others: str, text: str) -> tuple[str, tuple[str, ...], str]:
    """The name and the phrases without spaces, and all words with a space before each; kept, for each key that is
    typed asks all of it again."""
    words = re.findall(r"\w+", searched(f"{name} {others} {text}"))
    return _bare(name), tuple(map(_bare, others.split(","))) if others else (), "".join(f" {word}" for word in words)


def _bare(text: str) -> str:
    return searched(text).replace(" ", "").replace("-", "").rstrip("…")


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word
