"""How much memory is left: of the machine, and of the container the program runs in."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from explorer.engine import device
from explorer.engine.device import _left_to_us, free_memory

MB = 1 << 20


def group(folder: Path, **files: object) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, value in files.items():
        (folder / name.replace("__", ".")).write_text(f"{value}\n")


def test_of_nested_groups_each_counts(tmp_path: Path) -> None:
    own = tmp_path / "cgroup"
    own.write_text("0::/pod/ours\n")
    group(tmp_path / "fs" / "pod" / "ours", memory__max="max", memory__current=5 * MB, memory__stat="anon 7")
    stat = f"anon 1\ninactive_file {20 * MB}\n"
    group(tmp_path / "fs" / "pod", memory__max=100 * MB, memory__current=90 * MB, memory__stat=stat)
    group(tmp_path / "fs")  # the top has no limit
    assert _left_to_us(tmp_path / "fs", own) == [30 * MB]
    group(tmp_path / "fs" / "pod" / "ours", memory__max=50 * MB)
    assert sorted(_left_to_us(tmp_path / "fs", own)) == [30 * MB, 45 * MB]
    group(tmp_path / "fs" / "pod", memory__current=200 * MB)
    assert min(_left_to_us(tmp_path / "fs", own)) == 0, "never below nothing"


def test_the_older_kind_of_groups(tmp_path: Path) -> None:
    own = tmp_path / "cgroup"
    own.write_text("5:cpu,memory:/job\n4:blkio:/job\n")
    folder = tmp_path / "fs" / "memory"
    none = (1 << 63) - 4096  # what it writes where there is no limit
    group(folder / "job", memory__limit_in_bytes=64 * MB, memory__usage_in_bytes=60 * MB, memory__stat="rss 1")
    group(folder, memory__limit_in_bytes=none, memory__usage_in_bytes=0, memory__stat="")
    assert _left_to_us(tmp_path / "fs", own) == [4 * MB]


@pytest.mark.parametrize("text", ["", "0::/gone\n", "nonsense"])
def test_where_nothing_is_known_nothing_is_said(tmp_path: Path, text: str) -> None:
    own = tmp_path / "cgroup"
    own.write_text(text)
    assert _left_to_us(tmp_path, own) == []
    assert _left_to_us(tmp_path, tmp_path / "none") == []


def test_what_is_free_is_no_more_than_either(monkeypatch: pytest.MonkeyPatch) -> None:
    free = free_memory(torch.device("cpu"))
    if free is None:
        pytest.skip("this system does not say what is free")
    monkeypatch.setattr(device, "_left_to_us", lambda: [7 * MB, 9 * MB])
    assert free_memory(torch.device("cpu")) == 7 * MB
    monkeypatch.setattr(device, "_left_to_us", lambda: [1 << 60])
    assert free_memory(torch.device("cpu")) == pytest.approx(free, rel=0.2)
