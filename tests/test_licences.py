"""What the program is made of may be given away with it, and files of its own say whose they are."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
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
