"""The one edit command: undo, redo, merging, the clean flag, and what a change touches."""

from __future__ import annotations

import subprocess
import sys
import tracemalloc
import weakref
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from explorer.classics.catalogue import CLASSICS
from explorer.layers.dense import Input
from explorer.layers.windows import Conv2d
from explorer.network.analysis import analyse, totals
from explorer.network.layer import Layer
from explorer.network.network import Network, Node
from explorer.network.project import Project
from explorer.workspace.document import Change, Document
from explorer.workspace.history import STEPS


@pytest.fixture
def document(qapp) -> Document:
    return Document(Project(Network({"c": Node("c", Conv2d())})))


def edit(document: Document, merge: str = "", **settings) -> None:
    project = document.project
    document.edit("Change", project.rewired(project.network.with_settings("c", **settings)), merge)


def test_typing_undoes_as_one_step(document) -> None:
    start, touched = document.project, []
    document.changed.connect(lambda change: touched.append(change.touched))
    for stride in (2, 3, 4):
        edit(document, "c.stride", stride=stride)
    edit(document, "c.kernel", kernel=5)
    assert document.history.count == 2
    assert touched == [{"c"}] * 4
    document.undo()
    document.undo()
    assert document.project == start
    assert document.history.clean
    document.redo()
    assert document.project.network.nodes["c"].layer.stride == 4


def test_an_edit_that_changes_nothing_is_no_step(document) -> None:
    document.edit("Nothing", document.project)
    assert document.history.count == 0


@pytest.fixture
def failing(monkeypatch) -> Callable[[], AbstractContextManager[None]]:
    """Within it, no project's facts are found: the error is "out of order"."""

    def fails(*_: object) -> None:
        raise ValueError("out of order")

    @contextmanager
    def failing() -> Iterator[None]:
        with monkeypatch.context() as broken:
            broken.setattr("explorer.workspace.document.reanalysed", fails)
            yield

    return failing


def test_an_error_in_an_edit_comes_to_who_made_it_and_changes_nothing(document, failing) -> None:
    heard: list[int] = []
    edit(document, "typed", stride=2)
    document.stepped.connect(lambda: heard.append(document.history.index))
    for merge in ("typed", ""):
        with failing(), pytest.raises(ValueError, match="out of order"):
            edit(document, merge, stride=3)
    assert document.project.network.nodes["c"].layer.stride == 2
    assert (document.history.count, document.history.index, heard) == (1, 1, []), "what was not done is no step"
    document.undo()
    with failing(), pytest.raises(ValueError, match="out of order"):
        edit(document, stride=3)
    assert document.history.can_redo, "what was undone can still be done again"
    document.redo()
    assert document.project.network.nodes["c"].layer.stride == 2


@pytest.mark.parametrize("index", [0, 1, 3])
def test_an_undo_or_redo_that_fails_leaves_the_history_where_it_was(document, failing, index: int) -> None:
    start = document.project
    for stride in (2, 3, 4):
        edit(document, stride=stride)
    document.undo()
    document.saved("net.cnnx", document.project)
    before, heard = document.project, []
    document.changed.connect(heard.append)
    with failing(), pytest.raises(ValueError, match="out of order"):
        document.go(index)
    assert (document.project, document.history.index, document.history.clean, heard) == (before, 2, True, [])
    document.redo()
    assert document.project.network.nodes["c"].layer.stride == 4
    document.go(0)
    assert document.project == start


def test_who_hears_of_an_undo_and_fails_is_told_and_the_history_is_at_what_is_shown(document, monkeypatch) -> None:
    told, seen = [], []
    monkeypatch.setattr(sys, "excepthook", lambda kind, error, trace: told.append(str(error)))
    start = document.project
    edit(document, stride=2)

    def fails(change: Change) -> None:
        raise ValueError("out of order")

    document.changed.connect(fails)
    document.changed.connect(lambda change: seen.append(document.history.index))
    document.undo()
    assert (document.project, document.history.index, told, seen) == (start, 0, ["out of order"], [0])
    document.redo()
    assert (document.project.network.nodes["c"].layer.stride, document.history.index, seen) == (2, 1, [0, 1])


