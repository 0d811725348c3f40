"""Patches: the strongest places of a folder's pictures, against all places of all; cuts against gradients."""

# ruff: noqa: F811  (a fixture is imported, and then an argument)
from __future__ import annotations

import json
import os
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import safetensors.numpy
import torch
from PIL import Image

from explorer.classics.catalogue import CLASSICS
from explorer.engine import folder_work, library, patches, reading_ahead
from explorer.engine.answers import answer
from explorer.engine.patch_questions import FindPatches
from explorer.engine.patches import Search
from explorer.engine.program import Program, ProgramError
from explorer.formats import folders, kept_work, tensors
from explorer.formats.picture_files import PictureError
from explorer.formats.pictures import decode
from explorer.formats.recipes import to_input
from explorer.layers.activations import ReLU
from explorer.layers.dense import Input, Linear
from explorer.layers.joins import Concat
from explorer.layers.shapes import Flatten
from explorer.layers.windows import Conv2d, MaxPool2d
from explorer.maths.patch_records import NodePatches, Patches
from explorer.maths.records import Progress
from explorer.network.analysis import analyse
from explorer.network.cuts import cuts
from explorer.network.network import Network, Node
from explorer.network.patch_choice import PatchChoice
from explorer.network.project import Project, Recipe
from tests.photos import photos
from tests.real_model import real_cache, real_model  # noqa: F401
from tests.test_fields_of_classics import Positive, thinned


