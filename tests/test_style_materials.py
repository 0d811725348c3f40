"""Pictures of the style studio that cannot be shown: whose fault it is, and what becomes of it."""

from __future__ import annotations

from pathlib import Path

from explorer.engine.questions import PictureFile
from explorer.engine.serve import serve
from explorer.maths.resources import resources
from explorer.workspace.document import Document
from explorer.workspace.session import Session
from explorer.workspace.style_setup import ChosenPicture
from explorer.workspace.style_studio import StyleStudio
from explorer.workspace.worker import Worker
from explorer.workspace.worker_words import DOWN
from tests.style_side import painter


def test_a_worker_that_cannot_begin_is_no_fault_of_the_pictures(qtbot, tmp_path: Path) -> None:
    """“cat.jpg could not be read.” was said of a sound file, and stayed when the worker ran again."""
    document = Document()
    document.open(painter())
    worker = Worker(lambda *_: None)  # cannot be sent, so that it is not even started
    session = Session(document, worker)
    studio = StyleStudio(session, document.tab)
    cat = ChosenPicture(PictureFile(str(resources() / "samples" / "cat.jpg")), "cat.jpg")
    (tmp_path / "dog.png").write_bytes(b"no picture")
    dog = ChosenPicture(PictureFile(str(tmp_path / "dog.png")), "dog.png")
    worker.start()
    studio.take_content(cat)
    studio.take_style(dog)
    qtbot.waitUntil(lambda: worker.state == "down", timeout=20_000)
    qtbot.waitUntil(lambda: studio.missing == DOWN)
    worker._target = serve
    session.try_again()
    qtbot.waitUntil(lambda: studio.picture(cat) is not None, timeout=60_000)
    qtbot.waitUntil(lambda: dog.source in studio.pictures, timeout=60_000)
    assert studio.missing.startswith("“dog.png” is text, not a picture")
    session.close()
