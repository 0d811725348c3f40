"""Errors that nobody caught: logged and told once, and nothing they hold ends the program."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QBrush, QImage, QPainter
from PySide6.QtTest import QTest

from explorer.ui import errors
from explorer.ui.controls.guarded import guarded
from explorer.ui.errors import Errors


@pytest.fixture
def told(qapp, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> list[str]:
    """What is told; the log is `caplog`."""
    for place, name in ((sys, "excepthook"), (sys, "unraisablehook"), (threading, "excepthook")):
        monkeypatch.setattr(place, name, getattr(place, name))
    caplog.set_level(logging.ERROR, errors.__name__)
    said: list[str] = []
    hears = Errors()
    hears.happened.connect(said.append)
    return said


def raised(error: Exception) -> None:
    try:
        raise error
    except Exception:
        sys.excepthook(*sys.exc_info())


def test_the_same_error_is_told_once_in_ten_seconds(told, caplog, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr(errors.time, "monotonic", lambda: now[0])
    for _ in range(50):
        raised(ValueError("wrong"))
        now[0] += 0.1
    raised(KeyError("another"))
    assert told == [
        "Something unexpected went wrong (ValueError: wrong): the log has the details.",
        "Something unexpected went wrong (KeyError: 'another'): the log has the details.",
    ]
    assert len(caplog.records) == 2
    now[0] += 6
    raised(ValueError("wrong"))
    assert len(told) == 3
    assert caplog.records[-1].getMessage() == "uncaught, again after 49 times untold"


def test_an_error_in_a_thread_is_told(told, caplog, qapp) -> None:
    thread = threading.Thread(target=lambda: 1 / 0)
    thread.start()
    thread.join()
    QTest.qWait(1)
    assert told == ["Something unexpected went wrong (ZeroDivisionError: division by zero): the log has the details."]
    assert "ZeroDivisionError" in caplog.text


def test_an_error_in_a_clean_up_is_in_the_log_only(told, caplog) -> None:
    class Left:
        def __del__(self) -> None:
            raise OSError("too late")

    Left().__class__()
    assert "too late" in caplog.text
    assert not told


def test_words_of_the_binding_are_left_out(told) -> None:
    raised(ValueError("Error calling Python override of QFrame::a(): Error calling Python override of B::c(): wrong"))
    assert told == ["Something unexpected went wrong (ValueError: wrong): the log has the details."]


@pytest.mark.parametrize("depth", [0, 1, 5])
def test_a_painting_that_fails_leaves_the_painter_as_it_was(told, qtlog, depth) -> None:
    """The next part would be painted with its pen and at its place, and Qt would say that states were left."""

    class Part:
        @guarded
        def paint(self, painter: QPainter) -> None:
            for _ in range(depth):
                painter.setPen("red")
                painter.save()
                painter.translate(3, 0)
            inner(self, painter)
            raise ValueError("wrong")

    @guarded
    def inner(_self: object, painter: QPainter) -> None:
        painter.save()
        painter.scale(2, 2)
        raise KeyError("inner")

    image = QImage(8, 8, QImage.Format.Format_RGB32)
    with QPainter(image) as painter:
        painter.setPen("blue")
        Part().paint(painter)
        assert painter.pen().color().name() == "#0000ff"
        assert painter.transform().isIdentity()
        assert painter.background() == QBrush(Qt.GlobalColor.white)
    assert len(told) == 2
    assert not qtlog.records


OPENED = """
import sys
from PySide6.QtCore import QTimer, Qt
from PySide6.QtWidgets import QApplication
from explorer.classics.catalogue import CLASSICS
from explorer.ui import application, notices
from explorer.ui.controls import formula_view
from explorer.ui.errors import Errors
if __name__ == "__main__":
    app = QApplication(["program"])
    errors = Errors(app)
    window = application.build(app)
    errors.happened.connect(window.telling.error, Qt.ConnectionType.QueuedConnection)
    window.resize(1280, 800)
    window.show()
    app.processEvents()
    window.fill_panels()
    window.session.open_project(CLASSICS["lenet5"].project)
    window.session.select(("conv1",))
"""

PROGRAM = (
    OPENED
    + """
    kept, frames, hook = [], [0], sys.excepthook
    def keep(kind, error, trace):  # as a debugger or a sampling thread does
        kept.append(trace)
        hook(kind, error, trace)
    sys.excepthook = keep
    def fail(*_):
        raise RuntimeError("planted")
    formula_view.FormulaView._paint_pieces = notices.Notices.paintEvent = fail
    def repaint():
        frames[0] += 1
        window.update()
        for widget in app.allWidgets():
            widget.update()
        if len(kept) > 40 or frames[0] == 2000:  # a slow machine makes one frame of several ticks
            app.exit(0)
    timer = QTimer(interval=10)
    timer.timeout.connect(repaint)
    timer.start()
    code = app.exec()
    print(len(kept), frames[0], window.notices.text, flush=True)
    window.close_now()
    sys.exit(code)
"""
)

ONE_CARD = (
    OPENED
    + """
    from explorer.ui.canvas.pixmaps import Pixmaps
    window.pages.show_canvas()
    window.canvas.fit()
    window.canvas.zoom_by(5)  # near enough for cards that are items
    asked, real = [], Pixmaps.get
    def get(pixmaps, drawing, *words, **named):
        if hasattr(drawing, "id"):  # else the blank behind a card whose text comes a frame later
            asked.append(drawing.id)
            if drawing.id in ("conv1", "fc4"):
                raise RuntimeError("planted")
        return real(pixmaps, drawing, *words, **named)
    Pixmaps.get = get
    frames = []
    def repaint():
        asked.clear()
        window.canvas.viewport().repaint()
        frames.append(sorted(asked))
        if len(frames) == 5:
            app.exit(0)
    timer = QTimer(interval=10)
    timer.timeout.connect(repaint)
    timer.start()
    code = app.exec()
    seen = sorted(window.canvas.drawing.within(window.canvas.visible))
    print(all(frame == seen for frame in frames), len(seen), window.notices.text, flush=True)
    window.close_now()
    sys.exit(code)
"""
)


def run(program: str, tmp_path: Path) -> subprocess.CompletedProcess[str]:
    """A program of its own, for these errors ended it."""
    script = tmp_path / "program.py"
    script.write_text(program, encoding="utf-8")
    root = str(Path(__file__).parents[1])
    done = subprocess.run(
        [sys.executable, str(script)], capture_output=True, text=True, cwd=root, env=os.environ | {"PYTHONPATH": root},
        timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done


def test_paintings_that_fail_again_and_again_do_not_end_the_program(tmp_path: Path) -> None:
    """Whatever keeps their frames: a painter left alive on a widget was the end of Qt. Nor does telling it go round."""
    done = run(PROGRAM, tmp_path)
    raised, frames, told = done.stdout.split(maxsplit=2)
    assert int(raised) > 40
    assert int(frames) > 3
    assert told == "Something unexpected went wrong (RuntimeError: planted): the log has the details.\n"
    assert done.stderr.count("Traceback") <= 6, "once for each place, however often it came"
    assert "endPaint" not in done.stderr


def test_all_other_cards_are_painted_where_some_fail(tmp_path: Path) -> None:
    """An error that went up through Qt's own painting left the rest of the frame blank, and a frame or two later ended
    the program."""
    done = run(ONE_CARD, tmp_path)
    whole, seen, told = done.stdout.split(maxsplit=2)
    assert whole == "True"
    assert int(seen) > 5
    assert told == "Something unexpected went wrong (RuntimeError: planted): the log has the details.\n"
    assert done.stderr.count("Traceback") == 1
