"""A student switches channels off to see what hangs on them."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu

from explorer.maths.records import Place
from explorer.network.ablation import Ablation
from explorer.ui.controls.menu_letters import bare

LEFT, PLAIN = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
NODE, LATE = "features.0.0", "features.16.conv.0.2"


@pytest.fixture
def looking(user, assets):
    """MobileNetV2 has seen a photo of a dog, and the maps of its first convolution are shown."""
    user.wait(lambda: bool(user.session.models), 60)
    user.session.open_model("mobilenet_v2")
    user.wait(lambda: bool(user.project.network.nodes), 120)
    user.session.open_picture(str(assets / "images" / "dog.jpg"))
    user.wait(lambda: user.session.prediction is not None)
    user.click_node(NODE)
    user.wait(lambda: user.session.maps is not None and user.session.maps.node == NODE)
    user.view = user.window.activations.view
    return user


def pick(user, channel: int) -> None:
    """Click the channel's tile."""
    height, width = user.session.maps.values.shape[1:]
    at = user.view.centre_of((channel, height // 2, width // 2)).toPoint()
    QTest.mouseClick(user.view, LEFT, PLAIN, at)
    assert user.session.place.channel == channel
    user.wait(user.window.activations.switch.isVisible)


def tile(user, channel: int) -> set[str]:
    """The colours along the middle row and column of a channel's tile, and near them."""
    height, width = user.session.maps.values.shape[1:]
    middle, seen = user.view.centre_of((channel, height // 2, width // 2)).toPoint(), user.view.grab().toImage()
    return {seen.pixelColor(middle.x() + x, middle.y() + y).name() for x in range(-3, 4) for y in range(-3, 4)}


def settled(user) -> None:
    user.wait(lambda: not user.session.work and not user.session._refresh_soon.isActive() and not user.session._behind)


def share(user, label: str) -> float:
    return next((g.probability for g in user.session.prediction.top if g.label == label), 0.0)


def test_a_channel_is_switched_off_with_the_mouse(looking, tmp_path) -> None:
    user, switch = looking, looking.window.activations.switch
    before = share(user, "malamute")
    assert switch.isHidden(), "no channel is picked"
    pick(user, 1)
    assert switch.isVisible()
    assert "channel 1 of features.0.0" in switch.button.accessibleName()
    QTest.mouseClick(switch.button, LEFT)
    assert user.project.ablations == (Ablation(NODE, 1),)
    settled(user)
    assert abs(share(user, "malamute") - before) > 0.01
    assert not user.session.maps.values[1].any()
    assert user.session.maps.values[2].any()
    assert "ms · 1 off" in user.window.predictions.where.text()
    # seen on the card, and read out
    card = user.window.canvas.drawing.nodes[NODE].card
    assert card.sign == "1 off"
    assert "1 channel off" in card.spoken
    tiles = [tile(user, channel) for channel in (1, 2)]
    assert {"#000000", "#ffffff"} <= tiles[0], "crossed out, in black and white on any colour"
    assert "#000000" not in tiles[1]
    signed = user.window.canvas.grab().toImage()
    user.document.undo()
    settled(user)
    assert share(user, "malamute") == pytest.approx(before, abs=1e-6)
    assert user.window.canvas.drawing.nodes[NODE].card.sign == ""
    assert user.window.canvas.grab().toImage() != signed
    user.document.redo()
    # saved, and opened again
    path = str(tmp_path / "off.cnnx")
    user.session.save(path)
    user.wait(lambda: user.document.path == path)
    user.session.new()
    user.session.open_file(path)
    user.wait(lambda: bool(user.project.network.nodes))
    assert user.project.ablations == (Ablation(NODE, 1),)
    assert user.window.canvas.drawing.nodes[NODE].card.sign == "1 off"


def test_with_keys_alone(looking) -> None:
    user = looking
    user.view.setFocus()
    user.press(Qt.Key.Key_Right)
    user.press(Qt.Key.Key_Right)
    channel = user.session.place.channel
    user.press(Qt.Key.Key_Delete)
    assert user.project.ablations == (Ablation(NODE, channel),)
    user.press(Qt.Key.Key_Delete)
    assert user.project.ablations == ()
    assert [user.document.history.undo_text] == [f"Switch on channel {channel} of {NODE}"]


def test_a_slider_is_dragged_and_everything_follows(looking) -> None:
    user, slider = looking, looking.window.activations.switch.slider
    pick(user, 3)
    shown = []
    user.session.prediction_changed.connect(shown.append)
    y = slider.height() // 2
    QTest.mousePress(slider, LEFT, PLAIN, QPoint(slider.width() // 2, y))
    moves = 0
    while len(shown) < 3 and moves < 1000:  # the slider never rests, and yet there are answers
        QTest.mouseMove(slider, QPoint(10 + 2 * (moves % 10), y))
        user.qtbot.wait(15)
        moves += 1
    QTest.mouseMove(slider, QPoint(8, y))
    QTest.mouseRelease(slider, LEFT, PLAIN, QPoint(8, y))
    assert len(shown) >= 3
    settled(user)
    assert user.project.factors[NODE][3] < 0.5
    assert user.document.history.count == 1, "the whole drag is one step"
    user.document.undo()
    assert user.project.ablations == ()


def test_all_but_one_and_the_weakest(looking) -> None:
    user, panel = looking, looking.window.activations
    pick(user, 5)
    menu = QMenu()
    panel.switch.fill(menu, user.session.maps)
    texts = {bare(action): action for action in menu.actions()}
    texts["Switch off all but channel 5"].trigger()
    settled(user)
    assert len(user.project.factors[NODE]) == 31
    assert 5 not in user.project.factors[NODE]
    assert [bool(maps.any()) for maps in user.session.maps.values] == [i == 5 for i in range(32)]
    assert user.window.canvas.drawing.nodes[NODE].card.sign == "31 off"
    user.document.undo()
    settled(user)
    menu.clear()
    panel.switch.fill(menu, user.session.maps)
    (weakest,) = (action.menu() for action in menu.actions() if action.menu())
    means = user.session.maps.statistics.mean
    weakest.actions()[1].trigger()
    assert sorted(user.project.factors[NODE]) == sorted(means.argsort()[:8])
    settled(user)
    menu.clear()
    panel.switch.fill(menu, user.session.maps)
    next(action for action in menu.actions() if bare(action).startswith("Switch on all")).trigger()
    assert user.project.ablations == ()


@pytest.fixture
def ranking(looking):
    """The tab of effects is in front, and a layer near the end is selected."""
    dock = looking.window.docks["Effects"]
    dock.raise_()
    looking.wait(lambda: dock.widget() is not None)
    looking.panel = dock.widget()._panel
    looking.session.select((LATE,))
    return looking


def ranked(user) -> None:
    user.wait(lambda: user.panel.effects.ranking is not None and user.panel.effects.ranking.done, 60)
    settled(user)


def lines(shown) -> list[str]:
    return [shown.model().index(row, 0).data() for row in range(shown.model().rowCount())]


def test_channels_are_ranked_and_the_first_is_switched_off(ranking) -> None:
    user, panel = ranking, ranking.panel
    before = share(user, "malamute")
    assert panel.note.text().startswith("Nothing is switched off")
    QTest.mouseClick(panel.rank, LEFT)
    ranked(user)
    found = panel.effects.ranking
    assert (found.node, found.label) == (LATE, "malamute")
    first = int(found.order[0])
    rows = lines(panel.ranking)
    assert len(rows) == 960
    assert rows[0].startswith(f"channel {first}, −")
    assert panel.ranking_title.text() == f"Points of malamute · {LATE}"
    top = panel.ranking.visualRect(panel.ranking.model().index(0, 0)).center()
    QTest.mouseClick(panel.ranking.viewport(), LEFT, PLAIN, top)
    assert (user.session.place.node, user.session.place.channel) == (LATE, first), "a click looks at it"
    user.press(Qt.Key.Key_Delete)
    assert user.project.ablations == (Ablation(LATE, first),)
    user.wait(lambda: panel.effects.outcome is not None)
    settled(user)
    assert lines(panel.ranking)[0].endswith(", off")
    assert panel.ranking_title.text().endswith("before the last change")
    assert share(user, "malamute") == pytest.approx(before - found.falls[first], abs=1e-4)
    shift = next(one for one in panel.effects.outcome.shifts if one.label == "malamute")
    assert (shift.before, shift.after) == pytest.approx((before, before - found.falls[first]), abs=1e-4)
    assert any(line.startswith("malamute, −") for line in lines(panel.shifts))
    # the list of what is off, its factor, and all on again
    assert lines(panel.off) == [f"{LATE} · {first}, off"]
    assert panel.off_title.text() == "1 off"
    panel.switch.number.setValue(0.5)
    assert lines(panel.off) == [f"{LATE} · {first}, ×0.5"]
    QTest.mouseClick(panel.all_on, LEFT)
    assert user.project.ablations == ()
    settled(user)
    assert panel.effects.outcome is None


def test_another_class_another_ranking_by_keys_alone(ranking) -> None:
    user, panel = ranking, ranking.panel
    second = user.session.prediction.top[1]
    panel.target.setFocus()
    user.press(Qt.Key.Key_Down)
    user.press(Qt.Key.Key_Down)
    assert panel.effects.target == second.index
    panel.rank.setFocus()
    user.press(Qt.Key.Key_Space)
    ranked(user)
    assert panel.effects.ranking.label == second.label
    panel.by.setFocus()
    user.press(Qt.Key.Key_Down)
    assert panel.ranking_title.text() == f"Score of {second.label} · {LATE}"
    first = int(panel.effects.ranking.ordered(by_score=True)[0])
    panel.ranking.setFocus()
    user.press(Qt.Key.Key_Home)
    assert user.session.place.channel == first
    settled(user)
    user.press(Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    user.press(Qt.Key.Key_Delete)
    assert len(user.project.ablations) == 2
    panel.off.setFocus()
    user.press(Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    user.press(Qt.Key.Key_Delete)
    assert user.project.ablations == ()
    text = panel.text().splitlines()
    assert text[0].split("\t") == ["channel", "fall of probability", "fall of score"]
    assert len(text) == 961


def test_a_ranking_is_stopped_and_forgotten_with_the_picture(ranking, assets) -> None:
    user, panel = ranking, ranking.panel
    user.session.select(("features.3.conv.0.2",))
    panel.effects.rank()
    user.wait(lambda: "effects" in user.session.work and user.session.work["effects"].total)
    user.session.cancel("effects")
    assert panel.effects.ranking is None or not panel.effects.ranking.done
    user.session.select((LATE,))
    panel.effects.rank()
    ranked(user)
    user.session.open_picture(str(assets / "images" / "eagle.jpg"))
    user.wait(lambda: panel.effects.ranking is None)
    assert lines(panel.ranking) == []


def test_another_picked_number_another_switch(looking) -> None:
    user, switch = looking, looking.window.activations.switch
    user.session.look_at(Place(NODE, 4, 3, 3))
    switch.number.setValue(1.5)
    assert user.project.factors == {NODE: {4: 1.5}}
    user.session.look_at(Place(NODE, 7, 3, 3))
    QApplication.processEvents()
    assert (switch.number.value(), switch.button.isChecked()) == (1.0, False)
    user.session.look_at(Place(NODE, 4, 0, 0))
    assert switch.number.value() == 1.5
    assert user.project.factors == {NODE: {4: 1.5}}, "looking changes nothing"
