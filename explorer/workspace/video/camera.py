"""A camera, opened by Qt Multimedia and only when somebody asks for it."""

from __future__ import annotations

import time
import zlib
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QCameraPermission, QCoreApplication, Qt

from explorer.maths.sentences import shortened
from explorer.workspace.disk import Look
from explorer.workspace.video.device_file import forbidden, in_the_way, unplugged
from explorer.workspace.video.multimedia import FromSink, delayed, multimedia

if TYPE_CHECKING:
    from PySide6.QtMultimedia import QVideoFrame

SILENT = 1.5
"""Seconds without a frame after which a camera that sent some is given up."""
WAKING = 6.0
"""The same for the first frame: some cameras take seconds to wake up."""
WAITING = 1.5
"""Seconds without a first frame after which it is said that it is waited for."""
REPEATING = 2.2
"""Seconds after which a picture that is the same to the last byte is said to stand still: a real one is never."""
EVERY = 0.25
"""Seconds from one comparison of two frames to the next."""
USUAL = (640, 480)
"""Pixels asked for at first: networks look at no more, and it is quick to read."""


@dataclass(frozen=True)
class CameraChoice:
    """A camera that is plugged in. sizes: (width, height) it can take, the smallest first."""

    id: bytes
    name: str
    sizes: tuple[tuple[int, int], ...]


def cameras() -> tuple[CameraChoice, ...]:
    """Those there are; none is opened for this. Raises VideoError."""
    return tuple(
        CameraChoice(
            bytes(device.id().data()),
            shortened(device.description(), 60),
            tuple(sorted({kind.resolution().toTuple() for kind in device.videoFormats()})),
        )
        for device in multimedia().QMediaDevices.videoInputs()
    )


class Camera(FromSink):
    """One camera, or the first there is where that is not plugged in. Pausing lets go of it as well as stopping."""

    is_camera = True

    def __init__(self, name: str, size: tuple[int, int] = USUAL) -> None:
        super().__init__(shortened(name, 60) or "Camera")
        self.size = size
        self.loop = False
        self._name = name
        self._camera: Any = None
        self._session: Any = None
        self._devices: Any = None
        self._file = Look(self)
        self._sum, self._since, self._compared = 0, 0.0, 0.0
        self._repeats = self._awake = self._looked = self._waited = False

    def take(self, frame: QVideoFrame) -> None:
        before = self._sent
        super().take(frame)
        self._awake = self._awake or self._sent > before
        if self._awake and self._waited:
            self._waited = False
            self.said.emit("")
        now = time.monotonic()
        if self.playing and now - self._compared >= EVERY:
            self._compare(frame, now)

    def _compare(self, frame: QVideoFrame, now: float) -> None:
        self._compared, kind = now, multimedia().QVideoFrame.MapMode.ReadOnly
        if not frame.map(kind):
            return
        found = zlib.crc32(frame.bits(0))
        frame.unmap()
        if found != self._sum:
            if self._repeats:
                self.said.emit("")  # the cover is off
            self._sum, self._since, self._repeats = found, now, False
        elif now - self._since > REPEATING and not self._repeats:
            self._repeats = True
            self.said.emit(
                f"{self.title} sends the same picture again and again: take its cover off, or stop it, unplug it, "
                "plug it in again and start it."
            )

    def _open(self) -> None:
        self._since = self._compared = time.monotonic()
        permission, app = QCameraPermission(), QCoreApplication.instance()
        asked = app.checkPermission(permission) if app else Qt.PermissionStatus.Granted
        if asked == Qt.PermissionStatus.Granted:
            self._connect()
        elif asked == Qt.PermissionStatus.Denied or app is None:
            delayed(self._deny)()
        else:
            app.requestPermission(permission, self, self._hear_permission)

    def _hear_permission(self, permission: Any) -> None:
        if not self.playing:
            return
        if permission.status() == Qt.PermissionStatus.Granted:
            self._connect()
            self._fed = time.monotonic()
            self._run(self.playing)
        else:
            self._deny()

    def _deny(self) -> None:
        self._fail(
            "The system does not let this program use the camera: allow it in the system's settings, under privacy, "
            "and start the camera again."
        )

    def _connect(self) -> None:
        """Connect the sink to the camera."""
        kinds = multimedia()
        self._camera = self._found(kinds)
        if self._camera is None:
            delayed(lambda: self._fail(forbidden() or "No camera was found: plug one in, and start it again."))()
            return
        self._devices, self._session = kinds.QMediaDevices(), kinds.QMediaCaptureSession()
        self._devices.videoInputsChanged.connect(delayed(self._check_plug))
        self._camera.errorOccurred.connect(lambda _, text: delayed(lambda: self._break(text))())
        self._session.setVideoSink(self._sink)
        self._plug(self._session)

    def _found(self, kinds: Any) -> Any:
        """The camera of this name, or the first; None where there is none."""
        there = kinds.QMediaDevices.videoInputs()
        device = next((one for one in there if one.description() == self._name), there[0] if there else None)
        if device is None:
            return None
        self.title = shortened(device.description(), 60) or self.title
        camera = kinds.QCamera(device)
        near = [kind for kind in device.videoFormats() if kind.resolution().toTuple() == self.size]
        if near:
            camera.setCameraFormat(max(near, key=lambda kind: kind.maxFrameRate()))
        return camera

    def _plug(self, session: Any) -> None:
        session.setCamera(self._camera)

    def _run(self, on: bool) -> None:
        if self._camera is not None:
            self._since = time.monotonic()
            self._awake = self._looked = self._waited = False
            self._camera.setActive(on)

    def _close(self) -> None:
        if self._camera is not None:
            self._camera.errorOccurred.disconnect()
            self._camera.setActive(False)
            self._session.setVideoSink(None)
            self._session.setCamera(None)
        self._camera = self._session = self._devices = None

    def _check_plug(self) -> None:
        there = [device.id() for device in multimedia().QMediaDevices.videoInputs()]
        if self._camera is not None and self._camera.cameraDevice().id() not in there:
            self._fail(unplugged(self.title))

    def _break(self, text: str) -> None:
        if self.state != "stopped":
            why = shortened(text, 80).rstrip(".")
            self._fail(f"{self.title} cannot be used ({why}): close other programs that use it, and start it again.")

    def _starve(self, seconds: float) -> None:
        if not self._awake and not self._looked and self._camera is not None:
            self._looked = True
            find_out = partial(in_the_way, self._device, self.title)
            self._file.ask(self._device, find_out, self._hear_file, lambda _: None)  # a bad camera takes seconds
        if self._camera is None:
            return
        if seconds > (SILENT if self._awake else WAKING):
            self._fail(
                f"{self.title} sends no pictures: close other programs that use it, or unplug it, plug it in again and "
                "start it."
            )
        elif not self._awake and not self._waited and seconds > WAITING:
            self._waited = True
            self.said.emit(f"{self.title} sends no pictures yet: some cameras take a few seconds to wake up.")

    def _hear_file(self, sentence: str) -> None:
        if sentence and self.playing and not self._awake:
            self._fail(sentence)

    @property
    def _device(self) -> str:
        """What Qt calls the camera by: under Linux the path of its file."""
        name: bytes = self._camera.cameraDevice().id().data()
        return name.decode(errors="surrogateescape")
