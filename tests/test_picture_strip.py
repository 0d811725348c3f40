"""A folder of pictures: found, shown in small, walked through by keys; broken ones are passed over and said."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from explorer.engine.answers import answer
from explorer.engine.questions import Decode, PictureNames, Small
from explorer.formats.picture_files import PictureError
from explorer.maths.sentences import sentence
from explorer.network.project import Project
from explorer.ui.panels.picture import PicturePanel
from explorer.ui.pictures.picture_strip import CELL
from explorer.workspace.document import Document
from explorer.workspace.session import Session
from tests.idle_side import IdleWorker


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    for number, name in enumerate(("b.png", "A.jpg", "c.PNG", "e.png")):
        Image.fromarray(np.full((30 + number, 200, 3), 40 * number, np.uint8)).save(tmp_path / name)
    (tmp_path / "d.png").write_bytes(b"this is no picture")
    (tmp_path / "notes.txt").write_text("neither")
    Image.new("RGB", (5, 5)).save(tmp_path / ".hidden.png")
    return tmp_path


def test_names_and_thumbnails(photos: Path, tmp_path_factory) -> None:
    (found,) = answer(PictureNames(str(photos)))
    assert found.names == ("A.jpg", "b.png", "c.PNG", "d.png", "e.png")
    small = dict(answer(Small(tuple((place, str(photos / found.names[place])) for place in (1, 3)), 64)))
    assert small[3] is None
    assert max(small[1].pixels.shape) == 64
    empty = tmp_path_factory.mktemp("empty")
    for folder, why in (
        (empty, "holds no picture"),
        (empty / "gone", "was not found"),
        (photos / "b.png", "cannot be read"),
    ):
        with pytest.raises(PictureError, match=why) as refused:
            list(answer(PictureNames(str(folder))))
        assert len(str(refused.value)) <= 300


@pytest.fixture
def panel(qtbot, qapp, monkeypatch) -> PicturePanel:
    worker = IdleWorker()
    session = Session(Document(Project()), worker)

    def at_once(lane, question, show, text="") -> None:
        """Answers as the worker's, in the same turn of the event loop."""
        if isinstance(question, PictureNames | Small | Decode):
            try:
                for step in answer(question):
                    show(step)
            except PictureError as error:
                session.failed.emit(lane, sentence(error))

    monkeypatch.setattr(session, "ask", at_once)
    panel = PicturePanel(session)
    qtbot.addWidget(panel)
    panel.resize(300, 400)
    panel.show()
    qtbot.waitExposed(panel)
    yield panel
    worker.close()


def test_walking_through_a_folder(panel, photos) -> None:
    session, folder = panel._session, panel.folder
    folder.open(str(photos))
    assert (session.picture.name, folder.index) == ("A.jpg", 0)
    assert panel.chosen.text() == "1 of 5 pictures · ← and → lead to the others"
    assert panel.strip.isVisible()
    assert sorted(folder.small) == [0, 1, 2, 3, 4]
    panel.view.setFocus()
    QTest.keyClick(panel.view, Qt.Key.Key_Right)
    QTest.keyClick(panel.view, Qt.Key.Key_Right)
    assert session.picture.name == "c.PNG"
    QTest.keyClick(panel.view, Qt.Key.Key_Right)
    assert session.picture.name == "e.png"  # d.png is broken
    assert panel.chosen.text().startswith("Passed over: “d.png” ")
    assert panel.chosen.text().endswith("5 of 5 pictures · ← and → lead to the others")
    QTest.keyClick(panel.view, Qt.Key.Key_Right)
    assert folder.index == 4  # there is no further one
    QTest.keyClick(panel.view, Qt.Key.Key_Left)
    assert session.picture.name == "c.PNG"  # passed over this way, too
    strip = panel.strip
    QTest.mouseClick(strip, Qt.MouseButton.LeftButton, pos=strip.cell(1).center().toPoint())
    assert session.picture.name == "b.png"
    panel.view.zoom(4)
    QTest.keyClick(panel.view, Qt.Key.Key_Right)
    assert session.picture.name == "b.png"  # in a magnified picture the keys move it
    drawn = strip.grab().toImage()
    assert drawn.pixelColor(strip.cell(2).center().toPoint()).getRgb()[:3] == (80, 80, 80)


def test_another_picture_puts_the_folder_away(panel, photos, tmp_path_factory) -> None:
    panel.folder.open(str(photos))
    panel._session.paste_picture(np.zeros((9, 9, 3), np.uint8))
    assert not panel.folder.names
    assert not panel.strip.isVisible()
    assert panel.chosen.text() == ""
    panel.folder.open(str(tmp_path_factory.mktemp("empty")))
    assert "holds no picture" in panel.lane.problem.text()


def test_only_what_is_in_sight_is_read(panel, tmp_path) -> None:
    for number in range(40):
        Image.new("L", (8, 8), number).save(tmp_path / f"{number:02}.png")
    panel.folder.open(str(tmp_path))
    in_sight = panel.strip.width() // CELL
    assert sorted(panel.folder.small) == list(range(in_sight))
    panel.folder.go_to(30)
    assert 30 in panel.strip.places
    assert len(panel.folder.small) == 2 * in_sight
    QTest.mouseClick(panel.strip, Qt.MouseButton.LeftButton, pos=QPoint(2, 2))
    assert panel.folder.index == 30 - in_sight // 2
