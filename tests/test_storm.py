"""Ten thousand random edits, undos, pastes, saves and loads: whatever one does, nothing is lost and nothing drifts."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import replace
from math import prod
from pathlib import Path

import pytest
import torch
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from PySide6.QtWidgets import QApplication

from explorer.classics.blocks import Block
from explorer.classics.catalogue import CLASSICS
from explorer.engine.program import Program
from explorer.formats import project_file, project_json
from explorer.layers.dense import Input
from explorer.layers.detection import Yolo
from explorer.maths.sentences import Refusal
from explorer.network.ablation import Ablation
from explorer.network.analysis import analyse
from explorer.network.formulas import formulas
from explorer.network.layer import Layer
from explorer.network.layout import arranged
from explorer.network.network import Network, Node
from explorer.network.project import Project
from explorer.ui.canvas import edits
from explorer.ui.canvas.scene import NetworkScene
from explorer.workspace.document import Document
from tests.test_layers import layers

EXAMPLES, STEPS = 100, 100
LARGEST = 40
"""Nodes from which a network grows no further: larger ones are slower and not other."""
MOST = 100_000
"""Numbers in an output, and parameters of a network, that torch still runs here."""

MEMORY = Path("/dev/shm")
"""Where files are real and no disk is waited for."""

some = st.integers(0, 10_000)
"""Which of the things there are, counted round."""
places = st.tuples(*[st.integers(-50, 50).map(lambda n: 40.0 * n)] * 2)


class Storm(RuleBasedStateMachine):
    """A document beside the plainest model of its history: a list of projects, and where one is in it."""

    def __init__(self) -> None:
        super().__init__()
        self.document = Document()
        self.folder = tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None)
        self.scene: NetworkScene | None = None
        self.begin(self.document.project)
        self.clipboard = ""

    def begin(self, project: Project) -> None:
        """What the model knows after something was opened."""
        self.past: list[tuple[Project, str]] = [(project, "")]
        self.at = self.clean = 0

    @property
    def project(self) -> Project:
        return self.document.project

    @property
    def network(self) -> Network:
        return self.document.project.network

    def one(self, number: int, among: Sequence[str] = ()) -> str:
        ids = among or list(self.network.nodes)
        return ids[number % len(ids)]

    def edit(self, project: Project, merge: str = "") -> None:
        """Edit the document, and the model as Qt's undo stack is documented."""
        if project != self.project:
            if self.at < self.clean:
                self.clean = -1  # what was saved can no longer be redone
            del self.past[self.at + 1 :]
            joined = merge and self.past[self.at][1] == merge and self.at != self.clean
            if joined and self.past[self.at - 1][0] == project:  # typed there and back
                del self.past[self.at]
                self.at -= 1
            elif joined:
                self.past[self.at] = project, merge
            else:
                self.past.append((project, merge))
                self.at += 1
        self.document.edit("edit", project, merge)

    @initialize(classic=st.sampled_from(["", "", "lenet5", "inception_module", "sliding16"]), seen=some)
    def start(self, classic: str, seen: int) -> None:
        if not seen % 4:  # a scene takes ten times as long as the document
            self.scene = NetworkScene(self.document)
        project = CLASSICS[classic].project if classic else Project(Network({"input": Node("input", Input(3, 9, 9))}))
        self.document.open(project.moved(arranged(project.network)))
        self.begin(self.project)

    # Edits

    @precondition(lambda self: len(self.network.nodes) < LARGEST)
    @rule(layer=layers, first=some, second=some, given=st.booleans(), place=places)
    def add(self, layer: Layer, first: int, second: int, given: bool, place: tuple[float, float]) -> None:
        inputs = [self.one(first), self.one(second)] if self.network.nodes else []
        project, id = edits.added(self.project, layer, inputs, place if given else None)
        assert id not in self.network.nodes
        self.edit(project)

    @precondition(lambda self: len(self.network.nodes) < LARGEST)
    @rule(layer=layers, number=some, place=places)
    def insert(self, layer: Layer, number: int, place: tuple[float, float]) -> None:
        links = [(s, n.id, i) for n in self.network.nodes.values() for i, s in enumerate(n.inputs)]
        if links and layer.inputs:
            self.edit(edits.inserted(self.project, layer, links[number % len(links)], place)[0])

    @precondition(lambda self: 0 < len(self.network.nodes) < LARGEST - 10)
    @rule(number=some, kind=st.sampled_from(sorted(Block.kinds)))
    def add_block(self, number: int, kind: str) -> None:
        try:
            project, _ = edits.with_block(self.project, Block.kinds[kind](), self.one(number))
        except Refusal:
            return
        self.edit(project)

    @precondition(lambda self: self.network.nodes)
    @rule(numbers=st.lists(some, min_size=1, max_size=3))
    def delete(self, numbers: list[int]) -> None:
        ids = {self.one(number) for number in numbers}
        self.edit(self.project.rewired(self.network.without(ids)))
        assert not ids & self.network.nodes.keys()

    @precondition(lambda self: self.network.nodes)
    @rule(first=some, second=some)
    def link(self, first: int, second: int) -> None:
        source, target = self.one(first), self.one(second)
        if not edits.refusal(self.project, source, target):
            self.edit(edits.linked(self.project, source, target))
            assert source in self.network.nodes[target].inputs

    @rule(number=some)
    def unlink(self, number: int) -> None:
        links = [(s, n.id, i) for n in self.network.nodes.values() for i, s in enumerate(n.inputs)]
        if links:
            self.edit(edits.unplugged(self.project, links[number % len(links)]))

    @precondition(lambda self: self.network.nodes)
    @rule(number=some, place=places, steps=st.integers(1, 3))
    def move(self, number: int, place: tuple[float, float], steps: int) -> None:
        id = self.one(number)
        for step in range(steps):
            self.edit(self.project.moved({id: (place[0] + step, place[1])}), f"move {id}")

    @precondition(lambda self: self.network.nodes)
    @rule()
    def arrange(self) -> None:
        self.edit(self.project.moved(arranged(self.network)))

    @precondition(lambda self: self.network.nodes)
    @rule(number=some, layer=layers, typed=st.booleans())
    def change_settings(self, number: int, layer: Layer, typed: bool) -> None:
        ids = [id for id, node in self.network.nodes.items() if type(node.layer) is type(layer)]
        if ids:
            id = self.one(number, ids)
            before = self.project
            self.edit(replace(before, network=self.network.with_layer(id, layer)), f"{id}.set" if typed else "")
            if typed:  # and back again, as one types a figure and takes it away
                self.edit(before, f"{id}.set")

    @precondition(lambda self: self.network.nodes)
    @rule(number=some, channel=st.integers(0, 5), factor=st.sampled_from([0.0, 0.5, 1.0, -2.0]))
    def switch(self, number: int, channel: int, factor: float) -> None:
        self.edit(self.project.with_factors(self.one(number), {channel: factor}))

    @precondition(lambda self: self.network.nodes)
    @rule(number=some)
    def choose_answer(self, number: int) -> None:
        self.edit(replace(self.project, main=self.one(number)))

    # The clipboard

    @precondition(lambda self: self.network.nodes)
    @rule(numbers=st.lists(some, min_size=1, max_size=4))
    def copy(self, numbers: list[int]) -> None:
        self.clipboard = edits.copied(self.project, [self.one(number) for number in numbers])

    @precondition(lambda self: self.clipboard and len(self.network.nodes) < LARGEST)
    @rule()
    def paste(self) -> None:
        before = self.network.nodes
        project, ids = edits.pasted(self.project, self.clipboard)
        assert not set(ids) & before.keys()
        assert {id: project.network.nodes[id] for id in before} == before
        self.edit(project)

    # History

    @rule(steps=st.integers(1, 5))
    def undo(self, steps: int) -> None:
        for _ in range(steps):
            self.document.history.undo()
            self.at = max(0, self.at - 1)

    @rule(steps=st.integers(1, 5))
    def redo(self, steps: int) -> None:
        for _ in range(steps):
            self.document.history.redo()
            self.at = min(len(self.past) - 1, self.at + 1)

    @rule()
    def undo_all_and_redo_all(self) -> None:
        now = project_json.dumped(self.project)
        start, end = self.at, self.document.history.count()
        self.document.history.setIndex(0)
        assert self.project == self.past[0][0]
        self.document.history.setIndex(end)
        assert self.project == self.past[-1][0]
        self.document.history.setIndex(start)
        assert project_json.dumped(self.project) == now

    # Files

    @rule()
    def save(self) -> None:
        path = Path(self.folder.name) / "storm.cnnx"
        project_file.write(path, self.project)
        again = project_file.read(path)
        assert again == self.project
        second = Path(self.folder.name) / "again.cnnx"
        project_file.write(second, again)
        assert second.read_bytes() == path.read_bytes()
        self.document.saved(str(path), self.project)
        self.clean = self.at

    @rule(often=some)
    def load(self, often: int) -> None:
        path = Path(self.folder.name) / "storm.cnnx"
        if path.exists() and not often % 4:
            self.document.open(project_file.read(path), str(path))
            self.begin(self.project)

    @rule(often=some)
    def new(self, often: int) -> None:
        if not often % 8:
            self.document.open(Project())
            self.begin(self.project)

    # What always holds

    @invariant()
    def the_history_is_the_models(self) -> None:
        history = self.document.history
        assert self.project == self.past[self.at][0]
        assert (history.index(), history.count()) == (self.at, len(self.past) - 1)
        assert history.isClean() == (self.at == self.clean)

    @invariant()
    def the_network_is_sound(self) -> None:
        nodes = self.network.nodes
        assert all(id == node.id for id, node in nodes.items())
        assert all(source in nodes for node in nodes.values() for source in node.inputs)
        assert not self.network.looped
        assert self.project.places.keys() <= nodes.keys()
        assert {one.node for one in self.project.ablations} <= nodes.keys()
        assert not self.project.main or self.project.main in nodes

    @invariant()
    def facts_are_those_of_a_fresh_start(self) -> None:
        assert self.document.facts == analyse(Network(dict(self.network.nodes)))

    @invariant()
    def the_scene_shows_the_network(self) -> None:
        if self.scene is not None:
            assert self.scene.nodes.keys() == self.network.nodes.keys()
            for id, item in self.scene.nodes.items():
                assert item.node == self.network.nodes[id]
                assert item.facts == self.document.facts[id]
            links = {(s, n.id, i) for n in self.network.nodes.values() for i, s in enumerate(n.inputs)}
            assert self.scene.links.routes.keys() == links

    def teardown(self) -> None:
        """At the end, once: what formulas say, and what torch does."""
        facts = self.document.facts
        for id, fact in facts.items():
            rows = {row.name: row.value for row in formulas(self.network, id, facts)}
            assert fact.parameters == rows.get("parameters", 0) or fact.problem
        sound = {id: n for id, n in self.network.nodes.items() if not facts[id].problem and small(facts[id].shape)}
        sound = {id: n for id, n in sound.items() if self.network.before([id]) <= sound.keys()}
        if sound and sum(facts[id].parameters for id in sound) <= MOST:
            inputs = {id: torch.rand(1, *facts[id].shape) for id, n in sound.items() if isinstance(n.layer, Input)}
            if len(inputs) == 1:
                values = Program(Network(sound), {}).values(*inputs.values(), tuple(sound))
                assert {id: tuple(v.shape[1:]) for id, v in values.items()} == {id: facts[id].shape for id in sound}
        self.folder.cleanup()


