"""`cnn-explorer patches`: what it prints and draws, and what it refuses."""

# ruff: noqa: F811  (a fixture is imported, and then an argument)
from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from explorer.cli.commands import main
from explorer.engine.answers import answer
from explorer.engine.patch_questions import CutPatches, FindPatches
from explorer.formats import project_file
from explorer.formats.patch_pictures import GROUND, MOST_PIXELS, sheet_for, tiles
from explorer.maths.patch_records import PatchTiles
from explorer.maths.sentences import Refusal
from explorer.network.patch_choice import PatchChoice
from tests.test_cli import failed
from tests.test_patches import cache, last, noise, small  # noqa: F401


@pytest.fixture
def model(tmp_path: Path, cache: Path) -> str:
    project_file.write(tmp_path / "net.cnnx", small())
    return str(tmp_path / "net.cnnx")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = noise(tmp_path / "pictures", 12)
    (folder / "sub").mkdir()
    (folder / "00.png").rename(folder / "sub" / "first.png")
    (folder / "broken.jpg").write_bytes(b"\xff\xd8\xff")
    return folder


def test_json_has_every_place(model: str, folder: Path, capsys) -> None:
    assert main(["patches", model, "both", str(folder), "--json", "--count", "4", "--lowest"]) == 0
    out, err = capsys.readouterr()
    said = json.loads(out)
    assert "1 of 13 files could not be read; the first: “broken.jpg”" in err
    assert "random weights" in err
    assert [one["picture"] for one in said["broken"]] == ["broken.jpg"]
    found = last(FindPatches(project_file.read(model), ("both",), str(folder), choice=PatchChoice(4, lowest=True)))
    (node,) = found.nodes
    assert [channel["channel"] for channel in said["channels"]] == list(range(8))
    for channel, one in enumerate(said["channels"]):
        assert [place["value"] for place in one["places"]] == node.values[channel].tolist()
        assert [place["box"] for place in one["places"]] == node.boxes[channel].tolist()
        assert [place["picture"] for place in one["places"]] == [found.files[i] for i in node.pictures[channel]]
        assert all((folder / place["picture"]).is_file() for place in one["places"])


