"""Memory that the window has let go: widgets ask here for it to go back, and know nothing of the engine."""

from __future__ import annotations


def give_back_memory() -> None:
    """Give the system what is free in this process; takes a millisecond."""
    from explorer.engine.memory import give_back  # nobody waits for ctypes when the program starts

    give_back()
