"""A student compares a network with another one, edits it, and sees what the edit changes."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtTest import QTest

from explorer.classics.catalogue import CLASSICS
from explorer.formats import project_file, tensors
from explorer.network.project import Project
from explorer.ui.controls.menu_letters import bare
from explorer.ui.tables.diff_table import SEEN, WAITING

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
LEFT = Qt.MouseButton.LeftButton
EQUAL = "This network and the one that was opened or saved last are equal: "


class Reader:
    """Eyes on the compare page."""

    def __init__(self, user) -> None:
        self.user, self.page = user, user.window.pages.compare

    @property
    def ids(self) -> list[str]:
        return [row.new or row.old for row in self.page.model.rows]

    def says(self, text: str) -> None:
        """Wait until the worker has answered, with a sentence."""
        QTest.qWait(1)  # it is asked a turn later
        self.user.wait(lambda: "compare" not in self.user.session.work, 60)
        assert text in f"{self.page.counts.text()} {self.page.costs.text()}"

    def choose(self, typed: str) -> None:
        self.page.choice.setFocus()
        QTest.qWait(1)  # what was there is selected a turn later
        self.user.type(typed)
        popup = self.page.choice.completer().popup()
        QTest.keyClick(popup if popup.isVisible() else self.user.focus, Qt.Key.Key_Return)
        self.user.window.activateWindow()  # as a window manager does when a popup closes

    def cells(self, id: str) -> list[str]:
        """A row as it is shown, when its receptive field is there."""
        row, model = self.ids.index(id), self.page.model
        cells = [model.index(row, column) for column in range(model.columnCount())]
        self.user.wait(lambda: cells[SEEN].data() != WAITING)
        return [cell.data() for cell in cells]


@pytest.fixture
def reader(user) -> Reader:
    """ResNet-50 from the gallery beside itself: both pages by their keys."""
    user.press(Qt.Key.Key_G, CTRL | Qt.KeyboardModifier.AltModifier)
    user.wait(user.window.pages.gallery.isVisible)
    user.type("resnet50 1.5")
    user.press(Qt.Key.Key_Return)
    user.wait(lambda: user.project.network.nodes)
    user.press(Qt.Key.Key_C, CTRL | SHIFT)
    reader = Reader(user)
    user.wait(reader.page.isVisible)
    reader.says(EQUAL + "176 layers, 25,557,032 parameters, 4,089,184,256 MACs.")
    return reader


def test_what_moved_from_version_1_to_1_5(user, reader) -> None:
    reader.choose("resnet-50 v1")
    reader.says("176 layers in both: 6 changed, 6 affected.")
    assert reader.page.costs.text() == (
        "25,557,032 parameters in both; MACs 3,857,973,248 → 4,089,184,256 (+231,211,008)."
    )
    assert reader.ids == [f"layer{i}.0.{name}" for i in (2, 3, 4) for name in ("conv1", "bn1", "relu", "conv2")]
    assert reader.cells("layer2.0.conv1") == [
        "~", "layer2.0.conv1", "Conv2d", "stride 2 → 1", "128×28×28\n→ 128×56×56", "32,768",
        "25,690,112\n→ 102,760,448", "35×35",
    ]  # fmt: skip
    assert reader.cells("layer2.0.relu")[0] == ""
    for command in ("In FLOPs: they are two", "As Keras: moving means and variances too", "Height × width × channels"):
        user.window.commands.run(command)
    assert reader.page.costs.text() == (
        "25,610,152 parameters in both; FLOPs 7,715,946,496 → 8,178,368,512 (+462,422,016)."
    )
    assert [reader.page.model.headerData(column, Qt.Orientation.Horizontal) for column in (5, 6)] == [
        "Parameters", "FLOPs",
    ]  # fmt: skip
    assert reader.cells("layer2.0.conv1")[4:7] == ["28×28×128\n→ 56×56×128", "32,768", "51,380,224\n→ 205,520,896"]
    for command in ("In MACs: a multiplication and an addition are one", "As torch: what is trained"):
        user.window.commands.run(command)
    user.window.commands.run("Channels × height × width")
    assert reader.cells("layer2.0.conv1")[6] == "25,690,112\n→ 102,760,448"
    assert reader.cells("layer3.0.conv2")[-1] == "131×131\n→ 107×107"
    QTest.mouseClick(reader.page.only, LEFT, pos=QPoint(8, reader.page.only.height() // 2))
    assert len(reader.ids) == 176
    assert reader.cells("fc")[-1] == "675×675\n→ 619×619"  # the same layer sees less
    assert sum(text != WAITING for text in reader.page.model._seen.values()) < 60  # only what was painted


def test_the_page_follows_edits_and_undo(user, reader) -> None:
    page = reader.page
    user.session.select(("layer2.0.conv2",))
    user.wait(lambda: user.window.inspector.form)
    user.set_field("stride", "1")
    reader.says("176 layers in both: 1 changed, ")
    assert page.isVisible()
    assert reader.ids[0] == "layer2.0.conv2"
    assert reader.cells("layer2.0.conv2")[3:5] == ["stride 2 → 1", "128×28×28\n→ 128×56×56"]
    broken = user.project.network.without_link("layer1.2.relu_2", "layer2.0.conv1")
    user.document.edit("Unplug", user.project.rewired(broken))
    reader.says("At least, as layers have problems: ")
    reader.choose("before the last")
    reader.says("176 layers in both: 1 changed, ")
    assert "inputs layer1.2.relu_2 → none" in reader.cells("layer2.0.conv1")[3]
    reader.choose("as it was")
    page.table.setFocus()
    user.press(Qt.Key.Key_Z, CTRL)
    user.press(Qt.Key.Key_Z, CTRL)
    reader.says(EQUAL)
    assert not page.model.rows
    assert not page.export.isEnabled()
    assert page.isVisible()
    user.press(Qt.Key.Key_Escape)
    assert user.window.pages.currentWidget() is user.window.canvas


def test_nothing_is_compared_while_nobody_looks(user, reader) -> None:
    user.press(Qt.Key.Key_Escape)
    known = reader.page.comparison.diff
    user.document.edit("Edit", user.project.rewired(user.project.network.with_settings("conv1", stride=1)))
    QTest.qWait(50)
    assert reader.page.comparison.diff is known
    assert "compare" not in user.session.work
    user.press(Qt.Key.Key_C, CTRL | SHIFT)
    reader.says("176 layers in both: 1 changed, ")


def test_enter_goes_to_the_layer(user, reader) -> None:
    reader.choose("vgg-16")
    reader.says("41 → 176 layers: ")
    page = reader.page
    page.choice.setFocus()
    user.press(Qt.Key.Key_Return)  # once more: nothing else is chosen, and the table has the keys
    assert page.table.hasFocus()
    gone = next(i for i, row in enumerate(page.model.rows) if not row.new)
    page.table.selectRow(gone)
    assert page.hint.text() == "This network has no such layer."
    user.press(Qt.Key.Key_Return)
    assert page.isVisible()
    there = next(i for i, row in enumerate(page.model.rows) if row.new.startswith("layer3"))
    page.table.selectRow(there)
    assert page.hint.text() == "Enter goes to the layer."
    user.press(Qt.Key.Key_Return)
    id = page.model.rows[there].new
    assert user.session.selection == (id,)
    canvas = user.window.canvas
    assert user.window.pages.currentWidget() is canvas
    assert canvas.hasFocus()
    assert canvas.viewport().rect().contains(user.where(id))
    user.window.commands.run("Compare…")
    page.table.scrollToTop()
    point = page.table.visualRect(page.model.index(0, 1)).center()
    QTest.mouseClick(page.table.viewport(), LEFT, pos=point)
    QTest.mouseDClick(page.table.viewport(), LEFT, pos=point)
    assert user.session.selection == (page.model.rows[0].new,)


def test_what_is_typed_is_found_or_changes_nothing(user, reader) -> None:
    choice = reader.page.choice
    reader.choose("lenet-5")
    reader.says("14 → 176 layers: ")
    for typed, title in (
        ("resnet50", "ResNet-50"), ("ResNet-50", "ResNet-50"), ("resnet50_v1", "ResNet-50 v1"), ("lenet5", "LeNet-5"),
    ):  # fmt: skip
        reader.choose(typed)
        assert choice.currentText() == title
    choice.setFocus()
    QTest.qWait(1)
    user.type("resnet50_v")
    popup = choice.completer().popup()
    user.wait(popup.isVisible)
    QTest.keyClick(popup, Qt.Key.Key_Down)
    assert choice.typed.text() == "ResNet-50 v1"  # the entry's title, whatever it was found by
    QTest.keyClick(popup, Qt.Key.Key_Return)
    user.window.activateWindow()
    assert choice.currentText() == "ResNet-50 v1"
    reader.says("6 changed")
    reader.choose("zebra")
    assert choice.currentText() == "ResNet-50 v1"
    reader.choose("two tow")
    assert choice.currentText() == "AlexNet of 2012, two towers"
    reader.says(f"{len(CLASSICS['alexnet_2012'].network.nodes)} → 176 layers: ")
    choice.setFocus()
    user.press(Qt.Key.Key_Down)  # the next one of the list
    assert choice.currentText() == "AlexNet of the lectures, one tower"
    reader.says("→ 176 layers: ")
    choice.setFocus()
    QTest.qWait(1)
    user.type("vgg")
    choice.completer().popup().hide()  # as a click elsewhere does
    user.window.activateWindow()
    choice.setFocus()
    reader.page.table.setFocus()
    assert choice.currentText() == "AlexNet of the lectures, one tower"


def test_a_project_file(user, reader, tmp_path: Path, monkeypatch) -> None:
    page = reader.page
    network = user.project.network.without(["layer1.0.relu"])
    project_file.write(tmp_path / "mine.cnnx", Project(network))
    (tmp_path / "broken.cnnx").write_bytes(b"no project")
    chosen = iter([str(tmp_path / "broken.cnnx"), "", str(tmp_path / "mine.cnnx"), str(tmp_path / "mine.cnnx")])
    monkeypatch.setattr("explorer.ui.asking_files.asking", lambda *_: (next(chosen),))
    QTest.mouseClick(page.file, LEFT)
    user.wait(lambda: "“broken.cnnx” " in page.lane.problem.text())
    assert page.lane.isVisible()
    assert page.counts.text() == ""  # what was shown is of another network
    assert not page.model.rows
    assert not user.window.notices.text  # it is told here
    QTest.mouseClick(page.file, LEFT)  # and nothing chosen
    assert page.choice.currentText() == "broken.cnnx"
    for _ in range(2):
        QTest.mouseClick(page.file, LEFT)
        reader.says("175 → 176 layers: 1 added.")
    assert not page.lane.isVisible()
    assert [page.choice.itemText(i) for i in range(3)] == ["mine.cnnx", "broken.cnnx", "As it was opened or saved"]
    assert reader.ids == ["layer1.0.relu"]


def test_two_versions_that_differ_in_their_weights_only(user, reader, tmp_path: Path) -> None:
    user.session.open_model("lenet5")
    user.wait(lambda: user.project.weights, 60)
    user.window.pages.show_compare()
    reader.says(EQUAL)
    reader.says("Their trained weights are the same, number by number.")
    numbers = tensors.read(user.project.weights)
    numbers["fc4.bias"] = numbers["fc4.bias"] + np.float32(0.25)
    project_file.write(tmp_path / "later.cnnx", replace(user.project, weights=tensors.keep(numbers)))
    reader.page.compare_with_file(str(tmp_path / "later.cnnx"))
    reader.says("“later.cnnx” → this network: 14 layers in both: 1 with other weights.")
    assert reader.ids == ["fc4"]
    mark, *_, settings, _, _, _, _ = reader.cells("fc4")
    assert mark == "≠"
    assert settings == "84\nweights: 84 of 10,164 differ\nat most by 0.25"


def test_two_versions_that_differ_in_how_pictures_are_prepared(user, reader, tmp_path: Path) -> None:
    recipe = replace(user.project.recipe, crop=0.875, labels=("cat", "dog"))
    project_file.write(tmp_path / "other.cnnx", replace(user.project, recipe=recipe))
    reader.page.compare_with_file(str(tmp_path / "other.cnnx"))
    reader.says("This network and “other.cnnx” differ, but not in their layers, which are equal: 176 layers, ")
    told = (
        "“other.cnnx” → this network: Pictures are prepared otherwise: crop 0.875 → none: stretched. "
        "Names of classes: 2 → none."
    )
    assert reader.page.besides.text() == told
    user.document.edit("Switch off", user.project.with_factors("conv1", {3: 0.0}))
    reader.says("differ, but not in their layers")
    assert reader.page.besides.text() == f"{told} Channels switched off or scaled: none → 1 of conv1."
    user.document.edit("Stride", user.project.rewired(user.project.network.with_settings("conv1", stride=1)))
    reader.says("176 layers in both: 1 changed, ")
    assert reader.page.besides.text().startswith("Pictures are prepared otherwise: crop 0.875 →")
    reader.page.write(str(tmp_path / "diff.md"))
    reader.page.table.setFocus()
    assert "Names of classes: 2 → none." in (tmp_path / "diff.md").read_text(encoding="utf-8")
    reader.choose("as it was")
    user.wait(lambda: reader.page.besides.text() == "Channels switched off or scaled: none → 1 of conv1.")


def test_copy_and_export(user, reader, tmp_path: Path) -> None:
    page = reader.page
    reader.choose("resnet-50 v1")
    reader.says("6 changed")
    page.table.setFocus()
    page.table.selectRow(0)
    user.press(Qt.Key.Key_Down, SHIFT)
    user.press(Qt.Key.Key_C, CTRL)
    head, first, second = QGuiApplication.clipboard().text().split("\n")
    assert head.split("\t")[:3] == ["change", "layer", "kind"]
    assert first.split("\t") == [
        "changed", "layer2.0.conv1", "Conv2d", "stride 2 → 1", "128×28×28 → 128×56×56", "32768",
        "25690112 → 102760448", "35×35",
    ]  # fmt: skip
    assert second.split("\t")[0] == "affected"
    page.write(str(tmp_path / "diff.csv"))
    lines = (tmp_path / "diff.csv").read_text(encoding="utf-8-sig").splitlines()
    assert len(lines) == 1 + 12 + 1
    assert lines[1].startswith("changed,layer2.0.conv1,Conv2d,stride 2 → 1,")
    assert lines[-1] == ",total,176 layers,~6,,25557032,3857973248 → 4089184256 (+231211008),"
    page.write(str(tmp_path / "diff.md"))
    text = (tmp_path / "diff.md").read_text(encoding="utf-8")
    text = re.sub(" +", " ", text)  # the columns are padded
    assert text.startswith("Compared with ResNet-50 v1. 176 layers in both: 6 changed, 6 affected. 25,557,032 ")
    assert "| change | layer | kind | settings | output | parameters | MACs | receptive field |\n| ---" in text
    assert "| changed | layer3.0.conv1 | Conv2d | stride 2 → 1 | 256×14×14 → 256×28×28 | 131,072 |" in text
    assert "--: |\n" in text


def test_there_is_nothing_to_compare_without_a_network(user) -> None:
    action = next(a for a in user.window.findChildren(QAction) if bare(a) == "Compare…")
    assert not action.isEnabled()
