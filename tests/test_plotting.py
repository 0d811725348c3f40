"""pyqtgraph is imported by the window's thread, in pieces."""

from __future__ import annotations

import importlib
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from PySide6.QtCore import QObject

from explorer.ui.controls.plotting import Plotting, statement_by_statement
from tests.conftest import BESIDE


@pytest.fixture
def package(tmp_path, monkeypatch) -> Path:
    """A package of three statements, the last of which looks at the first."""
    folder = tmp_path / "in_three"
    folder.mkdir()
    (folder / "__init__.py").write_text("first = 1\nfrom .inner import second\nthird = first + second\n")
    (folder / "inner.py").write_text("from . import first\nsecond = first + 1\n")
    monkeypatch.syspath_prepend(tmp_path)
    importlib.invalidate_caches()
    for name in ("in_three", "in_three.inner"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    return folder


def test_a_package_is_imported_statement_by_statement(package):
    steps = statement_by_statement("in_three")
    next(steps)
    assert not hasattr(sys.modules["in_three"], "second")
    assert len(list(steps)) == 2
    imported = importlib.import_module("in_three")
    assert (imported.third, imported.__file__) == (3, str(package / "__init__.py"))
    assert list(statement_by_statement("in_three")) == []


def test_a_package_that_fails_is_as_if_never_imported(package):
    (package / "inner.py").write_text("1 / 0\n")
    with pytest.raises(ZeroDivisionError):
        list(statement_by_statement("in_three"))
    assert "in_three" not in sys.modules


def test_two_plots_share_one_import_and_one_may_be_gone():
    """In a process where pyqtgraph is not imported yet."""
    said = subprocess.run([sys.executable, "-c", TWO_PLOTS], capture_output=True, text=True, timeout=120, check=False)
    assert said.stdout.split() == ["half", "ready", "MainThread"], said.stderr


TWO_PLOTS = """
import sys, threading
from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication

where = set()
class Hears:
    @staticmethod
    def find_spec(name, path=None, target=None):
        if name.startswith(("pyqtgraph", "PySide6")):
            where.add(threading.current_thread().name)

app = QApplication([])
from explorer.ui.controls.plotting import Plotting
sys.meta_path.insert(0, Hears)
gone, stays = QObject(), QObject()
first = Plotting(gone)
first.start()
while "pyqtgraph" not in sys.modules:
    app.processEvents()
print("ready" if hasattr(sys.modules["pyqtgraph"], "PlotWidget") else "half")
first.deleteLater()
del first
second = Plotting(stays)
second.start()
while second.plot is None:
    app.processEvents()
print("ready", *where)
"""


def test_what_a_thread_imports_of_qt_is_heard():
    """Else the test that nothing is could not fail."""

    def look() -> None:
        with pytest.raises(ImportError):
            importlib.import_module("explorer.workspace.own_turn_that_is_not_there")

    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    assert BESIDE == ["explorer.workspace.own_turn_that_is_not_there"]
    BESIDE.clear()


def test_a_plot_comes(qtbot):
    parent = QObject()
    plotting = Plotting(parent)
    with qtbot.waitSignal(plotting.ready):
        plotting.start()
    assert not plotting.plot.getAxis("left").autoSIPrefix
    plotting.plot.deleteLater()
