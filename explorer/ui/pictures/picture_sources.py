"""Where a picture can come from besides a menu: the clipboard, a drop, the file dialog."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QMimeData
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

from explorer.maths.records import PICTURE_ENDINGS
from explorer.maths.sentences import Refusal
from explorer.ui.asking_files import ask_file, ask_folder
from explorer.ui.controls.words import counted
from explorer.workspace.images import pixels_of
from explorer.workspace.session import Session
from explorer.workspace.settings import Settings


def choose_picture(parent: QWidget, session: Session) -> None:
    """Ask for a picture file and open it."""
    settings, pictures = Settings(), f"Pictures ({' '.join('*' + ending for ending in PICTURE_ENDINGS)})"
    if path := ask_file(parent, "Open picture", settings.folder("picture"), f"{pictures};;All files (*)"):
        settings.set_folder("picture", str(Path(path).parent))
        session.open_picture(path)


def choose_folder(parent: QWidget, open: Callable[[str], object]) -> None:
    """Ask for a folder with pictures and open it."""
    settings = Settings()
    if folder := ask_folder(parent, "Open folder of pictures", settings.folder("picture")):
        settings.set_folder("picture", folder)
        open(folder)


def has_picture(data: QMimeData) -> bool:
    """Whether a drop or the clipboard may hold a picture."""
    return data.hasImage() or data.hasUrls()


def take_files(paths: Sequence[Path]) -> tuple[str, str, str]:
    """What is meant by files and folders in a drop or on the clipboard, as their disk says it.

    Returns the folder of pictures or the picture to open, with "" for the other, and what was chosen among several.
    Raises Refusal where there is none.
    """
    if len(paths) == 1 and paths[0].is_dir():
        return str(paths[0]), "", ""
    found: list[Path] = []
    try:
        for path in paths:
            found += sorted(p for p in path.iterdir() if _is_picture(p)) if path.is_dir() else [path]
    except OSError as error:
        raise Refusal(f"The folder {path.name} cannot be read: drop the picture itself.") from error
    chosen = next((p for p in found if _is_picture(p)), found[0] if found else None)
    if chosen is None:
        kinds = "JPEG, PNG, WebP, BMP, GIF and TIFF files"
        raise Refusal(f"There is no picture in {paths[0].name}: {kinds} can be opened.")
    several = len(found) > 1 or paths[0].is_dir()
    return "", str(chosen), f"Took {chosen.name}, the first of {counted(len(found), 'file')}." if several else ""


def local_files(data: QMimeData) -> list[Path]:
    """The files of this computer in a drop or on the clipboard."""
    return [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]


def take_pixels(data: QMimeData, session: Session) -> str:
    """Look at the pixels in a drop or on the clipboard, which has no files. Returns what is wrong."""
    image = data.imageData() if data.hasImage() else None
    if isinstance(image, QImage) and not image.isNull():
        session.paste_picture(pixels_of(image))
        return ""
    if data.hasUrls():
        return "Only pictures on this computer can be opened: save the picture first, then drop its file."
    return "The clipboard holds no picture: copy a picture or a picture file first."


def _is_picture(path: Path) -> bool:
    return path.suffix.lower() in PICTURE_ENDINGS
