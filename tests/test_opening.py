"""The window offers the files that the worker can read."""

from __future__ import annotations

from explorer.engine.opening import READERS
from explorer.ui.file_kinds import ENDINGS


def test_the_window_knows_every_ending_that_is_read() -> None:
    assert sorted(ENDINGS) == sorted(ending for reader in READERS for ending in reader.endings)
