"""What the notice line says, and when it takes that back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from explorer.classics.catalogue import CLASSICS
from explorer.ui.window import Window
from tests.window_side import window_on

LOOSE = "conv1 cannot feed fc6."


@pytest.fixture
def window(qtbot, qapp) -> Iterator[Window]:
    window = window_on(CLASSICS["lenet5"].project)
    yield window
    window.close_now()


@pytest.mark.parametrize("lane", ["model", "canvas", "picture"])
def test_what_a_step_left_open_is_said_again_once_that_was_undone(window: Window, lane: str) -> None:
    """Another problem that came between made it forget what to take back, and the step said nothing the next time."""
    session, notices = window.session, window.notices
    session.failed.emit("canvas", LOOSE)
    session.failed.emit(lane, "net.onnx is not there.")
    session.select(("act1",))
    window.canvas.delete()
    notices.go_on()
    assert not notices.text
    session.failed.emit("canvas", LOOSE)
    assert notices.text == LOOSE
