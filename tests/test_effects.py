"""What hangs on single channels: equal to running the whole network once for each of them."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
import torch

from explorer.cli.commands import main
from explorer.engine.answers import answer
from explorer.engine.library import open_model
from explorer.engine.program import Program, ProgramError
from explorer.engine.questions import PictureFile, Pixels, Predict, RankChannels, WhatChanges
from explorer.formats import tensors
from explorer.formats.recipes import to_input
from explorer.layers.activations import ReLU, Softmax
from explorer.layers.dense import Input, Linear
from explorer.layers.detection import Yolo
from explorer.layers.joins import Add, Concat
from explorer.layers.shapes import Flatten
from explorer.layers.windows import Conv2d, GlobalAvgPool, MaxPool2d
from explorer.maths.effects import ChannelEffects, Outcome, Shift, paired
from explorer.maths.records import Guess, Progress
from explorer.network.analysis import analyse
from explorer.network.network import Network, Node
from explorer.network.project import Project
from tests.real_model import real_cache, real_model  # noqa: F401

SOURCE = Pixels(np.random.default_rng(0).integers(0, 255, (16, 16, 3)).astype(np.uint8))


def answers(question) -> list:
    return list(answer(question))


def last(question):
    return answers(question)[-1]


def branched(end: str) -> Network:
    """A convolution with a shortcut around it and a branch beside it, a dead channel in it, a vector behind it."""
    nodes = [
        Node("in", Input(3, 16, 16)), Node("stem", Conv2d(8, 3, padding=1), ("in",)), Node("relu", ReLU(), ("stem",)),
        Node("conv", Conv2d(8, 3, padding=1), ("relu",)), Node("sum", Add(), ("conv", "relu")),
        Node("side", Conv2d(4, 1), ("relu",)), Node("both", Concat(), ("sum", "side")),
        Node("pool", MaxPool2d(), ("both",)), Node("mid", Conv2d(40, 3), ("pool",)), Node("act", ReLU(), ("mid",)),
        Node("mean", GlobalAvgPool(), ("act",)), Node("flat", Flatten(), ("mean",)), Node("fc", Linear(6), ("flat",)),
    ]  # fmt: skip
    more = [Node("soft", Softmax(), ("fc",))] if end == "soft" else []
    return Network({node.id: node for node in (*nodes, *more)})


def project(end: str = "fc") -> Project:
    network, rng = branched(end), np.random.default_rng(3)
    program = Program(network, {})
    numbers = {
        f"{id}.{name}": rng.normal(0, 0.4, tuple(value.shape)).astype(np.float32)
        for id in network.nodes
        for name, value in program.tensors(id).items()
    }
    numbers["mid.weight"][7], numbers["mid.bias"][7] = 0.0, -1.0  # never fires
    return Project(network, weights=tensors.keep(numbers))


@pytest.fixture(autouse=True)
def _own_cache(tmp_path, monkeypatch, request) -> None:
    if "real_model" not in request.fixturenames:
        monkeypatch.setenv("CNN_EXPLORER_CACHE", str(tmp_path))


@pytest.mark.parametrize("end", ["fc", "soft"])
@pytest.mark.parametrize("node", ["in", "stem", "relu", "conv", "sum", "side", "both", "mid", "act", "flat", "fc"])
def test_each_channel_is_what_a_run_without_it_says(end: str, node: str) -> None:
    ours = project(end).with_factors("relu", {2: 0.0}).with_factors("act", {3: 2.0})
    found: ChannelEffects = last(RankChannels(ours, SOURCE, node, target=4))
    program = Program(ours.network, tensors.read(ours.weights))
    x = torch.from_numpy(to_input(SOURCE.pixels, ours.recipe, (3, 16, 16)))[None]

    def run(factors) -> tuple[float, float]:
        score = program.changed(factors).values(x, ["fc"])["fc"][0].double()
        return float(score.softmax(0)[4]), float(score[4])

    probability, score = run(ours.factors)
    assert found.probability == pytest.approx(probability, abs=1e-6)
    assert (found.index, found.label, found.done) == (4, "class 4", True)
    shape = analyse(ours.network)[node].shape
    assert len(found.falls) == shape[0]
    for channel in range(shape[0]):
        one = ours.with_factors(node, {channel: 0.0})
        lower, less = run(one.factors)
        assert found.falls[channel] == pytest.approx(probability - lower, abs=2e-6), channel
        assert found.score_falls[channel] == pytest.approx(score - less, abs=2e-5), channel
    assert list(found.order) == sorted(range(shape[0]), key=lambda i: (-found.falls[i], i))


def test_what_never_fires_is_not_run() -> None:
    *steps, found = answers(RankChannels(project(), SOURCE, "act"))
    assert found.falls[7] == 0
    silent = int((found.falls == 0).sum())
    assert [step for step in steps if isinstance(step, Progress)][-1].total == 40 - silent


def test_the_likeliest_class_is_taken_and_steps_come_between() -> None:
    ours = project()
    *steps, found = answers(RankChannels(ours, SOURCE, "mid"))
    assert found.index == last(Predict(ours, SOURCE)).top[0].index
    assert [step.done for step in steps if isinstance(step, Progress) and step.total] == [32, 40]


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ({"node": "gone"}, "no node “gone”"),
        ({"node": "mid", "target": 6}, "no class 6: choose one from 0 to 5"),
        ({"node": "loose"}, "does not lead to the answer"),
    ],
)
def test_refused(question: dict, words: str) -> None:
    ours = project()
    loose = ours.network.with_node(Node("loose", Conv2d(2, 1), ("in",)))
    with pytest.raises(ProgramError, match=words):
        last(RankChannels(replace(ours, network=loose, main="fc"), SOURCE, **question))


def test_before_and_after() -> None:
    ours = project()
    assert all(shift.change == 0 for shift in last(WhatChanges(ours, SOURCE)).shifts)
    off = ours.with_factors("act", {1: 0.0, 2: 0.0, 5: -3.0})
    outcome: Outcome = last(WhatChanges(off, SOURCE, count=3))
    before, after = (
        {guess.index: guess.probability for guess in last(Predict(one, SOURCE, count=6)).top} for one in (ours, off)
    )
    assert len(outcome.shifts) == 3
    for shift in outcome.shifts:
        assert shift.before == pytest.approx(before[shift.index], abs=1e-9)
        assert shift.after == pytest.approx(after[shift.index], abs=1e-9)
    top = max((*before, *after), key=lambda i: max(before[i], after[i]))
    assert outcome.shifts[0].index == top


def detector() -> Project:
    nodes = [
        Node("in", Input(3, 32, 32)), Node("conv", Conv2d(6, 3, 2, 1), ("in",)), Node("relu", ReLU(), ("conv",)),
        Node("out", Conv2d(16, 1), ("relu",)), Node("head", Yolo(((8.0, 8.0), (16.0, 12.0)), 3), ("out",)),
    ]  # fmt: skip
    network = Network({node.id: node for node in nodes})
    rng, program = np.random.default_rng(8), Program(network, {})
    numbers = {
        f"{id}.{name}": rng.normal(0, 1.0, tuple(value.shape)).astype(np.float32)
        for id in ("conv", "out")
        for name, value in program.tensors(id).items()
    }
    return Project(network, weights=tensors.keep(numbers))


def test_a_detector_s_class_is_its_best_box() -> None:
    ours = detector()
    found: ChannelEffects = last(RankChannels(ours, SOURCE, "relu", target=1))

    def best(project: Project) -> float:
        boxes = [guess.probability for guess in last(Predict(project, SOURCE)).top if guess.index == 1]
        return max(boxes)

    assert found.probability == pytest.approx(best(ours), abs=1e-6)
    for channel in range(6):
        assert found.falls[channel] == pytest.approx(
            best(ours) - best(ours.with_factors("relu", {channel: 0.0})), abs=1e-6
        )
    outcome: Outcome = last(WhatChanges(ours.with_factors("relu", {0: 0.0}), SOURCE))
    assert outcome.shifts
    assert all(shift.box for shift in outcome.shifts)


def test_boxes_find_their_twins() -> None:
    near, far = (0.0, 0.0, 10.0, 10.0), (50.0, 50.0, 60.0, 60.0)
    before = [Guess("dog", 1, 0.9, near), Guess("cat", 0, 0.8, far)]
    after = [Guess("dog", 1, 0.3, far), Guess("dog", 1, 0.7, (1.0, 0.0, 11.0, 10.0)), Guess("cat", 0, 0.6, near)]
    assert paired(before, after) == (
        Shift("dog", 1, 0.9, 0.7, near), Shift("cat", 0, 0.8, None, far), Shift("cat", 0, None, 0.6, near),
        Shift("dog", 1, None, 0.3, far),
    )  # fmt: skip


def test_a_layer_of_the_trained_mobilenet(real_model, assets) -> None:  # noqa: F811
    *_, ours = open_model("mobilenet_v2")
    source = PictureFile(str(assets / "images" / "dog.jpg"))
    found: ChannelEffects = last(RankChannels(ours, source, "features.14.conv.0.2"))
    assert found.label == "malamute"
    first, others = int(found.order[0]), [int(found.order[i]) for i in (5, -1)]
    for channel in (first, *others):
        top = last(Predict(ours.with_factors("features.14.conv.0.2", {channel: 0.0}), source, count=1000)).top
        lower = next(guess.probability for guess in top if guess.index == found.index)
        assert found.falls[channel] == pytest.approx(found.probability - lower, abs=1e-4)
    assert found.falls[first] > 0.01


def test_on_the_command_line(real_model, assets, capsys) -> None:  # noqa: F811
    """Network and file with ablations, and what cannot be."""
    picture = str(assets / "images" / "dog.jpg")

    def shares(*more: str) -> tuple[dict[str, float], str]:
        assert main(["run", "mobilenet_v2", picture, "--json", *more]) == 0
        out, err = capsys.readouterr()
        return {guess["label"]: guess["probability"] for guess in json.loads(out)["top"]}, err

    plain, _ = shares()
    changed, said = shares("--off", "features.0.0:1", "--off", "features.0.0:3=2")
    assert changed["malamute"] < plain["malamute"] - 0.01
    assert "1 off, ×2" in said
    for given, words in (
        ("nope:1", "no layer called “nope”"), ("features.0.0:99", "from 0 to 31"), ("features.0.0", "NODE:CHANNEL"),
        ("features.0.0:1=x", "NODE:CHANNEL"), ("features.0.0:1=nan", "from −100 to 100"), (":3", "no layer called “”"),
    ):  # fmt: skip
        assert main(["run", "mobilenet_v2", picture, "--off", given]) == 1
        (sentence,) = capsys.readouterr().err.splitlines()
        assert words in sentence
        assert len(sentence) <= 300
