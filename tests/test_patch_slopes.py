"""What stands beside a patch: captum's slope of the very number that was found, cut to the patch's own box."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn

from explorer.engine.answers import answer
from explorer.engine.patch_questions import FindPatches, PatchSlopes
from explorer.engine.program import ProgramError
from explorer.formats import tensors
from explorer.formats.patch_pictures import slope_tile
from explorer.formats.pictures import decode
from explorer.formats.recipes import Grid, to_input
from explorer.layers.activations import ReLU
from explorer.layers.dense import Input
from explorer.layers.windows import Conv2d, MaxPool2d
from explorer.maths.records import Progress
from explorer.network.network import Network, Node
from explorer.network.project import Project, Recipe

SIDE = 24
THEIRS = {"gradient": "Saliency", "guided": "GuidedBackprop", "deconvolution": "Deconvolution"}
"""What captum calls each way back."""


@pytest.fixture
def both(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Project, nn.Module]:
    """The same network, ours and torch's, with random weights."""
    monkeypatch.setenv("CNN_EXPLORER_CACHE", str(tmp_path / "cache"))
    torch.manual_seed(3)
    model = nn.Sequential(nn.Conv2d(3, 6, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(6, 5, 3), nn.ReLU())
    nodes = {"in": Node("in", Input(3, SIDE, SIDE))}
    for number, layer in enumerate((Conv2d(6, 3, padding=1), ReLU(), MaxPool2d(2, 2), Conv2d(5, 3), ReLU())):
        nodes[str(number)] = Node(str(number), layer, (list(nodes)[-1],))
    sha = tensors.keep({name: value.detach().numpy() for name, value in model.state_dict().items()})
    return Project(Network(nodes), weights=sha, recipe=Recipe()), model.eval()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    random = np.random.default_rng(1)
    (tmp_path / "some").mkdir()
    for number in range(3):  # as large as the input, so that a pixel is a pixel
        Image.fromarray(random.integers(0, 256, (SIDE, SIDE, 3), np.uint8)).save(tmp_path / "some" / f"{number}.png")
    return tmp_path / "some"


@pytest.mark.parametrize("back", THEIRS)
def test_equal_to_captum(both: tuple[Project, nn.Module], folder: Path, back: str) -> None:
    import captum.attr as captum  # here: it takes half a second and 40 MB, of each process that collects tests

    project, model = both
    *_, patches = answer(FindPatches(project, ("4",), str(folder)))
    (found,) = patches.nodes
    spots = [(channel, rank) for channel in range(5) for rank in range(3)]
    places = [(c, int(found.rows[c, k]), int(found.columns[c, k])) for c, k in spots]
    boxes = [tuple(found.boxes[spot].tolist()) for spot in spots]
    files = [patches.files[found.pictures[spot]] for spot in spots]
    wanted = tuple(zip(files, boxes, places, strict=True))
    question = PatchSlopes(project, "4", str(folder), wanted, back, 8)
    steps = [step for step in answer(question) if not isinstance(step, Progress)]
    tiles = {number: tile for step in steps for number, tile in zip(step.numbers, step.pixels, strict=True)}
    assert sorted(tiles) == list(range(len(spots)))
    for number, (file, (left, top, right, bottom), place) in enumerate(wanted):
        x = torch.from_numpy(to_input(decode(folder / file).pixels, project.recipe, (3, SIDE, SIDE)))[None]
        more = {"abs": False} if back == "gradient" else {}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that it sets requires_grad by itself
            slope = getattr(captum, THEIRS[back])(model).attribute(x, target=place, **more)[0].detach().numpy()
        part = slope[:, top:bottom, left:right]
        assert np.abs(part).sum() == pytest.approx(np.abs(slope).sum(), rel=1e-5), "nothing lies outside of the box"
        reach = np.quantile(np.abs(part), 0.99) or np.abs(part).max()
        if part.shape[1:] == (8, 8):  # else it is drawn in the middle
            expected = (128 + 127 * part.transpose(1, 2, 0) / (reach or 1)).clip(0, 255)
            np.testing.assert_allclose(tiles[number], expected, atol=0.6)
    assert any(np.ptp(tile) > 200 for tile in tiles.values())


def test_a_slope_lies_on_its_patch() -> None:
    """The input's pixels are 2 × 4 pixels of the file, from (10, 20) on; a box of two by one of them."""
    slope = np.zeros((3, 6, 8), np.float32)
    slope[:, 2, 3:5] = np.float32([[1, 0], [0, -2], [0, 0]])
    tile = slope_tile(slope, Grid(10, 20, 2, 4), (16, 28, 20, 32), 8)
    assert tile[0, 0].tolist() == [192, 128, 128]  # half of the strongest, rounded to even
    assert tile[7, 7].tolist() == [128, 1, 128]
    wide = slope_tile(slope, Grid(10, 20, 2, 4), (16, 28, 24, 32), 8)
    assert (wide[[0, 1, 6, 7]] == 128).all(), "it is as wide as two of its heights"
    for box in ((16, 28, 16, 32), (100, 100, 110, 110)):
        assert (slope_tile(slope, Grid(10, 20, 2, 4), box, 8) == 128).all()
    slope[0, 2, 3] = np.nan
    assert slope_tile(slope, Grid(10, 20, 2, 4), (16, 28, 20, 32), 8)[0, 0].tolist() == [128, 128, 128]


def test_what_is_gone(both: tuple[Project, nn.Module], folder: Path) -> None:
    project, _ = both
    wanted = (("gone.png", (0, 0, 4, 4), (0, 0, 0)),)
    *_, tiles = answer(PatchSlopes(project, "4", str(folder), wanted))
    assert (tiles.pixels == 128).all()
    with pytest.raises(ProgramError, match="no node “gone” any more"):
        list(answer(PatchSlopes(project, "gone", str(folder), wanted)))
