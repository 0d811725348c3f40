"""Somebody opens detectors of torchvision's: one with anchors on a grid, and one that looks again at regions."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from torchvision.models import get_model_weights

from explorer.engine import torchvision_detectors
from explorer.engine.library import ENTRIES
from explorer.formats import project_file, tensors
from explorer.maths.box_records import SHOWN
from explorer.maths.masks import taken
from explorer.network.layout import arranged
from explorer.network.project import Project
from tests.detectors import SMALL, detector, found
from tests.test_closer_looks import detector_of

LEFT, PLAIN = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


def opened(user, assets: Path, folder: Path, name: str):
    """The detector with random numbers, a photo that it has seen, and the panel in front."""
    with Image.open(assets / "images" / "dog.jpg", formats=("JPEG",)) as image:
        image.thumbnail((400, 400))
        photo = image.convert("RGB")
    photo.save(folder / "dog.png")
    module = detector(name, np.asarray(photo))
    network, entry = torchvision_detectors.network_of(module), ENTRIES[name]
    own = {"shorter": SMALL["min_size"], "longer": SMALL["max_size"]} if entry.recipe.shorter else {}
    labels = tuple(get_model_weights(name).DEFAULT.meta["categories"])
    project = Project(
        network,
        arranged(network),
        tensors.keep(torchvision_detectors.numbers(module, network)),
        replace(entry.recipe, labels=labels, **own),
        entry.card.title,
    )
    project_file.write(folder / "detector.cnnx", project)
    user.drop(user.window, str(folder / "detector.cnnx"))
    user.wait(lambda: user.project.network.nodes, 60)
    user.drop(user.window, str(folder / "dog.png"))
    user.wait(lambda: user.session.prediction is not None, 60)
    docks = user.window.docks
    docks.bring("Boxes")
    user.wait(lambda: docks["Boxes"].widget() is not None)
    panel = docks["Boxes"].widget()._panel
    user.wait(lambda: panel.stage.view.scene is not None)
    return panel


def click(view, x: float, y: float) -> None:
    at = view.place((x, y, x, y)).topLeft().toPoint()
    QTest.mouseMove(view, at + QPoint(3, 3))
    QTest.mouseMove(view, at)
    QTest.mouseClick(view, LEFT, PLAIN, at)


def pick_first(panel):
    """Click into the first box, and see the one that was picked."""
    left, top, right, bottom = panel.behind.guesses[0].box
    click(panel.stage.view, (left + right) / 2, (top + bottom) / 2)
    assert panel.behind.guess >= 0
    return panel.behind.guesses[panel.behind.guess]


def test_a_second_look_at_regions(user, assets: Path, tmp_path: Path) -> None:
    panel = opened(user, assets, tmp_path, "fasterrcnn_mobilenet_v3_large_320_fpn")
    guess = pick_first(panel)
    region = panel.behind.spot.column
    assert panel.stage.head.currentText() == f"boxes · {panel.behind.heads.heads[0].cells[1]:,} regions"
    assert panel.box.header.text().startswith(f"{guess.label} ")
    assert f"boxes · region {region + 1} of" in panel.box.header.text()
    rows = {row.row.name: row.row for row in panel.box.views if row.isVisible()}
    assert str(rows["b_x"].formula) == "x_a + (t_x / v)·w_a"
    assert rows["left"].value == pytest.approx(guess.box[0], abs=0.01)
    assert {name for name, button in panel.stage.layers.items() if not button.isEnabled()} == {
        "Grid", "Anchors", "p_c", "Midpoints",
    }  # fmt: skip
    assert "no grid" in panel.stage.layers["Grid"].toolTip()
    assert not panel.pages.isTabEnabled(panel.pages.indexOf(panel.midpoints))
    panel.setFocus()
    user.press(Qt.Key.Key_S)
    steps = panel.behind.steps
    panel.behind.go(len(steps) - 1)
    assert panel.stage.view.scene.state is not None
    user.click_node("roi_align")
    user.wait(lambda: user.session.maps is not None and user.session.maps.node == "roi_align", 60)
    assert user.session.maps.values.shape == (256, 7, 7), "the whole picture as the only region"


def test_anchors_on_a_grid(user, assets: Path, tmp_path: Path) -> None:
    panel = opened(user, assets, tmp_path, "ssdlite320_mobilenet_v3_large")
    guess = pick_first(panel)
    spot = panel.behind.spot
    rows, columns = panel.behind.heads.heads[spot.head].cells
    assert panel.stage.head.currentText() == f"boxes.{spot.head} · {rows} × {columns} cells"
    assert f"row {spot.row}, column {spot.column} · anchor {spot.anchor + 1}" in panel.box.header.text()
    formulas = {row.row.name: row.row for row in panel.box.views if row.isVisible()}
    assert str(formulas["score"].formula) == f"exp(t_{guess.index} − ln Σ exp(t))"
    assert {name for name, button in panel.stage.layers.items() if not button.isEnabled()} == {"Midpoints"}
    QTest.keyClick(panel, Qt.Key.Key_P)
    assert "p_c" in panel.stage.view.scene.layers
    before = len(panel.behind.guesses)
    panel.thresholds.least.entered.emit(guess.probability - 1e-3)
    user.wait(lambda: 0 < len(panel.behind.guesses) < before)


def test_a_file_with_a_detector_s_weights(user, assets: Path, tmp_path: Path) -> None:
    """Somebody taught SSDlite three kinds of things, and drops what came of it: it is the detector, and it says so."""
    with Image.open(assets / "images" / "dog.jpg", formats=("JPEG",)) as image:
        image.thumbnail((160, 160))
        photo = np.asarray(image.convert("RGB"))
    module = detector("ssdlite320_mobilenet_v3_large", photo, num_classes=4)
    Image.fromarray(photo).save(tmp_path / "dog.png")
    torch.save({"model": module.state_dict(), "epoch": 26}, tmp_path / "cats.pth")
    user.drop(user.window, str(tmp_path / "cats.pth"))
    user.wait(lambda: user.project.network.nodes, 60)
    assert user.project.title == "SSDlite 320 on MobileNet V3, 3 classes"
    assert user.window.files.weights.report.whole
    user.drop(user.window, str(tmp_path / "dog.png"))
    user.wait(lambda: user.session.prediction is not None, 60)
    boxes, scores, labels = found(module, photo)
    top = user.session.prediction.top
    assert len(top) == min(len(boxes), SHOWN)
    assert top[0].probability == pytest.approx(scores[0], abs=1e-4)
    assert top[0].label == f"class {labels[0]}"
    assert top[0].box == pytest.approx(boxes[0], abs=5e-3)


def test_a_detector_without_weights_from_the_gallery(user, assets: Path) -> None:
    user.wait(lambda: user.session.worker.state == "ready", 60)
    user.window.pages.show_gallery()
    gallery = user.window.pages.gallery
    gallery.search.setFocus()
    user.type("ssdlite")
    assert "It opens with random weights, so the boxes it finds mean nothing" in gallery.story.text()
    QTest.mouseClick(gallery.open, LEFT)
    user.wait(lambda: user.project.network.nodes, 60)
    assert user.project.title == "SSDlite 320 on MobileNet V3"
    user.drop(user.window, str(assets / "images" / "dog.jpg"))
    user.wait(lambda: user.session.prediction is not None, 60)
    assert len(user.session.prediction.untrained) > 100


def test_masks_are_drawn_and_follow_the_thresholds(user, assets: Path, tmp_path: Path) -> None:
    """What another threshold lets count was not looked at closer yet: that comes once the slider rests."""
    with Image.open(assets / "images" / "dog.jpg", formats=("JPEG",)) as image:
        image.thumbnail((160, 160))
        photo = np.asarray(image.convert("RGB"))
    _, project = detector_of("masks", photo, tmp_path)
    project_file.write(tmp_path / "masks.cnnx", replace(project, places=arranged(project.network)))
    Image.fromarray(photo).save(tmp_path / "dog.png")
    user.drop(user.window, str(tmp_path / "masks.cnnx"))
    user.wait(lambda: user.project.network.nodes, 60)
    user.drop(user.window, str(tmp_path / "dog.png"))
    user.wait(lambda: user.session.prediction is not None, 60)
    top, view = user.session.prediction.top, user.window.picture.view
    assert all(guess.mask is not None for guess in top)
    largest = max(top, key=lambda guess: taken(guess.mask, guess.box, photo.shape[1::-1]).sum())
    pictures = []
    for guess in (largest, replace(largest, mask=None)):
        view.show_guesses([guess], photo.shape[1])
        pictures.append(view.annotated())
    there = np.argwhere(taken(largest.mask, largest.box, photo.shape[1::-1])).tolist()
    changed = sum(pictures[0].pixel(x, y) != pictures[1].pixel(x, y) for y, x in there)
    assert changed > 0.5 * len(there) > 20, "the rest lies under the box and its plate"
    user.window.predictions.thresholds.overlap.number.setValue(1.0)
    others = user.session.prediction.top
    assert others != top
    assert any(guess.mask is None for guess in others)
    user.wait(lambda: all(guess.mask is not None for guess in user.session.prediction.top), 60)
    assert [(g.index, g.box) for g in user.session.prediction.top] == [(g.index, g.box) for g in others]
