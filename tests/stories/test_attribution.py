"""A student asks why the network says what it says."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest

from explorer.classics.catalogue import CLASSICS
from explorer.maths.attribution import heat
from explorer.maths.records import Place
from explorer.probes.attribution import GradCam, Gradient, IntegratedGradients
from explorer.ui.controls.menu_letters import bare
from tests.poking import PHOTO


@pytest.fixture
def asking(user, assets):
    """MobileNetV2 has seen a photo of an eagle, and the attribution tab is in front with two quick methods."""
    user.wait(lambda: bool(user.session.models), 60)
    user.session.open_model("mobilenet_v2")
    user.wait(lambda: bool(user.project.network.nodes), 120)
    user.session.open_picture(str(assets / "images" / "eagle.jpg"))
    user.wait(lambda: user.session.prediction is not None)
    dock = user.window.docks["Attribution"]
    dock.raise_()
    user.wait(lambda: dock.widget() is not None)
    user.panel = dock.widget()._panel
    user.panel.attributions.choose((GradCam(), Gradient()))
    user.wait(lambda: not user.panel.attributions.missing)
    return user


def test_why_is_it_an_eagle(asking, tmp_path) -> None:
    panel, best = asking.panel, asking.session.prediction.top[0]
    cam = panel.attributions.results["Grad-CAM"]
    assert (cam.place, cam.at) == (Place("classifier.1", best.index), "features.18.2")
    assert panel.reading.text().startswith(f"{best.label} (classifier.1, number {best.index}): ")
    map_ = heat(cam.values, signed=True)
    rows, columns = np.nonzero(map_ > 0.5)
    assert 1 < rows.mean() < 5, "the bird's head is in the middle of the photo"
    assert 1 < columns.mean() < 5
    panel.export_png(str(tmp_path / "why.png"))
    written = QImage(str(tmp_path / "why.png"))
    assert (written.width(), written.height()) == (panel.view.image.width(), panel.view.image.height())
    assert min(written.width(), written.height()) >= 224


def test_the_maps_of_the_selected_layer_by_choice(asking) -> None:
    panel = asking.panel
    asking.session.select(("features.14.conv.2",))
    assert panel.attributions.results["Grad-CAM"].at == "features.18.2", "what is selected changes nothing by itself"
    panel.choose("Grad-CAM")
    panel._forms["Grad-CAM"].editor("layer").setCurrentText("selected")
    asking.wait(lambda: not panel.attributions.missing)
    assert panel.check.text() == "The maps of features.14.conv.2."
    asking.session.select(("features.7.conv.2",))
    asking.wait(lambda: not panel.attributions.missing)
    assert panel.check.text() == "The maps of features.7.conv.2."


def test_another_class_another_map(asking) -> None:
    panel = asking.panel
    first, second = asking.session.prediction.top[:2]
    before = panel.attributions.results["Grad-CAM"].values
    panel.target.setFocus()
    asking.press(Qt.Key.Key_Down)
    asking.press(Qt.Key.Key_Down)
    asking.wait(lambda: panel.attributions.results and not panel.attributions.missing)
    assert panel.target.currentText().startswith(second.label)
    after = panel.attributions.results["Grad-CAM"]
    assert after.place.channel == second.index != first.index
    assert not np.array_equal(before, after.values)
    asking.session.open_model("mobilenet_v2")
    asking.wait(lambda: panel.attributions.target is None)
    assert panel.target.currentText() == "most likely class"


def test_any_number_can_be_explained(asking) -> None:
    panel = asking.panel
    asking.session.look_at(Place("features.4.conv.2", 5, 10, 11))
    panel.target.setCurrentIndex(panel.target.count() - 1)
    panel.target.activated.emit(panel.target.count() - 1)
    asking.wait(lambda: panel.attributions.results and not panel.attributions.missing)
    slope = panel.attributions.results["Gradient"]
    assert slope.place == Place("features.4.conv.2", 5, 10, 11)
    touched = np.nonzero(np.abs(slope.values).max(0))
    assert np.ptp(touched[0]) < 60, "only its receptive field has a slope"
    assert panel.reading.text().startswith("features.4.conv.2, channel 5, row 10, column 11: ")
    asking.session.look_at(Place("features.4.conv.2", 6, 10, 11))
    asking.wait(lambda: panel.attributions.results and not panel.attributions.missing)
    assert panel.attributions.results["Gradient"].place.channel == 6


def test_methods_and_settings_by_mouse_and_keys(asking) -> None:
    panel = asking.panel
    (choice,) = [action for action in panel.methods.menu().actions() if bare(action) == "Integrated gradients"]
    choice.setChecked(False)
    form = panel._form(IntegratedGradients)
    form.show_value(IntegratedGradients(steps=4))
    choice.setChecked(True)
    asking.wait(lambda: not panel.attributions.missing)
    assert panel.title.text() == "Integrated gradients"
    assert panel.check.text().startswith("The shares add up to ")
    coarse = panel.attributions.results["Integrated gradients"]
    steps = form.editor("steps")
    steps.setFocus()
    steps.selectAll()
    QTest.keyClicks(steps, "6")
    asking.wait(lambda: not panel.attributions.missing)
    fine = panel.attributions.results["Integrated gradients"]
    assert not np.array_equal(coarse.values, fine.values)
    view = panel.view
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=view.on_widget(view._tiles[0].toRectF()).center().toPoint())
    assert panel.title.text() == "Grad-CAM"
    panel.setFocus()
    QTest.keyClick(panel, Qt.Key.Key_PageDown)
    assert panel.title.text() == "Integrated gradients"
    middle = view.on_widget(view._tiles[0].toRectF()).center().toPoint()

    def reads() -> bool:
        QTest.mouseMove(view, middle)  # Qt sometimes sends an older place of the pointer behind a window's change
        return "of features.18.2" in panel.reading.text()

    asking.wait(reads)


def test_nobody_looks_and_nothing_is_computed(asking, assets) -> None:
    panel = asking.panel
    asking.window.docks["Activations"].raise_()
    asking.wait(lambda: not panel.isVisible())
    asking.session.open_picture(str(assets / "images" / "dog.jpg"))
    asking.wait(lambda: not panel.attributions.results)
    asking.wait(lambda: asking.session.prediction is not None)
    assert "attribution" not in asking.session.work
    asking.window.docks["Attribution"].raise_()
    asking.wait(lambda: not panel.attributions.missing)
    assert panel.attributions.results


def test_another_network_is_opened_beside_what_was_found(user) -> None:
    """Found by planting errors anywhere: what was found of the last network was told of the next one."""
    session = user.session
    session.open_project(CLASSICS["lenet5"].project)
    session.open_picture(PHOTO)
    user.wait(lambda: session.prediction is not None, 60)
    user.window.docks.bring("Attribution")
    user.window.docks.turns.finish("Attribution")
    panel = user.window.docks["Attribution"].widget()._panel
    user.wait(lambda: panel.attributions.results)
    (place,) = {one.place.node for one in panel.attributions.results.values()}
    user.document.edit("delete", user.project.rewired(user.project.network.without([place])))
    panel.opacity.setValue(30)  # before any answer for what is left
    session.open_project(CLASSICS["vgg11"].project)
    assert not panel.attributions.results
    session.open_picture(PHOTO)  # its errors would fail this test
    user.wait(lambda: session.picture is not None)
