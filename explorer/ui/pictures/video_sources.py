"""The menus and dialogs that open a video or a camera, and keep something of it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QMimeData
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QMenu, QWidget

from explorer.maths.file_names import file_name
from explorer.maths.records import VIDEO_ENDINGS
from explorer.maths.sentences import Refusal
from explorer.ui.asking_files import ask_file, ask_folder
from explorer.ui.destinations import choose_destination, export
from explorer.workspace.disk import Look
from explorer.workspace.exports import write_image
from explorer.workspace.session import Session
from explorer.workspace.settings import Settings
from explorer.workspace.video.habits import AHEAD, LOOP, MIRROR, OFF, ON, SIZE
from explorer.workspace.video.live import Live
from explorer.workspace.video.source import VideoSource


def dropped_video(data: QMimeData) -> str:
    """The path of the video file in a drop or on the clipboard, "" where there is none."""
    paths = [url.toLocalFile() for url in data.urls() if url.isLocalFile()]
    return next((path for path in paths if path.lower().endswith(VIDEO_ENDINGS)), "")


class Videos:
    """Opens sources in `live`; what cannot be opened is said there."""

    def __init__(self, parent: QWidget, session: Session, live: Live) -> None:
        self._parent, self._session, self._live = parent, session, live
        self._look = Look(parent)
        self._again: Callable[[], None] | None = None
        self.asked_camera = False  # of what was opened last
        live.set_ahead(Settings().choice(AHEAD) == ON)

    def again(self) -> None:
        """Open once more what was opened last."""
        if self._again is not None:
            self._again()

    def open(
        self, make: Callable[[], VideoSource], again: Callable[[], None] | None = None, camera: bool = False
    ) -> None:
        """Make a source and play it; `again` opens it once more, the same way where that is None. camera: whether it is
        one, for where it cannot even be made."""
        self._again, self.asked_camera = again or partial(self.open, make, camera=camera), camera
        try:
            source = make()
            source.set_loop(Settings().choice(LOOP) != OFF)
            if source.is_camera:  # people know themselves from mirrors
                source.set_mirrored(Settings().choice(MIRROR) != OFF)
            self._live.open(source)
        except Refusal as error:
            self._live.said.emit(str(error))

    def choose_file(self) -> None:
        """Ask for a video file and play it."""
        settings, kinds = Settings(), f"Videos ({' '.join('*' + ending for ending in VIDEO_ENDINGS)})"
        if path := ask_file(self._parent, "Open video", settings.folder("video"), f"{kinds};;All files (*)"):
            settings.set_folder("video", str(Path(path).parent))
            self.open_file(path)

    def open_file(self, path: str) -> None:
        """Play a video file."""
        from explorer.workspace.video.file import VideoFile, check

        self._again = partial(self.open_file, path)
        self._look.ask(
            path, lambda: check(path), lambda _: self.open(lambda: VideoFile(path), self._again), self._live.said.emit
        )

    def open_samples(self) -> None:
        """Pan and zoom over the sample photos."""
        from explorer.workspace.video.generated import Generated

        self.open(Generated)

    def choose_folder(self) -> None:
        """Ask for a folder, and play its pictures."""
        settings = Settings()
        if folder := ask_folder(self._parent, "Play the pictures of", settings.folder("picture")):
            settings.set_folder("picture", folder)
            self.open_folder(folder)

    def open_folder(self, folder: str) -> None:
        """Play the pictures of a folder; what is wrong with it is said as for any picture."""
        from explorer.workspace.video.slides import find_slides

        again = partial(self.open_folder, folder)
        find_slides(self._session, folder, lambda slides: self.open(lambda: slides, again))

    def fill_cameras(self, menu: QMenu) -> None:
        """List the cameras that are plugged in; a click on one opens it, and nothing else does."""
        from explorer.workspace.video.camera import USUAL, cameras

        menu.clear()
        last = Settings().choice("camera")
        try:
            found = cameras()
        except Refusal as error:
            why = str(error)  # a sentence is wider than a screen
            menu.addAction("Cameras cannot be used here: why?", lambda: self._live.said.emit(why))
            return
        for camera in sorted(found, key=lambda camera: camera.name != last):
            sizes = menu.addMenu(camera.name.replace("&", "&&"))
            for size in camera.sizes or (USUAL,):
                entry = sizes.addAction(f"{size[0]} × {size[1]}")
                entry.triggered.connect(partial(self._open_camera, camera.name, size))
        if not found:
            menu.addAction("No camera was found: plug one in and open this menu again").setEnabled(False)

    def open_camera(self) -> None:
        """Open the camera that was used last, or the first there is, as large as it was then."""
        from explorer.workspace.video.camera import USUAL

        settings = Settings()
        width, _, height = settings.choice(SIZE).partition(" × ")
        size = (int(width), int(height)) if width.isdecimal() and height.isdecimal() else USUAL
        self._open_camera(settings.choice("camera"), size)

    @property
    def camera_stays(self) -> bool:
        """Whether a camera stays on while the window is minimised."""
        return Settings().choice("camera while minimised") == "on"

    def toggle_hidden(self) -> None:
        """Leave the camera on while the window is minimised, or switch it off then."""
        Settings().set_choice("camera while minimised", "" if self.camera_stays else "on")

    def leave_sight(self) -> None:
        """The window is minimised: the camera goes off, unless it was chosen to stay on."""
        if not self.camera_stays:
            self._live.close_camera()

    def _open_camera(self, name: str, size: tuple[int, int], _checked: bool = False) -> None:
        from explorer.workspace.video.camera import Camera

        if name:
            Settings().set_choice("camera", name)
            Settings().set_choice(SIZE, f"{size[0]} × {size[1]}")
        self.open(lambda: Camera(name, size), camera=True)


class Keeping:
    """What a click keeps of a video: a snapshot, a clip, what was found. Nothing is written without one."""

    def __init__(self, parent: QWidget, live: Live, image: Callable[[], QImage]) -> None:
        from explorer.workspace.video.recording import Recorder, Sightings

        self._parent, self._live, self._image = parent, live, image
        self.sightings, self.recorder = Sightings(live), Recorder()
        self.recorder.said.connect(live.said)
        live.shown.connect(lambda _: self.recorder.add(image()) if self.recorder.running else None)
        live.changed.connect(lambda: self.recorder.stop() if live.source is None else None)

    def fill(self, menu: QMenu) -> None:
        """Add what can be kept now."""
        menu.addAction("Snapshot with boxes…", self.snapshot).setEnabled(not self._image().isNull())
        if self.recorder.running:
            menu.addAction("Stop recording", self.recorder.stop)
        else:
            menu.addAction("Record clip with boxes…", self.record).setEnabled(self._live.source is not None)
        menu.addAction("What was found…", self.write).setEnabled(bool(self.sightings.found))

    def snapshot(self) -> None:
        """Write the picture with its boxes."""
        image = self._image()
        self._say(
            export(
                self._parent, "Save snapshot", "snapshot", "Pictures", (".png", ".jpg"), lambda p: write_image(p, image)
            )
        )

    def write(self) -> None:
        """Write what was found as a table, or as COCO's JSON."""
        write = self.sightings.write
        self._say(export(self._parent, "Save what was found", "found", "Detections", (".json", ".csv"), write))

    def record(self) -> None:
        """Ask where, and write what is shown from now on."""
        from explorer.workspace.video.recording import CONTAINERS

        settings = Settings()
        start = Path(settings.folder("export")) / (file_name("clip") + CONTAINERS[0])
        path = choose_destination(self._parent, "Record clip", start, "Videos", CONTAINERS)
        if path:
            settings.set_folder("export", str(Path(path).parent))
            try:
                self.recorder.start(path)
            except Refusal as error:
                self._live.said.emit(str(error))

    def _say(self, written: tuple[str, str]) -> None:
        if written[1]:
            self._live.said.emit(written[1])
