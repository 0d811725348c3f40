"""SECURITY's U6: jobs on one network at once, a network that is swapped while it runs, a folder that is deleted while
it is searched; with the window's threads switched as often as Python can. All is as with one job alone.
"""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from explorer.classics.catalogue import CLASSICS
from explorer.engine.answers import answer
from explorer.engine.data_set_questions import Evaluate
from explorer.engine.patch_questions import FindPatches
from explorer.engine.program import Program
from explorer.engine.questions import Look, PictureFile, Predict
from explorer.engine.style_questions import StyleOf, StylePicture
from explorer.formats import tensors
from explorer.maths.records import Prediction, Progress
from explorer.maths.resources import resources
from explorer.network.project import Project
from explorer.probes.style import Style
from explorer.workspace.worker import Worker
from tests.style_side import painter
from tests.test_job_storms import wait

SAMPLES = sorted((resources() / "samples").glob("*.jpg"))
SWITCH = 1e-6
REPEATS = pytest.mark.parametrize(
    "times", [3, pytest.param(100, marks=[pytest.mark.nightly, pytest.mark.timeout(3600)])]
)


@pytest.fixture(scope="module")
def worker(staying_worker: Worker) -> Iterator[Worker]:
    staying_worker.start()
    yield staying_worker
    staying_worker.close()


@pytest.fixture
def restless() -> Iterator[None]:
    before = sys.getswitchinterval()
    sys.setswitchinterval(SWITCH)
    yield
    sys.setswitchinterval(before)


def lenet(seed: int) -> Project:
    """LeNet-5 with kept random weights, so that every process computes with the same."""
    project = CLASSICS["lenet5"].project
    random, weights = np.random.default_rng(seed), {}
    program = Program(project.network, {})
    for node in project.network.order:
        for name, value in program.module(node.id).state_dict().items():
            weights[f"{node.id}.{name}"] = random.normal(0, 0.2, tuple(value.shape)).astype(np.float32)
    return Project(project.network, weights=tensors.keep(weights), recipe=project.recipe)


def folder_of(room: Path, count: int) -> Path:
    room.mkdir()
    for number in range(count):
        shutil.copy(SAMPLES[number % len(SAMPLES)], room / f"{number:03d}.jpg")
    return room


class Asked:
    """A question that is being answered."""

    def __init__(self, worker: Worker, lane: str, question: Any) -> None:
        self.answers: list[Any] = []
        self.said: list[str] = []
        self.ended = False
        self.heard: list[float] = []
        worker.ask(lane, question, self._hear, self.said.append, self._end)

    def _hear(self, answer: Any) -> None:
        self.heard.append(time.monotonic())
        if not isinstance(answer, Progress):
            self.answers.append(answer)

    def _end(self) -> None:
        self.ended = True

    @property
    def over(self) -> bool:
        return self.ended or bool(self.said)

    @property
    def between(self) -> tuple[float, float]:
        """When the first and when the last word of it came."""
        return self.heard[0], self.heard[-1]


def scores(prediction: Prediction) -> list[float]:
    return [guess.probability for guess in prediction.top]


def maps_of(steps: list[Any]) -> np.ndarray:
    return np.asarray(steps[-1][0].values)


@REPEATS
def test_two_jobs_at_once_on_one_network(worker: Worker, restless: None, tmp_path: Path, times: int) -> None:
    project, picture = lenet(1), PictureFile(str(SAMPLES[0]))
    photos = folder_of(tmp_path / "photos", 6)
    questions = {
        "predict": Predict(project, picture), "maps": Look(project, picture, ("conv2",)),
        "patches": FindPatches(project, ("conv2",), str(photos)),
    }  # fmt: skip
    alone = {lane: [step for step in answer(q) if not isinstance(step, Progress)] for lane, q in questions.items()}
    for _ in range(times):
        asked = {lane: Asked(worker, lane, question) for lane, question in questions.items()}
        wait(lambda asked=asked: all(one.over for one in asked.values()))
        assert not any(one.said for one in asked.values())
        found = {lane: one.answers for lane, one in asked.items()}
        assert scores(found["predict"][-1]) == pytest.approx(scores(alone["predict"][-1]), abs=1e-6)
        assert np.allclose(maps_of(found["maps"]), maps_of(alone["maps"]), atol=1e-5)
        for ours, theirs in zip(found["patches"][-1].nodes, alone["patches"][-1].nodes, strict=True):
            np.testing.assert_allclose(ours.values, theirs.values, atol=1e-5)


