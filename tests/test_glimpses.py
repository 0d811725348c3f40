"""What is told of a file before it is opened: by the engine, and by the worker to the dialog that asks."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from PySide6.QtTest import QTest
from safetensors.numpy import save_file

from explorer.classics.catalogue import CLASSICS
from explorer.engine import glimpses as looking
from explorer.engine.glimpses import glimpse, glimpsed
from explorer.engine.questions import Glimpse
from explorer.formats import project_file
from explorer.formats.regular import NotReadable
from explorer.maths.records import Glimpsed
from explorer.ui.choosing.file_dialog import OPEN, FileDialog
from explorer.workspace.glimpses import glimpses


def test_a_picture_in_small(tmp_path: Path) -> None:
    Image.fromarray(np.full((300, 400, 3), 90, np.uint8)).save(tmp_path / "a.png")
    found = glimpsed(tmp_path / "a.png", 100)
    assert (found.what, found.facts[0]) == ("a picture", "400 × 300 pixels")
    assert found.picture is not None
    assert found.picture.pixels.shape == (75, 100, 3)
    (tmp_path / "b.png").write_bytes((tmp_path / "a.png").read_bytes()[:60])
    broken = glimpsed(tmp_path / "b.png", 100)
    assert broken.picture is None
    assert "b.png" in broken.facts[1]


def test_networks(tmp_path: Path) -> None:
    project_file.write(tmp_path / "net.cnnx", CLASSICS["lenet5"].project)
    found = glimpsed(tmp_path / "net.cnnx", 100)
    assert found.what == "a CNN Explorer project"
    assert found.facts[1:] == ("LeNet-5", f"{len(CLASSICS['lenet5'].project.network.nodes)} layers")
    save_file({"a": np.zeros((3, 4), np.float32), "b": np.zeros(5, np.float32)}, tmp_path / "w.safetensors")
    found = glimpsed(tmp_path / "w.safetensors", 100)
    assert (found.what, found.facts[1:]) == ("a safetensors file", ("2 tensors", "17 numbers"))
    (tmp_path / "c.safetensors").write_bytes((tmp_path / "w.safetensors").read_bytes()[:90])
    assert glimpsed(tmp_path / "c.safetensors", 100).facts == ("90 bytes",), "it is damaged: opening says how"
    (tmp_path / "old.pth").write_bytes(b"\x80\x02" + bytes(1234))
    assert glimpsed(tmp_path / "old.pth", 100).what == "a PyTorch checkpoint"


@pytest.mark.parametrize(("name", "bytes_", "what"), [
    ("k.keras", b"PK\x03\x04", "a Keras file"), ("net.onnx", b"<!DOCTYPE html>", "a web page in the place of the file"),
    ("a.mp4", bytes(20), "a video"), ("doc.pdf", b"%PDF-1.4", "a PDF document"), ("a.txt", b"hello", "text"),
    ("x.dat", b"\x01\x02", ""),
])  # fmt: skip
def test_what_is_no_network(tmp_path: Path, name: str, bytes_: bytes, what: str) -> None:
    (tmp_path / name).write_bytes(bytes_)
    assert glimpsed(tmp_path / name, 100).what == what


def test_what_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(NotReadable):
        glimpsed(tmp_path, 100)


def test_pictures_one_walks_by_are_decoded_one_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Five of 96 megapixels took 2.3 GB at once: what is asked no more is decoded to its end."""
    gate, begun = threading.Event(), list[str]()

    def slow(path: Path, _longest: int) -> Glimpsed:
        begun.append(path.name)
        gate.wait(20)
        return Glimpsed(path.name)

    monkeypatch.setattr(looking, "glimpsed", slow)
    try:
        for name in "abc":
            steps = glimpse(Glimpse(str(tmp_path / name)))
            next(steps)
            if name != "c":
                steps.close()  # as the next question has it
        assert begun == ["a"]
    finally:
        gate.set()
    assert list(steps)[-1].what == "c"
    assert begun == ["a", "c"]


def test_the_worker_tells_the_dialog(
    staying_worker: Any, qtbot: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Image.fromarray(np.full((300, 400, 3), (90, 20, 10), np.uint8)).save(tmp_path / "a.png")
    staying_worker.start()
    monkeypatch.setattr(glimpses(), "worker", staying_worker)
    dialog = FileDialog(None, "Open", OPEN, str(tmp_path), kinds=(("Pictures", (".png",)),))
    qtbot.addWidget(dialog)
    dialog.show()
    dialog.parts.table.setFocus()
    QTest.keyClicks(dialog.parts.table, "a")
    qtbot.waitUntil(lambda: dialog.parts.preview.what.text() == "A picture", timeout=30_000)
    assert dialog.parts.preview.facts.text().startswith("400 × 300 pixels\n")
    assert dialog.parts.preview.picture.image.pixelColor(5, 5).getRgb() == (90, 20, 10, 255)
    dialog.reject()
    staying_worker.close()
