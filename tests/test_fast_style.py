"""A network learns to paint: its layers, its costs, stopped and gone on with, and the command."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from PIL import Image
from safetensors.numpy import load_file, save_file

from explorer.classics.painter import painter
from explorer.cli.commands import main
from explorer.engine import style_forecast, training_forecast
from explorer.engine.fast_learner import Learner
from explorer.engine.fast_style import TrainingError, train
from explorer.engine.fast_style_questions import ForecastTraining, TrainStyle
from explorer.engine.opening import open_file
from explorer.engine.probes import predict
from explorer.engine.program import Program
from explorer.engine.questions import PictureFile, Predict
from explorer.engine.style_pictures import shown
from explorer.engine.training_pictures import TrainingPictures
from explorer.formats import project_file, tensors
from explorer.formats.atomic import CannotSave
from explorer.formats.picture_files import PictureError
from explorer.formats.regular import NotReadable
from explorer.maths.fast_style_records import Taught
from explorer.network.analysis import analyse, totals
from explorer.network.project import Project
from explorer.probes.fast_style import FastStyle
from tests import painting_side

SMALL = FastStyle(size=32, steps=4, first=0, batch=2, channels=4, stroke=32, rate=0.01, style_weight=50)


@pytest.fixture(scope="module")
def judge() -> Project:
    return painting_side.judge()


@pytest.fixture
def question(judge, assets, tmp_path, monkeypatch: pytest.MonkeyPatch) -> TrainStyle:
    monkeypatch.setenv("CNN_EXPLORER_CACHE", str(tmp_path / "cache"))
    folder = tmp_path / "pictures"
    folder.mkdir()
    for name in ("dog", "eagle", "horses"):
        with Image.open(assets / "images" / f"{name}.jpg") as image:
            image.resize((60, 48)).save(folder / f"{name}.png")
    style = PictureFile(str(assets / "images" / "scream.jpg"))
    return TrainStyle(judge, style, str(folder), str(tmp_path / "net.training"), SMALL, every=2)


def taught(steps) -> tuple[list[Taught], Project]:
    found = list(steps)
    return [step for step in found if isinstance(step, Taught)], found[-1]


def stopped(question: TrainStyle, after: int) -> None:
    steps = train(question)
    for step in steps:
        if isinstance(step, Taught) and step.step == after:
            steps.close()
            return


# The network


def by_hand(x: torch.Tensor, w: dict[str, torch.Tensor]) -> torch.Tensor:
    """Johnson et al.'s network in torch's functions, with these weights."""

    def convolved(x: torch.Tensor, name: str, stride: int = 1) -> torch.Tensor:
        weight = w[f"{name}.conv.weight"]
        x = F.pad(x, [weight.shape[-1] // 2] * 4, mode="reflect")
        x = F.conv2d(x, weight, w[f"{name}.conv.bias"], stride)
        return F.instance_norm(x, weight=w[f"{name}.norm.weight"], bias=w[f"{name}.norm.bias"])

    for name, stride in (("down1", 1), ("down2", 2), ("down3", 2)):
        x = F.relu(convolved(x, name, stride))
    for number in range(1, 6):
        x = x + convolved(F.relu(convolved(x, f"block{number}.1")), f"block{number}.2")
    for name in ("up1", "up2"):
        x = F.relu(convolved(x.repeat_interleave(2, 2).repeat_interleave(2, 3), name))
    x = F.conv2d(F.pad(x, [4] * 4, mode="reflect"), w["paint.conv.weight"], w["paint.conv.bias"])
    return torch.sigmoid(x)


def test_the_network_is_the_paper_s(question) -> None:
    network = painter(16, 24, 32)
    assert totals(analyse(network)).parameters == 1_679_235, "as PyTorch's example of fast neural style"
    learner = Learner(question)
    weights = {name: p.detach() for name, p in learner.parameters.items()}
    x = torch.rand(2, 3, 32, 40, generator=torch.Generator().manual_seed(2))
    with torch.no_grad():
        assert (learner.paint(x) - by_hand(x, weights)).abs().max() < 1e-5


# Learning


def test_the_first_costs_are_those_worked_out_by_hand(question, judge) -> None:
    steps, _ = taught(train(replace(question, settings=replace_steps(SMALL, 1))))
    learner = Learner(question)
    trunk = Program(judge.network, {})
    style = shown(question.style, 32)
    layers = [f"features.{n}" for n in (1, 6, 11, 16)]

    def values(x: torch.Tensor) -> dict[str, torch.Tensor]:
        network = judge.network.with_settings("input", height=x.shape[2], width=x.shape[3])
        found = Program(network, {}).values(x, [*layers, "features.13"])
        return {id: value[0].flatten(1).double() for id, value in found.items()}  # (N, M)

    def gram(f: torch.Tensor) -> torch.Tensor:
        return torch.einsum("im,jm->ij", f, f) / f.shape[1]

    def apart(g: torch.Tensor, a: torch.Tensor) -> float:
        return float((((g - a) / a.trace() * len(a)) ** 2).sum() / (4 * len(a) ** 2))

    assert trunk.facts["features.13"].shape == (10, 8, 8)
    wanted = np.zeros(3)
    names = ("dog.png", "eagle.png", "horses.png")
    for x in torch.from_numpy(TrainingPictures(question.folder, names, 32, 0).batch(0, 2)).split(1):
        with torch.no_grad():
            y = by_hand(x, {name: p.detach() for name, p in learner.parameters.items()})
        mine, theirs, of_style = values(y), values(x), values(style)
        f, p = mine["features.13"], theirs["features.13"]
        content = float(((f - p) ** 2).mean() / 2 / (p**2).mean())
        styles = [apart(gram(mine[id]), gram(of_style[id])) for id in layers]
        across, down = (float(((y.narrow(axis, 1, 31) - y.narrow(axis, 0, 31)) ** 2).mean()) for axis in (2, 3))
        wanted += np.array([content, sum(styles) / 4, across + down]) / 2
    assert np.array([steps[0].content, steps[0].style, steps[0].smoothness]) == pytest.approx(wanted, rel=1e-3)
    assert steps[0].total == pytest.approx(wanted @ [1, 50, 0.5], rel=1e-3)


def test_at_first_it_learns_to_show_the_picture(question) -> None:
    """Pixel by pixel, and as an unbroken training does where it was stopped amid that."""
    settings = FastStyle(**{**vars(SMALL), "first": 3, "steps": 5})
    steps, project = taught(train(replace(question, settings=settings)))
    assert [(step.style > 0, step.smoothness > 0) for step in steps] == [(False, False)] * 3 + [(True, True)] * 2
    learner = Learner(question)
    x = torch.from_numpy(TrainingPictures(question.folder, ("dog.png", "eagle.png", "horses.png"), 32, 0).batch(0, 2))
    with torch.no_grad():
        y = by_hand(x, {name: p.detach() for name, p in learner.parameters.items()})
    assert steps[0].total == steps[0].content == pytest.approx(20 * float(((y - x) ** 2).mean()), rel=1e-4)
    other = replace(question, settings=settings, state=f"{question.state}.other")
    stopped(other, 2)
    _, again = taught(train(other))
    assert again.weights == project.weights


def test_it_is_judged_with_16_bits(question) -> None:
    exact, fast = (
        taught(
            train(replace(question, settings=FastStyle(**{**vars(SMALL), "precision": p}), state=question.state + p))
        )[0]
        for p in ("exact", "fast")
    )
    assert fast[0].total == pytest.approx(exact[0].total, rel=0.03)
    assert fast[0].total != exact[0].total


def replace_steps(settings: FastStyle, steps: int) -> FastStyle:
    return FastStyle(**{**vars(settings), "steps": steps})


def test_it_learns(question) -> None:
    steps, project = taught(train(replace(question, settings=replace_steps(SMALL, 24))))
    totals = np.array([step.total for step in steps])
    assert [step.step for step in steps] == list(range(1, 25))
    assert totals[-6:].mean() < 0.6 * totals[:6].mean()
    assert [step.step for step in steps if step.preview is not None] == [1, *range(2, 25, 2)]
    assert project.title == "Style of scream"
    assert "24 steps of 2 on 3 pictures" in project.origin
    found = list(predict(Predict(project, PictureFile(f"{question.folder}/dog.png"))))[-1]
    assert found.painted.pixels.shape == (32, 32, 3)
    assert found.untrained == ()


def test_stopped_and_gone_on_with_it_is_the_same(question, tmp_path) -> None:
    whole, project = taught(train(question))
    other = replace(question, state=str(tmp_path / "other.training"))
    stopped(other, 1)
    stopped(other, 3)
    rest, again = taught(train(other))
    assert [step.step for step in rest] == [4]
    assert rest[0].total == whole[3].total
    assert again.weights == project.weights, "every number is the same"
    more, _ = taught(train(replace(other, settings=replace_steps(SMALL, 5))))
    assert [step.step for step in more] == [5], "a finished one goes on with more steps"


def test_where_it_cannot_be_kept_for_a_while_it_goes_on(question, tmp_path, monkeypatch) -> None:
    """Hours of learning ended where a disk was full for a minute. Stopped then, it says that nothing was kept."""
    monkeypatch.setattr("explorer.engine.fast_style.OFTEN", 0.0)
    away = tmp_path / "away"
    question = replace(question, state=str(away / "net.training"))
    steps = train(question)
    said = [step.note for step in steps if isinstance(step, Taught) and step.note and (away.mkdir(), 1)]
    assert len(said) == 1
    assert "net.training" in said[0]
    assert Path(question.state).exists()
    stuck = train(replace(question, state=str(tmp_path / "gone" / "net.training")))
    while not isinstance(next(stuck), Taught):
        pass
    with pytest.raises(CannotSave, match=r"net\.training"):
        stuck.close()


def test_costs_that_nobody_heard_are_told_again(question) -> None:
    """A step ends while somebody presses Pause: it is kept, and its answer comes too late."""
    whole, _ = taught(train(replace(question, state=f"{question.state}.whole")))
    stopped(question, 3)
    rest, _ = taught(train(replace(question, heard=1)))
    assert [step.step for step in rest] == [2, 3, 4]
    assert [step.total for step in rest] == pytest.approx([step.total for step in whole[1:]], rel=1e-6)


def test_what_is_kept_belongs_to_one_training(question, tmp_path, assets) -> None:
    stopped(question, 1)
    other = PictureFile(str(assets / "images" / "dog.jpg"))
    for changed, words in (
        (replace(question, style=other), "another style picture"),
        (replace(question, settings=FastStyle(**{**vars(SMALL), "rate": 0.5})), "other settings"),
    ):
        with pytest.raises(TrainingError, match=f"“net.training” is a training with {words}: give the same again"):
            list(train(changed))
    (Path(question.folder) / "eagle.png").unlink()
    with pytest.raises(TrainingError, match="other pictures"):
        list(train(question))


@pytest.mark.parametrize("fault", ["cut", "empty", "foreign", "shapes", "numbers"])
def test_a_damaged_file_is_told(question, fault: str) -> None:
    stopped(question, 1)
    file = Path(question.state)
    data, arrays = file.read_bytes(), load_file(file)
    size = int.from_bytes(data[:8], "little")
    said = json.loads(data[8 : 8 + size])["__metadata__"]
    if fault == "cut":
        file.write_bytes(data[: len(data) // 2])
    elif fault == "empty":
        file.write_bytes(b"")
    elif fault == "foreign":
        save_file(arrays, file)
    elif fault == "shapes":
        save_file({**arrays, "costs": arrays["costs"][:, :2].copy()}, file, metadata=said)
    else:
        save_file({**arrays, "rate": np.array([np.nan], np.float32)}, file, metadata=said)
    before = file.read_bytes()
    with pytest.raises(NotReadable, match=r"“net\.training” (is no training|holds other numbers)"):
        list(train(question))
    assert file.read_bytes() == before, "nothing is written over it"


def test_numbers_without_end_are_rolled_back(question, judge) -> None:
    """A judge whose numbers are so large that their squares have no end."""
    large = tensors.keep({"features.0.weight": np.full((6, 3, 3, 3), 1e25, np.float32)})
    notes = []

    def follow() -> None:
        for step in train(replace(question, judge=replace(judge, weights=large))):
            if isinstance(step, Taught):
                notes.append((step.step, step.note[:20]))

    with pytest.raises(TrainingError, match="numbers without end again and again: lower the rate"):
        follow()
    assert notes == [(0, "Numbers without end:")] * 5


# Pictures


def test_each_picture_comes_once_a_turn(question) -> None:
    names = ("dog.png", "eagle.png", "horses.png")
    pictures = TrainingPictures(question.folder, names, 16, 7)
    order = [pictures._name(place) for place in range(30)]
    for turn in range(10):
        assert set(order[3 * turn : 3 * turn + 3]) == set(names)
    assert len({tuple(order[i : i + 3]) for i in range(0, 30, 3)}) > 1
    assert [pictures._name(place) for place in range(30)] == order
    batch = pictures.batch(2, 5)
    assert batch.shape == (5, 3, 16, 16)
    assert batch.min() >= 0
    assert batch.max() <= 1
    assert np.array_equal(TrainingPictures(question.folder, names, 16, 7).batch(2, 5), batch)
    assert not np.array_equal(TrainingPictures(question.folder, names, 16, 8).batch(2, 5), batch)


def test_broken_pictures_are_passed_over(question) -> None:
    (Path(question.folder) / "broken.jpg").write_bytes(b"no picture")
    names = ("broken.jpg", "dog.png", "eagle.png", "horses.png")
    pictures = TrainingPictures(question.folder, names, 16, 0)
    assert pictures.batch(0, 8).shape == (8, 3, 16, 16)
    assert list(pictures.broken) == ["broken.jpg"]
    with pytest.raises(PictureError, match="has no picture that can be read"):
        TrainingPictures(question.folder, names[:1], 16, 0).batch(0, 1)


# The command


def test_the_command(question, judge, tmp_path, capsys) -> None:
    trunk, out = tmp_path / "trunk.cnnx", tmp_path / "net.cnnx"
    project_file.write(trunk, judge)
    given = [
        "train-style", question.style.path, question.folder, "-o", str(out), "--judge", str(trunk), "--size", "32",
        "--batch", "1", "--first", "0", "--channels", "4", "--stroke", "32", "--preview",
        f"{question.folder}/dog.png", "--every", "1",
    ]  # fmt: skip
    assert main([*given, "--steps", "2000", "--forecast", "--json"]) == 0
    foretold = json.loads(capsys.readouterr().out)
    assert foretold["fits"] is True
    assert foretold["seconds"] == pytest.approx(2000 * foretold["seconds_per_step"], rel=0.01, abs=1)
    assert not out.exists()
    assert main([*given, "--steps", "2", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert [row["step"] for row in said["steps"]] == [1, 2]
    assert said["steps"][0].keys() == {"step", "content_cost", "style_cost", "variation_cost", "cost"}
    with Image.open(tmp_path / "net.preview.png") as preview:
        assert preview.size == (32, 24)
    assert main([*given, "--steps", "3"]) == 1
    assert "is there already" in capsys.readouterr().err
    assert main([*given, "--steps", "3", "--force"]) == 0
    captured = capsys.readouterr()
    assert "Going on with net.training" in captured.err
    assert captured.out.startswith(f"Written: {out}, J = ")
    assert captured.out.endswith(" after 3 steps\n")
    assert main([*given, "--steps", "1", "--force", "--afresh"]) == 0
    assert capsys.readouterr().out.endswith(" after 1 steps\n")
    project = list(open_file(out))[-1]
    assert project.places.keys() == project.network.nodes.keys() | project.groups.groups.keys() & project.places.keys()
    assert set(tensors.names_and_shapes(project.weights)) >= {"down1.conv.weight", "paint.conv.bias"}
    painted = tmp_path / "painted.png"
    assert main(["run", str(out), f"{question.folder}/dog.png", "-o", str(painted), "--size", "44"]) == 0
    with Image.open(painted) as found:
        assert found.size == (44, 35)
    capsys.readouterr()


def test_what_would_not_fit_is_refused_with_the_size_that_does(question, monkeypatch, tmp_path) -> None:
    def asked(side: int) -> TrainStyle:
        return replace(question, settings=replace(question.settings, size=side))

    *_, small = training_forecast.forecast(ForecastTraining(asked(64)))
    *_, large = training_forecast.forecast(ForecastTraining(asked(512)))
    assert small.fits
    assert small.sentence.endswith("of memory.")
    always = training_forecast.BOTH
    assert 8 < (large.memory - always) / (small.memory - always) <= 64
    free = round(small.memory / style_forecast.SHARE) + 1000
    monkeypatch.setattr(training_forecast, "free_memory", lambda _: free)
    *_, found = training_forecast.forecast(ForecastTraining(asked(512)))
    assert not found.fits
    assert found.largest == 64
    assert found.sentence.endswith("are free: take a size of at most 64.")
    with pytest.raises(TrainingError, match="take a size of at most 64"):
        list(train(asked(512)))
    assert not (tmp_path / "net.training").exists()
    *_, fitting = training_forecast.forecast(ForecastTraining(asked(found.largest)))
    assert fitting.fits


def test_the_first_steps_are_foretold_apart(question, monkeypatch) -> None:
    """They need no judge, so they are quicker. What a small square takes is given here; its side is 64."""

    def tried(_: TrainStyle):
        yield from ()
        return 0.25, 1.0

    monkeypatch.setattr(training_forecast, "_tried", tried)
    for first, steps, seconds in ((0, 10, 10), (4, 10, 7), (40, 10, 2.5)):
        settings = FastStyle(**{**vars(SMALL), "size": 128, "first": first, "steps": steps})
        *_, found = training_forecast.forecast(ForecastTraining(replace(question, settings=settings)))
        assert (found.seconds, found.each) == (2 * 4 * seconds, 8), "batches of 2, squares of four times as many pixels"


def test_it_is_a_network_for_other_programs(question, tmp_path, capsys) -> None:
    """Written as ONNX, run by onnxruntime, read back, and then it still paints in any size."""
    runtime = pytest.importorskip("onnxruntime")
    _, project = taught(train(replace(question, settings=replace_steps(SMALL, 1))))
    ours, theirs = tmp_path / "net.cnnx", tmp_path / "net.onnx"
    project_file.write(ours, project)
    assert main(["convert", str(ours), str(theirs)]) == 0
    x = torch.rand(1, 3, 32, 32, generator=torch.Generator().manual_seed(3))
    y = Program(project.network, tensors.read(project.weights)).run(x)[0].numpy()
    session = runtime.InferenceSession(str(theirs))
    (wanted,) = session.run(None, {session.get_inputs()[0].name: x.numpy()})
    assert np.abs(y - wanted).max() < 1e-5
    pictures = []
    for number, file in enumerate((ours, theirs)):
        out = tmp_path / f"{number}.png"
        assert main(["run", str(file), f"{question.folder}/dog.png", "-o", str(out), "--size", "60"]) == 0
        with Image.open(out) as found:
            pictures.append(np.asarray(found).astype(int))
    assert np.abs(pictures[0] - pictures[1]).max() <= 1
    capsys.readouterr()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["-o", "net.onnx"], "let it end in .cnnx"),
        (["-o", "gone/net.cnnx"], "There is no folder for “net.cnnx”"),
        (["-o", "net.cnnx", "--size", "34"], "whole numbers of 4 pixels: take 32"),
        (["-o", "net.cnnx", "--batch", "0"], "batch"),
    ],
)
def test_what_cannot_be_trained(question, judge, tmp_path, monkeypatch, capsys, arguments, words) -> None:
    monkeypatch.chdir(tmp_path)
    project_file.write("trunk.cnnx", judge)
    assert main(["train-style", question.style.path, question.folder, "--judge", "trunk.cnnx", *arguments]) == 1
    assert words in capsys.readouterr().err
    assert not Path("net.cnnx").exists()
