"""A folder of pictures as a whole: looked at by the open network, judged by its folders, laid out on a plane."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Signal

from explorer.engine.data_set_questions import Embed, Evaluate
from explorer.formats import predictions
from explorer.formats.class_folder import by_order, folders_of, matched, truths
from explorer.maths.data_set_records import Embedding, Evaluation, PictureSet
from explorer.maths.judged import Judged
from explorer.maths.records import Picture
from explorer.workspace import disk
from explorer.workspace.folder_look import LANE, FolderLook
from explorer.workspace.session import Session
from explorer.workspace.small_pictures import SmallPictures

EMBEDDING = "embedding"

Method = Literal["PCA", "t-SNE"]


class DataSet(FolderLook[PictureSet, Evaluation]):
    """Works in lane "embedding", too; thumbnails come in lane "data set pictures".

    embedded: the layer whose values lay the pictures out, "" for the one before the scores.
    """

    embedding_changed = Signal()
    small_changed = Signal(int)  # the number of a picture whose thumbnail came

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.embedded = ""
        self.method: Method = "PCA"
        self.embedding: Embedding | None = None
        self._small = SmallPictures(session)
        self._small.came.connect(self.small_changed)
        self._chosen: dict[str, int] = {}  # what the user said a folder means

    # What the user does

    def choose_folder(self, folder: str) -> None:
        """Take another folder; what is known of the last one is put away."""
        if folder != self.folder:
            self.folder, self._chosen = folder, {}
            self._forget()

    def embed_by(self, layer: str) -> None:
        """Lay the pictures out by the values of another layer, which is another look at all of them."""
        if layer != self.embedded:
            begun, self.embedded = self.state != "idle", layer
            if begun:
                self.start()

    def lay_out(self, method: Method) -> None:
        """Lay the pictures out in another way."""
        self.method = method
        self._session.cancel(EMBEDDING)
        self.embedding = None
        self._embed()
        self.embedding_changed.emit()

    def mean(self, folder: str, number: int) -> None:
        """Say which class the pictures of a folder show."""
        self._chosen[folder] = number
        self._think_again("meant", "truth", "judged")
        self.changed.emit()

    def start(self) -> None:
        """Look at all pictures, or go on with it."""
        if not self.folder:
            return
        session, self.state = self._session, "running"
        self._put_layout_away()
        question = Evaluate(session.document.project, self.folder, self.embedded, session.device or "cpu")
        session.ask(LANE, question, self._show, "Looking for pictures")
        self.changed.emit()

    def export(self, path: str) -> None:
        """Write what is said of each picture as a CSV file. Raises Refusal."""
        judged = self.judged
        if judged is not None:
            disk.written(path, lambda: predictions.write(path, judged, judged.top.shape[1]))

    def want(self, numbers: Iterable[int]) -> None:
        """These pictures are in sight: get the thumbnails that are missing, and no others that were asked for."""
        self._small.want(numbers)

    # What is known

    @property
    def small(self) -> dict[int, Picture | None]:
        """The thumbnails that came so far by their numbers, None for a picture that cannot be read."""
        return self._small.by_number

    @cached_property
    def folders(self) -> dict[str, int]:
        """How many pictures each class folder holds."""
        return folders_of(self.pictures.files) if self.pictures else {}

    @cached_property
    def meant(self) -> dict[str, int]:
        """Which class each folder means, as far as that is known."""
        if self.pictures is None:
            return {}
        return matched(tuple(self.folders), self.pictures.labels, self.pictures.classes) | self._chosen

    @property
    def ordered(self) -> bool:
        """Whether what folders mean is only guessed from the order of their names."""
        known = self.pictures
        return known is not None and not self._chosen and by_order(tuple(self.folders), known.labels, known.classes)

    @cached_property
    def judged(self) -> Judged | None:
        """What the network says, beside what the folders say."""
        pictures, found = self.pictures, self.evaluation
        if pictures is None or found is None:
            return None
        return Judged(pictures.files, pictures.labels, self.truth, found.top, found.chances)

    @cached_property
    def truth(self) -> NDArray[np.int32]:
        """(N,): the class that each picture shows, as far as its folder tells."""
        return truths(self.pictures.files if self.pictures else (), self.meant)

    @property
    def points(self) -> NDArray[np.float32] | None:
        """(M, 2): where the pictures `evaluation.seen` lie on the plane, as far as that is known."""
        if self.method == "t-SNE":
            return self.embedding.points if self.embedding is not None else None
        known = self.evaluation.components if self.evaluation is not None else None
        if known is None:
            return None
        return np.pad(known.points, ((0, 0), (0, 2)))[:, :2]  # one number has one component

    # How answers arrive

    def _show(self, step: PictureSet | Evaluation) -> None:
        if isinstance(step, PictureSet):
            if self.pictures is None or step.files != self.pictures.files:
                self._small.take(self.folder, step.files)
                self.evaluation = None
            self.pictures = step
            self._think_again("folders", "meant", "truth", "judged")
            return
        self.evaluation = step
        self._think_again("judged")
        if step.components is not None:
            self.state, self.embedded = "done", step.embedded
            self._embed()
        self.changed.emit()
        self.embedding_changed.emit()

    def _embed(self) -> None:
        known = self.evaluation.components if self.evaluation is not None else None
        if self.method != "t-SNE" or known is None:
            return

        def show(step: Embedding) -> None:
            self.embedding = step
            self.embedding_changed.emit()

        self._session.ask(EMBEDDING, Embed(known.points), show, "Laying the pictures out")

    # What makes it untrue

    def _think_again(self, *names: str) -> None:
        """These properties are computed anew when they are next asked for."""
        for name in names:
            self.__dict__.pop(name, None)

    def _put_layout_away(self) -> None:
        self._session.cancel(EMBEDDING)
        self.embedding = None
        self.embedding_changed.emit()

    def _forget(self) -> None:
        self._session.cancel(LANE)
        self._small.take("", ())
        self.pictures, self.evaluation = None, None
        self.state, self.embedded = "idle", ""
        self._think_again("folders", "meant", "truth", "judged")
        self._put_layout_away()
        self.changed.emit()
