"""The comparison that follows the document, and what its table is made of."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication

from explorer.engine.answers import answer
from explorer.engine.questions import Compare
from explorer.layers.activations import ReLU
from explorer.network.besides import bare
from explorer.network.diff import compare, compare_projects
from explorer.network.network import Network, Node
from explorer.network.project import Project
from explorer.network.tables import ungrouped
from explorer.ui import theme
from explorer.ui.tables.diff_table import SEEN, TINT, WAITING, DiffTable
from explorer.workspace.comparison import Comparison
from explorer.workspace.document import Document
from explorer.workspace.session import Session
from tests.idle_side import IdleWorker
from tests.small_project import small  # noqa: F401
from tests.test_panels import contrast
from tests.test_session import project, waits


@pytest.fixture
def session(qtbot):
    session = Session(Document(project(8)), IdleWorker())
    yield session
    session.close()


@pytest.fixture
def comparison(session) -> Comparison:
    comparison = Comparison(session)
    comparison.watch(True)
    QApplication.processEvents()
    return comparison


def question(session: Session) -> Compare | None:
    """The last one that was put."""
    asked = []
    while not session.worker._outbox.empty():
        asked.append(getattr(session.worker._outbox.get(), "question", None))
    return next((q for q in reversed(asked) if isinstance(q, Compare)), None)


def edit(session: Session, channels: int) -> None:
    session.document.edit("Edit", project(channels))
    QApplication.processEvents()


def test_it_asks_when_the_network_changes(session, comparison) -> None:
    heard = []
    comparison.changed.connect(lambda: heard.append(comparison.diff))
    assert question(session) == Compare(bare(project(8)), bare(project(8)))
    diff = compare(project(8).network, project(8).network)
    waits(session, "compare").on_step(diff)
    waits(session, "compare").on_done()
    session.document.edit("Move", session.document.project.moved({"in": (8.0, 8.0)}))
    QApplication.processEvents()
    assert question(session) is None
    edit(session, 16)
    assert question(session) == Compare(bare(project(8)), bare(project(16)))
    assert comparison.diff is diff  # until there is an answer
    comparison.choose("some.cnnx")
    QApplication.processEvents()
    assert question(session) == Compare("some.cnnx", bare(project(16)))
    comparison.choose("some.cnnx")
    QApplication.processEvents()
    assert question(session) is not None  # it may be another file by now
    assert heard == [diff]


def test_a_file_is_read_once_for_all_edits(session, comparison) -> None:
    comparison.choose("other.cnnx")
    QApplication.processEvents()
    assert question(session) == Compare("other.cnnx", bare(project(8)))
    waits(session, "compare").on_step(compare_projects(replace(project(4), weights="ab"), project(8)))
    waits(session, "compare").on_done()
    session.document.renamed.emit()
    QApplication.processEvents()
    assert question(session) is None
    edit(session, 16)
    assert question(session) == Compare(replace(bare(project(4)), weights="ab"), bare(project(16)))
    comparison.choose("other.cnnx")
    QApplication.processEvents()
    assert question(session) == Compare("other.cnnx", bare(project(16)))


def test_saving_changes_what_it_is_compared_with(session, comparison) -> None:
    edit(session, 16)
    assert question(session) == Compare(bare(project(8)), bare(project(16)))
    session.document.saved("net.cnnx", session.document.project)
    QApplication.processEvents()
    assert question(session) == Compare(bare(project(16)), bare(project(16)))


@pytest.mark.parametrize("how", ["cancel", "fail"])
def test_without_an_answer_nothing_old_is_shown(session, comparison, how) -> None:
    waits(session, "compare").on_step(compare(project(8).network, project(8).network))
    edit(session, 16)
    told = []
    session.failed.connect(lambda *words: told.append(words))
    if how == "cancel":
        session.cancel("compare")
    else:
        waits(session, "compare").on_failed("It broke.")
    assert comparison.diff is None
    assert told == ([] if how == "cancel" else [("compare", "It broke.")])
    question(session)
    comparison.watch(True)  # looked at again, it is asked again
    QApplication.processEvents()
    assert question(session) is not None


def test_it_rests_while_nobody_watches(session, comparison) -> None:
    question(session)
    comparison.watch(False)
    edit(session, 16)
    assert question(session) is None
    comparison.watch(True)
    QApplication.processEvents()
    assert question(session) == Compare(bare(project(8)), bare(project(16)))


def test_the_worker_s_answer(small) -> None:  # noqa: F811
    (diff,) = answer(Compare(str(small), bare(project(8))))
    assert "flat" in {row.old for row in diff.rows}
    assert diff.networks[1] == project(8).network
    with pytest.raises(Exception, match="was not found"):
        list(answer(Compare("no such file.cnnx", Project())))


def test_receptive_fields_are_found_when_they_are_painted(qtbot, qtmodeltester) -> None:
    table = DiffTable()
    table.show_diff(compare(project(8).network, project(16).network), whole=True)
    shown = table.index(1, SEEN)
    assert not table._seen
    assert shown.data() == WAITING
    qtbot.waitUntil(lambda: shown.data() == "3×3")
    assert list(table._seen) == [1]
    assert table.index(1, 0).data(Qt.ItemDataRole.AccessibleTextRole) == "changed"
    assert table.plain([1]) == [
        ("changed", "conv", "Conv2d", "channels 8 → 16", "8×6×6 → 16×6×6", "224 → 448", "7,776 → 15,552", "3×3")
    ]
    qtmodeltester.check(table)


def test_what_a_broken_layer_says_is_seen(qtbot) -> None:
    network = project(8).network.with_settings("conv", kernel=99)
    table = DiffTable()
    table.show_diff(compare(project(8).network, network), whole=False)
    index = table.index(0, 4)
    assert index.data(Qt.ItemDataRole.ForegroundRole) == QColor(theme.current().problem)
    assert index.data(Qt.ItemDataRole.ToolTipRole).count("99")


@pytest.mark.parametrize("name", list(theme.THEMES))
def test_colours_of_changes_can_be_read(name) -> None:
    colours = theme.THEMES[name]
    assert set(colours.changes) == {"added", "removed", "changed", "affected"}
    base, share = QColor(colours.base), TINT / 255
    for state, colour in colours.changes.items():
        tint = QColor(colour)
        ground = QColor.fromRgbF(*(
            share * one + (1 - share) * other
            for one, other in zip(tint.getRgbF()[:3], base.getRgbF()[:3], strict=True)
        ))  # fmt: skip
        assert contrast(QColor(colours.text), ground) >= 7
        if state != "affected":  # has no mark
            assert contrast(tint, ground) >= 4.5


def test_numbers_without_commas() -> None:
    assert ungrouped("1,000 → 12,345,678 (+1,2)") == "1000 → 12345678 (+1,2)"


def test_a_removed_layer_stays_a_row_of_its_own(qtbot) -> None:
    old = Network({**project(8).network.nodes, "relu": Node("relu", ReLU(), ("conv",))})
    table = DiffTable()
    table.show_diff(compare(old, project(8).network), whole=False)
    assert [(row.old, row.new, row.state) for row in table.rows] == [("relu", "", "removed")]
    assert table.row_of("relu", "") == 0
    assert table.row_of("other", "") is None
    assert table.index(0, 0).data() == "−"
