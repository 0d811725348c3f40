"""requirements.lock: whole digests, no addresses, and versions that pyproject allows."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tools.lock import LOCK, locked

ROOT = Path(__file__).parents[1]


def pinned() -> dict[str, str]:
    """Versions by name."""
    head, *lines = LOCK.read_text("utf-8").splitlines()
    assert head.startswith("# Python 3.")
    found = [re.fullmatch(r"([a-z0-9-]+)==([^ ]+) --hash=sha256:[0-9a-f]{64}", line) for line in lines]
    assert all(found), lines
    return {match[1]: match[2] for match in found if match}


def test_every_requirement_is_pinned_within_its_range() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    versions = pinned()
    for text in (*project["dependencies"], *project["optional-dependencies"]["dev"]):
        wanted = Requirement(text)
        assert versions[canonicalize_name(wanted.name)] in wanted.specifier, text


def test_it_names_no_place() -> None:
    text = LOCK.read_text("utf-8")
    assert "://" not in text
    assert "/" not in text.partition("\n")[2]


def test_what_is_written() -> None:
    item = {
        "metadata": {"name": "Some_Name", "version": "1.2"},
        "download_info": {"url": "https://example.org/x.whl", "archive_info": {"hashes": {"sha256": "ab" * 32}}},
    }
    ours = {"metadata": {"name": "cnn-explorer", "version": "0"}, "download_info": {"url": "x", "dir_info": {}}}
    report = {
        "install": [ours, item],
        "environment": {"python_version": "3.11", "platform_machine": "x86_64"},
    }
    assert locked(report).splitlines()[1:] == [f"some-name==1.2 --hash=sha256:{'ab' * 32}"]
