"""A user of other editors, where links run to the right: everything by mouse and keys, saved and opened again."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from explorer.formats import project_file
from explorer.network.direction import Direction
from explorer.workspace import flow_direction
from explorer.workspace.settings import Settings
from tests.stories.conftest import LEFT, User

Key, Held = Qt.Key, Qt.KeyboardModifier
ALT, CTRL = Held.AltModifier, Held.ControlModifier
RIGHT = Direction.LEFT_RIGHT


def row(user: User, *ids: str) -> bool:
    return all(user.project.places[a][0] + 176 < user.project.places[b][0] for a, b in pairwise(ids))


@pytest.fixture
def built(user: User) -> User:
    """Four layers, typed, and arranged from left to right by a shortcut."""
    user.window.pages.show_canvas()
    for name in ("input", "conv2d", "relu", "maxpool2d"):
        user.add(name)
    user.press(Key.Key_R, CTRL | ALT)
    user.window.canvas.drawing.glide.finish()
    yield user
    Settings().file.clear()


def test_a_network_runs_to_the_right_is_edited_saved_and_opened_again(built: User, tmp_path: Path) -> None:
    user, canvas = built, built.window.canvas
    history, four = user.document.history, ("input1", "conv1", "relu1", "maxpool1")
    assert (user.project.direction, history.undo_text) == (RIGHT, "Arrange left to right")
    assert row(user, *four)
    user.press(Key.Key_Z, CTRL)
    assert user.project.direction is Direction.TOP_DOWN
    user.press(Key.Key_Y, CTRL)
    assert row(user, *four)

    user.click_node("maxpool1")
    added = user.add("conv2d")
    assert row(user, *four, added)
    assert user.project.places[added][1] == user.project.places["maxpool1"][1], "Tab adds behind"
    loose = added
    canvas.fit()
    user.drag(user.where(added, 0.0), user.where(added, 0.0) + QPoint(-20, 90))
    assert user.project.network.nodes[loose].inputs == ()
    user.drag(user.where("relu1", 1.0), user.where(loose, 0.0))
    assert user.project.network.nodes[loose].inputs == ("relu1",), "a wire from a right edge to a left one"
    user.drag(user.where("maxpool1", 1.0), user.where(loose, 0.3))
    assert user.project.network.nodes[loose].inputs == ("maxpool1",)

    user.click_node("input1")
    for id in ("conv1", "relu1", "maxpool1", loose):
        user.press(Key.Key_Right)
        assert user.session.selection == (id,)
    user.press(Key.Key_Left)
    assert user.session.selection == ("maxpool1",)

    middle = (user.where("conv1", 1.0) + user.where("relu1", 0.0)) / 2
    QTest.mouseClick(canvas.viewport(), LEFT, Held.NoModifier, middle)
    assert canvas.link == ("conv1", "relu1", 0), "a click on the link chooses it"

    path = tmp_path / "row.cnnx"
    user.session.save(str(path))
    user.wait(lambda: not user.document.tab.unsaved)
    assert project_file.read(path).direction is RIGHT
    places = user.project.places
    flow_direction.remember(Direction.TOP_DOWN)
    user.session.close_tab(user.document.tab)
    assert user.project.direction is Direction.TOP_DOWN, "an empty one"
    user.window.files.open_path(str(path))
    user.wait(lambda: user.project.network.nodes, 90)  # a worker that starts imports torch first
    assert user.project.direction is RIGHT, "as it was saved, whatever was chosen since"
    assert user.project.places == places


def test_what_is_opened_next_runs_as_was_chosen_last(built: User) -> None:
    built.session.open_network("resnet18", "ResNet-18")
    assert built.project.direction is RIGHT
    canvas = built.window.canvas
    assert canvas.drawing.bounds().width() > 4 * canvas.drawing.bounds().height()
    built.session.open_network("alexnet_one_tower", "AlexNet")
    assert row(built, *[node.id for node in built.project.network.order][:4])
    commands = built.window.commands
    commands.refresh()
    ticked = {
        command.text: action.isChecked() for command, action in commands.actions if command.menu == "Edit/Direction"
    }
    assert ticked == {"Arrange top to bottom": False, "Arrange left to right": True}
    commands.run("Arrange top to bottom")
    assert built.project.direction is Direction.TOP_DOWN
    built.session.open_network("lenet5", "LeNet-5")
    assert built.project.direction is Direction.TOP_DOWN
