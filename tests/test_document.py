"""The one edit command: undo, redo, merging, the clean flag, and what a change touches."""

from __future__ import annotations

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from explorer.layers.windows import Conv2d
from explorer.network.analysis import analyse
from explorer.network.layer import Layer
from explorer.network.network import Network, Node
from explorer.network.project import Project
from explorer.workspace.document import Document


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
    assert document.history.count() == 2
    assert touched == [{"c"}] * 4
    document.history.undo()
    document.history.undo()
    assert document.project == start
    assert document.history.isClean()
    document.history.redo()
    assert document.project.network.nodes["c"].layer.stride == 4


def test_an_edit_that_changes_nothing_is_no_step(document) -> None:
    document.edit("Nothing", document.project)
    assert document.history.count() == 0


def test_saved_is_clean_until_the_next_edit(document) -> None:
    edit(document, stride=2)
    document.saved("net.cnnx")
    assert document.history.isClean()
    edit(document, stride=3)
    assert not document.history.isClean()
    document.history.undo()
    assert document.history.isClean()


class Edits(RuleBasedStateMachine):
    """Random edits, undo and redo: the value is always the one that was there before."""

    def __init__(self) -> None:
        super().__init__()
        self.document = Document()
        self.past, self.future = [self.document.project], []

    def push(self, project: Project) -> None:
        if project != self.document.project:
            self.document.edit("Edit", project)
            self.past.append(project)
            self.future.clear()

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

    @rule()
    def undo(self) -> None:
        self.document.history.undo()
        if len(self.past) > 1:
            self.future.append(self.past.pop())

    @rule()
    def redo(self) -> None:
        self.document.history.redo()
        if self.future:
            self.past.append(self.future.pop())

    @invariant()
    def holds(self) -> None:
        project = self.document.project
        assert project == self.past[-1]
        assert self.document.facts == analyse(project.network)
        assert self.document.facts.keys() == project.network.nodes.keys()
        assert project.places.keys() <= project.network.nodes.keys()
        assert all(i in project.network.nodes for node in project.network.nodes.values() for i in node.inputs)
        assert self.document.history.isClean() == (len(self.past) == 1)


TestEdits = Edits.TestCase
TestEdits.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
