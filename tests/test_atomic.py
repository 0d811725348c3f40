"""Saving: a reader finds the old bytes or all of the new ones, and a failure is one clear sentence."""

from __future__ import annotations

import errno
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from explorer.formats import atomic
from explorer.formats.atomic import CannotSave, replacing, sweep

OLD, NEW = b"old " * 1000, b"new " * 2000


def save(path: Path, data: bytes = NEW) -> None:
    with replacing(path, len(data)) as file:
        file.write(data)


def refused(path: Path, *words: str, data: bytes = NEW) -> None:
    """Saving fails with a sentence: the file's name, these words, something to do."""
    with pytest.raises(CannotSave) as caught:
        save(path, data)
    message = str(caught.value)
    assert len(message) <= 300
    for word in (path.name[:20].replace("\0", "�"), *words, ": "):
        assert word in message, message
    assert not list(path.parent.glob(".*.tmp")) if path.parent.is_dir() else True


def test_makes_and_replaces(tmp_path: Path) -> None:
    target = tmp_path / "net.cnnx"
    save(target, OLD)
    save(target)
    assert target.read_bytes() == NEW
    assert os.listdir(tmp_path) == ["net.cnnx"]


def test_a_failing_block_keeps_the_old_file(tmp_path: Path) -> None:
    target = tmp_path / "net.cnnx"
    target.write_bytes(OLD)
    with pytest.raises(TypeError), replacing(target) as file:
        file.writelines([NEW, None])  # type: ignore[list-item]
    assert target.read_bytes() == OLD
    assert os.listdir(tmp_path) == ["net.cnnx"]


def test_mode_bits_and_links_are_kept(tmp_path: Path) -> None:
    (tmp_path / "far").mkdir()
    target, link = tmp_path / "far" / "net.cnnx", tmp_path / "link.cnnx"
    target.write_bytes(OLD)
    target.chmod(0o640)
    link.symlink_to("far/net.cnnx")
    save(link)
    assert link.is_symlink()
    assert target.read_bytes() == NEW
    assert target.stat().st_mode & 0o777 == 0o640
    target.unlink()  # the link dangles now: saving makes what it points to
    save(link)
    assert link.is_symlink()
    assert target.read_bytes() == NEW


def test_new_files_get_the_usual_mode_bits(tmp_path: Path) -> None:
    save(tmp_path / "ours")
    (tmp_path / "theirs").write_bytes(NEW)
    assert (tmp_path / "ours").stat().st_mode == (tmp_path / "theirs").stat().st_mode


@pytest.mark.parametrize("name", ["n" * 255, "é" * 127, "net\n.cnnx", "a'b\"c.cnnx"])
def test_odd_names(tmp_path: Path, name: str) -> None:
    save(tmp_path / name, OLD)
    save(tmp_path / name)
    assert (tmp_path / name).read_bytes() == NEW


def test_in_the_way(tmp_path: Path) -> None:
    (tmp_path / "net.cnnx").mkdir()
    refused(tmp_path / "net.cnnx", "a folder or device of this name is in the way", "another name")
    os.mkfifo(tmp_path / "pipe")
    refused(tmp_path / "pipe", "in the way")
    refused(tmp_path / "gone" / "net.cnnx", "the folder “gone” is not there")
    (tmp_path / "file").write_bytes(OLD)
    refused(tmp_path / "file" / "net.cnnx", "the folder “file” is not there")
    refused(tmp_path / ("n" * 256), "the name is too long")
    refused(tmp_path / "a\0b", "signs this disk does not allow")
    (tmp_path / "loop").symlink_to("loop")
    refused(tmp_path / "loop", "leads nowhere")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs a second process of another user")
@pytest.mark.parametrize("what", ["folder", "file"])
def test_read_only(tmp_path: Path, what: str) -> None:
    """Root may write anywhere, so the saving is done by nobody."""
    for folder in (tmp_path, *tmp_path.parents[:4]):
        if folder.name.startswith(("pytest-", "test_", "popen-")):  # the last one where tests run side by side
            folder.chmod(0o755)
    target = tmp_path / "net.cnnx"
    target.write_bytes(OLD)
    target.chmod(0o444 if what == "file" else 0o666)
    tmp_path.chmod(0o777 if what == "file" else 0o555)
    child = os.fork()
    if not child:
        try:
            if os.geteuid() == 0:
                os.setuid(65534)
            refused(target, "the file or its folder is read-only", "save it in another folder")
            os._exit(0)
        except BaseException as error:
            print(error, file=sys.stderr)
            os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    tmp_path.chmod(0o755)
    assert target.read_bytes() == OLD


