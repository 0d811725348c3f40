"""The card of a filter: what is on it is what the panels show in full, and nothing is asked while nobody looks."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFontMetrics, QImage, QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from explorer.engine.patch_questions import CutPatches, FindPatches
from explorer.engine.questions import DreamOf
from explorer.layers.activations import ReLU
from explorer.layers.dense import Input
from explorer.layers.windows import Conv2d
from explorer.maths.dreaming import Dreamt
from explorer.maths.records import Place
from explorer.maths.sentences import Refusal
from explorer.network.network import Network, Node
from explorer.network.project import Project
from explorer.ui.controls.labels import sized
from explorer.ui.panels.filters import WIDE, FiltersPanel
from explorer.ui.pictures.card_part import Part, paint_part
from explorer.ui.pictures.filter_tiling import Spot
from explorer.ui.pictures.unit_card import UnitCard
from explorer.workspace.document import Document
from explorer.workspace.dreaming import Dreaming
from explorer.workspace.patch_search import PatchSearch
from explorer.workspace.session import Session
from explorer.workspace.unit_pictures import UnitPictures
from tests.idle_side import IdleWorker
from tests.test_filters import looked
from tests.test_patch_search import answered, asked, cut_all, patches, waits

NETWORK = Network({
    "in": Node("in", Input(3, 32, 32)), "conv": Node("conv", Conv2d(8, 3), ("in",)),
    "relu": Node("relu", ReLU(), ("conv",)),
})  # fmt: skip


def made(session: Session) -> FiltersPanel:
    search = PatchSearch(session)
    return FiltersPanel(session, UnitCard(session, search, UnitPictures(session), Dreaming(session)))


def shown(qtbot, session: Session) -> FiltersPanel:
    panel = made(session)
    qtbot.addWidget(panel)
    panel.resize(512, 218)
    panel.show()
    panel.activateWindow()
    qtbot.waitUntil(panel.isActiveWindow)
    return panel


@pytest.fixture
def panel(qtbot):
    session = Session(Document(Project(NETWORK)), IdleWorker())
    panel = shown(qtbot, session)
    session.select(("conv",))
    panel.looking._show(replace(looked("first"), node="conv"))
    yield panel
    session.close()


def click(panel: FiltersPanel, at: int) -> UnitCard:
    spot = panel.sheet.point_of(Spot(at, 0, 0, 0))
    QTest.mouseClick(panel.sheet.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    QApplication.processEvents()
    return panel.card


def actions(card: UnitCard) -> list[str]:
    return [part.part.action for part in card.parts]


def test_a_click_on_a_filter_shows_its_card_and_picks_its_map(panel) -> None:
    assert panel.card.isHidden()
    card = click(panel, 3)
    assert card.isVisible()
    assert panel.page.isHidden(), "the panel is low and narrow"
    assert panel._session.place == Place("conv", 3, 15, 15)
    assert card.title.text() == "conv · filter 3"
    assert actions(card) == ["Show all filters", "Open picture…", "Choose folder…", "Make it"]
    assert card.numbers.text().startswith(f"norm {panel.looking.filters.norms[3]:.4g} · random weights")
    assert [part.accessibleName() for part in card.parts] == [
        "Filter: Show all filters", "Map: Open picture…", "Patches: Choose folder…", "Optimised picture: Make it",
    ]  # fmt: skip
    for part in card.parts:
        assert card.room.rect().contains(part.geometry())
        assert part.width() > 100
    panel.resize(WIDE, 218)
    QApplication.processEvents()
    assert card.isVisible()
    assert panel.page.isVisible(), "room for both"
    assert card.back.isHidden()


def test_keys_go_from_filter_to_filter_and_back(panel) -> None:
    card = click(panel, 3)
    assert card.hasFocus()
    QTest.keyClick(card, Qt.Key.Key_Right)
    assert card.number == 4
    card.parts[0].setFocus()
    QTest.keyClick(card.parts[0], Qt.Key.Key_Up)
    assert panel._session.place.channel == card.number == 3
    card.after.click()
    card.after.click()
    card.before.click()
    assert card.number == 4
    at, cosine = card._nearest
    assert card.like.text() == f"Most like {at} · {cosine:.2f}"
    card.like.click()
    assert card.number == at
    QTest.keyClick(card, Qt.Key.Key_Escape)
    assert card.isHidden()
    assert panel.sheet.hasFocus()
    QTest.keyClick(panel.sheet, Qt.Key.Key_Right)
    assert card.isHidden(), "arrows go through the sheet"
    QTest.keyClick(panel.sheet, Qt.Key.Key_Return)
    assert card.isVisible()
    assert card.hasFocus()
    panel._session.select(("relu",))
    assert card.isHidden()


def test_patches_are_searched_recalled_and_shown(panel) -> None:
    card, session = panel.card, panel._session
    requested = []
    card.panel_requested.connect(requested.append)
    click(panel, 2)
    card.parts[2].click()
    assert requested == ["Patches"], "there the folder is chosen"
    card._search.choose_folder("/photos")
    assert [question.kept_only for question in asked(session, FindPatches)] == [True]
    assert actions(card)[2] == "Search"
    card.parts[2].click()
    assert [question.kept_only for question in asked(session, FindPatches)] == [False]
    assert card.parts[2].part.share == 0
    answered(session, patches(5, 10))
    assert card.parts[2].part.caption == "Patches · 5 of 10"
    assert card.parts[2].part.share == 0.5
    assert cut_all(session, asked(session, CutPatches)) == 5, "some of the nine are the same"
    image = card.parts[2].part.image
    assert {image.pixelColor(32 + 66 * i, 32 + 66 * j).name() for i in range(3) for j in range(3)} == {"#c80000"}
    answered(session, patches(10, 10), ended=True)
    assert card.parts[2].part.share is None
    card.parts[2].click()
    assert requested == ["Patches", "Patches"]


def test_a_picture_is_made_stopped_gone_on_with_and_shown_large(panel) -> None:
    card, session = click(panel, 2), panel._session
    QTest.keyClick(card.parts[3], Qt.Key.Key_Return)
    (question,) = asked(session, DreamOf)
    assert (question.place, question.so_far, question.done) == (Place("conv", 2), None, 0)
    assert actions(card)[3] == "Stop"
    half = Dreamt(Place("conv", 2), np.full((32, 32, 3), 9, np.uint8), question.settings.total // 2, 1.0)
    waits(session, "unit picture").on_step(half)
    assert card.parts[3].part.share == pytest.approx(0.5, abs=0.01)
    click_on = card.parts[3].click
    click_on()
    assert actions(card)[3] == "Go on"
    click_on()
    (question,) = asked(session, DreamOf)
    assert question.so_far.pixels is half.picture
    assert question.done == half.step
    card.after.click()
    assert actions(card)[3] == "Make it", "of the next filter there is none"
    waits(session, "unit picture").on_step(replace(half, step=question.settings.total, done=True))
    card.before.click()
    assert actions(card)[3] == "Show it large"
    requested = []
    card.panel_requested.connect(requested.append)
    click_on()
    assert requested == ["Dream"]
    assert card._dreaming.result.picture is half.picture
    changed = session.document.project
    session.document.edit("Edit", changed.rewired(changed.network.with_settings("conv", kernel=5)))
    assert card._pictures.of(("conv", 2)) is None, "the network is another one"


def test_nothing_is_asked_while_it_is_hidden(panel) -> None:
    card, session = click(panel, 2), panel._session
    panel.hide()
    card._search.choose_folder("/photos")
    asked(session, object)
    session.look_at(Place("conv", 5, 1, 1))
    card._search.start()
    answered(session, patches(5, 10))
    assert [type(question) for question in asked(session, object)].count(CutPatches) == 0
    panel.show()
    QApplication.processEvents()
    assert card.number == 5
    assert asked(session, CutPatches)


def test_the_card_as_a_file(panel, tmp_path) -> None:
    with pytest.raises(Refusal, match="pick a filter"):
        panel.card.export_png(str(tmp_path / "none.png"))
    card = click(panel, 1)
    card.export_png(str(tmp_path / "card.png"))
    image = QImage(str(tmp_path / "card.png"))
    assert image.size() == card.image().size()
    corner = card.parts[0].part.image.pixelColor(0, 0).name()
    assert corner in {image.pixelColor(x, 80).name() for x in range(300)}


def test_with_a_real_worker_the_card_shows_what_the_panels_show(staying_worker, qtbot, tmp_path) -> None:
    random = np.random.default_rng(0)
    for number in range(3):
        pixels = random.integers(0, 256, (40, 50, 3), np.uint8)
        Image.fromarray(pixels).save(tmp_path / f"{number}.png")
    session = Session(Document(Project(NETWORK)), staying_worker)
    session.worker.start()
    panel = shown(qtbot, session)
    session.select(("conv",))
    qtbot.waitUntil(lambda: panel.looking.filters is not None, timeout=60_000)
    card = click(panel, 3)
    session.open_picture(str(tmp_path / "1.png"))
    qtbot.waitUntil(lambda: session.maps is not None, timeout=20_000)
    values = session.maps.values[3]
    row, column = np.unravel_index(values.argmax(), values.shape)
    assert card.parts[1].part.caption == f"Map · {values.max():.4g} at {row}, {column}"
    assert card.parts[1].part.mark == ((column + 0.5) / 30, (row + 0.5) / 30)
    assert f"mean {values.mean():.4g}".replace("-", "−") in card.numbers.text()
    card._search.choose_folder(str(tmp_path))
    card.parts[2].click()
    qtbot.waitUntil(lambda: card._search.state == "done", timeout=20_000)
    again = PatchSearch(session)
    again.choose_folder(str(tmp_path))
    again.recall()
    qtbot.waitUntil(lambda: again.of("conv") is not None, timeout=20_000)
    np.testing.assert_array_equal(again.of("conv").values, card._search.of("conv").values)
    assert again.state == "done"
    card._pictures.settings = replace(card._pictures.settings, steps=2)
    card.parts[3].click()
    qtbot.waitUntil(lambda: actions(card)[3] == "Show it large", timeout=30_000)
    assert card.parts[3].part.image.size().width() == 32
    session.close()


def test_a_caption_without_room_leaves_out_its_name_first(qapp: QApplication) -> None:
    def painted(part: Part, wide: int) -> QImage:
        image = QImage(wide, 60, QImage.Format.Format_RGB32)
        image.fill(Qt.GlobalColor.white)
        with QPainter(image) as painter:
            paint_part(painter, QRect(0, 0, wide, 60), part)
        return image

    long = "Map · −3.661 at 55, 70"
    room = QFontMetrics(sized("small")).horizontalAdvance(long)
    for wide, written in ((room, long), (room - 1, "−3.661 at 55, 70")):
        assert painted(Part(long, short="−3.661 at 55, 70"), wide) == painted(Part(written), wide)
        assert painted(Part(long, short="−3.661 at 55, 70"), wide) != painted(Part("Map"), wide)
