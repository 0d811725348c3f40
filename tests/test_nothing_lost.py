"""R1 to R3 of docs/security.md for whole projects with their weights: killed, out of disk, or with any call failing."""

from __future__ import annotations

import errno
import io
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from explorer.formats import atomic, project_file, tensors
from explorer.formats.atomic import CannotSave
from explorer.layers.dense import Input, Linear
from explorer.layers.shapes import Flatten
from explorer.network.network import Network, Node
from explorer.network.project import Project

ROOT = Path(__file__).resolve().parents[1]
NODES = (Node("in", Input(3, 32, 32)), Node("flat", Flatten(), ("in",)), Node("fc", Linear(50), ("flat",)))
ROUNDS = [60, pytest.param(300, marks=pytest.mark.nightly)]


@pytest.fixture
def projects(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Project, Project]:
    """An old one and a new one, of 0.6 and 1.2 MB."""
    monkeypatch.setenv("CNN_EXPLORER_CACHE", str(tmp_path / "cache"))
    network = Network({node.id: node for node in NODES})
    old = Project(network, weights=tensors.keep({"fc.weight": np.ones((50, 3072), np.float32)}), title="Old")
    wide = network.with_settings("fc", features=100)
    new = Project(wide, weights=tensors.keep({"fc.weight": np.ones((100, 3072), np.float32)}), title="New")
    return old, new


def written(project: Project, path: Path) -> bytes:
    """What saving it makes; the same each time."""
    project_file.write(path, project)
    return path.read_bytes()


def strays(folder: Path) -> list[str]:
    return [name for name in os.listdir(folder) if name.endswith(".tmp")]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs a process that can be forked")
@pytest.mark.parametrize("rounds", ROUNDS)
def test_killed_at_any_moment_of_saving(tmp_path: Path, projects: tuple[Project, Project], rounds: int) -> None:
    """R1: the file is the old or the new one to the last byte; what the dead left is gone with the next save."""
    beside = [tmp_path / "old.cnnx", tmp_path / "new.cnnx"]
    kinds = [written(project, path) for project, path in zip(projects, beside, strict=True)]
    folder = tmp_path / "documents"
    folder.mkdir()
    target = folder / "net.cnnx"
    target.write_bytes(kinds[0])
    chance, found, left = random.Random(1), [0, 0], 0
    command = [sys.executable, "-m", "tests.saving_side", str(target), *map(str, beside)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT) as side:
        assert side.stdin is not None
        assert side.stdout is not None
        for _ in range(rounds):
            print(file=side.stdin, flush=True)
            process, seconds = side.stdout.readline().split()
            time.sleep(chance.uniform(0, 3 * float(seconds)))
            os.kill(int(process), signal.SIGKILL)
            assert side.stdout.readline() == "gone\n"
            found[kinds.index(target.read_bytes())] += 1
            left += len(strays(folder))
    assert min(found), "no kill came behind a save"
    assert left > rounds // 20, "no kill came in the middle of a save"
    project_file.write(target, projects[1])
    assert os.listdir(folder) == ["net.cnnx"]
    assert project_file.read(target) == projects[1]


# Faults of the system's calls, one at a time


