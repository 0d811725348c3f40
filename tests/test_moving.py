"""The cache folder: chosen, moved, and as it was where that fails."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import numpy as np
import pytest

from explorer.cli.commands import main
from explorer.formats import folders, tensors
from explorer.formats.atomic import HOST, CannotSave
from explorer.formats.moving import move, told
from explorer.maths.records import CacheFolder


@pytest.fixture
def old(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache in the system's place, with a download, a part of one, weights, and what some process just writes."""
    monkeypatch.delenv("CNN_EXPLORER_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    (folders.models() / "a.pth").write_bytes(b"a" * 1000)
    (folders.models() / "b.pth.part").write_bytes(b"b" * 100)
    (folders.models() / f".cnn-explorer-{HOST}-{os.getpid()}-ab.tmp").write_bytes(b"c")
    (folders.models() / ".wheel-x").mkdir()
    assert folders.cache() == tmp_path / "home" / "cnn-explorer"
    return folders.cache()


def everything(folder: Path) -> dict[str, bytes]:
    return {f"{file.parent.name}/{file.name}": file.read_bytes() for file in folder.glob("*/*") if file.is_file()}


@pytest.mark.parametrize("linked", [True, False])
def test_everything_moves(old: Path, tmp_path: Path, linked: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if not linked:
        monkeypatch.setattr(os, "link", lambda *_: (_ for _ in ()).throw(OSError(errno.EXDEV, "another disk")))
    sha = tensors.keep({"x": np.arange(5.0)})
    before = {name: data for name, data in everything(old).items() if not name.endswith(".tmp")}
    assert told() == CacheFolder(str(old), 3, sum(map(len, before.values())))
    *_, last = move(tmp_path / "new")
    new = tmp_path / "new" / "cnn-explorer"
    assert last == CacheFolder(str(new), 3, sum(map(len, before.values())))
    assert folders.cache() == new
    assert everything(new) == before
    assert all(name.endswith(".tmp") for name in everything(old))
    assert tensors.read(sha)["x"].tolist() == [0, 1, 2, 3, 4]
    *_, last = move(new)  # where it is already
    assert last.path == str(new)
    *_, last = move(old)  # and back
    assert folders.cache() == old
    assert {name: data for name, data in everything(old).items() if not name.endswith(".tmp")} == before


@pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="there is no such path")
def test_who_cannot_write_to_the_old_one_chooses_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CNN_EXPLORER_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", "/proc/nothing")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    assert told() == CacheFolder("/proc/nothing/cnn-explorer", 0, 0)
    *_, last = move(tmp_path / "new")
    assert last == CacheFolder(str(tmp_path / "new" / "cnn-explorer"), 0, 0)


@pytest.mark.parametrize("steps", [1, 2])
def test_stopped_it_is_as_it_was(old: Path, tmp_path: Path, steps: int) -> None:
    before = everything(old)
    work = move(tmp_path / "new")
    for _ in range(steps):
        next(work)
    work.close()
    assert everything(old) == before
    assert everything(tmp_path / "new" / "cnn-explorer") == {}
    assert folders.cache() == old


def test_a_full_disk(old: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = everything(old)
    monkeypatch.setattr(os, "link", lambda *_: (_ for _ in ()).throw(OSError(errno.EXDEV, "another disk")))
    monkeypatch.setattr("shutil.disk_usage", lambda _: type("", (), {"free": 500}))
    with pytest.raises(CannotSave, match=r"has 500 bytes free and a\.pth needs 1.0 kB: choose another disk"):
        list(move(tmp_path / "new"))
    assert everything(old) == before
    assert folders.cache() == old


def test_what_cannot_be(old: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(CannotSave, match="one lies in the other"):
        list(move(old / "models"))
    (tmp_path / "file").write_text("")
    with pytest.raises(CannotSave, match="choose a folder you may write to"):
        list(move(tmp_path / "file"))
    monkeypatch.setenv("CNN_EXPLORER_CACHE", str(tmp_path / "fixed"))
    with pytest.raises(CannotSave, match="it is set by CNN_EXPLORER_CACHE: change that"):
        list(move(tmp_path / "new"))
    assert told().fixed == "it is set by CNN_EXPLORER_CACHE"


@pytest.mark.parametrize("note", [b"relative/path", b"\xff\xfe", b""])
def test_a_broken_note_is_no_choice(old: Path, tmp_path: Path, note: bytes) -> None:
    folders.choose(tmp_path / "new")
    assert folders.cache() == tmp_path / "new"
    (tmp_path / "config" / "cnn-explorer" / "cache-folder").write_bytes(note)
    assert folders.cache() == old


def test_by_command(old: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["models", "path", str(tmp_path / "new")]) == 0
    assert capsys.readouterr().out.strip() == str(tmp_path / "new" / "cnn-explorer" / "models")
    assert (tmp_path / "new" / "cnn-explorer" / "models" / "a.pth").is_file()
    assert main(["models", "path"]) == 0
    assert str(tmp_path / "new") in capsys.readouterr().out
