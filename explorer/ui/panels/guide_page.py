"""The user guide, a chapter at a time, with a search through all of it."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QSize, Qt, QTimer, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QImage, QImageReader, QResizeEvent, QTextCursor, QTextDocument, QTextOption
from PySide6.QtWidgets import QFrame, QHBoxLayout, QListWidget, QListWidgetItem, QTextBrowser, QWidget

from explorer.ui.controls.search_page import SearchPage
from explorer.ui.controls.turns import Parts, Turns
from explorer.ui.controls.whole_window import WHOLE_WINDOW
from explorer.ui.theme import GRID
from explorer.workspace.guide import ABOUT, Chapter, beside, chapters, folder

MISSING = Chapter("The guide is not there", "Install the program again: its user guide was not found.")
WIDEST = 96 * GRID
"""Of the text: longer lines are hard to read."""
SOON = 100
PICTURE = QTextDocument.ResourceType.ImageResource.value


class GuidePage(SearchPage):
    """The chapters that have what is searched for, and the chosen one; Enter goes to the next place in it."""

    def __init__(self) -> None:
        self.list = QListWidget()
        super().__init__("User guide", "the guide", self.list)
        self.setProperty(WHOLE_WINDOW, True)
        self.chapters = chapters() or (MISSING,)
        self.text = _Text()
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setFixedWidth(31 * GRID)
        self.list.setWordWrap(True)  # in the large letters of a projector a title takes two lines
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setSpacing(2)
        self.list.setAccessibleName("Chapters")
        for chapter in self.chapters:
            self.list.addItem(QListWidgetItem(chapter.title))
        row = QHBoxLayout()
        row.setSpacing(2 * GRID)
        row.addWidget(self.list)
        row.addWidget(self.text, 1)
        row.addStretch(0)
        self.column.addLayout(row, 1)
        self.search.textChanged.connect(self._find)
        self.list.currentRowChanged.connect(self._show)
        self.list.itemClicked.connect(lambda item: self._show(self.list.row(item)))  # back from a page it refers to
        self.text.chapter_asked.connect(self._open_named)
        self.list.setCurrentRow(0)

    def open_about(self, widget: QWidget | None) -> None:
        """Show the chapter about the panel or page that a widget belongs to."""
        names = []
        while widget is not None:
            names += [widget.accessibleName(), widget.windowTitle()]
            widget = widget.parentWidget()
        self.open_at(next((ABOUT[name] for name in names if name in ABOUT), ""))

    def open_at(self, title: str) -> None:
        """Show the chapter of this title, or what is shown already where there is none."""
        self.search.clear()
        for row, chapter in enumerate(self.chapters):
            if chapter.title == title:
                self.list.setCurrentRow(row)

    def _open_named(self, anchor: str) -> None:
        self.open_at(next((chapter.title for chapter in self.chapters if chapter.anchor == anchor), ""))

    def open_chosen(self) -> None:
        """Go to the next place in the chapter, and from the last one to the first."""
        words = self.search.text().strip()
        if words and not self.text.find(words):
            self.text.moveCursor(QTextCursor.MoveOperation.Start)
            self.text.find(words)

    def _show(self, row: int) -> None:
        if row >= 0:
            self.text.show_chapter(self.chapters[row])
            self.open_chosen()

    def _find(self, words: str) -> None:
        wanted = " ".join(words.lower().split())
        hits = [wanted in chapter.words.lower() for chapter in self.chapters]
        for row, hit in enumerate(hits):
            self.list.item(row).setHidden(not hit)
        row = self.list.currentRow()
        if any(hits) and not hits[row]:
            self.list.setCurrentRow(hits.index(True))
        else:
            self.text.moveCursor(QTextCursor.MoveOperation.Start)
            self.open_chosen()


class _Text(QTextBrowser):
    """A chapter, its pictures as wide as there is room. They have their room at once, and come one after the other in
    turns of the event loop: to read one and to scale it takes most of a frame each."""

    chapter_asked = Signal(str)  # by its anchor

    def __init__(self) -> None:
        super().__init__()
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMaximumWidth(WIDEST)
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.setAccessibleName("Chapter")
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)  # pictures need to know their room
        self.setOpenLinks(False)  # else a link would take the chapter's place
        self.anchorClicked.connect(self._follow)
        self._chapter = MISSING
        self._turns = Turns(self)
        self._waiting: dict[str, QSize] = {}  # pictures by name, and how large they are shown
        self._there: list[str] = []  # names of those that came
        self._soon = QTimer(self, singleShot=True, interval=SOON)
        self._soon.timeout.connect(lambda: self.show_chapter(self._chapter))
        self.document().setDocumentMargin(2 * GRID)

    def show_chapter(self, chapter: Chapter) -> None:
        self._chapter = chapter
        self._waiting.clear()
        for path in self._there:
            self.document().addResource(PICTURE, QUrl(path), None)  # asked for anew: there may be other room now
        self._there.clear()
        text = f"# {chapter.title}\n{chapter.text}"
        self.document().setMarkdown(text, QTextDocument.MarkdownFeature.MarkdownDialectGitHub)

    def loadResource(self, type: int, name: QUrl | str) -> Any:
        path = QUrl(name).path()
        if type != PICTURE or "/" in path.removeprefix("pictures/"):
            return None
        size, ratio = QImageReader(str(folder() / path)).size(), self.devicePixelRatioF()
        room = round((self.viewport().width() - 5 * GRID) * ratio)
        if size.width() > room > 0:
            size = QSize(room, max(1, round(size.height() * room / size.width())))
        if not size.isValid():
            return QImage()
        self._waiting[path] = size
        if "pictures" not in self._turns:
            self._turns.take("pictures", self._loading())
        empty = QImage(size, QImage.Format.Format_Alpha8)
        empty.fill(0)
        return _of_ratio(empty, ratio)

    def _loading(self) -> Parts:
        while self._waiting:
            path, size = next(iter(self._waiting.items()))
            image = QImage(str(folder() / path))
            yield
            if self._waiting.get(path) != size:  # another chapter or width is shown by now
                continue
            del self._waiting[path]
            if image.size() != size:
                ways = Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
                image = image.scaled(size, *ways)
            image = _of_ratio(image, self.devicePixelRatioF())
            self.document().addResource(PICTURE, QUrl(path), image)
            self._there.append(path)
            self.viewport().update()
            yield

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.oldSize().width() != event.size().width():
            self._soon.start()  # the pictures are loaded anew

    def _follow(self, link: QUrl) -> None:
        if link.scheme() in ("http", "https"):
            QDesktopServices.openUrl(link)
        elif not link.path():
            self.chapter_asked.emit(link.fragment())
        elif link.isRelative() and (page := beside(link.path())) is not None:
            self.show_chapter(page)  # the list leads back


def _of_ratio(image: QImage, ratio: float) -> QImage:
    image.setDevicePixelRatio(ratio)
    return image
