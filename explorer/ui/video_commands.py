"""The commands for videos and cameras."""

from __future__ import annotations

from typing import TYPE_CHECKING

from explorer.ui.commands import Command

if TYPE_CHECKING:
    from PySide6.QtWidgets import QMenu

    from explorer.ui.pictures.video_sources import Videos
    from explorer.ui.window import Window


def video_commands(window: Window) -> list[Command]:
    """What is played, and what is kept of it."""
    line = ""

    def plays() -> bool:
        return window.picture.live.source is not None

    def keep(menu: QMenu) -> None:
        menu.clear()
        window.picture.keeping.fill(menu)

    def videos() -> Videos:
        return window.picture.videos  # made once the window is painted

    return [
        Command(
            "Video", "Find faces with the camera", lambda: window.find_faces(videos().open_camera),
            help="Open the face detector that came with the program, then the camera",
        ),
        Command(
            "Video", "Find faces in the sample photos", lambda: window.find_faces(videos().open_samples),
            help="Open the face detector that came with the program, and pan over photos",
        ),
        Command("Video", line),
        Command(
            "Video", "Open video…", lambda: videos().choose_file(), help="Play a video file through the network",
        ),
        Command("Video", "Camera", fill=lambda menu: videos().fill_cameras(menu)),
        Command(
            "Video", "Play the pictures of a folder…", lambda: videos().choose_folder(),
            help="Each for a second",
        ),
        Command("Video", "Play the sample photos", lambda: videos().open_samples(), help="Pan and zoom over them"),
        Command("Video", line),
        Command("Video", "Play or pause", lambda: window.picture.bar.toggle(), hint="Space", enabled=plays),
        Command("Video", "Stop", lambda: window.picture.live.stop(), enabled=plays),
        Command("Video", "Keep", fill=keep),
        Command("Video", line),
        Command(
            "Video", "Camera stays on while minimised", lambda: videos().toggle_hidden(),
            checked=lambda: videos().camera_stays,
            help="Else it is switched off when the window is minimised",
        ),
    ]  # fmt: skip
