"""R5 to R7 of docs/security.md: programs that are killed while one edits, brings back, or opens; what they leave."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from explorer.classics.catalogue import CLASSICS
from explorer.formats import folders, project_file, project_json, unsaved
from explorer.formats.atomic import HOST
from explorer.network.project import Project
from explorer.workspace.document import Document
from explorer.workspace.recovery import Recovery
from tests.own_time import own_time
from tests.recovering_side import edited

ROOT = Path(__file__).resolve().parents[1]
AT_ONCE = 10
"""Programs that are edited side by side; most of their time they wait."""


class Room:
    """A folder for the state of programs, which are started and killed here."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.environment = os.environ | {"XDG_STATE_HOME": str(path), "XDG_CONFIG_HOME": str(path / "config")}

    def begin(self, *words: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "tests.recovering_side", *words]
        return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=self.environment)

    def left(self) -> list[Path]:
        return sorted(self.path.rglob("*.unsaved"))


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Room:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return Room(tmp_path / "state")


def numbers(lines: list[str]) -> dict[int, float]:
    """When each edit was made."""
    return {int(number): float(at) for number, at in (line.split() for line in lines if line[0].isdigit())}


def after(count: int, start: Project) -> Project:
    """The project that so many edits make of this one."""
    for number in range(1, count + 1):
        start = edited(start, number)
    return start


def recovery() -> Recovery:
    """A program that starts now."""
    return Recovery(Document(), lambda tab: tab.project.title)


