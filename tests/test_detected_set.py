"""The controller of a detector's data set, with answers put in by hand where a real worker would give them."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtGui import QImage

from explorer.engine.data_set_questions import EvaluateBoxes
from explorer.engine.questions import Small
from explorer.formats.detection_scores import table
from explorer.maths.average_precision import Tally
from explorer.maths.box_matching import Found, Truth, areas
from explorer.maths.detection_records import DetectionEvaluation, DetectionSet, PictureFaults
from explorer.maths.picture_faults import faults
from explorer.network.project import Project
from explorer.network.tables import comma_separated
from explorer.ui import theme
from explorer.ui.pictures.detection_results import DetectionResults, in_numbers
from explorer.workspace.detected_set import DetectedSet
from explorer.workspace.document import Document
from explorer.workspace.folder_look import LANE
from explorer.workspace.session import Session
from tests.idle_side import IdleWorker
from tests.test_data_set_page import answered
from tests.test_detecting import two_heads
from tests.test_patch_search import asked
from tests.test_session import project, waits

FILES = ("a.jpg", "<b>b.jpg", "c.jpg")
BOX = np.array([[0.0, 0, 50, 50]])


@pytest.fixture
def session(qtbot):
    session = Session(Document(Project(two_heads())), IdleWorker())
    yield session
    session.close()


@pytest.fixture
def detected(session) -> DetectedSet:
    detected = DetectedSet(session)
    detected.choose_folder("/pictures")
    return detected


def one(kind: int = 1) -> Truth:
    return Truth(BOX, np.array([kind]), areas(BOX), np.zeros(1, bool), np.zeros(1, bool))


def found(score: float, kind: int = 1) -> Found:
    return Found(BOX, np.array([kind]), np.array([score]))


def listed() -> DetectionSet:
    return DetectionSet("/pictures", FILES, ("cat", "<b>dog"), (("Dog", "<b>dog"),), ("ox",), ("A note.",), False)


def evaluation(done: int) -> DetectionEvaluation:
    """Of three pictures with a dog one is right, one has nothing, one is said to be of a cat."""
    tally, wrong = Tally(), {}
    missed, surest = np.zeros(3, np.int32), np.zeros(3, np.float32)
    boxes = (found(0.9), found(0.1), found(0.8, kind=0))
    for number in range(done):
        tally.add(number, one(), boxes[number])
        wrong[number] = faults(one(), boxes[number], 0.25)
        missed[number], surest[number] = wrong[number].missed.sum(), wrong[number].surest
    return DetectionEvaluation(done, tally.scores(), missed, surest, wrong, ())


def test_what_is_wrong_in_a_picture() -> None:
    right, nothing, other = (evaluation(3).faults[number] for number in range(3))
    assert isinstance(right, PictureFaults)
    assert (right.right.tolist(), right.missed.tolist(), right.surest) == ([True], [False], 0.0)
    assert (nothing.right.tolist(), nothing.missed.tolist(), nothing.surest) == ([], [True], 0.0)
    assert (other.right.tolist(), other.missed.tolist(), other.surest) == ([False], [True], 0.8)
    result = evaluation(3)
    assert (result.most_missed, result.surest_wrong) == ([1, 2], [2])


def test_it_starts_pauses_and_goes_on_with_other_labels(session, detected) -> None:
    assert detected.applies
    detected.start()
    (question,) = asked(session, EvaluateBoxes)
    assert (question.folder, question.labels) == ("/pictures", "/pictures"), "labels may lie beside the pictures"
    answered(session, listed(), evaluation(1), ended=False)
    assert (detected.state, detected.evaluation.done) == ("running", 1)
    detected.pause()
    assert detected.state == "paused"
    detected.choose_labels("/labels.json")
    assert (detected.state, detected.evaluation) == ("running", None)
    assert asked(session, EvaluateBoxes)[-1].labels == "/labels.json"
    answered(session, listed(), evaluation(3))
    assert detected.state == "done"
    detected.start()
    waits(session, LANE).on_failed("No.")
    assert detected.state == "paused"
    before = session.document.project
    session.document.edit("Edit", before.rewired(before.network.with_settings("conv", kernel=1)))
    assert (detected.state, detected.evaluation) == ("idle", None)
    session.document.edit("Another", project(4))
    assert not detected.applies


def test_a_class_that_a_table_would_run(detected) -> None:
    """Its name comes from a stranger's labels."""
    rows = table(evaluation(3).scores, lambda _: "=1+1")
    assert comma_separated(rows).splitlines()[1].startswith("'=1+1,3,")
    assert table(Tally().scores(), str) == rows[:1]
    assert len(rows[0]) == len(rows[1]) == len(rows[2]) == 8 + 101


def test_results_as_they_come(qtbot, session, detected, monkeypatch, tmp_path) -> None:
    opened: list[str] = []
    monkeypatch.setattr(session, "open_picture", opened.append)
    results = DetectionResults(detected)
    qtbot.addWidget(results)
    results.resize(700, 500)
    results.show()
    detected.start()
    answered(session, listed(), evaluation(1), ended=False)
    assert results.classes.rows.item(0, 0).text() == "<b>dog"
    assert results.classes.rows.item(0, 1).text() == "1"
    results.classes.selectRow(0)
    answered(session, evaluation(3))
    qtbot.waitUntil(lambda: results.curve.plot is not None, timeout=60_000)
    half = results.curve.plot.listDataItems()[-1]
    assert half.yData.tolist() == [1.0] * 67 + [0.0] * 34, "two of three dogs have a box, however unsure"
    assert results.classes.place == 0, "the choice stays"
    assert results.classes.rows.item(0, 1).text() == "3"
    assert results.notes.text() == "Taken for the same: Dog and <b>dog. No class of the network: ox. A note."
    assert results.numbers.text() == in_numbers(detected.evaluation.scores)
    curve = tmp_path / "curve.png"
    monkeypatch.setattr("explorer.ui.destinations.choose_destination", lambda *_: str(curve))
    results.export_curve.click()
    image = QImage(str(curve))
    assert image.width() == 2 * results.curve.width()
    colours = {image.pixelColor(x, y).name() for x in range(0, image.width(), 2) for y in range(0, image.height(), 2)}
    assert theme.current().accent in colours, "the curve that is looked at"
    results.tabs.setCurrentIndex(1)
    assert results.grid.rows.numbers == (1, 2)
    assert results.choice.currentText() == "<b>dog"
    assert results.heading.text() == "2 of the 2 worst pictures in which something is missed: <b>dog"
    results.order.setCurrentIndex(1)
    assert results.grid.rows.numbers == (), "what is found wrongly is no dog"
    results.order.setCurrentIndex(0)
    results.choice.setCurrentIndex(0)
    assert (results.classes.place, results.classes.selectedIndexes()) == (-1, [])
    assert results.grid.rows.numbers == (1, 2)
    assert results.heading.text() == "2 pictures in which something is missed"
    results.order.setCurrentIndex(1)
    assert results.grid.rows.numbers == (2,)
    assert results.grid.rows.index(0).data() == "1 missed\n80.0 % false"
    detected.small.want([2])
    assert (2, "/pictures/c.jpg") in asked(session, Small)[0].paths
    results.grid.opened.emit(2)
    assert opened == ["/pictures/c.jpg"]
    assert in_numbers(Tally().scores()).startswith("Nothing of the network's classes")
