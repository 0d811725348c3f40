"""Where a picture can come from besides a menu: the clipboard, a drop, the file dialog."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QMimeData
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

from explorer.maths.records import PICTURE_ENDINGS
from explorer.ui.controls.words import counted
from explorer.workspace.images import pixels_of
from explorer.workspace.session import Session
from explorer.workspace.settings import Settings


def choose_picture(parent: QWidget, session: Session) -> None:
    """Ask for a picture file and open it."""
    from PySide6.QtWidgets import QFileDialog  # nobody waits for it when the program starts

    settings, pictures = Settings(), f"Pictures ({' '.join('*' + ending for ending in PICTURE_ENDINGS)})"
    path, _ = QFileDialog.getOpenFileName(
        parent, "Open picture", settings.folder("picture"), f"{pictures};;All files (*)"
    )
    if path:
        settings.set_folder("picture", str(Path(path).parent))
        session.open_picture(path)


def choose_folder(parent: QWidget, open: Callable[[str], object]) -> None:
    """Ask for a folder with pictures and open it."""
    from PySide6.QtWidgets import QFileDialog  # nobody waits for it when the program starts

    settings = Settings()
    if folder := QFileDialog.getExistingDirectory(parent, "Open folder of pictures", settings.folder("picture")):
        settings.set_folder("picture", folder)
        open(folder)


def has_picture(data: QMimeData) -> bool:
    """Whether a drop or the clipboard may hold a picture."""
    return data.hasImage() or data.hasUrls()


def take_picture(data: QMimeData, session: Session, open_folder: Callable[[str], object]) -> tuple[str, str]:
    """Open the picture, or the folder of pictures, in a drop or on the clipboard.

    Returns what was chosen among several, and what is wrong.
    """
    paths = [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
    if len(paths) == 1 and paths[0].is_dir():
        open_folder(str(paths[0]))
        return "", ""
    if paths:
        return _take_file(paths, session)
    image = data.imageData() if data.hasImage() else None
    if isinstance(image, QImage) and not image.isNull():
        session.paste_picture(pixels_of(image))
        return "", ""
    if data.hasUrls():
        return "", "Only pictures on this computer can be opened: save the picture first, then drop its file."
    return "", "The clipboard holds no picture: copy a picture or a picture file first."


def _take_file(paths: list[Path], session: Session) -> tuple[str, str]:
    found: list[Path] = []
    try:
        for path in paths:
            found += sorted(p for p in path.iterdir() if _is_picture(p)) if path.is_dir() else [path]
    except OSError:
        return "", f"The folder {path.name} cannot be read: drop the picture itself."
    chosen = next((p for p in found if _is_picture(p)), found[0] if found else None)
    if chosen is None:
        return "", f"There is no picture in {paths[0].name}: JPEG, PNG, WebP, BMP, GIF and TIFF files can be opened."
    session.open_picture(str(chosen))
    several = len(found) > 1 or paths[0].is_dir()
    return f"Took {chosen.name}, the first of {counted(len(found), 'file')}." if several else "", ""


def _is_picture(path: Path) -> bool:
    return path.suffix.lower() in PICTURE_ENDINGS
