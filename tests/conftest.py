"""Every test runs off screen, with a cache, settings and log of its own; nothing of the user's is touched."""

from __future__ import annotations

import gc
import logging
import os
import shutil
import signal
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QCoreApplication, QSettings
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from explorer.formats import folders
from explorer.workspace import disk
from tests.no_network import sitecustomize

if TYPE_CHECKING:
    from tests.staying import StayingWorker

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # a job in the background: the tests of Ctrl+C want to hear it
    signal.signal(signal.SIGINT, signal.default_int_handler)
_room = tempfile.TemporaryDirectory(prefix="cnn-explorer-tests-")
for _name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME"):
    os.environ[_name] = str(Path(_room.name) / _name.lower())
os.environ.setdefault("CNN_EXPLORER_CACHE", str(Path(_room.name) / "cache"))
QSettings("CNN Explorer", "tests")  # Qt asks for the folder once: not in a test that has another one for a while
ASKED = Path(_room.name) / "asked"
"""Other machines that a test, or a process it started, turned to."""
os.environ[sitecustomize.NOTES] = str(ASKED)
os.environ["PYTHONPATH"] = os.pathsep.join(
    filter(None, (str(Path(__file__).parent / "no_network"), os.environ.get("PYTHONPATH", "")))
)
sitecustomize.watch()
gc.disable()  # what is imported now is no garbage: `pytest_collection_finish` goes through it once


disk.MOMENT = 5.0  # on a busy machine a thread may come late, and tests look at what follows at once

for _wait in (QtBot.waitUntil, QtBot.waitSignal, QtBot.waitSignals, QtBot.waitActive, QtBot.waitExposed):
    _wait.__kwdefaults__["timeout"] = 30_000  # milliseconds, for a machine that has much else to do

BESIDE: list[str] = []
"""Modules with classes of Qt that a thread beside the window's imported: see `explorer.ui.controls.plotting`."""
OF_QT = "PySide6", "shiboken6", "pyqtgraph", "explorer.ui", "explorer.workspace"


class _Hears:
    """Finds nothing itself."""

    @staticmethod
    def find_spec(name: str, path: object = None, target: object = None) -> None:
        if name.startswith(OF_QT) and threading.current_thread() is not threading.main_thread():
            BESIDE.append(name)


sys.meta_path.insert(0, _Hears)

MANY = 10_000
"""Objects that a test may leave, before garbage is looked for among them."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--device", default="", help="a card that is here (cuda:0, mps) for tests/test_cards.py")
    parser.addoption("--every-network", action="store_true", help="also networks like others, and of some gigabytes")


def pytest_collection_finish() -> None:
    """What was imported stays: no collection of garbage need walk through it. Others come between tests, as in the
    window between its turns: in a thread they would take apart what is Qt's. Loggers of torch that tell no other one
    tell them now: pytest would put its own handlers on each of them, six times a test."""
    for logger in logging.root.manager.loggerDict.values():
        if isinstance(logger, logging.Logger):
            logger.propagate = True
    gc.collect()
    gc.freeze()
    gc.disable()


def pytest_sessionfinish() -> None:
    """What is on the clipboard goes before Python does: Qt's platforms without a screen keep it longer, and crash."""
    if isinstance(app := QCoreApplication.instance(), QGuiApplication):
        app.clipboard().clear()


def pytest_unconfigure() -> None:
    gc.unfreeze()  # else libraries that count what is left of them at the end would complain
    gc.enable()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if "nightly" not in config.option.markexpr:
        skip = pytest.mark.skip(reason="takes long: run with -m nightly")
        for item in items:
            if "nightly" in item.keywords:
                item.add_marker(skip)
    if not config.getoption("--every-network"):
        skip = pytest.mark.skip(reason="a network like another one: run with --every-network")
        for item in items:
            if "every_network" in item.keywords:
                item.add_marker(skip)


SHARED = Path(__file__).resolve().parents[2] / "shared" / "assets"


@pytest.fixture(scope="session")
def assets() -> Path:
    """Real weights, pictures and reference results beside the project."""
    if not SHARED.is_dir():
        pytest.skip("the shared assets are not beside the project")
    return SHARED


@pytest.fixture(scope="session")
def staying_worker(qapp) -> Iterator[StayingWorker]:
    """The real worker, for tests that neither end it nor give it a folder of its own."""
    from tests.staying import StayingWorker

    worker = StayingWorker()
    yield worker
    worker.end()


@pytest.fixture(autouse=True)
def no_unsaved_edits() -> Iterator[None]:
    """No test's window is offered, or shows in its gallery, what another test left behind."""
    yield
    for name in ("unsaved", "open", "opening"):
        shutil.rmtree(folders.state() / name, ignore_errors=True)
    shutil.rmtree(folders.painted(), ignore_errors=True)


@pytest.fixture(autouse=True)
def no_window_stays() -> Iterator[None]:
    """No test's window is there for the tests after it."""
    yield
    if "explorer.ui.window" in sys.modules:
        from tests.gone import all_gone

        all_gone()
    if gc.get_count()[0] > MANY:
        gc.collect(1)


@pytest.fixture(autouse=True)
def no_hands_wait() -> Iterator[None]:
    """A test fails whose hands wait for a dialog that never came: they would answer that of another test."""
    yield
    if "tests.hands" in sys.modules:
        from tests.hands import idle

        assert not idle(), "the dialog never came"


@pytest.fixture(autouse=True)
def no_other_machine() -> Iterator[None]:
    """A test that turns to another machine than this one fails, whatever becomes of the refusal."""
    yield
    if ASKED.exists():
        asked = ASKED.read_text("utf-8")
        ASKED.unlink()
        pytest.fail(f"another machine was asked: {asked}")


@pytest.fixture(autouse=True)
def classes_of_qt_in_one_thread() -> Iterator[None]:
    """A test fails in which another thread than the window's imports what is made of classes of Qt: that ended the
    program at times, amid painting."""
    yield
    beside = BESIDE.copy()
    BESIDE.clear()
    assert not beside, f"imported beside the window's thread: {beside}"
