"""Bypassed layers: the network runs without them, they stay on the canvas, and come back as they were."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from explorer.engine.answers import answer
from explorer.engine.library import open_model
from explorer.engine.probes import weights_of
from explorer.engine.program import Program
from explorer.engine.questions import Export
from explorer.engine.weight_questions import LoadWeights
from explorer.formats import project_json
from explorer.formats.project_file import ProjectError, read, write
from explorer.formats.strict_json import Fault
from explorer.layers.activations import ReLU, Tanh
from explorer.layers.bypass import CannotBypass, brought_back, bypassed
from explorer.layers.dense import Input
from explorer.layers.joins import Add
from explorer.layers.shapes import Identity
from explorer.layers.windows import Conv2d
from explorer.network.analysis import analyse, totals
from explorer.network.network import Network, Node
from explorer.network.project import Project
from explorer.ui.canvas.card import HEIGHT, WIDTH
from explorer.ui.tables.layer_columns import COLUMNS
from explorer.ui.window import Window
from explorer.workspace.document import Document
from explorer.workspace.session import Session
from explorer.workspace.settings import Settings
from tests.idle_side import IdleWorker
from tests.test_torch_source import loaded

Key, Held = Qt.Key, Qt.KeyboardModifier
NODES = (
    Node("x", Input(3, 32, 32)),
    Node("conv1", Conv2d(8, 3, 1, 1), ("x",)),
    Node("relu1", ReLU(), ("conv1",)),
    Node("conv2", Conv2d(8, 3, 1, 1), ("relu1",)),
    Node("add1", Add(), ("relu1", "conv2")),
)
PROJECT = Project(Network({n.id: n for n in NODES}), {n.id: (0.0, 120.0 * i) for i, n in enumerate(NODES)})


def lenet() -> Project:
    *_, project = open_model("lenet5")
    return project


def run(project: Project, picture: torch.Tensor) -> torch.Tensor:
    return Program(project.network, weights_of(project.weights), main=project.main).run(picture)[0]


def test_it_runs_as_the_network_without_the_layers() -> None:
    project, picture = lenet(), torch.rand(2, 1, 32, 32)
    ids = [node.id for node in project.network.nodes.values() if isinstance(node.layer, Tanh)]
    less = bypassed(project, ids)
    healed = project.rewired(project.network.without(ids))
    assert len(ids) > 1
    assert torch.equal(run(less, picture), run(healed, picture))
    assert not torch.equal(run(less, picture), run(project, picture))
    assert torch.equal(run(brought_back(less), picture), run(project, picture)), "with the weights it had"
    assert brought_back(less) == project


def test_what_is_known_and_written_is_of_the_network_without_it(tmp_path: Path) -> None:
    project = bypassed(PROJECT, ["conv2"])
    facts = analyse(project.network)
    assert totals(facts).parameters == totals(analyse(PROJECT.network)).parameters - facts_of("conv2").parameters
    assert facts["conv2"].macs == 0
    assert facts["add1"].shape == (8, 32, 32)
    list(answer(Export(project, str(tmp_path / "net.py"), "torch", False)))
    made = loaded((tmp_path / "net.py").read_text(), tmp_path)
    assert sum(p.numel() for p in made.parameters()) == totals(facts).parameters


def facts_of(id: str):
    return analyse(PROJECT.network)[id]


def test_settings_changed_meanwhile_come_back_with_it() -> None:
    wider = bypassed(PROJECT, ["conv2"]).with_layer("conv2", Conv2d(16, 5))
    assert wider.network.nodes["conv2"].layer == Identity()
    assert brought_back(wider, ["conv2"]).network.nodes["conv2"].layer == Conv2d(16, 5)
    assert PROJECT.with_layer("conv2", Conv2d(16, 5)).network.nodes["conv2"].layer == Conv2d(16, 5)


def test_channels_that_are_off_wait_for_their_layer() -> None:
    project = bypassed(PROJECT.with_factors("conv2", {1: 0.0}), ["conv2"])
    assert project.factors == {}
    assert brought_back(project).factors == {"conv2": {1: 0.0}}
    assert project_json.loaded(project_json.dumped(project)) == project


@pytest.mark.parametrize(("id", "said"), [("x", "no input"), ("add1", "several inputs")])
def test_what_has_nothing_to_pass_on_is_refused(id: str, said: str) -> None:
    with pytest.raises(CannotBypass, match=said) as caught:
        bypassed(PROJECT, ["conv1", id])
    assert len(str(caught.value)) <= 300


def test_a_file_s_weights_reach_a_bypassed_layer(tmp_path: Path) -> None:
    project = lenet()
    first = next(id for id, node in project.network.nodes.items() if isinstance(node.layer, Conv2d))
    list(answer(Export(project, str(tmp_path / "w.safetensors"), "torch", False)))
    bare = Project(project.network)
    *_, found = answer(LoadWeights(brought_back(bypassed(bare, [first])), str(tmp_path / "w.safetensors")))
    again = Project(project.network, weights=found.weights, recipe=project.recipe)
    picture = torch.rand(1, 1, 32, 32)
    assert torch.equal(run(again, picture), run(project, picture))


def test_saved_and_opened_again(tmp_path: Path) -> None:
    project = bypassed(PROJECT, ["relu1", "conv1"])
    write(tmp_path / "a.cnnx", project)
    assert read(tmp_path / "a.cnnx") == project
    described = json.loads(project_json.dumped(project))
    assert described["bypassed"] == ["conv1", "relu1"]
    assert {node["id"]: node["kind"] for node in described["nodes"]}["conv1"] == "Conv2d"
    assert b"bypassed" not in project_json.dumped(PROJECT)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (["gone"], "not there"), (["conv1", "conv1"], "twice"), (["x"], "no input"), (["add1"], "several"),
        ({}, "list"), ([3], "text"),
    ],
)  # fmt: skip
def test_hostile_files(value: object, said: str) -> None:
    described = json.loads(project_json.dumped(PROJECT))
    with pytest.raises(Fault, match=said) as caught:
        project_json.loaded(json.dumps({**described, "bypassed": value}).encode())
    assert len(str(ProjectError(f"“x.cnnx” {caught.value}: open another copy."))) <= 300


def test_a_removed_layer_is_forgotten() -> None:
    project = bypassed(PROJECT, ["conv1", "relu1"])
    assert project.rewired(project.network.without(["relu1"])).bypassed == {"conv1": NODES[1].layer}


@pytest.fixture
def window(qtbot, qapp) -> Iterator[Window]:
    window = Window(Session(Document(), IdleWorker()), Settings())
    window.show()
    window.complete()
    window.session.open_project(PROJECT)
    qtbot.waitUntil(lambda: window.pages.shows_canvas)
    window.canvas.setFocus()
    yield window
    window.close_now()


def click(window: Window, id: str, held: Qt.KeyboardModifier = Held.NoModifier) -> None:
    x, y = window.canvas.drawing.nodes[id].place
    at = window.canvas.viewportTransform().map(QPointF(x + 0.3 * WIDTH, y + 0.5 * HEIGHT)).toPoint()
    QTest.mouseClick(window.canvas.viewport(), Qt.MouseButton.LeftButton, held, at)


def key(window: Window, which: Qt.Key, held: Qt.KeyboardModifier = Held.NoModifier) -> None:
    QTest.keyClick(window.canvas.viewport(), which, held)


def test_m_bypasses_and_brings_back(window: Window) -> None:
    document, canvas = window.session.document, window.canvas
    click(window, "conv1")
    click(window, "relu1", Held.ControlModifier)
    before = canvas.viewport().grab().toImage()
    key(window, Key.Key_M)
    assert set(document.project.bypassed) == {"conv1", "relu1"}
    assert document.history.undo_text == "Bypass 2 layers"
    assert document.facts["relu1"].shape == (3, 32, 32)
    card = canvas.drawing.nodes["conv1"].card
    assert (card.kind, card.bypassed, card.parameters) == ("Conv2d", True, 0)
    assert card.spoken == "Conv2d conv1, bypassed, output 3×32×32, 0 parameters"
    assert card.brief.startswith("bypassed · 3×3")
    edge = canvas.viewportTransform().map(QPointF(3, 120 + HEIGHT / 2)).toPoint()
    after = canvas.viewport().grab().toImage()
    assert before.pixelColor(edge).saturation() > after.pixelColor(edge).saturation(), "the coloured edge is gone"
    key(window, Key.Key_M)
    assert document.project == PROJECT
    document.undo()
    document.undo()
    assert document.project == PROJECT
    document.redo()
    assert set(document.project.bypassed) == {"conv1", "relu1"}


def test_one_of_several_completes_the_others(window: Window) -> None:
    document = window.session.document
    click(window, "conv1")
    key(window, Key.Key_M)
    click(window, "relu1", Held.ControlModifier)
    key(window, Key.Key_M)
    assert set(document.project.bypassed) == {"conv1", "relu1"}
    heard: list[str] = []
    window.session.failed.connect(lambda _lane, text: heard.append(text))
    key(window, Key.Key_A, Held.ControlModifier)
    key(window, Key.Key_M)
    assert heard == [
        "Input x cannot be bypassed, for it takes no input: only a layer with one input can pass on what comes in."
    ]
    assert set(document.project.bypassed) == {"conv1", "relu1"}


def test_copies_are_bypassed_too(window: Window) -> None:
    document = window.session.document
    click(window, "conv1")
    key(window, Key.Key_M)
    key(window, Key.Key_C, Held.ControlModifier)
    assert json.loads(QGuiApplication.clipboard().text())["nodes"][0]["kind"] == "Conv2d"
    key(window, Key.Key_V, Held.ControlModifier)
    (new,) = window.session.selection
    assert document.project.bypassed[new] == NODES[1].layer
    assert document.project.network.nodes[new].layer == Identity()
    click(window, "conv1")
    x, y = window.canvas.drawing.nodes["conv1"].place
    start = window.canvas.viewportTransform().map(QPointF(x + 60, y + 30)).toPoint()
    QTest.mousePress(window.canvas.viewport(), Qt.MouseButton.LeftButton, Held.AltModifier, start)
    for step in range(1, 5):
        QTest.mouseMove(window.canvas.viewport(), start + QPoint(-50 * step, 5))
    QTest.mouseRelease(window.canvas.viewport(), Qt.MouseButton.LeftButton, Held.AltModifier, start + QPoint(-200, 5))
    assert len(document.project.bypassed) == 3


def test_the_table_of_layers_says_it(window: Window) -> None:
    click(window, "conv1")
    key(window, Key.Key_M)
    model = window.summary.model
    row = model.row_of("conv1")
    cells = {COLUMNS[column].title: model.index(row, column).data() for column in range(len(COLUMNS))}
    assert (cells["Kind"], cells["Settings"][:15], cells["Parameters"]) == ("Conv2d", "bypassed · 3×3 ", "0")


def test_the_inspector_shows_the_layer_that_is_kept(window: Window, qtbot) -> None:
    inspector, document = window.inspector, window.session.document
    click(window, "conv1")
    qtbot.waitUntil(lambda: inspector.title.text() == "Conv2d")
    assert inspector.bypass.isVisible()
    QTest.mouseClick(inspector.bypass, Qt.MouseButton.LeftButton, pos=QPoint(8, inspector.bypass.height() // 2))
    assert list(document.project.bypassed) == ["conv1"]
    assert inspector.title.text() == "Conv2d"
    assert inspector.form is not None
    editor = inspector.form.editor("channels")
    editor.setFocus()
    editor.selectAll()
    qtbot.keyClicks(editor, "12")
    assert document.project.bypassed["conv1"].channels == 12
    assert document.facts["conv1"].parameters == 0
    QTest.mouseClick(inspector.bypass, Qt.MouseButton.LeftButton, pos=QPoint(8, inspector.bypass.height() // 2))
    assert document.facts["conv1"].shape == (12, 32, 32)
    click(window, "add1")
    qtbot.waitUntil(lambda: inspector.title.text() == "Add")
    assert not inspector.bypass.isVisible()