@REPEATS
def test_two_studios_make_what_each_makes_alone(worker: Worker, restless: None, times: int) -> None:
    """Bit by bit: they take turns, one whole with L-BFGS, the other in tiles with Adam."""
    one, other = (PictureFile(str(path)) for path in SAMPLES[:2])
    questions = {
        "style 1": StyleOf(painter(), one, (StylePicture(other),), Style(size=48, steps=15)),
        "style 2": StyleOf(painter(), other, (StylePicture(one),), Style(size=40, steps=15, optimizer="Adam", tile=32)),
    }
    alone = {}
    for lane, question in questions.items():
        alone[lane] = Asked(worker, lane, question)
        wait(lambda lane=lane: alone[lane].over, 120, worker)
    for _ in range(times):
        asked = {lane: Asked(worker, lane, question) for lane, question in questions.items()}
        wait(lambda asked=asked: all(one.over for one in asked.values()), 120, worker)
        assert not any(one.said for one in asked.values())
        (first, last), (begun, ended) = (asked[lane].between for lane in questions)
        assert max(first, begun) < min(last, ended), "both went on at the same time"
        for lane, found in asked.items():
            costs, wanted = (
                [cost for step in steps for cost in step.since] for steps in (found.answers, alone[lane].answers)
            )
            assert len(costs) == 16
            assert costs == wanted
            assert np.array_equal(found.answers[-1].picture, alone[lane].answers[-1].picture)


@REPEATS
def test_a_network_is_swapped_while_it_runs(worker: Worker, restless: None, tmp_path: Path, times: int) -> None:
    """The newest question is answered for its own network, whatever ran when it was asked."""
    projects, picture = [lenet(seed) for seed in (1, 2)], PictureFile(str(SAMPLES[1]))
    alone = [scores(list(answer(Predict(project, picture)))[-1]) for project in projects]
    assert not np.allclose(alone[0], alone[1], atol=1e-3)
    photos = folder_of(tmp_path / "photos", 12)
    for number in range(times):
        now = number % 2
        busy = Asked(worker, "data set", Evaluate(projects[1 - now], str(photos)))
        late = [Asked(worker, "predict", Predict(projects[place], picture)) for place in (now, 1 - now, 1 - now, now)]
        wait(lambda late=late, busy=busy: late[-1].over and busy.over)
        assert not any(one.answers for one in late[:-1] if not one.ended)
        assert scores(late[-1].answers[-1]) == pytest.approx(alone[now], abs=1e-6)
        assert not busy.said


@REPEATS
def test_a_folder_is_deleted_while_it_is_searched(worker: Worker, restless: None, tmp_path: Path, times: int) -> None:
    """It ends with what was found, or a sentence about it; the next search is right."""
    project = lenet(1)
    for number in range(times):
        photos = folder_of(tmp_path / f"photos{number}", 40)
        search = Asked(worker, "patches", FindPatches(project, ("conv2",), str(photos)))
        wait(lambda search=search: search.answers or search.over)
        shutil.rmtree(photos)
        wait(lambda search=search: search.over)
        assert all(len(sentence) <= 300 and "unexpected" not in sentence for sentence in search.said), search.said
        again = Asked(worker, "patches", FindPatches(project, ("conv2",), str(photos)))
        wait(lambda again=again: again.over)
        assert again.said
        assert "unexpected" not in again.said[0]
        assert worker.state == "ready"