def test_a_table_and_a_sheet(model: str, folder: Path, tmp_path: Path, capsys) -> None:
    sheet = tmp_path / "sheet.png"
    assert main(["patches", model, "conv", str(folder), "-o", str(sheet), "--several"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["channel", "value", "picture", "left", "top", "right", "bottom"]
    assert lines[-1] == f"Written: {sheet}"
    question = FindPatches(project_file.read(model), ("conv",), str(folder), choice=PatchChoice(one_per_picture=False))
    found = last(question)
    (node,) = found.nodes
    laid = sheet_for(4, 9)
    with Image.open(sheet, formats=("PNG",)) as image:
        assert image.size == laid.size
        pixels = np.asarray(image)
    for channel in range(4):
        for rank in range(9):
            left, top = laid.corner(channel, rank)
            x1, y1, x2, y2 = node.boxes[channel, rank]
            with Image.open(folder / found.files[node.pictures[channel, rank]], formats=("PNG",)) as picture:
                patch = np.asarray(picture)[y1:y2, x1:x2]
            tile = pixels[top : top + laid.side, left : left + laid.side]
            shades = {tuple(shade) for shade in patch.reshape(-1, 3).tolist()}
            assert shades <= {tuple(shade) for shade in tile.reshape(-1, 3).tolist()} <= {*shades, (GROUND,) * 3}
    assert main(["patches", model, "conv", str(folder), "-o", str(sheet), "--force"]) == 0


def test_so_many_of_each_class(model: str, folder: Path, tmp_path: Path, capsys) -> None:
    sheet = tmp_path / "sheet.png"
    given = ["patches", model, "conv", str(folder), "--by-class", "--count", "2"]
    assert main([*given, "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    for channel in said["channels"]:
        assert [place["class"] for place in channel["places"]] == ["", "", "sub"]  # in which is one picture
        assert [place["picture"].startswith("sub/") for place in channel["places"]] == [False, False, True]
    assert main([*given, "-o", str(sheet)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines if line.strip()[:1].isdigit()] == [*"00112233", "4"], "and their count"
    found = last(FindPatches(project_file.read(model), ("conv",), str(folder), choice=PatchChoice(2, by_class=True)))
    laid = sheet_for(4, 4, 2)
    left, top = laid.corner(3, 2)
    x1, y1, x2, y2 = found.nodes[0].boxes[3, 2]
    with Image.open(sheet, formats=("PNG",)) as image, Image.open(folder / "sub" / "first.png") as picture:
        assert image.size == laid.size
        pixels, patch = np.asarray(image), np.asarray(picture)[y1:y2, x1:x2]
    middle = pixels[top + laid.side // 2, left + laid.side // 2]
    assert (patch == middle).all(2).any()
    names = pixels[laid.corner(3, 2)[1] :, : laid.head][: laid.side]
    assert names.min() < 128, "the class is named"


def test_what_is_refused(model: str, folder: Path, tmp_path: Path, capsys) -> None:
    assert "has no layer called “gone”: “cnn-explorer facts" in failed(capsys, "patches", model, "gone", str(folder))
    assert "“nowhere” was not found" in failed(capsys, "patches", model, "conv", str(tmp_path / "nowhere"))
    assert "“net.cnnx” is a file: choose the folder" in failed(capsys, "patches", model, "conv", model)
    assert "choose a name that ends in .png" in failed(capsys, "patches", model, "conv", str(folder), "-o", "x.gif")
    (tmp_path / "there.png").touch()
    told = failed(capsys, "patches", model, "conv", str(folder), "-o", str(tmp_path / "there.png"))
    assert "“there.png” is there already" in told
    assert "--force" in told
    assert main(["patches", model, "conv", str(folder), "--count", "0"]) == 2


def test_patches_are_cut_as_they_are(folder: Path) -> None:
    with Image.open(folder / "01.png", formats=("PNG",)) as image:
        pixels = np.asarray(image)
    wanted = (
        ("01.png", (2, 3, 12, 8)),
        ("gone.png", (0, 0, 5, 5)),
        ("01.png", (4, 4, 4, 9)),
        ("01.png", (0, 0, 26, 30)),
    )
    steps = [step for step in answer(CutPatches(str(folder), wanted, 20)) if isinstance(step, PatchTiles)]
    found = {number: tile for step in steps for number, tile in zip(step.numbers, step.pixels, strict=True)}
    assert sorted(found) == [0, 1, 2, 3]
    assert np.array_equal(found[0][5:15], pixels[3:8, 2:12].repeat(2, 0).repeat(2, 1)), "sharp squares in the middle"
    assert (found[0][:5] == GROUND).all()
    assert (found[1] == GROUND).all(), "a picture that is gone"
    assert (found[2] == GROUND).all(), "a place that sees nothing"
    assert found[3][:, 1:18].std() < pixels.std(), "a reduced picture is smoothed"


def test_sheets_have_a_limit() -> None:
    assert sheet_for(96, 9).side == 64
    for channels, count in ((1, 1), (2048, 9), (4096, 100)):
        sheet = sheet_for(channels, count)
        assert sheet.size[0] * sheet.size[1] <= MOST_PIXELS
        assert 0.5 < sheet.size[0] / sheet.size[1] < 2
        left, top = sheet.corner(channels - 1, count - 1)
        assert left + sheet.side <= sheet.size[0]
        assert top + sheet.side <= sheet.size[1]
    with pytest.raises(Refusal, match="look for fewer patches"):
        sheet_for(100_000, 100)


def test_a_picture_is_decoded_once_for_all_its_patches(folder: Path) -> None:
    wanted = [("02.png", (0, 0, 3, 3)), ("01.png", (0, 0, 3, 3)), ("02.png", (1, 1, 3, 3))]
    assert [numbers for numbers, _ in tiles(str(folder), wanted, 8)] == [[0, 2], [1]]