class Disk:
    """Fails the call of a number, and no other. short: writes only half of what it is given, and says so."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.failing, self.calls, self.error = -1, 0, OSError()
        self.short = False
        self.names: list[str] = []
        fake = SimpleNamespace(**vars(os))
        for name in ("fsync", "replace", "fchmod", "fchown", "stat", "lstat", "open", "scandir", "access", "close"):
            setattr(fake, name, self._counted(name, getattr(os, name)))
        monkeypatch.setattr(atomic, "os", fake)
        monkeypatch.setattr(atomic, "open", self._open, raising=False)

    def count(self, name: str) -> None:
        self.calls += 1
        self.names.append(name)
        if self.calls - 1 == self.failing:
            raise self.error

    def _counted(self, name, real):
        def call(*args, **more):
            if name == "close":
                real(*args)  # it is closed all the same
            self.count(name)
            return None if name == "close" else real(*args, **more)

        return call

    def _open(self, path: Path, mode: str) -> io.BufferedWriter:
        self.count("open a file")
        assert mode == "xb"
        return io.BufferedWriter(Raw(path, self))


class Raw(io.FileIO):
    """A file whose every write to the disk counts."""

    def __init__(self, path: Path, disk: Disk) -> None:
        super().__init__(path, "xb")
        self._disk = disk

    def write(self, data) -> int:
        self._disk.count("write")
        return super().write(memoryview(data)[: max(1, len(data) // 2)] if self._disk.short else data)


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO, errno.EDQUOT])
def test_a_fault_at_every_call_of_saving_a_project(tmp_path: Path, projects, monkeypatch, number: int) -> None:
    """R3, for n from the first call to the last: old or new bytes, never an exception but CannotSave."""
    target = tmp_path / "documents" / "net.cnnx"
    target.parent.mkdir()
    old, new = (written(project, target) for project in projects)
    disk = Disk(monkeypatch)
    disk.error = OSError(number, os.strerror(number))
    project_file.write(target, projects[0])
    total, kinds = disk.calls, set(disk.names)
    assert kinds >= {"open a file", "write", "fsync", "replace", "stat", "lstat", "open", "close"}
    assert disk.names.count("write") > 5
    refused = 0
    for failing in range(total):
        target.write_bytes(old)
        disk.failing, disk.calls = failing, 0
        said = ""
        try:
            project_file.write(target, projects[1])
        except CannotSave as error:
            said = str(error)
        assert target.read_bytes() in ((old, new) if said else (new,))
        if said:
            refused += 1
            assert "“net.cnnx” could not be saved" in said
            assert len(said) <= 300
            full = re.search(r"the disk is full \(1\.2 MB needed, [\d.,]+ .?B free\)", said)
            assert bool(full) == (number != errno.EIO)
        assert os.listdir(target.parent) == ["net.cnnx"]
    assert refused > total // 2


def test_a_disk_that_takes_less_at_once_than_it_is_given(tmp_path: Path, projects, monkeypatch) -> None:
    """R2: a short write is no failure, and loses nothing: the rest is written after it."""
    whole = [written(project, tmp_path / "whole.cnnx") for project in projects]
    disk = Disk(monkeypatch)
    disk.short = True
    for project, wanted in zip(projects, whole, strict=True):
        assert written(project, tmp_path / "net.cnnx") == wanted
    assert disk.names.count("write") > 100


def test_a_limit_on_the_size_of_files(tmp_path: Path, projects) -> None:
    """R2 where no small disk can be had: a limit of the system (`ulimit -f`) in the middle of each write."""
    resource = pytest.importorskip("resource")
    target = tmp_path / "net.cnnx"
    old = written(projects[0], target)
    before, was = resource.getrlimit(resource.RLIMIT_FSIZE), signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        for limit in range(1000, 1_200_000, 100_000):
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, before[1]))
            with pytest.raises(CannotSave, match=r"“net.cnnx” could not be saved"):
                project_file.write(target, projects[1])
            assert target.read_bytes() == old
            assert not strays(tmp_path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, was)


SAVE = """
import os, sys; from explorer.formats import project_file
project = project_file.read(sys.argv[2])
project_file.write(sys.argv[2], project)  # all that is imported late is there
os.write(1, b"begin\\n")
try:
    project_file.write(sys.argv[1], project)
    said = "saved\\n"
except project_file.Refusal as error:
    said = str(error)
os.write(1, said.encode())
os._exit(0)
"""


@pytest.mark.nightly
@pytest.mark.skipif(shutil.which("strace") is None, reason="strace puts the faults in")
@pytest.mark.parametrize("call", ["write", "fsync", "rename", "openat", "close", "fchmod", "newfstatat", "lseek"])
def test_a_fault_of_the_system_itself(tmp_path: Path, projects, call: str) -> None:
    """R3 below Python: the system refuses the call of each number that comes behind `begin`."""
    paths = [tmp_path / "old.cnnx", tmp_path / "new.cnnx"]
    old, new = (written(project, path) for project, path in zip(projects, paths, strict=True))
    (tmp_path / "documents").mkdir()
    target = tmp_path / "documents" / "net.cnnx"

    def run(number: int) -> tuple[str, str]:
        target.write_bytes(old)
        notes = tmp_path / "calls"
        fault = ["-e", f"inject={call}:error=EIO:when={number}"] if number else []
        trace = ["strace", "-o", str(notes), "-e", f"trace={call},write", *fault]
        code = [sys.executable, "-c", SAVE, str(target), str(paths[1])]
        done = subprocess.run([*trace, *code], capture_output=True, text=True, cwd=ROOT, check=False)
        assert target.read_bytes() in (old, new)
        assert not done.returncode, done.stderr
        return done.stdout, notes.read_text("utf-8", "replace")

    _, calls = run(0)
    before, behind = calls.split('write(1, "begin', 1)
    (start, many) = (text.count(f"{call}(") for text in (before, behind))
    if call == "write":
        start, many = start + 1, many - 2  # that of `begin`, and what is said at the end
    refused = 0
    for number in range(start + 1, start + many + 1):
        said, _ = run(number)
        assert said.startswith("begin\n"), said
        assert said.endswith("saved\n") or "could not be saved" in said or "cannot be saved" in said, (number, said)
        refused += "saved\n" not in said.removeprefix("begin\n")[:7]
        assert [name for name in os.listdir(target.parent) if name != "net.cnnx"] == strays(target.parent)
    assert many
    if call in ("write", "fsync", "rename"):
        assert refused == many, "the sentence was not said"


def test_the_disk_that_fails_can_be_seen(tmp_path: Path, monkeypatch) -> None:
    """A test of the test: a writer that does not look at what `write` says is caught by it."""
    disk = Disk(monkeypatch)
    disk.short = True
    with Raw(tmp_path / "raw", disk) as raw:
        raw.write(b"x" * 100)
    assert (tmp_path / "raw").stat().st_size == 50
    disk.failing, disk.calls, disk.error = 0, 0, OSError(errno.EIO, "no")
    with Raw(tmp_path / "other", disk) as raw, pytest.raises(OSError, match="no"):
        raw.write(b"x")
