"""A student opens weights that came without a network, sees what fits, and loads others onto an edited one."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from torchvision import models

from explorer.ui.panels.weights import WeightsPanel
from explorer.ui.panels.weights_page import WeightsPage
from tests.stories.conftest import LEFT, User


@pytest.fixture
def file(tmp_path: Path) -> Path:
    torch.manual_seed(0)
    state = models.squeezenet1_1(num_classes=3).state_dict()
    del state["features.0.bias"]
    state["features.0.weight"][7] = 0
    state["features.0.weight"][9] = state["features.0.weight"][8]
    state["features.3.squeeze.weight"][0, 0] = float("nan")
    state["<b>extra</b>"] = torch.zeros(4)
    torch.save({"model": state}, tmp_path / "mine.pt")
    return tmp_path / "mine.pt"


def page(user: User) -> WeightsPage:
    found = user.window.pages.currentWidget()
    assert isinstance(found, WeightsPage)
    return found


def cells(found: WeightsPage, column: int = 0) -> list[str]:
    return [found.rows.index(row, column).data() for row in range(found.rows.rowCount())]


def test_what_a_file_is_and_what_fits(user: User, file: Path) -> None:
    user.drop(user.window, str(file))
    user.wait(lambda: user.project.title == "SqueezeNet 1.1, 3 classes")
    user.wait(lambda: user.window.files.weights.report)
    said = user.window.notices.text
    assert said == "51 of 52 weights matched · 1 missing · 1 left over in the file · 1 with NaN or infinity"
    assert user.document.path == ""  # a checkpoint is never written over
    user.window.commands.run("Weights report…")
    report = page(user)
    assert user.window.notices.text == "", "the page says it, and its head is to be seen"
    assert report.what.text().startswith("Taken for SqueezeNet 1.1, 3 classes: ")
    assert cells(report)[:3] == ["features.3.squeeze.weight", "features.0.bias", "<b>extra</b>"]
    assert cells(report, 1)[:3] == ["matched, but 1 NaN", "missing: random", "left over in the file"]
    assert cells(report, 2)[:3] == ["16×64×1×1", "64", ""]
    assert report.rows.rowCount() == 53
    report.misfits_only.click()
    assert report.rows.rowCount() == 3
    user.type("squeeze")
    assert cells(report) == ["features.3.squeeze.weight"]
    user.press(Qt.Key.Key_Return)
    assert user.window.pages.currentWidget() is user.window.canvas
    assert user.session.selection == ("features.3.squeeze",)


def test_the_numbers_of_a_layer(user: User, file: Path) -> None:
    user.drop(user.window, str(file))
    user.wait(lambda: user.window.files.weights.report)
    user.window.docks["Weights"].raise_()
    user.wait(lambda: user.window.docks["Weights"].widget())
    (panel,) = user.window.docks["Weights"].findChildren(WeightsPanel)
    assert "Select a layer" in panel.empty.sentence.text()
    user.click_node("features.0")
    user.wait(lambda: panel.stack.currentIndex() == 1)
    assert [panel.tensors.itemText(i) for i in range(panel.tensors.count())] == ["weight"]
    assert sum(panel.histogram.counts) == 64 * 27
    assert panel.figures.text().startswith("64×3×3×3 · 1,728 numbers · mean ")
    assert panel.filters.text() == "1 dead filter, 0 all over: 7. 1 filter that is another one again: 8 = 9."
    user.click_node("features.3.squeeze")
    user.wait(lambda: panel.broken.text() == "Broken: 1 NaN.")
    user.click_node("features.1")
    user.wait(lambda: panel.empty.sentence.text() == "features.1 has no weights.")
    user.click_node("classifier.1")
    user.wait(lambda: panel.tensors.count() == 2)
    assert not panel.missing.text()
    user.click_node("features.0")
    user.wait(lambda: panel.missing.text() == "Not among the trained numbers, so random: bias.")


def test_what_is_broken_anywhere_is_found(user: User, file: Path) -> None:
    user.drop(user.window, str(file))
    user.wait(lambda: user.window.files.weights.report)
    user.window.docks["Weights"].raise_()
    user.wait(lambda: user.window.docks["Weights"].widget())
    (panel,) = user.window.docks["Weights"].findChildren(WeightsPanel)
    user.wait(panel.search_all.isVisible)
    QTest.mouseClick(panel.search_all, LEFT)
    user.wait(lambda: panel.faults.lines.count() == 2)
    assert panel.faults.said.text().endswith("1 with NaN or infinity, 1 with dead or equal filters.")
    first, second = (panel.faults.lines.item(row) for row in (0, 1))
    assert first.text() == "features.3.squeeze.weight   Broken: 1 NaN."
    assert second.text().startswith("features.0.weight   1 dead filter, 0 all over: 7.")
    QTest.mouseClick(panel.faults.lines.viewport(), LEFT, pos=panel.faults.lines.visualItemRect(first).center())
    user.wait(lambda: user.session.selection == ("features.3.squeeze",))
    user.wait(lambda: panel.broken.text() == "Broken: 1 NaN.")
    QTest.mouseClick(panel.all, LEFT)
    user.wait(lambda: panel.stack.currentWidget() is panel.faults)


def test_weights_onto_an_edited_network(user: User, file: Path, monkeypatch) -> None:
    user.session.open_network("squeezenet1_1", "SqueezeNet 1.1")
    user.wait(lambda: user.project.network.nodes)
    user.click_node("classifier.1")
    user.set_field("channels", "3")
    user.click_node("features.0")
    user.set_field("channels", "32")
    before = user.project
    assert not before.weights
    monkeypatch.setattr("explorer.ui.asking_files.asking", lambda *_: (str(file),))
    user.window.commands.run("Load weights…")
    user.wait(lambda: user.project.weights)
    assert user.project.network == before.network
    report = user.window.files.weights.report
    assert [one.name for one in report.differing] == ["features.0.weight", "features.3.squeeze.weight"]
    assert report.missing == ("features.0.bias",)
    user.document.undo()
    assert user.project == before
    user.document.redo()
    assert user.project.weights


def test_weights_that_fit_nowhere_are_told(user: User, tmp_path: Path, monkeypatch) -> None:
    user.session.open_network("lenet5", "LeNet-5")
    torch.save({"a.weight": torch.zeros(3, 3)}, tmp_path / "other.pt")
    monkeypatch.setattr("explorer.ui.asking_files.asking", lambda *_: (str(tmp_path / "other.pt"),))
    user.window.commands.run("Load weights…")
    user.wait(lambda: "none has the name and the shape" in user.window.notices.text)
    assert not user.window.files.unsaved
