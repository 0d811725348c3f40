"""What a click shows in the inspector is made ready in turns of its own, and shown in one, whole."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication
from shiboken6 import delete

from explorer.classics.catalogue import CLASSICS
from explorer.network.formulas import formulas
from explorer.network.receptive_field import ReceptiveFields
from explorer.ui.canvas.pixmaps import Pixmaps
from explorer.ui.canvas.view import Canvas
from explorer.ui.controls import formula_view
from explorer.ui.controls.following import shared_turns
from explorer.ui.controls.form import Form
from explorer.ui.panels.inspector import InspectorPanel
from explorer.workspace.document import Document
from explorer.workspace.session import Session
from tests.idle_side import IdleWorker
from tests.settled import settled

CONV, POOL = "layer1.0.conv2", "maxpool"


class Shown:
    """A network as canvas and inspector show it; nothing is selected, and all is painted."""

    def __init__(self, qtbot) -> None:
        self.session = Session(Document(CLASSICS["resnet18"].project), IdleWorker())
        self.canvas, self.inspector = Canvas(self.session), InspectorPanel(self.session)
        for widget in (self.canvas, self.inspector):
            qtbot.addWidget(widget)
            widget.resize(400, 300)
            widget.show()
        self.canvas.frame((CONV,))
        settled(self.session)
        for _ in range(10):
            QApplication.processEvents()

    @property
    def said(self) -> tuple[str, list[str]]:
        """The node the inspector shows, and its formulas."""
        return self.inspector.subtitle.text(), [str(view.row) for view in self.inspector.views]

    def expected(self, id: str) -> tuple[str, list[str]]:
        document = self.session.document
        rows = formulas(document.project.network, id, document.facts, self.session.conventions)
        return id, [str(row) for row in rows]

    @property
    def whole(self) -> tuple[str, list[str]]:
        """What the inspector says of the network."""
        return f"{len(self.session.document.facts)} layers", []


@pytest.fixture
def shown(qtbot) -> Shown:
    return Shown(qtbot)


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What takes some milliseconds, in the order it was done."""
    log: list[str] = []

    def noting(owner: type, name: str, word: str) -> None:
        done = getattr(owner, name)

        def both(*args, **named):
            log.append(word)
            return done(*args, **named)

        monkeypatch.setattr(owner, name, both)

    formula_view.kept_formula.cache_clear()
    noting(formula_view.Formula, "__init__", "formula")
    noting(Form, "__init__", "form")
    noting(ReceptiveFields, "_finding", "ways")
    noting(InspectorPanel, "_show", "shown")
    noting(Pixmaps, "begin", "canvas")
    return log


def test_a_click_takes_turns_each_with_one_piece_and_the_canvas_first(shown: Shown, log: list[str]) -> None:
    session, turns, seen = shown.session, [], [shown.said]
    session.select((CONV,))
    assert log == [], "not in the turn of the click"
    while shared_turns(session.document).busy:
        before = len(log)
        QApplication.processEvents()
        turns.append(log[before:])
        seen.append(shown.said)
    assert next(turn for turn in turns if turn) == ["canvas"]
    assert [turn for turn in turns if "shown" in turn] == [["shown"]], "all it shows was there"
    slow = [[word for word in turn if word != "canvas"] for turn in turns]
    assert all(len(words) <= 1 for words in slow), "one piece a turn"
    assert {word for words in slow for word in words} == {"ways", "form", "formula", "shown"}
    assert all(one in (shown.whole, shown.expected(CONV)) for one in seen), "the old or the new, never both"
    assert shown.said == shown.expected(CONV)


def test_of_clicks_that_follow_each_other_the_last_one_is_shown(shown: Shown, log: list[str]) -> None:
    for id in (POOL, "fc", "bn1", CONV):
        shown.session.select((id,))
        QApplication.processEvents()
    settled(shown.session)
    assert shown.said == shown.expected(CONV)
    assert log.count("shown") == 1


def test_who_goes_to_the_settings_at_once_has_those_of_what_is_selected(shown: Shown) -> None:
    session, inspector = shown.session, shown.inspector
    session.select((POOL,))
    settled(session)
    session.select((CONV,))
    assert shown.said == shown.expected(POOL), "what was shown stays, whole"
    inspector.setFocus()
    assert shown.said == shown.expected(CONV)
    assert inspector.form is not None
    assert inspector.form.value == session.document.project.layer(CONV)


def test_a_layer_that_goes_before_it_is_shown_is_not_shown(shown: Shown) -> None:
    session, document = shown.session, shown.session.document
    session.select((CONV,))
    QApplication.processEvents()
    document.edit("Delete", document.project.rewired(document.project.network.without((CONV,))))
    settled(session)
    assert shown.said == shown.whole


def test_cards_that_are_owed_their_text_may_be_gone_by_then(shown: Shown) -> None:
    canvas = shown.canvas
    owed = list(canvas.drawing.nodes.values())[:2]
    canvas.drawing.owed = owed
    document = shown.session.document
    document.edit("Delete", document.project.rewired(document.project.network.without((owed[0].id,))))
    canvas._pay()
    assert canvas.drawing.owed == []
    delete(canvas.drawing)  # as where the window is closed
    canvas.drawing.owed = owed
    canvas._pay()