@pytest.fixture
def small_disk(tmp_path: Path):
    """A disk of 64 kB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = shutil.which("mount") and subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", disk], capture_output=True, check=False
    )
    if not mounted or mounted.returncode:
        pytest.skip("a small disk cannot be mounted here")
    yield disk
    subprocess.run(["umount", disk], check=True)


def test_disk_full_at_every_size(small_disk: Path) -> None:
    target = small_disk / "net.cnnx"
    there, fits = OLD, 0
    target.write_bytes(there)
    for size in range(4096, 2 * 65536, 4096):
        data = b"x" * size
        try:
            save(target, data)
            there, fits = data, fits + 1
        except CannotSave:
            refused(target, "the disk is full", f"{size / 1000:.1f} kB needed", "free)", "free some space", data=data)
        assert target.read_bytes() == there
    assert 4 < fits < 16


@pytest.mark.parametrize("number", [errno.EIO, errno.ENOSPC, errno.EROFS])
def test_a_fault_at_every_call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    """Each call of the system that saving makes fails once: old or new bytes, and CannotSave or success."""
    target = tmp_path / "net.cnnx"
    target.write_bytes(OLD)
    calls, failing = 0, -1

    def counted(real):
        def call(*args, **more):
            nonlocal calls
            calls += 1
            if calls - 1 == failing:
                raise OSError(number, os.strerror(number))
            return real(*args, **more)

        return call

    for name in ("fsync", "replace", "fchmod", "fchown", "stat", "lstat", "open", "scandir", "access"):
        monkeypatch.setattr(atomic.os, name, counted(getattr(os, name)))
    save(target, OLD)
    total, outcomes = calls, set()
    assert total >= 8
    for failing in range(total):  # noqa: B007 (`counted` reads it)
        calls = 0
        try:
            save(target)
            outcomes.add("saved")
            assert target.read_bytes() == NEW
        except CannotSave as error:
            outcomes.add("refused" if "“net.cnnx” could not be saved" in str(error) else str(error))
            assert target.read_bytes() in (OLD, NEW)
        target.write_bytes(OLD)
    assert outcomes == {"saved", "refused"}
    assert os.listdir(tmp_path) == ["net.cnnx"]


def test_kill_while_saving_leaves_old_or_new(tmp_path: Path) -> None:
    """kill -9 at twenty moments; the next save sweeps what the dead left."""
    target = tmp_path / "net.cnnx"
    old, new = b"old " * 500_000, b"new " * 700_000
    code = (
        "import sys; from explorer.formats.atomic import replacing\n"
        "old, new = b'old ' * 500_000, b'new ' * 700_000\n"
        "print('ready', flush=True)\n"
        "while True:\n"
        "    for data in (new, old):\n"
        "        with replacing(sys.argv[1], len(data)) as file:\n"
        "            for i in range(0, len(data), 65536): file.write(data[i:i + 65536])\n"
    )
    target.write_bytes(old)
    chance, strays = random.Random(7), 0
    for _ in range(20):
        process = subprocess.Popen([sys.executable, "-c", code, target], stdout=subprocess.PIPE)
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        time.sleep(chance.uniform(0, 0.03))
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert target.read_bytes() in (old, new)
        strays += len(list(tmp_path.glob(".*.tmp")))
    assert strays, "no kill came in the middle of a save"
    sweep(tmp_path)
    assert os.listdir(tmp_path) == ["net.cnnx"]


def test_sweep_leaves_the_living_and_the_foreign(tmp_path: Path) -> None:
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    ours = f".cnn-explorer-{atomic.HOST}"
    kept = {f"{ours}-{os.getpid()}-00ff.tmp", f".cnn-explorer-ffffffffff-{dead.pid}-00ff.tmp", "mine.tmp", ".a.tmp"}
    for name in (*kept, f"{ours}-{dead.pid}-00ff.tmp", f"{ours}-{10**30}-00ff.tmp"):
        (tmp_path / name).write_bytes(b"")
    sweep(tmp_path)
    assert set(os.listdir(tmp_path)) == kept
    os.utime(tmp_path / f"{ours}-{os.getpid()}-00ff.tmp", (0, 0))  # a process number used again, days later
    sweep(tmp_path)
    assert set(os.listdir(tmp_path)) == kept - {f"{ours}-{os.getpid()}-00ff.tmp"}
    sweep(tmp_path / "gone")


def test_a_clock_that_jumps_ahead_takes_no_file_from_its_writer(tmp_path: Path, monkeypatch) -> None:
    """Another save in the folder swept what was being written; the first then ended in an error."""
    now = time.time()
    with replacing(tmp_path / "large.cnnx") as file:
        file.write(OLD)
        file.flush()
        monkeypatch.setattr(time, "time", lambda: now + 2 * atomic.DAY)
        save(tmp_path / "small.cnnx")
    assert (tmp_path / "large.cnnx").read_bytes() == OLD
    assert sorted(os.listdir(tmp_path)) == ["large.cnnx", "small.cnnx"]


@pytest.mark.parametrize("held", [1, 5, 6])
def test_a_file_that_a_virus_scanner_holds_is_tried_again(tmp_path: Path, monkeypatch, held: int) -> None:
    """X2, as on Windows: five times, a tenth of a second apart."""
    target, tries, waited = tmp_path / "net.cnnx", [], []
    target.write_bytes(OLD)
    real = os.replace

    def replace(*paths: Path) -> None:
        tries.append(paths)
        if len(tries) <= held:
            raise PermissionError(errno.EACCES, "in use")
        real(*paths)

    monkeypatch.setattr(atomic, "AGAIN", 5)
    monkeypatch.setattr(atomic.os, "replace", replace)
    monkeypatch.setattr(atomic.time, "sleep", waited.append)
    if held <= 5:
        save(target)
    else:
        refused(target, "read-only")
    assert waited == [0.1] * min(held, 5)
    assert target.read_bytes() == (NEW if held <= 5 else OLD)
    assert os.listdir(tmp_path) == ["net.cnnx"]
