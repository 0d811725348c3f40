"""How well a thing answers what is typed into a search box."""

from __future__ import annotations

import re


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
