"""Make the guide's pictures afresh: `python docs/screenshots.py` opens the real window off screen and photographs it.

Needs the model library to reach its source, or MobileNetV2 in the cache.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME"):  # the window as it first is
    os.environ[name] = tempfile.mkdtemp()

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from explorer.formats import folders
from explorer.maths.records import Place
from explorer.network.direction import Direction
from explorer.ui import theme
from explorer.ui.application import build
from explorer.ui.dialogs import figure
from explorer.ui.panels.attribution import AttributionPanel
from explorer.ui.panels.boxes import BoxesPanel
from explorer.ui.panels.effects import EffectsPanel
from explorer.ui.panels.explain import ExplainPanel
from explorer.ui.panels.filters import FiltersPanel
from explorer.ui.panels.patches import PatchesPanel
from explorer.ui.panes import Pane
from explorer.workspace import flow_direction
from explorer.workspace.ablating import set_factors
from explorer.workspace.samples import samples
from explorer.workspace.style_setup import from_file

PICTURES = Path(__file__).parent / "pictures"
DETECTOR = Path(__file__).resolve().parents[2] / "shared" / "assets" / "yolo-fastest-1.1.cfg"

Panel = TypeVar("Panel", bound=QWidget)


def main() -> None:
    """Every picture of README and guide, in the order they are made."""
    app = QApplication([])
    app.setStyle("Fusion")
    window = build(app)
    window.resize(1280, 800)
    window.show()
    window.complete()
    session = window.session
    theme.apply(app, "light")

    def until(ready: Callable[[], object], seconds: float = 120) -> None:
        end = time.monotonic() + seconds
        while not ready():
            app.processEvents()
            time.sleep(0.005)
            if time.monotonic() > end:
                raise TimeoutError

    def shoot(name: str, part: QWidget = window, keep: list[QImage] | None = None) -> None:
        end = time.monotonic() + 0.6
        until(lambda: time.monotonic() > end and not session.work)
        window.canvas.drawing.glide.finish()
        app.processEvents()
        if keep is None:
            part.grab().save(str(PICTURES / f"{name}.png"))
        else:
            keep.append(part.grab().toImage())

    moments: dict[str, list[QImage]] = {"dark": [], "projector": []}

    def shoot_in_all(name: str) -> None:
        """In light, and in the other themes small for the pictures that show six moments in each."""
        shoot(name)
        for other, taken in moments.items():
            theme.apply(app, other)
            shoot(name, keep=taken)
        theme.apply(app, "light")

    def raised(title: str, kind: type[Panel]) -> Panel:
        """A panel in front of the others, once it is there."""
        window.docks[title].raise_()
        until(lambda: window.docks[title].widget() is not None)
        pane = window.docks[title].widget()
        assert isinstance(pane, Pane)
        assert isinstance(pane.first, kind)
        return pane.first

    def alone() -> None:
        """Only what comes next is open."""
        for tab in list(session.document.tabs):
            session.close_tab(tab)

    until(lambda: bool(session.models) and session.worker.state == "ready")
    shoot_in_all("start")
    window.pages.show_gallery()
    until(lambda: not window.pages.gallery._ahead.isActive())
    shoot_in_all("gallery")
    window.pages.show_facts()
    until(lambda: window.pages.facts.table.model().rowCount() > 0)
    window.pages.facts.search.setText("inception")
    shoot("facts")
    window.build()
    for kind in ("Input", "Conv2d", "ReLU", "MaxPool2d", "Linear"):
        window.canvas.add_layer(kind)
    session.select(("linear1",))
    window.canvas.fit()
    shoot("problem")
    session.select(("maxpool1",))
    QTest.keyClick(window.canvas, Qt.Key.Key_Tab)
    QTest.keyClicks(window.canvas.box.line, "fla")
    shoot("search")
    window.canvas.box.shut()
    alone()
    session.open_model("mobilenet_v2")
    until(lambda: bool(session.document.project.network.nodes))
    photo = next(path for path in samples() if path.stem == "coffee")
    session.open_picture(str(photo))
    until(lambda: session.prediction is not None)
    cold = session.prediction
    session.open_picture(str(photo))  # the first run takes longest
    until(lambda: session.prediction not in (None, cold))
    session.select(("features.2.conv.1.0",))
    window.canvas.frame(("features.2.conv.0.2", "features.2.conv.1.2"))
    until(lambda: session.maps is not None)
    window.activations.tools.colours.setCurrentText("grey")
    shoot_in_all("window-light")
    theme.apply(app, "dark")
    shoot("window-dark")
    theme.apply(app, "light")
    session.look_at(Place("features.2.conv.1.0", 41, 20, 28))
    raised("Explain", ExplainPanel)
    shoot_in_all("explain")
    patches = raised("Patches", PatchesPanel)
    patches.search.choose(replace(patches.search.choice, one_per_picture=False))
    patches.search.choose_folder(str(photo.parent))
    patches.search.start()
    until(lambda: patches.search.state == "done")
    shoot("patches")
    attribution = raised("Attribution", AttributionPanel)
    for action in attribution.methods.menu().actions():
        action.setChecked(True)
    until(lambda: not attribution.attributions.missing)
    shoot("attribution")
    effects = raised("Effects", EffectsPanel)
    set_factors(session.document, "features.2.conv.1.0", {41: 0.0, 7: 0.0})
    effects.rank.click()
    until(lambda: effects.effects.ranking is not None and effects.effects.ranking.done)
    shoot("effects")
    session.document.undo()
    filters = raised("Filters", FiltersPanel)
    until(lambda: not session.work)
    filters.sheet.setFocus()
    QTest.keyClick(filters.sheet, Qt.Key.Key_Return)
    until(lambda: filters.card.isVisible())
    filters.card.parts[-1].click()
    shoot("card")
    window.docks["Summary"].raise_()
    shoot("summary")
    alone()
    window.session.open_network("vgg16", "VGG-16")
    window.colour_by("parameters")
    session.select(("classifier.0",))
    window.canvas.frame()
    window.docks["Cost"].raise_()
    shoot_in_all("cost")
    window.colour_by("")
    figure(window)
    until(lambda: not session.work)
    shoot("figure", window.figure_dialog)
    window.figure_dialog.close()
    alone()
    session.open_network("resnet50", "ResNet-50")
    ids = [id for id in session.document.project.network.nodes if id.startswith("layer1.0.")]
    window.canvas.frame(tuple(ids))
    window.docks["Outline"].raise_()
    shoot("groups")
    window.docks["Layers"].raise_()
    alone()
    session.open_network("googlenet", "GoogLeNet")
    window.canvas.arrange(Direction.LEFT_RIGHT)
    window.canvas.fold_to(0)
    project = session.document.project
    block = next(id for id, group in project.groups.groups.items() if group.name == "inception3a")
    window.canvas.fold(block, closed=False)
    window.commands.run("Ruler of depth")
    inside = project.groups.nodes(block)
    window.canvas.show_area(window.canvas.drawing.bounds(("maxpool2", *inside)))
    session.select(inside[-1:])
    shoot("leftright")
    window.commands.run("Ruler of depth")
    flow_direction.remember(Direction.TOP_DOWN)
    alone()
    session.open_network("resnet50_v1", "ResNet-50 v1")
    window.pages.show_compare()
    page = window.pages.compare
    index = page.choice.findText("ResNet-50")
    page.choice.setCurrentIndex(index)
    page.choice.activated.emit(index)
    until(lambda: page.comparison.diff is not None and page.model.rowCount() == 12)
    shoot("compare")
    window.pages.show_library()
    shoot("library")
    alone()
    session.open_network("swin_t", "Swin-T")
    until(lambda: "features.1.1.attn" in session.document.project.network.nodes)
    session.select(("features.1.1.attn",))
    window.canvas.frame()
    window.docks["Activations"].raise_()
    until(lambda: session.maps is not None)
    shoot("opaque")
    alone()
    window.files.open_path(str(folders.models() / "mobilenet_v2-b0353104.pth"))
    until(lambda: window.files.weights.report is not None)
    session.select(("features.0.0",))
    window.docks["Weights"].raise_()
    shoot("weights")
    if DETECTOR.exists():
        alone()
        window.files.open_path(str(DETECTOR))
        until(lambda: "yolo130" in session.document.project.network.nodes)
        session.open_picture(str(DETECTOR.parent / "images" / "dog.jpg"))
        until(lambda: session.prediction is not None)
        session.select(("yolo130",))
        window.canvas.frame()
        window.docks["Activations"].raise_()
        shoot("detector")
        raised("Boxes", BoxesPanel).behind.pick_guess(0)
        shoot("boxes")
    window.pages.show_labs()
    shoot_in_all("labs")
    if DETECTOR.exists():
        alone()
        session.open_model("vgg16_trunk")
        until(lambda: bool(session.document.project.network.nodes))
        window.pages.show_studio()
        studio, view = window.pages.studios.studio, window.pages.studio.view
        studio.take_content(from_file(str(photo)))
        studio.take_style(from_file(str(DETECTOR.parent / "images" / "scream.jpg")))
        studio.set(replace(studio.setup.settings, size=256, steps=60))
        until(lambda: not studio.missing)
        view.run.start.click()
        until(lambda: studio.state == "done", 900)
        view.compare.click()
        view.result.divide(0.35)
        shoot("studio")
    for name, taken in moments.items():
        side_by_side(taken).save(str(PICTURES / f"moments-{name}.jpg"), quality=85)
    session.close()


def side_by_side(images: list[QImage]) -> QImage:
    """Small, two in a row."""
    wide, gap = 720, 8
    small = [image.scaledToWidth(wide, Qt.TransformationMode.SmoothTransformation) for image in images]
    high = small[0].height()
    whole = QImage(2 * wide + gap, (high + gap) * (len(small) // 2) - gap, QImage.Format.Format_RGB32)
    whole.fill(Qt.GlobalColor.gray)
    with QPainter(whole) as painter:
        for number, image in enumerate(small):
            painter.drawImage((number % 2) * (wide + gap), (number // 2) * (high + gap), image)
    return whole


if __name__ == "__main__":
    main()
