"""The picture that the network looks at, from a file, the clipboard, or drawn here."""

from __future__ import annotations

from PySide6.QtCore import QMimeData, QSize, Qt
from PySide6.QtGui import (
    QContextMenuEvent,
    QDragEnterEvent,
    QDropEvent,
    QGuiApplication,
    QImage,
    QKeyEvent,
    QKeySequence,
)
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QToolButton, QWidget

from explorer.maths.records import Picture, Prediction
from explorer.ui.controls.columns import panel_column
from explorer.ui.controls.labels import Empty, LaneLine, Text
from explorer.ui.controls.menu_letters import Menu
from explorer.ui.controls.passing import choose_from
from explorer.ui.controls.roomy import Roomy
from explorer.ui.controls.words import counted
from explorer.ui.destinations import export
from explorer.ui.pictures.drawing_pad import DrawingPage
from explorer.ui.pictures.live_bar import LiveBar
from explorer.ui.pictures.overlay import Overlay
from explorer.ui.pictures.overlay_view import OverlayView
from explorer.ui.pictures.picture_sources import (
    choose_folder,
    choose_picture,
    has_picture,
    local_files,
    take_files,
    take_pixels,
)
from explorer.ui.pictures.picture_strip import PictureStrip
from explorer.ui.pictures.picture_view import image_of
from explorer.ui.pictures.recording_line import RecordingLine
from explorer.ui.pictures.video_sources import Keeping, Videos, dropped_video
from explorer.ui.theme import GRID
from explorer.workspace.disk import Look
from explorer.workspace.exports import write_image
from explorer.workspace.picture_folder import PictureFolder
from explorer.workspace.session import Session
from explorer.workspace.video.live import LANE, Live

BUSY = {"picture", "predict", "maps"}
"""Lanes that have to end before the next state of a drawing is shown to the network."""
SKIPS = {Qt.Key.Key_Left: -5.0, Qt.Key.Key_Right: 5.0}
"""Seconds of a video that a key goes back or on."""


