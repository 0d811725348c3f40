"""`cnn-explorer style FOLDER|VIDEO STYLE… -o OUT`: each picture of a folder, or frame of a video, in a style."""

from __future__ import annotations

import json
import os
from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from explorer.cli.detect_many import is_video
from explorer.cli.manners import StoppedWith, finished, note, plain
from explorer.cli.style_words import FRAME_SHARE, Given
from explorer.formats import annotated, styled_files, video_files
from explorer.formats.picture_files import PictureError
from explorer.formats.picture_folder import all_in, check_folder
from explorer.formats.png_names import png_names
from explorer.formats.words import refusal
from explorer.maths.records import Progress
from explorer.maths.sentences import Refusal
from explorer.maths.style_records import Styled

if TYPE_CHECKING:
    from torch import Tensor

    from explorer.engine.style_questions import StyleOf
    from explorer.workspace.video.all_frames import VideoFrame

__all__ = ["Styling", "check", "is_video"]


def check(path: str, out: str, force: bool) -> None:
    """Raise Refusal where there is nothing to make pictures of, or nowhere to put them."""
    if os.path.isdir(path):
        check_folder(path)
        if out and Path(out).resolve().is_relative_to(Path(path).resolve()):
            raise Refusal(refusal(out, "lies in the folder that is looked at", "choose a folder outside of it"))
        if out:
            annotated.check_free(out, force or not os.path.exists(out) or (os.path.isdir(out) and not os.listdir(out)))
        return
    video_files.check(path)
    if out:
        from explorer.workspace.video.clips import check_clip

        check_clip(out)
        annotated.check_free(out, force)


class Styling:
    """What was made so far, picture by picture; Ctrl+C ends it with that."""

    def __init__(self, question: StyleOf, given: Given) -> None:
        self._question, self._given = question, given
        self.is_video = is_video(given.content)
        self.made: list[dict[str, Any]] = []
        self.broken: list[tuple[str, str]] = []

    def told(self) -> str:
        """Make all, and tell. Raises Refusal, and StoppedWith what was made before Ctrl+C."""
        try:
            with closing(self._frames() if self.is_video else self._pictures()) as steps:
                finished(steps)
        except KeyboardInterrupt:
            raise StoppedWith(self._tell()) from None
        if self.broken:
            total = len(self.made) + len(self.broken)
            note(f"{len(self.broken):,} of {total:,} files could not be read; the first: {self.broken[0][1]}")
        return self._tell()

    def _pictures(self) -> Generator[Progress, None, None]:
        from explorer.engine.questions import PictureFile
        from explorer.engine.style_questions import sheet_of

        folder = self._given.content
        found = yield from all_in(folder)
        names = png_names([entry.path for entry in found])
        for number, entry in enumerate(found):
            question = replace(self._question, content=PictureFile(os.path.join(folder, entry.path)))
            try:
                made = yield from self._one(question, f"{number + 1:,} of {len(found):,} pictures", number, len(found))
            except PictureError as error:
                self.broken.append((entry.path, str(error)))
                continue
            path = Path(self._given.out) / names[entry.path]
            path.parent.mkdir(parents=True, exist_ok=True)
            styled_files.write(path, made.picture, sheet_of(question, made.step))
            self._count({"picture": entry.path, "written": names[entry.path]}, made)

    def _frames(self) -> Generator[Progress, None, None]:
        from explorer.engine.questions import Pixels
        from explorer.engine.style_pictures import from_pixels, size_of
        from explorer.workspace.video.all_frames import all_frames
        from explorer.workspace.video.clips import Clip

        settings = self._question.settings
        fewer = self._given.frame_steps or max(1, settings.steps // FRAME_SHARE)
        before = made = None
        with closing(Clip(self._given.out)) as clip, closing(all_frames(self._given.content)) as frames:
            for number, frame in enumerate(self._sound(frames)):
                source = Pixels(frame.pixels, Path(self._given.content).name)
                now = from_pixels(frame.pixels, size_of(frame.pixels.shape[:2], settings.size))
                question = replace(self._question, content=source)
                if before is not None and made is not None and before.shape == now.shape:
                    question = going_on(question, made, now, before, fewer)
                done, total = round(frame.time * 1000), round(frame.total * 1000)
                made = yield from self._one(question, f"frame {number + 1:,}", done, total)
                clip.add(even(made), frame.time)
                self._count({"frame": number, "time": round(frame.time, 3)}, made)
                before = now

    def _one(self, question: StyleOf, what: str, done: int, total: int) -> Generator[Progress, None, Styled]:
        """One picture. Raises Refusal."""
        from explorer.engine.style_transfer import style

        result = None
        for step in style(question):
            if not isinstance(step, Progress):
                result = step
            elif self.is_video:
                yield Progress(f"{step.text}, {what}", done, total)
            else:
                yield Progress(f"{step.text}, {what}", done * step.total + step.done, total * step.total)
        assert result is not None
        return result

    def _sound(self, frames: Iterator[VideoFrame]) -> Iterator[VideoFrame]:
        """The frames up to where a video is broken; what was made until then holds."""
        try:
            yield from frames
        except Refusal as error:
            if not self.made:
                raise
            note(str(error))

    def _count(self, name: dict[str, Any], made: Styled) -> None:
        costs = made.costs
        self.made.append({
            **name, "step": costs.step, "content_cost": costs.content, "style_cost": costs.style, "cost": costs.total,
        })  # fmt: skip

    def _tell(self) -> str:
        if self._given.json:
            broken = [{"picture": path, "problem": sentence} for path, sentence in self.broken]
            if self.is_video:
                return json.dumps({"out": self._given.out, "frames": self.made})
            return json.dumps({"out": self._given.out, "pictures": self.made, "broken": broken})
        unit = "frames" if self.is_video else "pictures"
        lines = [] if self.is_video else [
            f"{plain(one['picture'])}: style cost {one['style_cost']:.3g}, content cost {one['content_cost']:.3g}"
            for one in self.made
        ]  # fmt: skip
        written = [f"Written: {plain(self._given.out)}"] * bool(self.made)
        return "\n".join([*lines, f"{len(self.made):,} {unit} made", *written])


def going_on(question: StyleOf, made: Styled, now: Tensor, before: Tensor, steps: int) -> StyleOf:
    """The question for a frame of a video, which begins with what was made of the one before, moved as both moved.

    now, before: both frames (1, 3, H, W) as large as what is made.
    """
    from explorer.engine.optical_flow import carried_on
    from explorer.engine.questions import Pixels
    from explorer.engine.style_pictures import from_pixels, pixels

    begun = carried_on(from_pixels(made.picture), now, before)
    later = replace(question.settings, steps=steps, octaves=1)
    return replace(question, settings=later, so_far=Pixels(pixels(begun)))


def even(made: Styled) -> Any:
    """The picture with an even height and width, which encoders ask for: the last row or column goes."""
    height, width = (side // 2 * 2 for side in made.picture.shape[:2])
    return made.picture[:height, :width].copy()