@pytest.fixture
def cache(tmp_path_factory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache folder of its own: what one search kept must not answer another test."""
    folder = tmp_path_factory.mktemp("cache")
    monkeypatch.setenv("CNN_EXPLORER_CACHE", str(folder))
    return folder


def small(side: int = 24) -> Project:
    """A branched network with random weights."""
    nodes = {
        "in": Node("in", Input(3, side, side)),
        "conv": Node("conv", Conv2d(4, 3, padding=1), ("in",)),
        "relu": Node("relu", ReLU(), ("conv",)),
        "wide": Node("wide", Conv2d(4, 6, 2, 2), ("relu",)),
        "pool": Node("pool", MaxPool2d(2, 2), ("relu",)),
        "both": Node("both", Concat(), ("wide", "pool")),
        "flat": Node("flat", Flatten(), ("both",)),
        "scores": Node("scores", Linear(3), ("flat",)),
    }
    return Project(Network(nodes), recipe=Recipe(crop=0.9))


def last(question: FindPatches) -> Patches:
    *before, result = answer(question)
    assert isinstance(result, Patches)
    assert all(isinstance(step, Progress | Patches) for step in before)
    return result


def noise(folder: Path, count: int, size: tuple[int, int] = (30, 26)) -> Path:
    random = np.random.default_rng(0)
    folder.mkdir(exist_ok=True)
    for number in range(count):
        Image.fromarray(random.integers(0, 256, (*size, 3), np.uint8)).save(folder / f"{number:02}.png")
    return folder


def everything(question: FindPatches, paths: list[Path], batch: int) -> dict[str, np.ndarray]:
    """(pictures, C, H, W): all that nodes put out for these pictures, in batches as large as the search's."""
    project = question.project
    program = Program(project.network, tensors.read(project.weights) if project.weights else {})
    shape = program.facts[program.entry(question.nodes)].shape
    found: dict[str, list[np.ndarray]] = {node: [] for node in question.nodes}
    for first in range(0, len(paths), batch):
        inputs = [to_input(decode(path).pixels, project.recipe, shape) for path in paths[first : first + batch]]
        for node, value in program.values(torch.from_numpy(np.stack(inputs)), question.nodes).items():
            rows = value.shape[2] if value.dim() > 2 else 1
            found[node].append(value.reshape(len(value), value.shape[1], rows, -1).numpy())
    return {node: np.concatenate(parts) for node, parts in found.items()}


def check(found: NodePatches, values: np.ndarray, names: list[str], files: tuple[str, ...], choice) -> None:
    """Equal to a stable sort of all places of all pictures."""
    n, c, height, width = values.shape
    keys = (values if choice.lowest else -values).reshape(n, c, -1)
    best = (
        keys.argmin(2)[..., None] if choice.one_per_picture else np.broadcast_to(np.arange(height * width), keys.shape)
    )
    keys = np.take_along_axis(keys, best, 2).transpose(1, 0, 2)  # [C, N, places]
    each = keys.shape[2]
    keys = keys.reshape(c, -1)
    order = np.argsort(keys, axis=1, kind="stable")[:, : choice.count]
    there = np.isfinite(np.take_along_axis(keys, order, 1))
    picture, number = np.divmod(order, each)
    row, column = np.divmod(best[picture, np.arange(c)[:, None], number], width)
    there = np.pad(there, ((0, 0), (0, choice.count - there.shape[1])))
    assert np.array_equal(found.pictures >= 0, there)
    assert np.array_equal(found.rows[there], row[there[:, : row.shape[1]]])
    assert np.array_equal(found.columns[there], column[there[:, : row.shape[1]]])
    wanted = values[picture, np.arange(c)[:, None], row, column]
    assert np.array_equal(found.values[there], wanted[there[:, : row.shape[1]]])
    assert [files[i] for i in found.pictures[there]] == [names[i] for i in picture[there[:, : row.shape[1]]]]
    assert np.isnan(found.values[~there]).all()


CHOICES = [
    PatchChoice(),
    PatchChoice(4, one_per_picture=False),
    PatchChoice(30, lowest=True),
    PatchChoice(7, one_per_picture=False, lowest=True),
    PatchChoice(5, ignore_padding=True),
]


@pytest.mark.parametrize("choice", CHOICES, ids=repr)
def test_brute_force_on_a_branched_network(cache: Path, tmp_path: Path, choice: PatchChoice) -> None:
    folder, project = noise(tmp_path / "pictures", 20), small()
    question = FindPatches(project, ("conv", "relu", "both", "flat", "scores", "in"), str(folder), choice=choice)
    found = last(question)
    assert (found.done, found.total, found.broken, found.untrained) == (20, 20, (), True)
    paths = sorted(folder.iterdir())
    values = everything(question, paths, folder_work.MOST_PICTURES)
    for node in found.nodes:
        there = values[node.node]
        if choice.ignore_padding and there.shape[2] > 1:
            (top, bottom), (left, right) = cuts(project.network, Program(project.network, {}).facts, node.node).clear
            clear = np.full_like(there, -np.inf)
            clear[:, :, top:bottom, left:right] = there[:, :, top:bottom, left:right]
            assert (clear.shape[2] == 24 and (top, bottom) == (1, 23)) == (node.node in ("conv", "relu"))
            there = clear
        check(node, there, [path.name for path in paths], found.files, choice)


REAL = {"mobilenet_v2": ("ReLU6", "Add", "BatchNorm2d"), "hed": ("Conv2d", "ReLU", "MaxPool2d")}


def layers(project: Project, kinds: tuple[str, ...], count: int = 6) -> tuple[str, ...]:
    """Nodes of these kinds from the first to the last of the trunk, equally far apart."""
    nodes = [id for id, node in project.network.nodes.items() if node.layer.kind in kinds and id.startswith("features")]
    return tuple(nodes[i * (len(nodes) - 1) // (count - 1)] for i in range(count))


MANY = [pytest.param(name, 200, marks=(pytest.mark.every_network, pytest.mark.timeout(1800))) for name in REAL]


@pytest.mark.parametrize(("name", "count"), [("mobilenet_v2", 40), ("hed", 6), *MANY])
def test_brute_force_on_photos(
    real_model: Path, assets: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, count: int
) -> None:
    """All channels of six layers of the real MobileNetV2, and of VGG-16's trunk as HED trained it."""
    *_, project = library.open_model(name)
    (entry,) = (node.id for node in project.network.order if not node.inputs)
    project = replace(project, network=project.network.with_settings(entry, height=224, width=224))
    paths = photos(assets, tmp_path / "photos", count)
    monkeypatch.setattr(folders, "searches", lambda: tmp_path)
    nodes = layers(project, REAL[name])
    question = FindPatches(project, nodes, str(tmp_path / "photos"))
    batch = Search(question, Program(project.network, tensors.read(project.weights)))._batch
    found = last(question)
    assert (found.done, found.untrained) == (count, False)
    names = [str(path.relative_to(tmp_path / "photos")) for path in paths]
    for some in [nodes] if count < 200 else [(node,) for node in nodes]:  # a layer's values take up to 2.6 GB
        values = everything(replace(question, nodes=some), paths, batch)
        for node in found.nodes:
            if node.node in some:
                check(node, values[node.node], names, found.files, PatchChoice())


@pytest.mark.parametrize("name", ["mobilenet_v2", "vgg16", "googlenet", "resnet18"])
def test_a_cut_is_what_the_gradient_reaches(name: str) -> None:
    """At the corners, the edges and in the middle of maps."""
    torch.manual_seed(0)
    network = thinned(CLASSICS[name].network)
    positive, facts = Positive(network), analyse(network)
    (entry,) = (node.id for node in network.order if not node.inputs)
    nodes = [id for id, fact in facts.items() if len(fact.shape or ()) == 3 and network.nodes[id].layer.kind != "Input"]
    some = [nodes[len(nodes) * part // 5] for part in range(1, 4)]
    for id in some:
        cut, (_, height, width) = cuts(network, facts, id), facts[id].shape
        x = (1e-6 * torch.rand(1, *facts[entry].shape, dtype=torch.float64) + 1e-6).requires_grad_()
        y = positive.value(network, id, x)
        for row, column in ((0, width // 2), (height // 2, 1), (height - 1, width - 1)):
            unit = y[0, :, row, column]
            (gradient,) = torch.autograd.grad(
                (unit * torch.rand(len(unit), dtype=torch.float64)).sum(), x, retain_graph=True
            )
            reached = (gradient[0] != 0).any(0).nonzero()
            (top, left), (bottom, right) = reached.min(0)[0].tolist(), (reached.max(0)[0] + 1).tolist()
            assert ((top, bottom), (left, right)) == (cut.rows[row], cut.columns[column]), (id, row, column)


def test_boxes_are_in_the_file_s_own_pixels(cache: Path, tmp_path: Path) -> None:
    """A bright square in a dark picture is what the box holds, however the picture comes into the network."""
    folder = tmp_path / "pictures"
    folder.mkdir()
    weights = {"mean.weight": np.ones((1, 3, 4, 4), np.float32), "mean.bias": np.zeros(1, np.float32)}
    nodes = {"in": Node("in", Input(3, 32, 32)), "mean": Node("mean", Conv2d(1, 4, 4), ("in",))}
    sha = tensors.keep(weights)
    for wide, high, turn in ((64, 64, 1), (96, 64, 1), (64, 128, 1), (64, 96, 6)):
        for recipe in (Recipe(), Recipe(crop=1.0), Recipe(crop=0.5)):
            pixels = np.zeros((high, wide, 3), np.uint8)
            across, down = (wide / 32, high / 32) if not recipe.crop else [min(wide, high) / 32 * recipe.crop] * 2
            x, y = round(wide / 2 + 4 * across), round(high / 2 - 8 * down)  # a unit's whole window
            pixels[y : y + round(4 * down), x : x + round(4 * across)] = 255
            image = Image.fromarray(pixels)
            exif = image.getexif()
            exif[0x0112] = turn
            image.save(folder / "one.png", exif=exif)
            found = last(FindPatches(Project(Network(nodes), weights=sha, recipe=recipe), ("mean",), str(folder)))
            box = found.nodes[0].boxes[0, 0].tolist()
            expected = [x, y, x + round(4 * across), y + round(4 * down)]
            if turn == 6:  # upright, the picture's left edge is its top
                expected = [high - expected[3], expected[0], high - expected[1], expected[2]]
            if turn == 1 or recipe.crop == 1.0:
                assert box == expected, (wide, high, recipe)
            there = decode(folder / "one.png").pixels[box[1] : box[3], box[0] : box[2]]
            assert there.mean() > 128 or recipe.crop == 0.0


class Seen:
    """Counts the pictures that are decoded."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.names: list[str] = []

        def noted(path, *more):
            self.names.append(Path(path).name)
            return decode(path, *more)

        monkeypatch.setattr(reading_ahead, "decode", noted)

    def take(self) -> list[str]:
        names, self.names = sorted(self.names), []
        return names


def same(one: Patches, other: Patches) -> bool:
    names = [[[p.files[i] if i >= 0 else "" for i in row] for n in p.nodes for row in n.pictures] for p in (one, other)]
    return names[0] == names[1] and all(
        np.array_equal(getattr(a, part), getattr(b, part), equal_nan=True)
        for a, b in zip(one.nodes, other.nodes, strict=True)
        for part in ("values", "rows", "columns", "boxes")
    )


def test_a_search_goes_on_where_it_stopped(cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, seen = noise(tmp_path / "pictures", 40), Seen(monkeypatch)
    question = FindPatches(small(), ("both",), str(folder))
    steps = answer(question)
    for step in steps:
        if isinstance(step, Progress) and step.done == 16:
            steps.close()  # paused, or the window is closed
    assert len(seen.take()) >= 16
    found = last(question)
    assert len(seen.take()) == 24
    assert (found.done, found.total) == (40, 40)
    again = list(answer(question))
    assert seen.take() == []
    assert same(again[-1], found)
    shutil.rmtree(cache / "searches")
    assert same(last(question), found), "in one go"
    seen.take()
    other_stride = question.project.network.with_settings("pool", dilation=2, padding=1)
    for other in (
        replace(question, nodes=("conv",)),
        replace(question, choice=PatchChoice(8)),
        replace(question, project=replace(question.project, recipe=Recipe())),
        replace(question, project=replace(question.project, network=other_stride)),
    ):
        last(other)
        assert len(seen.take()) == 40
    behind = question.project.network.with_settings("scores", features=7)
    last(replace(question, project=replace(question.project, network=behind)))
    assert seen.take() == [], "what follows the node changes nothing"


def test_pictures_that_come_change_and_go(cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, seen = noise(tmp_path / "pictures", 30), Seen(monkeypatch)
    question = FindPatches(small(), ("both",), str(folder), choice=PatchChoice(2))
    found = last(question)
    seen.take()
    spare = next(path for path in sorted(folder.iterdir()) if path.name not in found.files)
    spare.unlink()
    assert same(last(question), found)
    assert seen.take() == [], "it held no place"
    Image.fromarray(np.full((30, 26, 3), 255, np.uint8)).save(folder / "00 new.png")
    Image.fromarray(np.full((30, 26, 3), 0, np.uint8)).save(folder / "zz.png")
    more = last(question)
    assert seen.take() == ["00 new.png", "zz.png"]
    shutil.rmtree(cache / "searches")
    assert same(last(question), more)
    seen.take()
    (folder / more.files[0]).unlink()
    left = last(question)
    assert len(seen.take()) == 30, "who comes next was not known"
    assert more.files[0] not in left.files
    Image.fromarray(np.full((9, 9, 3), 77, np.uint8)).save(folder / left.files[0])
    last(question)
    assert len(seen.take()) == 30


def test_broken_pictures_are_told_and_not_fatal(cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, seen = noise(tmp_path / "pictures", 20), Seen(monkeypatch)
    (folder / "05.png").write_bytes((folder / "05.png").read_bytes()[:500])
    (folder / "sub").mkdir()
    (folder / "sub" / "text.jpg").write_text("no picture")
    (folder / "empty.webp").touch()
    os.mkfifo(folder / "pipe.png")
    question = FindPatches(small(), ("both", "conv"), str(folder))
    found = last(question)
    assert (found.done, found.total) == (23, 23)
    assert [one.path for one in found.broken] == ["05.png", "empty.webp", "pipe.png", "sub/text.jpg"]
    assert "is damaged or cut off" in found.broken[0].sentence
    assert all(len(one.sentence) <= 300 for one in found.broken)
    good = [path for path in sorted(folder.glob("*.png")) if path.name not in ("05.png", "pipe.png")]
    for node in found.nodes:
        values = everything(question, good, 16)[node.node]
        assert np.allclose(np.sort(values.max((2, 3)), 0)[::-1][:9].T, node.values, atol=1e-6)
    seen.take()
    assert last(question).broken == found.broken
    assert seen.take() == [], "those are not read again either"
    for path in folder.rglob("*.*"):
        if path.is_file() and path.suffix == ".png":
            path.write_bytes(b"")
    assert not last(question).files
    assert len(last(question).broken) == 23


@pytest.mark.parametrize("harm", ["cut", "other", "nan", "far", "outside", "half", "names", "huge"])
def test_what_was_kept_is_not_believed(cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, harm: str) -> None:
    folder, seen = noise(tmp_path / "pictures", 5), Seen(monkeypatch)
    question = FindPatches(small(), ("both",), str(folder))
    found = last(question)
    seen.take()
    (file,) = folders.searches().iterdir()
    parts = {name: array.copy() for name, array in safetensors.numpy.load_file(file).items()}
    if harm == "cut":
        file.write_bytes(file.read_bytes()[:-9])
    elif harm == "huge":
        monkeypatch.setattr(kept_work, "LARGEST", 100)
    else:
        parts["0.values"] = parts["0.values"][:, :-1] if harm == "other" else parts["0.values"]
        parts["frames"][0, 0] = np.nan if harm == "nan" else parts["frames"][0, 0]
        parts["0.pictures"][0, 0] = 99 if harm == "far" else parts["0.pictures"][0, 0]
        parts["0.places"][0, 0] = {"outside": 12 * 12, "half": -1}.get(harm, parts["0.places"][0, 0])
        if harm == "names":
            parts["pictures"] = np.frombuffer(json.dumps([[1, 2, 3, 4]] * 5).encode(), np.uint8)
        safetensors.numpy.save_file(parts, file)
    assert same(last(question), found)
    assert len(seen.take()) == 5


def test_what_cannot_be_searched(cache: Path, tmp_path: Path) -> None:
    folder, project = noise(tmp_path / "pictures", 1), small()
    with pytest.raises(ProgramError, match="no node “gone”: select another"):
        last(FindPatches(project, ("gone",), str(folder)))
    with pytest.raises(ProgramError, match="No layer is chosen"):
        last(FindPatches(project, (), str(folder)))
    with pytest.raises(PictureError, match="was not found"):
        last(FindPatches(project, ("conv",), str(folder / "gone")))
    (tmp_path / "empty").mkdir()
    with pytest.raises(PictureError, match="“empty” holds no pictures: choose a folder with JPEG"):
        last(FindPatches(project, ("conv",), str(tmp_path / "empty")))
    odd = Project(project.network.with_settings("in", channels=2))
    with pytest.raises(PictureError, match="input has 2 channels"):
        last(FindPatches(odd, ("conv",), str(folder)))


def test_nothing_but_the_search_is_lost_on_a_full_disk(
    cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    question = FindPatches(small(), ("both",), str(noise(tmp_path / "pictures", 3)))
    (cache / "searches").write_text("a file in the way")
    assert last(question).done == 3


def test_searches_that_nobody_uses_leave_the_cache(cache: Path, tmp_path: Path) -> None:
    last(FindPatches(small(), ("both",), str(noise(tmp_path / "pictures", 2))))
    kept_work.sweep(60)
    (file,) = folders.searches().iterdir()
    os.utime(file, (0, 0))
    kept_work.sweep(60)
    assert not list(folders.searches().iterdir())


def in_classes(folder: Path) -> Path:
    """Three classes, one of them in the folder itself, and one with folders of its own."""
    for place, count in (("", 2), ("cats", 5), ("dogs/large", 3), ("dogs/small", 9)):
        (folder / place).mkdir(parents=True, exist_ok=True)
        random = np.random.default_rng(len(place))
        for number in range(count):
            pixels = random.integers(0, 256, (26, 30, 3), np.uint8)
            Image.fromarray(pixels).save(folder / place / f"{len(place)}{number}.png")
    return folder


@pytest.mark.parametrize("choice", [PatchChoice(4), PatchChoice(3, one_per_picture=False, lowest=True)], ids=repr)
def test_each_class_has_what_a_search_in_its_folder_alone_finds(cache: Path, tmp_path: Path, choice) -> None:
    folder = in_classes(tmp_path / "all")
    question = FindPatches(small(), ("both", "scores"), str(folder), choice=replace(choice, by_class=True))
    found = last(question)
    assert found.classes == ("", "cats", "dogs")
    alone = tmp_path / "none"
    alone.mkdir()
    for path in folder.glob("*.png"):
        shutil.copy(path, alone)
    for number, part in enumerate((alone, folder / "cats", folder / "dogs")):
        theirs = last(replace(question, folder=str(part), choice=choice))
        for ours, other in zip(found.nodes, theirs.nodes, strict=True):
            own = slice(number * choice.count, (number + 1) * choice.count)
            np.testing.assert_allclose(ours.values[:, own], other.values, rtol=1e-5)  # batches differ
            there = other.pictures >= 0
            for name in ("rows", "columns", "boxes"):
                np.testing.assert_array_equal(getattr(ours, name)[:, own][there], getattr(other, name)[there])
            files = [Path(found.files[i]).name for i in ours.pictures[:, own].ravel() if i >= 0]
            assert files == [Path(theirs.files[i]).name for i in other.pictures.ravel() if i >= 0]
    again = last(replace(question, kept_only=True))
    assert again.done == again.total == 19
    np.testing.assert_array_equal(again.nodes[0].values, found.nodes[0].values)


def test_classes_are_counted_among_the_strongest(cache: Path, tmp_path: Path) -> None:
    question = FindPatches(small(), ("both",), str(in_classes(tmp_path / "all")), choice=PatchChoice(6))
    whole = last(question)
    parted = last(replace(question, choice=PatchChoice(6, by_class=True)))
    for channel in range(8):
        names = [
            whole.files[picture].rpartition("/")[0].partition("/")[0] for picture in whole.nodes[0].pictures[channel]
        ]
        counts = whole.class_counts(whole.nodes[0], channel)
        assert counts == {name: names.count(name) for name in names}
        assert list(counts.values()) == sorted(counts.values(), reverse=True)
        assert parted.class_counts(parted.nodes[0], channel) == counts


def test_too_many_classes_are_refused(cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patches, "MOST_PLACES", 100)
    with pytest.raises(PictureError, match="has 3 classes: 9 places of each for every channel of both are too many"):
        last(FindPatches(small(), ("both",), str(in_classes(tmp_path / "all")), choice=PatchChoice(by_class=True)))


def test_only_what_is_kept_without_a_search(cache: Path, tmp_path: Path) -> None:
    question = FindPatches(small(), ("both",), str(noise(tmp_path / "some", 5)), kept_only=True)
    assert last(question).done == 0
    whole = last(replace(question, kept_only=False))
    kept = last(question)
    assert (kept.done, kept.total) == (5, 5)
    np.testing.assert_array_equal(kept.nodes[0].values, whole.nodes[0].values)