def test_what_it_was(document) -> None:
    start = document.project
    assert (document.opened, document.before) == (start, start)
    edit(document, stride=2)
    saved = document.project
    edit(document, stride=3)
    document.edit("Move", document.project.moved({"c": (1.0, 2.0)}))
    assert document.before is saved  # a move is no edit of the network
    assert document.opened is start
    document.saved("net.cnnx", saved)
    assert document.opened is saved
    for _ in range(2):
        document.undo()
    assert document.before is start
    document.open(Project())
    assert document.opened is document.before is document.project


def test_saved_is_clean_until_the_next_edit(document) -> None:
    edit(document, stride=2)
    saved = document.project
    document.saved("net.cnnx", saved)
    assert document.history.clean
    edit(document, stride=3)
    assert not document.history.clean
    document.undo()
    assert document.history.clean


def test_what_was_brought_back_is_unsaved_wherever_the_history_goes(document) -> None:
    told = []
    document.renamed.connect(lambda: told.append(document.history.clean))
    edit(document, stride=2)
    document.set_unsaved(True)
    document.undo()
    assert not document.history.clean
    document.set_unsaved(False)
    document.set_unsaved(False)
    assert told == [False, True], "what changes nothing is not told"


def test_typed_there_and_back_is_no_step(document) -> None:
    edit(document, "c.kernel", kernel=5)
    for stride in (2, 1):
        edit(document, "c.stride", stride=stride)
    assert document.history.count == 1
    assert not document.history.clean
    document.undo()
    assert document.project.network.nodes["c"].layer == Conv2d()
    for stride in (2, 1):
        edit(document, "c.stride", stride=stride)
    assert not document.history.can_undo
    assert document.history.clean


def test_typed_back_to_what_was_saved_is_clean(document) -> None:
    edit(document, "c.stride", stride=2)
    document.saved("net.cnnx", document.project)
    edit(document, "c.stride", stride=3)
    assert not document.history.clean
    edit(document, "c.stride", stride=2)
    assert document.history.clean
    edit(document, "c.stride", stride=1)
    assert not document.history.clean
    assert document.history.count == 2


def test_a_thousand_steps_are_kept_in_less_than_100_mb(qapp) -> None:
    nodes = {"n0": Node("n0", Input(3, 224, 224))}
    for number in range(1, 200):
        nodes[f"n{number}"] = Node(f"n{number}", Conv2d(8, 3, padding=1), (f"n{number - 1}",))
    document = Document(Project(Network(nodes), dict.fromkeys(nodes, (0.0, 0.0))))
    tracemalloc.start()
    try:
        for number in range(50):
            network = document.project.network.with_settings("n1", channels=9 + number)
            document.edit("Change", document.project.rewired(network))
        step = tracemalloc.get_traced_memory()[0] / 50
    finally:
        tracemalloc.stop()
    assert step * STEPS < 100e6


def test_what_cannot_be_undone_any_more_stays_unsaved(document) -> None:
    for number in range(STEPS + 5):
        edit(document, stride=2 + number % 2)
    assert document.history.count == STEPS
    while document.history.can_undo:
        document.undo()
    assert not document.history.clean


def test_a_document_goes_when_nobody_holds_it(document) -> None:
    """Python must not find a circle through Qt's stack: collecting one ends the program."""
    document = Document(document.project)
    for stride in (2, 3):
        edit(document, stride=stride)
    document.undo()
    gone = weakref.ref(document)
    del document
    assert gone() is None


