"""Networks that answer with a picture: which do, how their numbers become colours, and the picture in files."""

from __future__ import annotations

import json

import numpy as np
import pytest
import torch
from PIL import Image

from explorer.classics.draft import begun
from explorer.cli.commands import main
from explorer.engine.painting import painted, paints
from explorer.engine.probes import image_for, predict, program_of
from explorer.engine.program import Program, ProgramError
from explorer.engine.questions import Pixels, Predict, Watch
from explorer.engine.watching import watch
from explorer.formats import project_file, project_json
from explorer.layers.activations import ReLU, Sigmoid, Softmax, Tanh
from explorer.layers.dense import Linear
from explorer.layers.painted import AS_FED, GREY, SIGNED, UNIT, sized
from explorer.layers.resizing import Upsample
from explorer.layers.shapes import Flatten, Identity, Reshape
from explorer.layers.windows import AvgPool2d, Conv2d
from explorer.maths.steps import at_once
from explorer.network.project import Project, Recipe
from tests import painting_side

PICTURE = Pixels(np.random.default_rng(3).integers(0, 256, (40, 60, 3), dtype=np.uint8))


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CNN_EXPLORER_CACHE", str(tmp_path))


def last(steps):
    *_, end = steps
    return end


def network(*layers, channels: int = 3, side: int = 12):
    draft = begun(channels, side)
    draft.chain("n", *layers)
    return draft.network


@pytest.mark.parametrize(
    ("layers", "how"),
    [
        ((Conv2d(3, 3, 1, 1), Sigmoid()), UNIT),
        ((Conv2d(3, 3, 1, 1), Sigmoid(), Identity()), UNIT),
        ((Conv2d(3, 3, 1, 1), Tanh()), SIGNED),
        ((Conv2d(3, 3, 1, 1),), AS_FED),
        ((Conv2d(3, 3, 1, 1), ReLU()), AS_FED),
        ((Conv2d(3, 3, 1, 1), Upsample(2), Sigmoid()), UNIT),
        ((Conv2d(1, 3, 1, 1), Sigmoid()), GREY),
        ((Conv2d(1, 3, 1, 1),), ""),
        ((), ""),
        ((Identity(),), ""),
        ((Conv2d(3, 3, 1, 1), Softmax(1)), ""),
        ((Conv2d(2, 3, 1, 1), Sigmoid()), ""),
        ((Conv2d(3, 3), Sigmoid()), ""),
        ((AvgPool2d(2), Sigmoid()), ""),
        ((Flatten(), Linear(3), Sigmoid()), ""),
    ],
)
def test_which_answers_are_pictures(layers, how: str) -> None:
    assert paints(Program(network(*layers), {})) == how


def test_numbers_as_colours() -> None:
    x = torch.tensor([-1.0, 0.0, 0.25, 1.0, 2.0]).reshape(1, 1, 1, 5).expand(1, 3, 2, 5)
    recipe = Recipe(mean=(0.5, 0.25, 0.0), std=(0.5, 0.25, 1.0))
    for how, channel, wanted in (
        (UNIT, 0, [0, 0, 64, 255, 255]),
        (SIGNED, 0, [0, 128, 159, 255, 255]),
        (AS_FED, 0, [0, 128, 159, 255, 255]),
        (AS_FED, 1, [0, 64, 80, 128, 191]),
        (AS_FED, 2, [0, 0, 64, 255, 255]),
    ):
        found = painted(x, how, recipe, "n").pixels
        assert found[0, :, channel].tolist() == wanted, how
        assert found.shape == (2, 5, 3)
    grey = painted(x[:, :1], GREY, recipe, "n").pixels
    assert (grey == grey[..., :1]).all()
    with pytest.raises(ProgramError, match="not finite"):
        painted(x / 0, UNIT, recipe, "n")


def test_a_prediction_has_the_picture_and_no_guesses() -> None:
    project = painting_side.three_styles()
    found = last(predict(Predict(project, PICTURE)))
    program = at_once(program_of(project, "cpu"))
    x = image_for(PICTURE, project, program, "colours").numpy()
    wanted = np.rint(255 * painting_side.as_painted(x, np.array([1, 0, 0])))[0].transpose(1, 2, 0)
    assert found.top == ()
    assert found.painted.node == "colours"
    assert np.abs(found.painted.pixels - wanted).max() <= 1
    seen = last(watch(Watch(project_json.dumped(project), PICTURE, ("mixed",))))
    assert np.array_equal(seen.prediction.painted.pixels, found.painted.pixels)
    assert (seen.problem, seen.maps[0].node) == ("", "mixed")


def test_sizes_keep_the_proportions() -> None:
    free = Project(network(Conv2d(8, 3, 2, 1), Upsample(2), Conv2d(3, 3, 1, 1), Sigmoid()))
    layer = sized(free, (600, 400), 91).network.nodes["input"].layer
    assert (layer.height, layer.width) == (60, 92), "halved once, so in even numbers"
    fixed = Project(network(Flatten(), Linear(432), side=12))
    assert sized(fixed, (600, 400), 90) is None
    assert sized(Project(network(Conv2d(8, 3, 1, 1))), (600, 400), 90) is None, "it paints nothing"
    fed = sized(painting_side.three_styles(), (30, 20), 15)
    assert (fed.network.nodes["input"].layer.width, fed.fed) == (15, painting_side.three_styles().fed)