class PicturePanel(QWidget):
    """Shows the picture; takes another by button, drop or Ctrl+V. What failed is said here, the old picture stays."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session, self._look = session, Look(self)
        self.setAcceptDrops(True)
        self.setMinimumSize(27 * GRID, 26 * GRID)  # whatever it shows: a panel that needs more grows the window
        self.setAccessibleName("Picture")
        self.folder = PictureFolder(session)
        self.strip = PictureStrip(self.folder)
        self.view = OverlayView()
        self.overlay = Overlay(session, self.view)
        self.view.setAccessibleName("Picture")
        self.live = Live(session)
        self.videos = Videos(self, session, self.live)
        self.keeping = Keeping(self, self.live, self.view.annotated)
        self.bar = LiveBar(self.live, self.keeping.fill, self.videos)
        self.recording = RecordingLine(self.keeping.recorder)
        self.live.began.connect(self.recording.forget)
        self.view.painted.connect(self.live.drawn)
        self.open, self.paste, self.draw = self._open_button(), QToolButton(), QToolButton()
        self.paste.setText("Paste")
        self.paste.clicked.connect(self.paste_now)
        self.draw.setText("Draw")
        self.draw.setCheckable(True)
        self.draw.setToolTip("Draw a picture with the mouse; the network sees each line at once")
        self.draw.toggled.connect(self._draw)
        self.empty = self._invitation()
        self.stack = QStackedWidget()
        self.nothing = Roomy(self.empty, "What there will be to see", QSize(1, 5 * GRID))
        self.stack.addWidget(self.nothing)
        self.stack.addWidget(self.view)
        self.page = DrawingPage(lambda: bool(BUSY & session.work.keys()))
        self.page.pad.drawn.connect(lambda pixels: session.paste_picture(pixels, "drawing"))
        self.stack.addWidget(self.page)
        self.stack.setMinimumSize(1, 5 * GRID)  # a page that is not seen needs no room
        self.name = Text(wrap=False)
        self.size_text = Text(role="dim")
        self.size_text.setWordWrap(False)
        self.notes = Text(role="dim", size="small")
        self.chosen = Text(role="dim", size="small")
        self.lane = LaneLine(session, "picture")
        self._lay_out()
        self.folder.changed.connect(self._say_place)
        session.picture_changed.connect(self._show)
        session.frame_changed.connect(self._show_frame)
        session.prediction_changed.connect(self._show_found)
        self._show(session.picture)
        self._show_found(session.prediction)

    def _invitation(self) -> Empty:
        """What stands where there is no picture yet: the ways to one."""
        empty = Empty("Drop a picture here, paste one with Ctrl+V, or open a file to see what the network sees in it.")
        empty.add_button("Open picture…").clicked.connect(lambda: choose_picture(self, self._session))
        empty.add_button("Paste").clicked.connect(self.paste_now)
        empty.add_button("Draw", beside=True).clicked.connect(self.draw.toggle)
        empty.add_button("Sample picture").clicked.connect(self._session.open_sample)
        return empty

    def _open_button(self) -> QToolButton:
        """Opens a picture; its menu has folders, videos and cameras."""
        button = QToolButton()
        button.setPopupMode(QToolButton.ToolButtonPopupMode.MenuButtonPopup)
        button.setText("Open…")
        button.setAccessibleName("Open picture")
        more = Menu(self)
        more.addAction("Open folder of pictures…", lambda: choose_folder(self, self.folder.open))
        more.addSeparator()
        more.addAction("Open video…", self.videos.choose_file)
        cameras = Menu("Camera", more)
        more.addMenu(cameras)
        cameras.aboutToShow.connect(lambda: self.videos.fill_cameras(cameras))
        more.addAction("Play the pictures of a folder…", self.videos.choose_folder)
        more.addAction("Play the sample photos", self.videos.open_samples)
        button.setMenu(more)
        button.clicked.connect(lambda: choose_picture(self, self._session))
        return button

    def _lay_out(self) -> None:
        caption = QHBoxLayout()
        caption.addWidget(self.name, 1)
        caption.addWidget(self.size_text)
        buttons = QHBoxLayout()
        buttons.addWidget(self.open)
        buttons.addWidget(self.paste)
        buttons.addWidget(self.draw)
        buttons.addStretch(1)
        column = panel_column(self)
        column.addWidget(self.stack, 1)
        column.addWidget(self.strip)
        column.addWidget(self.bar)
        column.addWidget(self.recording)
        column.addWidget(self.lane)
        column.addWidget(LaneLine(self._session, LANE, tells=False))  # the bar does
        column.addLayout(caption)
        column.addWidget(self.notes)
        column.addWidget(self.chosen)
        column.addWidget(self.overlay)
        column.addLayout(buttons)

    def sizeHint(self) -> QSize:
        return QSize(40 * GRID, 36 * GRID)

    def paste_now(self) -> None:
        """Look at the picture, or the picture file, on the clipboard."""
        self._take(QGuiApplication.clipboard().mimeData() or QMimeData())  # there is none where nothing was copied

    def _take(self, data: QMimeData) -> None:
        if video := dropped_video(data):
            self.videos.open_file(video)
            return
        if paths := local_files(data):
            self._look.ask(paths[0], lambda: take_files(paths), self._open_found, self._refuse)
        else:
            self._refuse(take_pixels(data, self._session))

    def _open_found(self, found: tuple[str, str, str]) -> None:
        folder, picture, said = found
        if folder:
            self.folder.open(folder)
        else:
            self._session.open_picture(picture)
        self._refuse("")
        self.chosen.say(said)

    def _refuse(self, problem: str) -> None:
        self.chosen.say("")
        self.lane.say_problem(problem)

    def _draw(self, on: bool) -> None:
        self._choose_page(self._session.picture)
        if on:
            self.page.pad.setFocus()

    def _choose_page(self, picture: Picture | None) -> None:
        page = self.page if self.draw.isChecked() else self.view if picture else self.nothing
        self.stack.setCurrentWidget(page)
        for button in (self.open, self.paste, self.draw):
            button.setVisible(page is not self.nothing)

    def _show(self, picture: Picture | None) -> None:
        if picture is not None and not self._session.sees(self.page.pad.sent):
            self.draw.setChecked(False)
        self._choose_page(picture)
        self.lane.clear_problem()
        self._show_pixels(picture)
        self.view.show_guesses((), 0)  # what was found was in another picture
        self.view.setAccessibleDescription(picture.name if picture else "")
        self.name.say(picture.name if picture else "")
        self.notes.say("\n".join(picture.notes) if picture else "")

    def _show_pixels(self, picture: Picture | None) -> None:
        self.view.show_image(image_of(picture.pixels) if picture else QImage())
        self.view.show_whole(picture.size[0] if picture else 0)
        self.size_text.say(f"{picture.size[0]:,} × {picture.size[1]:,} pixels" if picture else "")  # frames differ, too
        self.overlay.follow()

    def _show_frame(self, picture: Picture) -> None:
        """The next frame of a video; its boxes follow in the same turn of the event loop."""
        if self.stack.currentWidget() is not self.view or self.name.text() != picture.name:
            self._show(picture)
        else:
            self._show_pixels(picture)

    def _show_found(self, prediction: Prediction | None) -> None:
        picture = self._session.picture
        if self._session.live and picture is not None and prediction is not None and prediction.painted is not None:
            from explorer.ui.pictures.painted_page import painted_frame  # only for networks that paint

            size = self.view.image.size()  # the frame's: zoom, place and clips stay as they are
            self.view.show_image(painted_frame(prediction.painted, picture, size))
        self.view.show_guesses(prediction.top if prediction else (), picture.size[0] if picture else 0)

    def _say_place(self) -> None:
        folder, of = self.folder, counted(len(self.folder.names), "picture")
        place = f"{folder.index + 1:,} of {of} · ← and → lead to the others" if folder.names else ""
        self.chosen.say("\n".join(filter(None, (folder.passed, place))))

    def _save(self) -> None:
        endings, image = (".png", ".jpg", ".jpeg"), self.view.image
        _, problem = export(
            self, "Save picture as", "picture", "Pictures", endings, lambda path: write_image(path, image)
        )
        self.lane.say_problem(problem)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = Menu(self)
        some = not self.view.image.isNull()
        menu.addAction("Copy picture", self._copy).setEnabled(some)
        menu.addAction("Save picture as…", self._save).setEnabled(some)
        menu.addAction("Fit", self.view.fit).setEnabled(some)
        menu.addSeparator()
        menu.addAction("Paste", self.paste_now)
        choose_from(menu, event.globalPos())

    def _copy(self) -> None:
        QGuiApplication.clipboard().setImage(self.view.image)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Paste):
            self.paste_now()
        elif event.matches(QKeySequence.StandardKey.Copy) and not self.view.image.isNull():
            self._copy()
        elif self.live.source is not None and event.key() == Qt.Key.Key_Space:
            self.bar.toggle()
        elif self.live.source is not None and event.key() in SKIPS:
            self.live.source.seek(self.live.source.time + SKIPS[Qt.Key(event.key())])
        elif self.folder.names and event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self.folder.go(1 if event.key() == Qt.Key.Key_Right else -1)
        else:
            super().keyPressEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if has_picture(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        event.acceptProposedAction()
        self._take(event.mimeData())