class Edits(RuleBasedStateMachine):
    """Random edits, undo, redo and saving: the value is always the one that was there before."""

    def __init__(self) -> None:
        super().__init__()
        self.document = Document()
        self.past, self.future = [(self.document.project, "")], []  # projects, and what their edits merge with
        self.clean = 0  # how many edits what was saved has; -1 where it cannot be come back to

    def push(self, project: Project, merge: str = "") -> None:
        if project == self.document.project:
            return
        self.document.edit("Edit", project, merge)
        self.future.clear()
        edits = len(self.past) - 1
        self.clean = self.clean if self.clean <= edits else -1
        merged = merge and merge == self.past[-1][1] and self.clean != edits
        if merged:
            self.past.pop()
        if not merged or project != self.past[-1][0]:
            self.past.append((project, merge))

    @rule(kind=st.sampled_from(sorted(Layer.kinds)), at=st.tuples(st.integers(-999, 999), st.integers(-999, 999)))
    def add(self, kind: str, at: tuple[int, int]) -> None:
        net = self.document.project.network
        node = Node(net.fresh_id(kind), Layer.kinds[kind]())
        self.push(self.document.project.rewired(net.with_node(node)).moved({node.id: at}))

    @precondition(lambda self: self.document.project.network.nodes)
    @rule(data=st.data())
    def link(self, data) -> None:
        net = self.document.project.network
        source, target = (data.draw(st.sampled_from(list(net.nodes))) for _ in range(2))
        self.push(self.document.project.rewired(net.with_link(source, target)))

    @precondition(lambda self: self.document.project.network.nodes)
    @rule(data=st.data())
    def delete(self, data) -> None:
        net = self.document.project.network
        gone = data.draw(st.sets(st.sampled_from(list(net.nodes)), min_size=1))
        self.push(self.document.project.rewired(net.without(gone)))

    @precondition(lambda self: self.document.project.network.nodes)
    @rule(data=st.data(), keys=st.lists(st.sampled_from([1.0, 2.0]), min_size=1, max_size=4))
    def nudge(self, data, keys) -> None:
        """Edits that merge, and may lead back."""
        id = data.draw(st.sampled_from(sorted(self.document.project.network.nodes)))
        for x in keys:
            self.push(self.document.project.moved({id: (x, 0.0)}), f"move {id}")

    @rule()
    def save(self) -> None:
        self.document.saved("net.cnnx", self.document.project)
        self.clean = len(self.past) - 1

    @rule()
    def undo(self) -> None:
        self.document.undo()
        if len(self.past) > 1:
            self.future.append(self.past.pop())

    @rule()
    def redo(self) -> None:
        self.document.redo()
        if self.future:
            self.past.append(self.future.pop())

    @invariant()
    def holds(self) -> None:
        project = self.document.project
        assert project == self.past[-1][0]
        assert self.document.facts == analyse(project.network)
        assert self.document.facts.keys() == project.network.nodes.keys()
        assert project.places.keys() <= project.network.nodes.keys()
        assert all(i in project.network.nodes for node in project.network.nodes.values() for i in node.inputs)
        assert self.document.history.clean == (len(self.past) - 1 == self.clean)


TestEdits = Edits.TestCase
TestEdits.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)


CIRCLE = """
import gc
from types import SimpleNamespace
from PySide6.QtWidgets import QApplication
from explorer.classics.catalogue import CLASSICS
from explorer.network.layout import arranged
from explorer.ui.canvas.scene import NetworkScene
from explorer.workspace.document import Change, Document

app = QApplication([])
for number in range(12):
    document = Document()
    project = CLASSICS["lenet5"].project
    document.open(project.moved(arranged(project.network)))
    circle = SimpleNamespace(document=document, scene=NetworkScene(document))
    circle.circle = circle
    for step in range(20):
        document.edit("Move", document.project.moved({"conv1": (float(step), 1.0)}))
    del circle, document
    if number % 3 == 2:
        gc.collect()
print("fine")
"""


def test_what_is_collected_in_a_circle_is_not_freed_twice() -> None:
    """Qt ended the process where a document with a history was collected together with its scene."""
    done = subprocess.run(
        [sys.executable, "-c", CIRCLE], capture_output=True, text=True, timeout=60, cwd=Path(__file__).parents[1]
    )
    assert (done.returncode, done.stdout) == (0, "fine\n"), done.stderr


def test_totals_are_those_of_the_tab_in_front_after_each_edit() -> None:
    document = Document(CLASSICS["lenet5"].project)
    assert document.sums == totals(document.facts)
    assert document.sums is document.sums, "added up once"
    before = document.sums
    document.add_tab(CLASSICS["alexnet"].project)
    assert document.sums == totals(analyse(CLASSICS["alexnet"].network)) != before
    document.show_tab(document.tabs[0])
    assert document.sums == before
    document.edit("Delete", document.project.rewired(document.project.network.without(["conv2"])))
    assert document.sums == totals(document.facts) != before
    document.undo()
    assert document.sums == before
