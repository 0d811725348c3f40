"""A teacher opens a trained network, drops a photo on it, and looks inside."""

from __future__ import annotations

import json

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest


@pytest.fixture
def trained(user):
    """MobileNetV2 opened from the start page."""
    user.wait(lambda: bool(user.session.models), 60)
    user.window.pages.start.model_requested.emit("mobilenet_v2")
    user.wait(lambda: bool(user.project.network.nodes), 120)
    return user


def test_drop_a_photo_and_read_the_top_five(trained, assets) -> None:
    total = trained.window.status._totals.text()
    assert "3,504,872 parameters" in total
    assert "300,774,272 MACs" in total
    reference = json.loads((assets / "reference" / "mobilenet_v2_top5.json").read_text())["images"]
    for name in ("eagle.jpg", "baboon.jpg"):
        trained.session.prediction = None
        trained.drop(trained.window, str(assets / "images" / name))
        trained.wait(lambda: trained.session.prediction is not None)
        top = trained.session.prediction.top
        assert [g.index for g in top] == [r["index"] for r in reference[name]]
        assert [g.label for g in top] == [r["class"] for r in reference[name]]
        np.testing.assert_allclose([g.probability for g in top], [r["prob"] for r in reference[name]], atol=1e-3)
        assert not trained.session.prediction.untrained


def test_click_a_node_and_see_its_channels(trained, assets) -> None:
    trained.session.open_picture(str(assets / "images" / "dog.jpg"))
    trained.wait(lambda: trained.session.prediction is not None)
    trained.click_node("features.0.0")
    trained.wait(lambda: trained.session.maps is not None)
    maps = trained.session.maps
    assert maps.node == "features.0.0"
    assert maps.values.shape == (32, 112, 112)
    assert maps.tiles.dtype == np.uint8
    trained.press(Qt.Key.Key_Down)
    trained.wait(lambda: trained.session.maps is not None and trained.session.maps.node == "features.0.1")
    trained.click_node("features.18.0")
    trained.wait(lambda: trained.session.maps is not None and trained.session.maps.node == "features.18.0")
    assert trained.session.maps.values.shape == (1280, 7, 7)


def test_guesses_go_with_their_network(trained, assets) -> None:
    trained.session.open_picture(str(assets / "images" / "eagle.jpg"))
    trained.wait(lambda: trained.session.prediction is not None)
    trained.session.open_network("lenet5", "LeNet-5")
    assert trained.session.prediction is None
    trained.wait(lambda: trained.session.prediction is not None)
    assert len(trained.session.prediction.untrained) == 5


def test_an_edit_makes_weights_random_and_undo_brings_them_back(trained, assets) -> None:
    trained.session.open_picture(str(assets / "images" / "eagle.jpg"))
    trained.wait(lambda: trained.session.prediction is not None)
    first = trained.session.prediction.top[0]
    trained.click_node("features.0.0")
    trained.set_field("kernel", "5")
    trained.wait(lambda: trained.session.prediction is not None and trained.session.prediction.untrained)
    assert trained.session.prediction.untrained == ("features.0.0",)
    trained.press(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    trained.wait(lambda: trained.session.prediction is not None and not trained.session.prediction.untrained)
    assert trained.session.prediction.top[0] == first


def test_a_problem_clears_what_is_no_longer_true(trained, assets) -> None:
    trained.session.open_picture(str(assets / "images" / "eagle.jpg"))
    trained.wait(lambda: trained.session.prediction is not None)
    trained.click_node("features.1.conv.0.0")
    with trained.qtbot.waitSignal(trained.session.failed, timeout=10_000) as failed:
        trained.set_field("groups", "7")
    assert "do not split into 7 groups" in failed.args[1]
    assert trained.session.prediction is None


def test_save_and_open_again(trained, assets, tmp_path) -> None:
    path = str(tmp_path / "mobile.cnnx")
    trained.click_node("classifier.1")
    QTest.keyClick(trained.window.canvas, Qt.Key.Key_Left)
    project = trained.project
    with trained.qtbot.waitSignal(trained.session.saved, timeout=20_000):
        trained.session.save(path)
    trained.session.new()
    assert not trained.project.network.nodes
    trained.window.files.open_path(path)
    trained.wait(lambda: bool(trained.project.network.nodes))
    assert trained.project == project
    trained.session.open_picture(str(assets / "images" / "eagle.jpg"))
    trained.wait(lambda: trained.session.prediction is not None)
    assert not trained.session.prediction.untrained


def test_a_bad_picture_is_told_and_the_old_one_stays(trained, assets, tmp_path) -> None:
    trained.session.open_picture(str(assets / "images" / "eagle.jpg"))
    trained.wait(lambda: trained.session.prediction is not None)
    bad = tmp_path / "holiday.jpg"
    bad.write_bytes(b"this is not a picture")
    with trained.qtbot.waitSignal(trained.session.failed, timeout=10_000) as failed:
        trained.drop(trained.window, str(bad))
    lane, sentence = failed.args
    assert lane == "picture"
    assert "holiday.jpg" in sentence
    assert len(sentence) <= 300
    assert trained.session.picture.name == "eagle.jpg"
    assert trained.session.prediction is not None


def test_a_dead_worker_loses_nothing(trained, assets, tmp_path) -> None:
    trained.session.open_picture(str(assets / "images" / "eagle.jpg"))
    trained.wait(lambda: trained.session.prediction is not None)
    project, first = trained.project, trained.session.prediction.top
    trained.session.prediction = None
    with trained.qtbot.waitSignal(trained.session.worker.died):
        trained.session.worker._process.kill()
    assert "your work is safe" in trained.window.notices.text
    trained.wait(lambda: trained.session.prediction is not None, 30)  # asked again by itself
    assert trained.session.prediction.top == first
    assert trained.project == project


@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK", "RGBA", "P", "I;16"])
def test_any_kind_of_picture(trained, tmp_path, mode) -> None:
    rng = np.random.default_rng(0)
    path = tmp_path / f"x.{'tif' if mode == 'CMYK' else 'png'}"
    if mode == "I;16":
        Image.fromarray(rng.integers(0, 65535, (50, 70)).astype(np.uint16)).save(path)
    else:
        Image.fromarray(rng.integers(0, 255, (50, 70, 3)).astype(np.uint8)).convert(mode).save(path)
    trained.session.open_picture(str(path))
    trained.wait(lambda: trained.session.prediction is not None)
    assert trained.session.picture.pixels.shape == (50, 70, 3)
