"""A student looks at what the filters of a trained network look for, and at the maps they draw."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtTest import QTest

from explorer.ui.pictures.filter_tiling import Spot
from tests.stories.conftest import LEFT


def test_from_a_filter_to_its_map(user, assets) -> None:
    session, window = user.session, user.window
    user.wait(lambda: bool(session.models), 60)
    window.pages.start.model_requested.emit("mobilenet_v2")
    user.wait(lambda: bool(user.project.network.nodes), 120)
    session.open_picture(str(assets / "images" / "dog.jpg"))
    user.wait(lambda: session.prediction is not None)
    user.click_node("features.0.0")
    window.docks.bring("Filters")
    user.wait(lambda: window.docks["Filters"].widget() is not None)
    panel = window.docks["Filters"].widget()._panel
    user.wait(lambda: panel.looking.filters is not None)
    found = panel.looking.filters
    assert (found.values.shape, found.colour, found.untrained) == ((32, 3, 3, 3), True, False)
    panel.order.setCurrentText("Strongest first")
    user.wait(lambda: panel.looking.filters is not found)
    found = panel.looking.filters
    assert (found.norms[1:] <= found.norms[:-1]).all()
    QTest.mouseClick(panel.sheet.viewport(), LEFT, pos=panel.sheet.point_of(Spot(5, 0, 1, 1)))
    assert session.place is not None
    assert session.place.channel == found.numbers[5]
    card = panel.card
    assert card.isVisible()
    assert card.hasFocus(), "not another panel, though the sheet is gone"
    user.wait(lambda: "Show all maps" in card.parts[1].accessibleName())
    QTest.mouseClick(card.parts[1], LEFT)
    assert window.activations.isVisible()
    window.docks.bring("Filters")
    settings = card._pictures.settings
    card._pictures.settings = replace(settings, steps=1, octaves=1)
    QTest.mouseClick(card.parts[3], LEFT)
    user.wait(lambda: "Show it large" in card.parts[3].accessibleName(), 60)
    QTest.mouseClick(card.parts[3], LEFT)
    user.wait(lambda: window.docks["Dream"].widget() is not None)
    dream = window.docks["Dream"].widget()._panel
    assert dream.isVisible()
    assert dream.view.image.size() == card.parts[3].part.image.size()
    assert f"features.0.0, channel {found.numbers[5]}" in dream.words.text()
    window.docks.bring("Activations")
    user.wait(lambda: window.activations.view.spot is not None)
    assert window.activations.view.spot[0] == found.numbers[5]
    user.click_node("features.0.1")
    window.docks.bring("Filters")
    user.wait(lambda: panel.looking.filters is None)
    assert panel.empty.sentence.text().startswith("features.0.1 has no filters.")
