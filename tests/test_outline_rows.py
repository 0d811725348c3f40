"""Rows of the outline that come and go, against a tree that is made anew."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QStandardItem
from PySide6.QtWidgets import QApplication
from shiboken6 import Shiboken

from benchmarks.canvas import chain
from explorer.classics.catalogue import CLASSICS
from explorer.network.folding import folded
from explorer.network.grouping import arrived
from explorer.network.groups import TOP
from explorer.network.unfolding import grouped
from explorer.ui.controls.digests import Digests
from explorer.ui.panels.outline import OutlinePanel
from explorer.ui.tables.outline_tree import OutlineTree
from explorer.ui.tables.row_changes import MOST, row_changes
from explorer.workspace.document import Change, Document
from explorer.workspace.session import Session
from tests.idle_side import IdleWorker

Tree = dict[str, list[str]]


@some.composite
def trees(draw: Any) -> Tree:
    """Layers and groups within groups, in any order; no group is empty."""
    homes = draw(some.lists(some.sampled_from(["", "A", "B", "C"]), min_size=0, max_size=12))
    parents = {"A": "", "B": draw(some.sampled_from(["", "A"])), "C": draw(some.sampled_from(["", "A", "B"]))}
    nodes = draw(some.permutations([str(i) for i in range(14)]))
    rows: Tree = {TOP: []}
    for node, home in zip(nodes, homes, strict=False):
        way = []
        while home and home not in rows:
            way.append(home)
            home = parents[home]
        for group in reversed(way):
            rows[parents[group]].append(group)
            rows[group] = []
        rows[way[0] if way else home].append(node)
    return rows


@given(before=trees(), after=trees())
def test_one_tree_becomes_another(before: Tree, after: Tree) -> None:
    found = {home: list(ids) for home, ids in before.items()}
    gone, come = row_changes(before, after)
    for home, first, ids in gone:
        assert found[home][first : first + len(ids)] == ids
        del found[home][first : first + len(ids)]
    for home, first, ids in come:
        found[home][first:first] = ids
        found.update({id: list(after[id]) for id in row_changes(before, after).groups(after)})
    assert {home: found[home] for home in after} == after
    if before == after:
        assert not gone
        assert not come


def test_what_stays_keeps_its_row() -> None:
    rows = [str(i) for i in range(3000)]
    without = [*rows[:100], *rows[103:2000], "new", *rows[2000:]]
    assert row_changes({TOP: rows}, {TOP: without}) == (
        [(TOP, 100, ["100", "101", "102"])],
        [(TOP, 1997, ["new"])],
    )
    every = rows[::2]
    gone, come = row_changes({TOP: rows}, {TOP: every})
    assert len(gone) + len(come) == 2 < MOST, "so many holes are not made one by one"


@pytest.fixture
def outline(qtbot: Any) -> Iterator[OutlinePanel]:
    session = Session(Document(chain(30)), IdleWorker())
    panel = OutlinePanel(session)
    qtbot.addWidget(panel)
    panel.show()
    yield panel
    session.document.history.clear()


def shown(outline: OutlinePanel, parent: QModelIndex | None = None) -> list[Any]:
    """As Qt walks over it."""
    model, parent, found = outline.model, parent or QModelIndex(), []
    for row in range(model.rowCount(parent)):
        index = model.index(row, 0, parent)
        assert model.index_of(model.id_of(index)) == index
        found.append((model.id_of(index), index.data(), model.flags(index), shown(outline, index)))
    return found


def test_an_unfolded_group_stays_so_and_rows_are_not_kept_by_python(outline: OutlinePanel) -> None:
    def items() -> int:
        return sum(isinstance(each, QStandardItem) for each in Shiboken.getAllValidWrappers())

    document, wrapped = outline.model._document, items()
    project, id = grouped(document.project, "Block", [f"conv{i}" for i in range(5, 15)])
    document.edit("Group", project)
    outline.tree.expand(outline.model.index_of(id))
    for gone in (["conv8"], ["conv2", "conv20"], [f"conv{i}" for i in range(3, 8)]):
        document.edit("Delete", document.project.rewired(document.project.network.without(gone)))
        assert outline.tree.isExpanded(outline.model.index_of(id))
    rows = shown(outline)
    group = next(row for row in rows if row[0] == id)
    assert [row[0] for row in group[3]] == ["conv9", "conv10", "conv11", "conv12", "conv13", "conv14"]
    assert group[2] & Qt.ItemFlag.ItemIsEditable
    assert all(not row[2] & Qt.ItemFlag.ItemIsEditable for row in (*rows[:2], *group[3]))
    fresh = OutlinePanel(outline._session)
    assert shown(fresh) == rows
    fresh.deleteLater()
    while document.history.can_undo:
        document.undo()
    assert [row[0] for row in shown(outline)] == list(document.project.network.nodes)
    assert items() <= wrapped + 1, "PySide would mistake new rows for these once Qt has freed them"


def test_rows_that_are_painted_while_the_tree_follows_ask_for_more() -> None:
    """Between two of its steps the tree is painted as it was; what a group is together is found out then."""
    document = Document(chain(30))
    project, one = grouped(document.project, "One", [f"conv{i}" for i in range(5, 10)])
    project, other = grouped(project, "Other", [f"conv{i}" for i in range(15, 20)])
    after = project.regrouped(project.groups.moved(["conv5", "conv15"], [], TOP))  # both are others then
    known = Digests(folded(project.network, project.groups), document.facts)
    assert known[one].layers == 5
    steps = known.following(Change(project, after, document.facts, document.facts), folded(after.network, after.groups))
    next(steps)
    assert known[other].layers == 5
    assert list(steps) == []


def test_a_row_leaves_out_the_name_of_the_group_above_it(qapp: QApplication) -> None:
    session = Session(Document(arrived(CLASSICS["resnet18"].project)), IdleWorker())
    model = OutlineTree(session)

    def rows(*way: int) -> list[str]:
        index = QModelIndex()
        for row in way:
            index = model.index(row, 0, index)
        return [model.index(row, 0, index).data() for row in range(model.rowCount(index))]

    layer1 = next(row for row, title in enumerate(rows()) if title.startswith("layer1"))
    assert rows(layer1) == ["layer1.0", "layer1.1"], "0 alone would name nothing"
    assert rows(layer1, 0)[:3] == ["conv1  Conv2d", "bn1  BatchNorm2d", "relu  ReLU"]
    first = model.index(0, 0, model.index(0, 0, model.index(layer1, 0)))
    assert model.data(first, Qt.ItemDataRole.AccessibleTextRole).startswith("Conv2d layer1.0.conv1")
    assert model.data(first.parent(), Qt.ItemDataRole.EditRole) == "layer1.0"
    session.close()
