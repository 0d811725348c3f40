"""Somebody drops a Darknet detector and a photo on the window, sees boxes, and looks into a head; another one takes
MTCNN from the library, and sees eyes, nose and mouth."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt

from explorer.maths.resources import resources
from explorer.ui.pictures.thing_shapes import landmarks
from tests.ready import ReadyWorker
from tests.stories.conftest import User, with_worker
from tests.test_cascade import mtcnn_cache  # noqa: F401

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def test_from_two_files_to_boxes(user, assets) -> None:
    user.drop(user.window, str(assets / "yolo-fastest-1.1-xl.weights"))
    user.wait(lambda: user.project.network.nodes, 60)
    assert user.project.title == "yolo-fastest-1.1-xl"
    assert user.document.path == ""  # another program's file is not written over
    user.drop(user.window, str(assets / "images" / "dog.jpg"))
    user.wait(lambda: user.session.prediction is not None, 60)
    guesses = user.window.predictions.guesses
    assert [guesses.index(i).data().split(",")[0] for i in range(guesses.rowCount())] == [
        "dog", "bicycle", "car", "truck", "cat",
    ]  # fmt: skip
    assert not user.window.predictions.untrained.isVisible()
    boxes = {guess.label: outline for guess, outline in user.window.picture.view.outlines()}
    assert len(boxes) == 5
    assert boxes["car"].left() > boxes["dog"].right()

    user.click_node("yolo130")
    user.wait(lambda: user.session.maps is not None and user.session.maps.node == "yolo130")
    assert user.session.maps.values.shape == (255, 20, 20)
    form = user.window.inspector.form
    assert form.editor("anchors").text() == "12×18, 37×49, 52×132"
    user.set_field("anchors", "120×180, 370×490, 520×1320")
    assert user.project.network.nodes["yolo130"].layer.anchors == ((120, 180), (370, 490), (520, 1320))
    before = user.session.prediction
    user.wait(lambda: user.session.prediction is not before)
    user.document.undo()
    user.wait(lambda: user.session.prediction is not None and user.session.prediction.top == before.top)


@pytest.fixture
def with_mtcnn(mtcnn_cache, monkeypatch, qtbot, qapp) -> Iterator[User]:  # noqa: F811
    """A window with a worker of its own, which takes the folder over."""
    monkeypatch.setenv("CNN_EXPLORER_CACHE", str(mtcnn_cache))
    yield from with_worker(ReadyWorker(), qtbot, qapp)


def test_a_face_with_its_landmarks(with_mtcnn, assets) -> None:
    """From the library to what the reference says of the same photo, and on to a stage that looks away."""
    user = with_mtcnn
    user.press(Qt.Key.Key_O, CTRL | SHIFT)
    page = user.window.pages.library
    user.wait(lambda: page.isVisible() and page.model.rowCount() > 80)
    user.type("mtcnn")
    user.press(Qt.Key.Key_Return)
    user.wait(lambda: "onet.boxes" in user.project.network.nodes, 60)
    user.drop(user.window, str(resources() / "samples" / "astronaut.jpg"))
    user.wait(lambda: user.session.prediction is not None, 60)
    (face,) = json.loads((assets / "reference" / "mtcnn.json").read_text())["images"]["astronaut.png"]["faces"]
    ((guess, outline),) = user.window.picture.view.outlines()
    assert guess.box == pytest.approx(face["box_xyxy"], abs=1.5)
    eye, other, nose, left, right = landmarks(guess, outline)
    assert outline.left() < eye.x() < nose.x() < other.x() < outline.right()
    assert eye.y() < nose.y() < left.y() < outline.bottom()
    assert left.x() < right.x()
    for point, name in zip(guess.points, ("left_eye", "right_eye", "nose", "mouth_left", "mouth_right"), strict=True):
        assert point == pytest.approx(face["keypoints"][name], abs=1.5)
    guesses = user.window.predictions.guesses
    assert [guesses.index(row).data().split(",")[0] for row in range(guesses.rowCount())] == ["face"]
    docks = user.window.docks
    docks.bring("Boxes")
    user.wait(lambda: docks["Boxes"].widget() is not None)
    said = docks["Boxes"].widget()._panel.empty.sentence
    assert said.isVisible()
    assert said.text().startswith("This detector is a cascade")

    user.click_node("onet.boxes")
    user.set_field("least", "0.9999")
    user.wait(lambda: user.session.prediction is not None and not user.session.prediction.top)
    assert user.window.picture.view.outlines() == []
    user.document.undo()
    user.wait(lambda: user.session.prediction is not None and user.session.prediction.top == (guess,))
