"""What a command's search leads to beside commands: labs, networks, chapters of the guide, the course's topics."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING

from explorer.maths.values import dataclass
from explorer.ui.other_words import OTHER_WORDS, task_words
from explorer.workspace.guide import chapters

if TYPE_CHECKING:
    from explorer.ui.window import Window


@dataclass(frozen=True)
class Elsewhere:
    """A place to go to: its title, what kind of place it is, other words for it, and the way there.

    apart: what tells it from another place of the same title.
    """

    title: str
    told: str
    others: str
    go: Callable[[], object]
    words: str = ""
    apart: str = ""


def elsewhere(window: Window) -> Iterator[Elsewhere]:
    """Every lab, network and chapter; some milliseconds when they are first asked for."""
    from explorer.classics.catalogue import CLASSICS
    from explorer.ui.panels.labs_page import LABS

    pages, session = window.pages, window.session
    for title in LABS:
        yield Elsewhere(title, "Help › Labs", OTHER_WORDS.get(f"Labs/{title}", ""), partial(pages.show_lab, title))
    here = {card.name for card in session.models if card.installed}
    titles = {classic.title for classic in CLASSICS.values()}
    trained: defaultdict[str, list[Elsewhere]] = defaultdict(list)
    for card in session.models:
        go = partial(window.files.open_model, card.name) if card.name in here else partial(_show, window, card.name)
        told = f"File › Model library — {'open it, trained' if card.name in here else 'trained; shows where to get it'}"
        apart = ", trained" if card.title in titles else ""
        others = ",".join(filter(None, (card.name, task_words(card.task))))
        trained[card.title].append(Elsewhere(card.title, told, others, go, card.task, apart))
    for classic in CLASSICS.values():
        others = ",".join(filter(None, (classic.name, OTHER_WORDS.get(f"Gallery/{classic.family}", ""))))
        told = f"File › Gallery — {classic.family}, {classic.year}; with random weights"
        go = partial(window.files.open_network, classic.name, classic.title)
        apart = ", not trained" if classic.title in trained else ""
        yield from trained.pop(classic.title, ())  # most want what has learned something
        yield Elsewhere(classic.title, told, others, go, f"{classic.family} {classic.year}", apart)
    for cards in trained.values():
        yield from cards
    for chapter in chapters():
        others = OTHER_WORDS.get(f"Guide/{chapter.title}", "")
        yield Elsewhere(chapter.title, "Help › User guide", others, partial(pages.show_chapter, chapter.title))
    for topic, others in topics().items():
        told = "Help › The course's facts — its numbers, worked out"
        yield Elsewhere(topic, told, others, partial(pages.show_topic, topic), apart=", in the course's facts")


def topics() -> dict[str, str]:
    """Topics of the course's facts, and what else they are called: the facts themselves are computed when shown."""
    return {path.removeprefix("Facts/"): others for path, others in OTHER_WORDS.items() if path.startswith("Facts/")}


def _show(window: Window, name: str) -> None:
    """What would have to be fetched is shown in the library: nobody has agreed to that yet."""
    window.pages.show_library()
    window.pages.library.choose(name)
