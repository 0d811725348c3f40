"""What the program is made of may be given away with it, and files of its own say whose they are."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable, Iterator
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

FREE = re.compile(r"MIT|BSD|Apache|PSF|LGPL|MPL|ISC|Zlib")
NVIDIA = ("nvidia-", "cuda-")
"""What torch brings for graphics cards, under NVIDIA's own terms; the user's pip fetches it."""


def needed(name: str, seen: set[str]) -> Iterator[str]:
    """A distribution and all that it needs to run, as far as they are installed."""
    key = re.sub(r"[-_.]+", "-", name).lower()
    if key in seen:
        return
    seen.add(key)
    try:
        requires = metadata.requires(key) or []
    except metadata.PackageNotFoundError:  # of another system, or another Python
        return
    yield key
    for line in requires:
        if "extra ==" not in line:
            yield from needed(re.match(r"[\w.-]+", line)[0], seen)  # type: ignore[index]


def licence(name: str) -> str:
    """All that a distribution says of its licence in one line."""
    said = metadata.metadata(name)
    own = [said.get("License-Expression") or "", (said.get("License") or "").partition("\n")[0]]
    return " ".join([*own, *(line for line in said.get_all("Classifier") or [] if line.startswith("License"))]).strip()


ALL = sorted(needed("cnn-explorer", set()))


def test_there_is_something_to_check() -> None:
    assert {"torch", "pyside6-essentials", "onnx", "numpy"} <= {*ALL}


@pytest.mark.parametrize("name", [name for name in ALL if not name.startswith(NVIDIA)])
def test_a_dependency_may_be_used_freely(name: str) -> None:
    said = licence(name)
    assert FREE.search(said), said or "says no licence"
    assert not re.search(r"AGPL|Affero", said)
    assert "LGPL" in said or not re.search(r"\bGPL", said), "only under the GPL"


FLOORS = {"torch": "2.10", "onnx": "1.21", "pillow": "12", "pyside6-essentials": "6.10.2", "h5py": "3.12"}
"""The oldest versions without a fault that is known and mended; looked up by hand in November 2026."""


def test_no_version_with_a_known_fault_is_taken() -> None:
    project = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text())["project"]
    ours = [Requirement(line) for line in project["dependencies"]]
    least = {
        canonicalize_name(each.name): min(Version(part.version) for part in each.specifier if part.operator == ">=")
        for each in ours
    }
    for name, floor in FLOORS.items():
        assert least[name] >= Version(floor), name
    for each in ours:
        assert each.specifier.contains(metadata.version(each.name)), each


ROOT = Path(__file__).parents[1]


def unnamed(files: Iterable[str], text: str) -> list[str]:
    """Those that a page does not name, by their whole names."""
    return [name for name in files if not re.search(rf"(?<![\w.-]){re.escape(name)}(?![\w-])", text)]


def test_what_comes_along_is_named() -> None:
    """Photos with their makers, models and facts of others in NOTICE; what is ours is said to be."""
    samples = ROOT / "resources" / "samples"
    sources = (samples / "SOURCES.md").read_text("utf-8")
    assert unnamed((path.name for path in samples.glob("*.jpg")), sources) == []
    assert all(line.count("|") == 5 for line in sources.splitlines() if line.startswith("|")), "maker and terms of each"
    notice = (ROOT / "NOTICE").read_text("utf-8")
    others = [path.name for folder in ("models", "networks") for path in (ROOT / "resources" / folder).iterdir()]
    ours = {"README.md", "lenet5.json", "lenet5.safetensors", "face-detector.json"}
    assert unnamed([name for name in others if name not in ours], notice) == []
    assert "LeNet-5 beside it is ours" in notice


def test_why_each_library_is_needed_is_written_down() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    page = (ROOT / "docs" / "decisions" / "0002-dependencies.md").read_text("utf-8")
    assert unnamed((Requirement(line).name for line in project["dependencies"]), page) == []


def test_a_file_that_nobody_names_is_seen() -> None:
    assert unnamed(["a.jpg", "b.jpg"], "| a.jpg | and | ab.jpg |") == ["b.jpg"]


@pytest.mark.skipif(not (ROOT / "build" / "parts.cdx.json").exists(), reason="it is made by .ci/run")
def test_the_list_of_parts_has_all() -> None:
    parts = json.loads((ROOT / "build" / "parts.cdx.json").read_text("utf-8"))
    assert parts["bomFormat"] == "CycloneDX"
    listed = {canonicalize_name(part["name"]) for part in parts["components"]}
    assert {name for name in ALL if name != "cnn-explorer"} <= listed
