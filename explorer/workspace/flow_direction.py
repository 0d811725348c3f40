"""Which way the links of new networks run, from one day to the next."""

from __future__ import annotations

from explorer.network.direction import Direction
from explorer.network.project import Project
from explorer.workspace.settings import Settings

NAME = "direction"


def remembered() -> Direction:
    """As they were arranged last; down at first."""
    return Direction.of(Settings().choice(NAME))


def begun() -> Project:
    """A project with nothing in it yet."""
    return Project(direction=remembered())


def remember(direction: Direction) -> None:
    """Networks that are begun or opened from now on, and do not say it themselves, run this way."""
    Settings().set_choice(NAME, direction.value)
