"""What is chosen is there at once, and on the disk soon: not at each step of a slider."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

from PySide6.QtWidgets import QApplication

from explorer.workspace import settings_store
from explorer.workspace.settings import Settings

ROOT = Path(__file__).resolve().parents[1]
CODE = """
import sys
from PySide6.QtCore import QCoreApplication, QTimer
app = QCoreApplication([])
from explorer.workspace.settings import Settings
Settings().set_choice("colours", "grey")
if sys.argv[1:]:
    QTimer.singleShot(0, app.quit)
    app.exec()
"""


def test_what_is_chosen_is_written_once_after_a_while(qtbot, monkeypatch) -> None:
    store = Settings()._store
    store.sync()
    path = Path(store.fileName())

    def written() -> bool:
        return path.exists() and b"painted%20strength=4" in path.read_bytes()

    for step in range(5):
        Settings().set_choice("painted strength", str(step))
        QApplication.processEvents()
    assert Settings().choice("painted strength") == "4"
    assert not written()
    assert store._later.isActive()
    assert store._later.interval() == settings_store.LATER
    store._later.start(1)
    qtbot.waitUntil(written)
    found: list[str] = []
    thread = threading.Thread(target=lambda: found.append(Settings().choice("painted strength")))
    Settings().set_choice("painted strength", "5")
    thread.start()
    thread.join()
    assert found == ["5"], "another thread has it before the disk has"
    store.remove("choice/painted strength")
    store.sync()


def test_it_is_written_when_the_program_ends(tmp_path) -> None:
    for words in ([], ["quit"]):
        environment = os.environ | {"XDG_CONFIG_HOME": str(tmp_path / "".join(["config", *words]))}
        subprocess.run([sys.executable, "-c", CODE, *words], check=True, cwd=ROOT, env=environment)
        (path,) = Path(environment["XDG_CONFIG_HOME"]).rglob("*.conf")
        assert "colours=grey" in path.read_text("utf-8")
