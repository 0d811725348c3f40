"""Somebody drops a Darknet detector and a photo on the window, sees boxes, and looks into a head."""

from __future__ import annotations


def test_from_two_files_to_boxes(user, assets) -> None:
    user.drop(user.window, str(assets / "yolo-fastest-1.1-xl.weights"))
    user.wait(lambda: user.project.network.nodes, 60)
    assert user.project.title == "yolo-fastest-1.1-xl"
    assert user.document.path == ""  # another program's file is not written over
    user.drop(user.window, str(assets / "images" / "dog.jpg"))
    user.wait(lambda: user.session.prediction is not None, 60)
    listed = user.window.predictions.list
    assert [listed.item(i).text().split(",")[0] for i in range(listed.count())] == [
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
    user.document.history.undo()
    user.wait(lambda: user.session.prediction is not None and user.session.prediction.top == before.top)
