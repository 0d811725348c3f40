"""The search's controller and panel, with answers put in by hand where a real worker would give them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from explorer.engine.patch_questions import CutPatches, ExportSheet, FindPatches, PatchSlopes
from explorer.engine.questions import Decode
from explorer.maths.patch_blocks import GAP, Blocks, about_square
from explorer.maths.patch_records import Broken, NodePatches, Patches, PatchTiles
from explorer.maths.records import Picture, Place, Progress
from explorer.network.patch_choice import PatchChoice
from explorer.ui.panels.patches import PatchesPanel
from explorer.workspace.document import Document
from explorer.workspace.patch_search import SIDE, PatchSearch
from explorer.workspace.session import Session
from explorer.workspace.settings import Settings
from explorer.workspace.tiles import AT_ONCE
from tests.idle_side import IdleWorker
from tests.test_session import project, waits

CHANNELS = 8


@pytest.fixture
def session(qtbot):
    session = Session(Document(project(CHANNELS)), IdleWorker())
    yield session
    session.close()


@pytest.fixture
def search(session) -> PatchSearch:
    search = PatchSearch(session)
    search.choose_folder("/photos")
    session.select(("conv",))
    return search


def asked(session: Session, kind: type) -> list:
    """Questions of this kind that were put since it was last looked."""
    found = []
    while not session.worker._outbox.empty():
        found.append(getattr(session.worker._outbox.get(), "question", None))
    return [question for question in found if isinstance(question, kind)]


def patches(done: int = 5, total: int = 9, node: str = "conv", broken: int = 0) -> Patches:
    shape = CHANNELS, 9
    pictures = np.arange(CHANNELS * 9, dtype=np.int32).reshape(shape) % 5
    pictures[-1, -2:] = -1
    boxes = np.tile(np.int32([10, 20, 40, 30]), (*shape, 1)) + pictures[..., None]
    found = NodePatches(
        node, np.linspace(9, 1, CHANNELS * 9, dtype=np.float32).reshape(shape), pictures,
        pictures + 1, pictures + 2, boxes,
    )  # fmt: skip
    files = tuple(f"<b>{i}</b>.jpg" for i in range(5))
    faulty = tuple(Broken(f"{i}.png", f"“{i}.png” is <i>damaged</i>") for i in range(broken))
    return Patches("/photos", (found,), files, done, total, faulty)


def answered(session: Session, found: Patches, ended: bool = False) -> None:
    waits(session, "patches").on_step(found)
    if ended:
        waits(session, "patches").on_done()
        session.worker._jobs = {n: job for n, job in session.worker._jobs.items() if job.lane != "patches"}


def cut_all(session: Session, questions: list[CutPatches]) -> int:
    """Answer these and what is asked to be cut then, until nothing is; how many patches that were."""
    count = 0
    while questions:
        wanted = questions[-1].wanted
        pixels = np.zeros((len(wanted), SIDE, SIDE, 3), np.uint8)
        pixels[:, :, :, 0] = 200
        job = waits(session, "patch pictures")
        job.on_step(PatchTiles(tuple(range(len(wanted))), pixels))
        session.worker._jobs = {n: j for n, j in session.worker._jobs.items() if j is not job}
        job.on_done()
        count += len(wanted)
        questions = asked(session, CutPatches)
    return count


# The controller


def test_it_starts_pauses_and_goes_on(session, search) -> None:
    search.start()
    (question,) = asked(session, FindPatches)
    assert (question.nodes, question.folder, question.choice) == (("conv",), "/photos", PatchChoice())
    assert search.state == "running"
    answered(session, patches())
    assert (search.state, search.of("conv").values.shape) == ("running", (CHANNELS, 9))
    assert search.of("other") is None
    search.pause()
    assert search.state == "paused"
    assert search.patches is not None, "what was found stays"
    search.start()
    assert asked(session, FindPatches) == [question]
    answered(session, patches(9), ended=True)
    assert search.state == "done"


def test_what_makes_results_untrue_puts_them_away(session, search) -> None:
    def found() -> None:
        search.start()
        answered(session, patches(9), ended=True)
        asked(session, FindPatches)

    found()
    search.choose_folder("/others")
    assert (search.patches, search.state) == (None, "running")
    assert asked(session, FindPatches)[-1].folder == "/others"
    found()
    search.choose(PatchChoice(lowest=True))
    assert asked(session, FindPatches)[-1].choice.lowest
    found()
    session.document.edit("Move", session.document.project.moved({"in": (8.0, 8.0)}))
    assert search.patches is not None
    changed = session.document.project
    session.document.edit("Edit", changed.rewired(changed.network.with_settings("conv", kernel=1)))
    assert (search.patches, search.state) == (None, "idle")
    found()
    session.new()
    assert (search.patches, search.state) == (None, "idle")
    search.start()
    assert not asked(session, FindPatches), "nothing is selected"


def test_a_search_that_fails_can_be_tried_again(session, search) -> None:
    search.start()
    waits(session, "patches").on_step(Progress("Looking"))
    waits(session, "patches").on_failed("“photos” was not found.")
    assert search.state == "idle"
    search.start()
    assert search.state == "running"


def test_an_earlier_search_is_recalled_without_searching(session, search) -> None:
    search.recall()
    (question,) = asked(session, FindPatches)
    assert (question.nodes, question.kept_only) == (("conv",), True)
    answered(session, patches(0))
    assert (search.patches, search.state) == (None, "idle"), "nothing was kept"
    search.recall()
    assert not asked(session, FindPatches), "it is known"
    search.choose_folder("/others")
    search.recall()
    answered(session, patches(5))
    assert (search.patches.done, search.state) == (5, "paused")
    search.start()
    asked(session, FindPatches)
    session.select(("in",))
    search.recall()
    assert not asked(session, FindPatches), "a search is running"


def test_two_that_show_patches_each_have_theirs_cut(session, search) -> None:
    search.start()
    answered(session, patches())
    here, there = (("a.jpg", (0, 0, n, 9)) for n in (1, 2))
    asked(session, CutPatches)
    search.tiles.want([("b.jpg", (0, 0, 1, 1))])
    search.tiles.want([here])
    search.tiles.want([there], "card")
    assert cut_all(session, asked(session, CutPatches)) == 3
    assert search.tiles.of(here) is not None
    assert search.tiles.of(there) is not None


def test_only_what_is_in_sight_is_cut_and_once(session, search) -> None:
    search.start()
    answered(session, patches())
    found = search.of("conv")
    every = [search.patch(found, c, k) for c in range(CHANNELS) for k in range(9)]
    assert every[-1] is None
    many = [("a.jpg", (0, 0, n + 1, 9)) for n in range(AT_ONCE + 5)]
    asked(session, CutPatches)
    search.tiles.want(many)
    (question,) = asked(session, CutPatches)
    assert question.wanted == tuple(many[:AT_ONCE])
    search.tiles.want(many[-2:])  # scrolled on meanwhile
    assert not asked(session, CutPatches)
    assert cut_all(session, [question]) == AT_ONCE + 2
    assert search.tiles.of(many[0]) is not None
    assert search.tiles.of(many[AT_ONCE]) is None
    search.tiles.want(many[:3])
    assert not asked(session, CutPatches)
    search.choose_folder("/others")
    assert search.tiles.of(many[0]) is None


# Where patches lie


@given(
    st.integers(1, 40), st.integers(1, 30), st.integers(1, 64), st.integers(1, 7), st.integers(1, 2), st.integers(1, 4)
)
def test_each_pixel_belongs_to_one_patch(
    channels: int, each: int, side: int, columns: int, squares: int, classes: int
) -> None:
    count = each * classes
    blocks = Blocks(channels, count, side, columns, squares=squares, classes=classes, head=5 * (classes - 1))
    for channel, rank in ((0, 0), (channels - 1, count - 1), (channels // 2, count // 2)):
        left, top = blocks.corner(channel, rank)
        for x, y in ((left, top), (left + squares * side - 1, top + side - 1)):
            assert blocks.at(x, y) == (channel, rank)
        assert blocks.at(left - 1, top) != (channel, rank)
        assert blocks.at(left, top + side) != (channel, rank)
        assert left + squares * side <= blocks.size[0]
        assert top + side <= blocks.size[1]
        assert channel in blocks.between(top, top + 1)
    assert blocks.at(0, 0) is None
    assert list(blocks.between(0, blocks.size[1])) == list(range(channels))
    assert about_square(channels, count, side).columns <= channels


# The panel


@pytest.fixture
def panel(qtbot, session, search):
    panel = PatchesPanel(session, search)
    qtbot.addWidget(panel)
    panel.resize(700, 420)
    panel.show()
    panel.activateWindow()
    qtbot.waitUntil(panel.isActiveWindow)
    return panel


def test_an_empty_panel_says_what_to_do(qtbot, session, monkeypatch) -> None:
    search = PatchSearch(session)
    panel = PatchesPanel(session, search)
    qtbot.addWidget(panel)
    panel.show()
    assert panel.empty.sentence.text().startswith("Choose a folder")
    assert panel.search_first.isHidden()
    monkeypatch.setattr("explorer.ui.asking_files.asking", lambda *_: ("/home/me/photos",))
    panel.choose_first.click()
    assert search.folder == "/home/me/photos" == Settings().folder("patches")
    assert panel.empty.sentence.text().startswith("Select a layer")
    session.select(("conv",))
    assert panel.empty.sentence.text() == "Search the pictures in photos for what the channels of conv answer to most."
    panel.search_first.click()
    assert search.state == "running"
    assert "as soon as" in panel.empty.sentence.text()
    assert PatchSearch(session).folder == "/home/me/photos", "remembered"
    Settings().set_folder("patches", "")


def test_patches_are_shown_while_the_search_runs(session, search, panel) -> None:
    search.start()
    answered(session, patches(5))
    assert panel.header.text() == "conv · 5 of 9 pictures in photos"
    assert panel.run.text() == "Pause"
    assert panel.broken.isHidden()
    cut_all(session, asked(session, CutPatches))
    image = panel.view.viewport().grab().toImage()
    where = panel.view.rect_of((0, 4)).center()
    assert image.pixelColor(where * image.devicePixelRatio()) == QColor(200, 0, 0)
    panel.run.click()
    assert panel.run.text() == "Go on"
    panel.run.click()
    answered(session, patches(9, broken=30), ended=True)
    assert panel.run.text() == "Search again"
    told = panel.broken.text()
    assert told.startswith("30 files could not be read:\n“0.png” is <i>damaged</i>")
    assert told.endswith("and 10 more")
    session.select(("in",))
    assert panel.stack.currentIndex() == 0
    session.select(("conv",))
    assert panel.stack.currentIndex() == 1


def test_mouse_and_keys_pick_look_and_open(session, search, panel, monkeypatch) -> None:
    opened = []
    monkeypatch.setattr(session, "open_picture", opened.append)
    search.start()
    answered(session, patches(9), ended=True)
    view = panel.view
    QTest.mouseMove(view.viewport(), view.rect_of((0, 2)).center())
    QApplication.processEvents()
    lines = ["channel 0, no. 3: 8.7746", "row 3, column 4", "<b>2</b>.jpg", "30×10 pixels at 12, 22"]
    assert panel.reading.text().splitlines() == lines
    (question,) = asked(session, Decode)
    assert question.source.path == "/photos/<b>2</b>.jpg"
    picture = Picture(np.zeros((50, 100, 3), np.uint8), "2.jpg", (200, 100))
    waits(session, "patch source").on_step(Progress("Reading 2.jpg"))  # its disk takes its time
    waits(session, "patch source").on_step(picture)
    box = panel.source.outline
    assert box.width() / panel.source.scale == pytest.approx(15)
    view.setFocus()
    QTest.keyClick(view, Qt.Key.Key_Right)
    assert view.spot == (0, 0)
    for key, spot in (
        (Qt.Key.Key_Right, (0, 1)), (Qt.Key.Key_Left, (0, 0)), (Qt.Key.Key_Left, (0, 0)),
        (Qt.Key.Key_End, (CHANNELS - 1, 0)), (Qt.Key.Key_Left, (CHANNELS - 2, 8)),
        (Qt.Key.Key_Up, (CHANNELS - 2 - view.blocks.columns, 8)), (Qt.Key.Key_Home, (0, 0)),
        (Qt.Key.Key_Down, (view.blocks.columns, 0)),
    ):  # fmt: skip
        QTest.keyClick(view, key)
        assert view.spot == spot
        assert view.viewport().rect().intersects(view.rect_of(spot))
    QTest.keyClick(view, Qt.Key.Key_Return)
    channel = view.blocks.columns
    picture_number = channel * 9 % 5
    assert opened == [f"/photos/<b>{picture_number}</b>.jpg"]
    assert session.place == Place("conv", channel, picture_number + 1, picture_number + 2)
    QTest.keyClick(view, Qt.Key.Key_Home)
    QTest.mouseDClick(view.viewport(), Qt.MouseButton.LeftButton, pos=view.rect_of((0, 1)).center())
    assert opened[1:] == ["/photos/<b>1</b>.jpg"]
    QTest.mouseDClick(view.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(1, 1))
    assert len(opened) == 2


def test_better_results_keep_what_is_picked(session, search, panel) -> None:
    search.start()
    answered(session, patches(3))
    panel.view.pick((7, 3))
    down = panel.view.verticalScrollBar().value()
    answered(session, patches(5))
    assert panel.view.spot == (7, 3)
    assert panel.view.verticalScrollBar().value() == down > 0


def test_slopes_beside_are_made_of_what_is_in_sight(session, search, panel) -> None:
    search.start()
    answered(session, patches(9), ended=True)
    assert not asked(session, PatchSlopes)
    panel.beside.setCurrentText("Guided gradient beside")
    (question,) = asked(session, PatchSlopes)
    found = search.of("conv")
    assert (question.node, question.back, question.folder) == ("conv", "guided", "/photos")
    path, box, place = question.wanted[1]
    assert (path, box) == search.patch(found, 0, 1)
    assert place == (0, found.rows[0, 1], found.columns[0, 1])
    made = np.full((len(question.wanted), SIDE, SIDE, 3), 77, np.uint8)
    waits(session, "patch slopes").on_step(PatchTiles(tuple(range(len(made))), made))
    image = panel.view.viewport().grab().toImage()
    place = panel.view.rect_of((0, 1))
    assert image.pixelColor(place.right() - 4, place.center().y()) == QColor(77, 77, 77)
    assert image.pixelColor(place.left() + 4, place.center().y()) != QColor(77, 77, 77)
    panel.beside.setCurrentText("Patches alone")
    assert panel.view.rect_of((0, 1)).width() == panel.view.blocks.side
    waits(session, "patch slopes").on_done()
    asked(session, PatchSlopes)
    panel.hide()
    panel.beside.setCurrentText("Deconvolution beside")
    panel.view.moved.emit()
    assert not asked(session, PatchSlopes), "nobody looks"


def test_classes_stand_in_rows_and_are_counted(session, search, panel) -> None:
    search.start()
    files = ("<b>cats/1.jpg", "<b>cats/2.jpg", "dogs/1.jpg", "dogs/2.jpg", "birds/x.jpg")
    answered(session, replace(patches(9), files=files), ended=True)
    panel.view.pick((0, 0))
    assert panel.classes.counts == {"<b>cats": 4, "dogs": 4, "birds": 1}
    assert panel.classes.accessibleDescription() == "<b>cats 4, dogs 4, birds 1"
    panel.form.editor("by_class").click()
    assert asked(session, FindPatches)[-1].choice.by_class
    answered(session, replace(patches(9), files=files, classes=("a", "b", "c")), ended=True)
    view = panel.view
    assert (view.blocks.classes, view.blocks.each) == (3, 3)
    assert view.rect_of((0, 3)).top() > view.rect_of((0, 2)).top()
    assert view.rect_of((0, 3)).left() == view.rect_of((0, 0)).left() > 8 * GAP
    for spot in ((0, 4), (5, 8), (2, 0), (2, 7)):
        view.pick(spot)
        assert view.viewport().rect().contains(view.rect_of(spot)), "also where a block is higher than the panel"
        assert spot in view.spots_in_sight()
    view.pick((0, 4))
    assert panel.reading.text().startswith("channel 0, no. 2:")
    assert len(view.spots_in_sight()) < len(view.in_sight()) * 9


def test_settings_and_the_sheet(session, search, panel, monkeypatch, tmp_path) -> None:
    search.start()
    answered(session, patches(9), ended=True)
    panel.form.editor("lowest").click()
    assert asked(session, FindPatches)[-1].choice == PatchChoice(lowest=True)
    answered(session, patches(9), ended=True)
    path = str(tmp_path / "sheet.png")
    monkeypatch.setattr("explorer.ui.panels.patches.choose_destination", lambda *_: path)
    panel.export.click()
    (question,) = asked(session, ExportSheet)
    assert (question.path, question.patches.node, question.replace) == (path, "conv", True)


def test_a_block_fits_into_a_low_panel(session, search, panel) -> None:
    search.start()
    answered(session, patches(9), ended=True)
    panel.resize(panel.minimumSize())
    QApplication.processEvents()
    assert panel.view.blocks.side < SIDE
    panel.resize(900, 900)
    QApplication.processEvents()
    assert panel.view.blocks.side == SIDE
