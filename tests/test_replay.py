"""A network recorded and played again: the same numbers, and no recording where it would not be right."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import weakref
from pathlib import Path

import numpy as np
import pytest
import torch

from explorer.engine import probes, replay, watching
from explorer.engine.answers import answer
from explorer.engine.memory import give_back
from explorer.engine.opening import open_file
from explorer.engine.program import Program
from explorer.engine.questions import Pixels, Watch
from explorer.engine.replay import FRAMES, Replays, recorded, suits
from explorer.formats import project_json, tensors
from explorer.layers.activations import ReLU
from explorer.layers.dense import Input
from explorer.layers.joins import Add
from explorer.layers.windows import Conv2d
from explorer.maths.steps import at_once
from explorer.network.network import Network, Node
from explorer.network.project import Project

WANTED = ("yolo130", "conv120")


@pytest.fixture(scope="module")
def detector(assets: Path) -> Project:
    *_, project = open_file(assets / "yolo-fastest-1.1.weights")
    assert isinstance(project, Project)
    return project


def small(side: int = 16) -> Network:
    nodes = (
        Node("in", Input(3, side, side)), Node("a", Conv2d(8, 3, 1, 1), ("in",)), Node("b", ReLU(), ("a",)),
        Node("c", Conv2d(8, 1), ("b",)), Node("d", Add(), ("c", "b")),
    )  # fmt: skip
    return Network({node.id: node for node in nodes})


def quicker(monkeypatch: pytest.MonkeyPatch) -> None:
    """The recording, which is timed first, takes less than the program, whatever else runs here."""
    times = iter((1.0, 2.0))
    monkeypatch.setattr(replay, "_took", lambda run, picture: next(times))


def test_the_same_numbers_as_the_program(detector: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        replay, "_took", lambda run, picture: -float("cell" in run.__qualname__ or "_frozen" in run.__qualname__)
    )
    program = Program(detector.network, tensors.read(detector.weights))
    *parts, run = recorded(program, WANTED)
    assert parts == [None] * 5
    assert run is not None
    for seed in (1, 2):
        image = torch.rand(1, 3, 320, 320, generator=torch.Generator().manual_seed(seed))
        found, expected = run(image), program.values(image, WANTED)
        for id in WANTED:
            assert found[id].shape == expected[id].shape
            assert float((found[id] - expected[id]).abs().max()) <= 1e-5 * max(1.0, float(expected[id].abs().max()))


def test_what_says_something_else_or_takes_longer_is_not_played(monkeypatch: pytest.MonkeyPatch) -> None:
    program = Program(small(), {})
    with monkeypatch.context() as patch:
        patch.setattr(replay, "_took", lambda run, picture: 1.0)
        assert list(recorded(program, ("d",))) == [None] * 5
    honest = replay._frozen
    with monkeypatch.context() as patch:
        patch.setattr(replay, "_frozen", lambda traced, wanted: lambda x: {"d": honest(traced, wanted)(x)["d"] * 1.001})
        assert list(recorded(program, ("d",))) == [None] * 4
    with monkeypatch.context() as patch:
        patch.setattr(replay, "_frozen", lambda traced, wanted: 1 / 0)
        assert list(recorded(program, ("d",))) == [None]


def test_large_networks_and_changed_channels_are_run_as_ever() -> None:
    program = Program(small(), {})
    assert suits(program)
    assert not suits(program.changed({"a": {0: 0.0}}))
    assert not suits(Program(small(3000), {}))


def test_it_is_made_behind_the_frames_and_for_one_network_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    program, other = Program(small(), {}), Program(small(), {})
    quicker(monkeypatch)
    image, replays = torch.rand(1, 3, 16, 16), Replays()
    for _ in range(FRAMES):
        replays.go_on(program, ("d",))
    for _ in range(6):
        assert not replays.ready(program, ("d",))
        replays.go_on(program, ("d",))
    assert replays.ready(program, ("d",))
    assert not replays.ready(program, ("c",))
    assert not replays.ready(other, ("d",))
    for each in (program, other):
        found = at_once(replays.running(each, image, ("d",)))
        torch.testing.assert_close(found["d"], each.values(image, ("d",))["d"])
    replays.go_on(other, ("d",))
    assert not replays.ready(program, ("d",))


def test_it_goes_with_its_program(monkeypatch: pytest.MonkeyPatch) -> None:
    for frames in (FRAMES + 3, FRAMES + 6):  # half of the way, and all of it
        quicker(monkeypatch)
        program, replays = Program(small(), {}), Replays()
        for _ in range(frames):
            replays.go_on(program, ("d",))
        assert replays.ready(program, ("d",)) == (frames == FRAMES + 6)
        gone = weakref.ref(program)
        del program
        assert gone() is None
        assert replays._run is None


def test_a_watched_network_that_is_closed_takes_no_memory(detector: Project) -> None:
    frame = Pixels(np.zeros((64, 64, 3), np.uint8))
    for _ in answer(Watch(project_json.dumped(detector), frame)):
        pass
    gone = weakref.ref(probes._latest[0][-1])
    for _ in answer(Watch(project_json.dumped(Project(small())), frame)):
        pass
    assert gone() is None


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="what a process holds is read from /proc")
def test_torch_keeps_nothing_of_recordings_that_were_let_go() -> None:
    """In a process of its own: this one holds what other tests have used, and gives back parts of that meanwhile."""
    code = "from tests import test_replay; print(*test_replay.held_after_each())"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    held = [float(word) for word in told.split()]
    assert held[7] - held[2] < 20, "five recordings whose weights have 13 MB each"


def held_after_each() -> list[float]:
    """MB that this process holds after each of eight recordings was let go."""
    nodes = (
        Node("in", Input(3, 2, 2)), Node("a", Conv2d(1024, 1), ("in",)), Node("b", Conv2d(3072, 1), ("a",)),
    )  # fmt: skip
    network, replays, held = Network({node.id: node for node in nodes}), Replays(), []
    with pytest.MonkeyPatch.context() as monkeypatch:
        for _ in range(8):
            quicker(monkeypatch)
            program = Program(network, {})
            for _ in range(FRAMES + 6):
                replays.go_on(program, ("b",))
            assert replays.ready(program, ("b",))
            del program
            gc.collect()  # what traces a network refers to itself
            give_back()
            held.append(int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6)
    return held


def test_no_more_recordings_than_torch_should_keep_the_rest_of(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replay, "MOST_MADE", 2)
    replays = Replays()
    for made in (True, True, False):
        quicker(monkeypatch)
        program = Program(small(), {})
        for _ in range(FRAMES + 6):
            replays.go_on(program, ("d",))
        assert replays.ready(program, ("d",)) == made


def test_frames_of_a_video_have_the_same_boxes_before_and_after(detector: Project, assets: Path) -> None:
    from PIL import Image

    with Image.open(assets / "images" / "dog.jpg", formats=("JPEG",)) as image:
        frame = Pixels(np.array(image.convert("RGB")))
    question = Watch(project_json.dumped(detector), frame)
    *_, first = answer(question)
    for _ in range(FRAMES + 8):
        *_, last = answer(question)
    assert watching._replays._seen > FRAMES
    for before, after in zip(first.prediction.top, last.prediction.top, strict=True):
        assert after.label == before.label
        assert after.box == pytest.approx(before.box, abs=0.01)
        assert after.probability == pytest.approx(before.probability, abs=1e-5)
    assert {"dog", "bicycle", "car"} <= {guess.label for guess in first.prediction.top}
