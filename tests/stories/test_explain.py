"""A teacher asks where one number of a feature map comes from, and walks back to the pixel."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from explorer.maths.records import Place
from tests.stories.conftest import LEFT


@pytest.fixture
def looking(user, assets):
    """MobileNetV2 and a dog."""
    user.wait(lambda: bool(user.session.models), 60)
    user.window.pages.start.model_requested.emit("mobilenet_v2")
    user.wait(lambda: bool(user.project.network.nodes), 120)
    user.session.open_picture(str(assets / "images" / "dog.jpg"))
    user.wait(lambda: user.session.prediction is not None)
    return user


def test_from_a_number_to_the_pixel(looking) -> None:
    session, window = looking.session, looking.window
    looking.click_node("features.0.1")
    looking.wait(lambda: session.maps is not None)
    view = window.activations.view
    QTest.mouseClick(view, LEFT, pos=view.centre_of((3, 40, 50)).toPoint())
    place = session.place
    assert place is not None
    view.setFocus()
    QTest.keyClick(view, Qt.Key.Key_E)
    looking.wait(lambda: window.docks["Explain"].widget() is not None)
    panel = window.docks["Explain"].widget()._panel

    def explained(node: str):
        looking.wait(lambda: panel.explaining.explanation and panel.explaining.explanation.place.node == node)
        return panel.explaining.explanation

    found = explained("features.0.1")
    assert found.place == place
    assert found.value == pytest.approx(session.maps.values[place.channel, place.row, place.column], rel=1e-5)
    assert float(found.steps[-1].worked) == pytest.approx(found.value, rel=1e-5, abs=1e-5)
    for node in ("features.0.0", "input"):
        grids = panel.sum.grids
        looking.wait(lambda grids=grids: bool(grids.areas()))
        middle = 1 if node == "input" else 0
        QTest.mouseClick(grids, LEFT, pos=grids.middle_of((middle, middle)).toPoint())
        found = explained(node)
        assert not found.untrained
    assert found.kind == "Input"
    assert "around pixel" in found.said
    looking.press(Qt.Key.Key_Backspace)
    explained("features.0.0")
    looking.press(Qt.Key.Key_Backspace)
    assert explained("features.0.1").place == place
    assert session.selection == ("features.0.1",)


def test_the_explanation_follows_edit_and_picture(looking, assets) -> None:
    session, window = looking.session, looking.window
    window.docks.bring("Explain")
    looking.wait(lambda: window.docks["Explain"].widget() is not None)
    explaining = window.docks["Explain"].widget()._panel.explaining
    session.look_at(Place("features.0.0", 3, 40, 50))
    looking.wait(lambda: explaining.explanation is not None)
    first = explaining.explanation.value
    session.open_picture(str(assets / "images" / "eagle.jpg"))
    looking.wait(lambda: explaining.explanation is not None and explaining.explanation.value != first)
    session.select(())
    assert explaining.explanation is None