# The command


@pytest.fixture
def files(tmp_path) -> tuple[str, str]:
    model, image = tmp_path / "net.cnnx", tmp_path / "photo.png"
    project_file.write(model, painting_side.three_styles())
    Image.fromarray(PICTURE.pixels).save(image)
    return str(model), str(image)


def test_it_is_written(files, tmp_path, capsys) -> None:
    model, image = files
    out = tmp_path / "out.png"
    assert main(["run", model, image, "-o", str(out), "--feed", "0:0.5,2"]) == 0
    assert capsys.readouterr().out.startswith(f"Written: {out}, 60 × 40 pixels, in ")
    x = PICTURE.pixels.transpose(2, 0, 1)[None] / np.float32(255)
    wanted = 255 * painting_side.as_painted(x, np.array([0.5, 0, 1]))[0].transpose(1, 2, 0)
    with Image.open(out) as found:
        assert np.abs(np.asarray(found) - wanted).max() <= 1.001
    assert main(["run", model, image, "-o", str(out)]) == 1
    assert "give --force" in capsys.readouterr().err
    assert main(["run", model, image, "-o", str(out), "--force", "--size", "30", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)["picture"]
    assert (said["width"], said["height"], said["node"], said["file"]) == (30, 20, "colours", str(out))
    with Image.open(out) as found:
        assert found.size == (30, 20)
    assert main(["run", model, image]) == 0
    assert capsys.readouterr().out == "The network paints a picture of 60 × 40 pixels: write it with -o OUT.png.\n"


def test_less_of_it_is_mixed_with_the_photo(files, tmp_path, capsys) -> None:
    model, image = files
    outs = [tmp_path / f"{percent}.png" for percent in (100, 30, 0)]
    for out in outs:
        assert main(["run", model, image, "-o", str(out), "--strength", out.stem, "--json"]) == 0
        assert json.loads(capsys.readouterr().out)["picture"]["strength"] == int(out.stem)
    whole, some, none = (np.asarray(Image.open(out), float) for out in outs)
    assert (none == PICTURE.pixels).all()
    assert np.abs(some - (0.3 * whole + 0.7 * none)).max() <= 1
    half = tmp_path / "half.png"
    assert main(["run", model, image, "-o", str(half), "--strength", "50", "--size", "30"]) == 0
    with Image.open(half) as found:
        assert found.size == (30, 20)
    for wrong in ("101", "-1", "half"):
        assert main(["run", model, image, f"--strength={wrong}"]) == 2
        assert "is not from 0 to 100" in capsys.readouterr().err


def test_a_style_picture_is_fed(tmp_path, files, capsys) -> None:
    model, style, out = tmp_path / "like.cnnx", tmp_path / "red.png", tmp_path / "out.png"
    project_file.write(model, painting_side.like_another())
    Image.new("RGB", (30, 20), (255, 0, 51)).save(style)
    assert main(["run", str(model), files[1], "-o", str(out), "--feed", f"style_image={style}"]) == 0
    with Image.open(out) as found:
        red, green, blue = np.asarray(found, float).mean((0, 1))
    assert red > blue > green
    capsys.readouterr()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--feed", "3"], "“3” cannot be fed to styles: give a picture file that is there, or a channel from 0 to 2"),
        (["--feed", "other=1"], "“other=1” cannot be fed to styles"),
        (["--feed", "1,2"], "or 3 numbers"),
        (["--feed", "0:x"], "cannot be fed"),
        (["--feed", "-1"], "cannot be fed"),
        (["--feed", "1e9,0,0"], "cannot be fed"),
        (["-o", "out.xyz"], "is no name of a picture"),
    ],
)
def test_what_it_cannot_do_is_said(files, arguments, words, capsys) -> None:
    given = [f"{arguments[0]}={arguments[1]}"] if arguments[0].startswith("--") else arguments
    assert main(["run", *files, *given]) == 1
    assert words in capsys.readouterr().err


def test_guesses_are_no_picture(tmp_path, files, capsys) -> None:
    model = tmp_path / "guesses.cnnx"
    project_file.write(model, Project(network(Flatten(), Linear(3))))
    assert main(["run", str(model), files[1], "-o", str(tmp_path / "out.png")]) == 1
    assert "answers with guesses, not with a picture" in capsys.readouterr().err
    assert main(["run", str(model), files[1], "--feed", "1"]) == 1
    assert "has no Input beside that of the picture: leave --feed out" in capsys.readouterr().err
    assert main(["run", str(model), files[1], "--size", "64"]) == 1
    assert "does not paint pictures of any size" in capsys.readouterr().err
    assert not (tmp_path / "out.png").exists()


def test_a_picture_that_was_stretched_gets_its_proportions_back(tmp_path, capsys, files) -> None:
    """A network that paints in one size only."""
    model = tmp_path / "fixed.cnnx"
    draft = begun(3, 24)
    draft.add("flat", Flatten())
    draft.add("back", Reshape((3, 24, 24)))
    draft.add("colours", Sigmoid())
    project_file.write(model, Project(draft.network))
    out = tmp_path / "out.png"
    assert main(["run", str(model), files[1], "-o", str(out)]) == 0
    with Image.open(out) as found:
        assert found.size == (24, 16)
    capsys.readouterr()