def small(shape: tuple[int, ...] | None) -> bool:
    return shape is not None and 0 < prod(shape) <= MOST


@pytest.mark.timeout(600)
def test_a_storm_of_edits_breaks_nothing(qapp: QApplication) -> None:
    few = settings(
        max_examples=EXAMPLES, stateful_step_count=STEPS, deadline=None, suppress_health_check=list(HealthCheck)
    )
    run_state_machine_as_test(Storm, settings=few)


def test_a_layer_whose_setting_holds_pairs_is_pasted() -> None:
    """Found by the storm: anchors came back as lists, and were refused."""
    nodes = {"in": Node("in", Input(24, 4, 4)), "yolo": Node("yolo", Yolo(), ("in",))}
    project = Project(Network(nodes), {"in": (0.0, 0.0), "yolo": (0.0, 96.0)})
    after, (id,) = edits.pasted(project, edits.copied(project, ["yolo"]))
    assert after.network.nodes[id].layer == Yolo()


def test_an_ablation_goes_with_its_node() -> None:
    """What the storm asks of every edit, once by hand: so that it is known to look."""
    project = CLASSICS["lenet5"].project
    project = replace(project, ablations=(Ablation("conv1", 0),), main="fc5")
    gone = project.rewired(project.network.without(["conv1", "fc5"]))
    assert (gone.ablations, gone.main) == ((), "")
