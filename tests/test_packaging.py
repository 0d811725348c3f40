"""The wheel: it holds all the program needs, and works where there is no checkout."""

from __future__ import annotations

import json
import os
import shutil
import site
import subprocess
import sys
import tarfile
import xml.etree.ElementTree as ElementTree
import zipfile
from configparser import ConfigParser
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from explorer import start
from explorer.cli.parser import parser
from tools import icons
from tools.icons import SIZES

ROOT = Path(__file__).parents[1]
DESKTOP = ROOT / "resources" / "desktop"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built as pip does it, from a copy of what is tracked: nothing is left in the checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True)
    if listed.returncode:
        pytest.skip("this is no checkout")
    copy = folder / "copy"
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            (copy / name).write_bytes((ROOT / name).read_bytes())
    build = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--wheel-dir", str(folder), str(copy)]
    with suppress(PackageNotFoundError):
        if int(version("setuptools").split(".")[0]) >= 77:  # pip need not get it once more, for this alone
            build.append("--no-build-isolation")
    done = subprocess.run(build, capture_output=True, text=True, timeout=110)
    assert done.returncode == 0, done.stderr
    (found,) = folder.glob("*.whl")
    return found


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with the wheel in it, which borrows the libraries of this one."""
    folder = tmp_path_factory.mktemp("installed")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True, timeout=60)
    python = folder / ("Scripts" if os.name == "nt" else "bin") / "python"
    install = [
        sys.executable,
        "-m",
        "pip",
        "--python",
        str(python),
        "install",
        "-q",
        "--no-deps",
        "--no-index",
        "--no-compile",
        str(wheel),
    ]
    done = subprocess.run(install, capture_output=True, text=True, timeout=110)
    assert done.returncode == 0, done.stderr
    where = subprocess.run(
        [str(python), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], capture_output=True, text=True
    )
    borrowed = "\n".join(site.getsitepackages())
    (Path(where.stdout.strip()) / "borrowed.pth").write_text(borrowed, encoding="utf-8")
    return python.parent


def test_it_holds_what_is_tracked_and_nothing_else(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    code = {name for name in names if name.startswith("explorer/")}
    assert code == {str(path.relative_to(ROOT)) for path in ROOT.glob("explorer/**/*.py")}
    shared = {name.partition("/data/share/")[2] for name in names if "/data/share/" in name}
    for kind in ("samples", "models", "networks", "desktop"):
        wanted = {
            f"cnn-explorer/{kind}/{path.name}" for path in (ROOT / "resources" / kind).iterdir() if path.is_file()
        }
        assert wanted <= shared
    pictures = {f"cnn-explorer/guide/pictures/{path.name}" for path in (ROOT / "docs" / "pictures").glob("*.[jp][pn]g")}
    assert pictures | {"cnn-explorer/guide/guide.md"} <= shared
    assert {"applications/cnn-explorer.desktop", "mime/packages/cnn-explorer.xml"} <= shared
    drawn = {"scalable/apps/cnn-explorer.svg"} | {f"{size}x{size}/apps/cnn-explorer.png" for size in SIZES}
    assert {f"icons/hicolor/{name}" for name in drawn} <= shared
    assert {name.rpartition("/")[2] for name in names if "/licenses/" in name} == {"LICENSE", "NOTICE"}
    assert not [name for name in names if name.startswith(("tests/", "benchmarks/", "docs/"))]


def test_its_command_works_without_the_checkout(installed: Path, tmp_path: Path) -> None:
    command = str(installed / "cnn-explorer")
    env = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([command, *words], capture_output=True, text=True, timeout=110, cwd=tmp_path, env=env)

    facts = run("facts", "lenet5", "--json")
    assert facts.returncode == 0, facts.stderr
    assert json.loads(facts.stdout)["totals"]["parameters"] == 61_706
    code = (
        "from explorer.maths.resources import guide, resources; import explorer;"
        "print(explorer.__file__); print(resources()); print((guide() / 'guide.md').is_file())"
    )
    where = subprocess.run(
        [str(installed / "python"), "-c", code], capture_output=True, text=True, timeout=60, cwd=tmp_path, env=env
    )
    package, folder, has_guide = where.stdout.splitlines()
    assert str(installed.parent) in package
    assert str(installed.parent) in folder
    assert has_guide == "True"
    photo = Path(folder) / "samples" / "astronaut.jpg"
    found = run("detect", "face-detector", str(photo), "--json")
    assert found.returncode == 0, found.stderr
    assert json.loads(found.stdout)["detections"][0]["label"] == "face"


def test_the_source_archive_can_be_built_from(tmp_path: Path, wheel: Path) -> None:
    copy = wheel.parent / "copy"
    code = f"from setuptools import build_meta; print(build_meta.build_sdist({str(tmp_path)!r}))"
    pytest.importorskip("setuptools")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=110, cwd=copy)
    assert done.returncode == 0, done.stderr
    (archive,) = tmp_path.glob("*.tar.gz")
    with tarfile.open(archive) as opened:
        names = {name.partition("/")[2] for name in opened.getnames()}
    tracked = {str(path.relative_to(copy)) for path in copy.rglob("*") if path.is_file()}
    built = {name for name in tracked if name.startswith(("build/", "cnn_explorer.egg-info/"))}
    assert tracked - built <= names | {".gitignore"}, "whoever makes a package of it also runs its tests"


def test_the_desktop_knows_the_program() -> None:
    entry = ConfigParser(interpolation=None)
    entry.optionxform = str
    entry.read(DESKTOP / "cnn-explorer.desktop", encoding="utf-8")
    found = entry["Desktop Entry"]
    assert (found["Type"], found["Exec"], found["Icon"]) == ("Application", "cnn-explorer %f", "cnn-explorer")
    kinds = ElementTree.parse(DESKTOP / "cnn-explorer.xml").getroot()
    mime = kinds[0].attrib["type"]
    assert mime in found["MimeType"].split(";")
    assert [part.attrib["pattern"] for part in kinds[0] if part.tag.endswith("glob")] == ["*.cnnx"]
    assert (DESKTOP / f"{found['Icon']}.svg").is_file()
    assert found["Version"] in ("1.0", "1.1", "1.2", "1.3", "1.4"), "those that a Debian 12 knows"
    if checker := shutil.which("desktop-file-validate"):
        path = str(DESKTOP / "cnn-explorer.desktop")
        said = subprocess.run([checker, path], capture_output=True, text=True, timeout=20)
        assert (said.returncode, said.stdout + said.stderr) == (0, "")


def test_icons_of_all_sizes_are_the_drawing(qapp: object) -> None:
    """What `python -m tools.icons` would write today: nobody changed the drawing and left the others behind."""
    for size in SIZES:
        with Image.open(ROOT / "resources" / "icons" / f"{size}x{size}" / "cnn-explorer.png") as kept:
            assert kept.size == (size, size)
            apart = np.abs(np.asarray(kept, np.int16) - np.asarray(icons.drawn(size), np.int16))
        assert apart.max() <= 24, "another Qt may round otherwise"
        assert apart.mean() < 0.5
    with Image.open(ROOT / "resources" / "icons" / "cnn-explorer.ico") as windows:
        assert windows.info["sizes"] == {(size, size) for size in icons.WINDOWS}
    with Image.open(ROOT / "resources" / "icons" / "cnn-explorer.icns") as apple:
        assert (512, 512, 2) in apple.info["sizes"]


def test_every_command_is_known_where_the_program_begins() -> None:
    (choices,) = (action.choices for action in parser()._actions if action.choices)
    assert set(start.COMMANDS) == set(choices)