class Killing:
    """Programs that edit side by side and are killed, each at a moment of its own: by a thread, for it is a while."""

    def __init__(self, path: Path, chance: random.Random) -> None:
        self.room, self.chance = Room(path / "state"), chance
        self.saved = path / "a.cnnx"
        project_file.write(self.saved, CLASSICS["lenet5"].project)
        self.whole = self.saved.read_bytes()
        self.starts = {"": Project(), str(self.saved): project_file.read(self.saved)}
        self._running = [(words, self.room.begin(*words)) for words in [(), (str(self.saved),)] * (AT_ONCE // 2)]
        self._ended = ThreadPoolExecutor(1).submit(self._kill)

    def edits(self) -> dict[int, tuple[dict[int, float], float, str]]:
        """Once they are dead, by the number of each: when it made its edits, when it was killed, and its file."""
        return self._ended.result(60)

    def _kill(self) -> dict[int, tuple[dict[int, float], float, str]]:
        for _, process in self._running:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
        ends = sorted((time.time() + self.chance.uniform(2.5, 7.5), number) for number in range(AT_ONCE))
        edits: dict[int, tuple[dict[int, float], float, str]] = {}
        for end, number in ends:
            time.sleep(max(0.0, end - time.time()))
            words, process = self._running[number]
            process.kill()
            killed = time.time()
            edits[process.pid] = numbers(process.communicate()[0].splitlines()), killed, "".join(words)
        return edits


@pytest.fixture(scope="module")
def killing(tmp_path_factory: pytest.TempPathFactory) -> Killing:
    """Begun with the first test here, and looked at by the last one."""
    return Killing(tmp_path_factory.mktemp("killing"), random.Random(5))


@pytest.mark.usefixtures("killing")
def test_killed_while_it_brings_back(qapp, room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    """R6: at whatever moment, the edits are there afterwards."""
    chance, project = random.Random(6), after(20, Project())
    running: list[tuple[float, subprocess.Popen[str], Path]] = []
    for number in range(4):  # at once, each in a room of its own: most of the time they wait
        alone = Room(room.path / str(number))
        monkeypatch.setenv("XDG_STATE_HOME", str(alone.path))
        place = folders.state() / "unsaved" / "1-a.unsaved"
        place.parent.mkdir(parents=True, exist_ok=True)
        unsaved.write(place, project, "", "Lost")
        running.append((chance.uniform(0, 2.6), alone.begin("-again"), alone.path))
    ends = []
    for moment, process, path in running:
        assert process.stdout is not None
        assert [process.stdout.readline() for _ in range(2)] == ["ready\n", "restored\n"]
        ends.append((time.monotonic() + moment, process, path))
    for end, process, path in sorted(ends, key=lambda one: one[0]):
        time.sleep(max(0.0, end - time.monotonic()))
        process.kill()
        process.communicate()
        monkeypatch.setenv("XDG_STATE_HOME", str(path))
        program = recovery()
        found = program.left()
        assert found
        assert all(unsaved.read(what.file) == project for what in found)
        for what in found:
            program.delete(what)
        program.close()


def bad(name: str, data: bytes) -> Callable[[Path], None]:
    return lambda place: (place / f"{name}.unsaved").write_bytes(data) and None


HEAD = json.dumps({unsaved.MARK: 1, "path": "", "title": "T"}).encode() + b"\n"
LIVING = f"{os.getppid()}\nx\n{os.uname()[1]}\n".encode()
BODY = project_json.dumped(after(3, Project()))


def turned(old: bytes, new: bytes) -> bytes:
    """A description with another text in it."""
    assert old in BODY
    return BODY.replace(old, new)


CORPUS: dict[str, Callable[[Path], object]] = {
    "zeros": bad("1-a", bytes(10_000)),
    "a newer mark": bad("1-a", HEAD.replace(b": 1", b": 2") + BODY),
    "a title that is a number": bad("1-a", HEAD.replace(b'"T"', b"7") + BODY),
    "a head twice": bad("1-a", HEAD + HEAD + BODY),
    "a body of another format": bad("1-a", HEAD + b'{"format": "other", "version": 1}'),
    "a body of the future": bad("1-a", HEAD + turned(b'"version":1', b'"version":99')),
    "text that is none": bad("1-a", HEAD + b"\xff\xfe" * 500),
    "deep": bad("1-a", HEAD + b"[" * 200_000),
    "huge numbers": bad("1-a", HEAD + turned(b"8", b"9" * 5000)),
    "not a number": bad("1-a", HEAD + turned(b"40.0", b"NaN")),
    "an unknown layer": bad("1-a", HEAD + turned(b"Input", b"Inputs")),
    "the same key twice": bad("1-a", HEAD + b'{"format": 1, ' + BODY[1:]),
    "a link in a circle": lambda place: (place / "1-a.unsaved").symlink_to("1-a.unsaved"),
    "a link to a device": lambda place: (place / "1-a.unsaved").symlink_to("/dev/zero"),
    "a link to nothing": lambda place: (place / "1-a.unsaved").symlink_to("gone"),
    "20 GB of holes": lambda place: os.truncate(_new(place / "1-a.unsaved"), 20 << 30),
    "a name that is no text": lambda place: _new(Path(os.fsdecode(os.fsencode(place) + b"/\xff-a.unsaved"))),
    "a lock that is a folder": lambda place: (bad("1-a", HEAD + BODY)(place), (place / "1-a.unsaved.lock").mkdir()),
    "a lock of nonsense": lambda place: (bad("1-a", HEAD + BODY)(place), _new(place / "1-a.unsaved.lock", b"\0" * 99)),
    "a lock of a living process": lambda place: (
        bad("1-a", HEAD + BODY)(place), _new(place / "1-a.unsaved.lock", LIVING)
    ),
}  # fmt: skip


def _new(path: Path, data: bytes = b"") -> Path:
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("name", CORPUS)
def test_what_is_no_file_of_ours_neither_ends_the_start_nor_is_deleted(qapp, room: Room, name: str) -> None:
    """R6: twenty that are broken or foreign, beside a good one."""
    place = folders.state() / "unsaved"
    place.mkdir(parents=True)
    CORPUS[name](place)
    good = after(2, Project())
    unsaved.write(place / "2-b.unsaved", good, "", "Good")
    before = sorted(os.listdir(place))
    start, program = own_time(), recovery()
    found = program.left()
    for what in found:
        try:
            assert unsaved.read(what.file) in (good, after(3, Project()))
            said = ""
        except unsaved.NotUnsaved as error:
            said = str(error)
        assert said == "" or (20 < len(said) <= 300 and said.isprintable())
    assert own_time() - start < 10
    assert "Good" in [what.title for what in found]
    program.close()
    there = sorted(name for name in os.listdir(place) if not name.endswith(".lock"))
    assert there == [name for name in before if not name.endswith(".lock")]


def test_what_a_killed_save_left_beside_is_swept(qapp, room: Room) -> None:
    """R1: at the next start."""
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    place = folders.state() / "unsaved"
    place.mkdir(parents=True)
    _new(place / f".cnn-explorer-{HOST}-{dead.pid}-00ff.tmp", b"half")
    program = recovery()
    assert program.left() == []
    assert not list(place.iterdir())
    program.close()


FOURTH = """
import sys; from PySide6.QtCore import QTimer
from explorer.ui import application
shown = application.after_paint
def soon(window):
    shown(window)
    def tell():
        nodes = len(window.session.document.project.network.nodes)
        if nodes or window.notices.text:
            timer.stop()
            print(nodes, window.notices.text, flush=True)
            window.close_now()
    timer = QTimer(window, interval=100)
    timer.timeout.connect(tell)
    timer.start()
application.after_paint = soon
application.open_window(sys.argv[1])
"""


def test_a_program_that_dies_three_times_over_a_file_asks_before_the_fourth(room: Room, tmp_path: Path) -> None:
    """R7, with the real program."""
    path = tmp_path / "deadly.cnnx"
    project_file.write(path, CLASSICS["lenet5"].project)
    environment = room.environment | {"QT_QPA_PLATFORM": "offscreen"}

    def counted() -> int:
        return sum(file.stat().st_size for file in room.path.rglob("opening/*"))

    for number in (1, 2, 3):
        began = time.monotonic()
        with subprocess.Popen(
            [sys.executable, "main.py", str(path)], cwd=ROOT, env=environment, stderr=subprocess.DEVNULL,
            start_new_session=True,
        ) as process:  # fmt: skip
            while counted() < number:
                assert process.poll() is None
                assert time.monotonic() - began < 60
                time.sleep(0.02)
            os.killpg(process.pid, signal.SIGKILL)  # its worker, too: that would go on beside other tests
    command = [sys.executable, "-c", FOURTH, str(path)]
    said = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True).stdout
    assert said == (
        "0 The program ended 3 times right after “deadly.cnnx” was opened, so it was not opened this time.\n"
    )
    said = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True).stdout
    assert said.startswith(f"{len(CLASSICS['lenet5'].project.network.nodes)} "), "it was closed, not killed, since"


@pytest.mark.parametrize("rounds", [1, pytest.param(5, marks=[pytest.mark.nightly, pytest.mark.timeout(600)])])
def test_killed_while_editing(qapp, killing: Killing, tmp_path: Path, monkeypatch, rounds: int) -> None:
    """R5: each is offered; at most 5 seconds are lost; what comes back is, to the last byte, the project as it was at
    some edit; the file it was made on is untouched."""
    for number in range(rounds):
        (tmp_path / str(number)).mkdir()
        one = killing if rounds == 1 else Killing(tmp_path / str(number), killing.chance)
        edits = one.edits()
        monkeypatch.setenv("XDG_STATE_HOME", str(one.room.path))
        program = recovery()
        found = program.left()
        assert len(found) == AT_ONCE, "each of them is offered"
        for what in found:
            made, killed, path = edits[int(what.file.name.split("-")[0])]
            assert what.path == path
            back = unsaved.read(what.file)
            count = sum(id.startswith("x") for id in back.network.nodes)
            assert project_json.dumped(back) == project_json.dumped(after(count, one.starts[path]))
            assert count >= max([number for number, at in made.items() if at < killed - 5], default=0)
            program.delete(what)
        program.close()
        assert one.saved.read_bytes() == one.whole
        assert not one.room.left()
