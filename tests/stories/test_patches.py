"""A student looks for what channels answer to in their own photos, pauses, goes on, and opens what they see."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from explorer.layers.activations import ReLU
from explorer.layers.dense import Input
from explorer.layers.windows import Conv2d
from explorer.network.network import Network, Node
from explorer.network.project import Project, Recipe
from explorer.ui.panels.patches import PatchesPanel
from explorer.workspace.settings import Settings
from tests.photos import photos
from tests.stories.conftest import LEFT, User

CHANNELS = 24


def project() -> Project:
    nodes = {
        "picture": Node("picture", Input(3, 128, 128)),
        "conv1": Node("conv1", Conv2d(32, 5, padding=2), ("picture",)),
        "relu1": Node("relu1", ReLU(), ("conv1",)),
        "conv2": Node("conv2", Conv2d(CHANNELS, 5, 2, 2), ("relu1",)),
    }
    return Project(Network(nodes), recipe=Recipe(0.9))


MANY = 240
"""Photos: a search of fewer has ended on a fast machine before one can pause it."""


@pytest.fixture
def folder(assets: Path, tmp_path: Path) -> Path:
    photos(assets, tmp_path / "photos", MANY, 300)
    (tmp_path / "photos" / "broken.jpg").write_bytes(b"\xff\xd8\xff\xe0")
    return tmp_path / "photos"


def panel(user: User) -> PatchesPanel:
    dock = user.window.docks["Patches"]
    dock.raise_()
    user.wait(lambda: dock.widget() is not None)
    (found,) = dock.findChildren(PatchesPanel)
    return found


def test_nine_patches(user: User, folder: Path, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("CNN_EXPLORER_CACHE", str(tmp_path / "cache"))
    user.session.open_project(project())
    user.window.build()
    user.click_node("conv2")
    patches = panel(user)
    monkeypatch.setattr("explorer.ui.asking_files.asking", lambda *_: (str(folder),))
    QTest.mouseClick(patches.choose_first, LEFT)
    QTest.mouseClick(patches.search_first, LEFT)
    search = patches.search
    user.wait(lambda: search.patches is not None and search.patches.done >= 16)
    QTest.mouseClick(patches.run, LEFT)  # Pause
    assert search.state == "paused"
    paused = search.patches.done
    assert paused < MANY + 1
    QTest.mouseClick(patches.run, LEFT)  # Go on
    seen = []
    search.changed.connect(lambda: seen.append(search.patches.done if search.patches else 0))
    gap, before = 0.0, time.perf_counter()
    while search.state != "done":
        user.qtbot.wait(1)
        now = time.perf_counter()
        gap, before = max(gap, now - before), now
    assert gap < 2, "the window lives meanwhile"
    assert seen[0] >= paused, "what was seen is not seen again"
    assert search.patches.done == search.patches.total == MANY + 1
    assert "“broken.jpg” is" in patches.broken.text()
    found = patches.found
    assert found.values.shape == (CHANNELS, 9)
    assert (np.diff(found.values, axis=1) <= 0).all()
    user.wait(lambda: all(search.tiles.of(search.patch(found, c, 0)) is not None for c in patches.view.in_sight()))

    QTest.mouseMove(patches.view.viewport(), patches.view.rect_of((0, 1)).center())
    user.wait(lambda: not patches.source.image.isNull())
    assert patches.source.outline is not None
    QTest.mouseDClick(patches.view.viewport(), LEFT, pos=patches.view.rect_of((0, 1)).center())
    name, _ = search.patch(found, 0, 1)
    user.wait(lambda: user.session.picture is not None and user.session.picture.name == Path(name).name)
    user.wait(lambda: user.session.maps is not None)
    place = user.session.place
    assert (place.node, place.channel) == ("conv2", 0)
    here = user.session.maps.values[0, place.row, place.column]
    assert here == pytest.approx(found.values[0, 1], rel=1e-4), "the very number that was found"

    Settings().set_folder("export", str(tmp_path))
    monkeypatch.setattr("explorer.ui.panels.patches.choose_destination", lambda *_: str(tmp_path / "sheet.png"))
    QTest.mouseClick(patches.export, LEFT)
    user.wait((tmp_path / "sheet.png").is_file)
    patches.view.setFocus()
    user.press(Qt.Key.Key_Home)
    assert patches.view.spot == (0, 0)
