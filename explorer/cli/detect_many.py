"""`cnn-explorer detect NAME|FILE FOLDER|VIDEO`: what a detector finds in each picture of a folder, or frame of a
video."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from explorer.cli.manners import StoppedWith, finished, note, plain, untrained
from explorer.formats import annotated
from explorer.formats.detections import Sighting
from explorer.formats.words import refusal
from explorer.maths.patch_records import Broken
from explorer.maths.records import VIDEO_ENDINGS, Progress
from explorer.maths.sentences import Refusal

if TYPE_CHECKING:
    from explorer.engine.questions import Detect
    from explorer.engine.sightings import Looked
    from explorer.workspace.video.all_frames import VideoFrame


def is_video(path: str) -> bool:
    """Whether a file is called like a video."""
    return path.lower().endswith(VIDEO_ENDINGS)


def check_out(path: str, out: str, force: bool) -> None:
    """Raise Refusal where what is found in `path` cannot be drawn to `out`."""
    if os.path.isdir(path):
        if Path(out).resolve().is_relative_to(Path(path).resolve()):
            raise Refusal(refusal(out, "lies in the folder that is looked at", "choose a folder outside of it"))
        annotated.check_free(out, force or not os.path.exists(out) or not os.listdir(out))
    elif os.path.exists(out) and os.path.samefile(path, out):  # --force too: it would be gone
        raise Refusal(refusal(out, "is what is looked at", "choose another name"))
    elif is_video(path):
        from explorer.workspace.video.clips import check_clip

        check_clip(out)
        annotated.check_free(out, force)
    else:
        annotated.check(out, force)


class Looking:
    """What was found so far, picture by picture; Ctrl+C ends it with that."""

    def __init__(self, question: Detect, path: str, out: str) -> None:
        self._question, self._path, self._out = question, path, out
        self._untrained: tuple[str, ...] = ()
        self.is_video = is_video(path)
        self.found: list[Sighting] = []
        self.broken: list[Broken] = []
        self.drawn: dict[str, str] = {}

    def told(self, tell: Callable[[Looking], str]) -> str:
        """Look at all, and tell. Raises Refusal, and StoppedWith what was found before Ctrl+C."""
        try:
            with closing(self._frames() if self.is_video else self._pictures()) as steps:
                finished(steps)
        except KeyboardInterrupt:
            raise StoppedWith(tell(self)) from None
        if self._untrained:
            note(untrained(self._untrained))
        if self.broken:
            total = len(self.found) + len(self.broken)
            note(f"{len(self.broken):,} of {total:,} files could not be read; the first: {self.broken[0].sentence}")
        return tell(self)

    def _pictures(self) -> Generator[Progress, None, None]:
        from explorer.engine.sightings import in_folder

        for step in in_folder(self._question, self._path):
            if isinstance(step, Progress):
                yield step
            elif isinstance(step, Broken):
                self.broken.append(step)
            else:
                self._take(step)
                if self._out:
                    self._draw(step)

    def _draw(self, looked: Looked) -> None:
        seen, path = looked.sighting, Path(self._out) / looked.png
        path.parent.mkdir(parents=True, exist_ok=True)
        annotated.write(path, annotated.annotated(looked.pixels, seen.found, seen.size))
        self.drawn[seen.name] = looked.png

    def _frames(self) -> Generator[Progress, None, None]:
        from explorer.engine.sightings import in_frame
        from explorer.workspace.video.all_frames import all_frames
        from explorer.workspace.video.clips import Clip

        name = Path(self._path).name
        with closing(Clip(self._out)) as clip, closing(all_frames(self._path)) as frames:
            for number, frame in enumerate(self._sound(frames)):
                for step in in_frame(self._question, name, number, frame.time, frame.pixels):
                    if isinstance(step, Progress):
                        yield step
                    else:
                        self._take(step)
                        if self._out:
                            seen = step.sighting
                            clip.add(annotated.annotated(step.pixels, seen.found, seen.size), frame.time)
                done, total = round(frame.time * 1000), round(frame.total * 1000)
                yield Progress(f"Looked at {number + 1:,} frames", done, total)

    def _sound(self, frames: Iterator[VideoFrame]) -> Iterator[VideoFrame]:
        """The frames up to where a video is broken; what was found until then holds."""
        try:
            yield from frames
        except Refusal as error:
            if not self.found:
                raise
            note(str(error))

    def _take(self, looked: Looked) -> None:
        self.found.append(looked.sighting)
        self._untrained = looked.untrained


def record(looking: Looking, detections: Callable[[Any, tuple[int, int]], list[dict[str, object]]]) -> dict[str, Any]:
    """What --json prints: a record for each picture with its path in the folder, that of what was drawn in the other
    folder, and what could not be read; or for each frame with its number and its time in seconds."""
    if looking.is_video:
        return {
            "frames": [
                {"frame": seen.number, "time": round(seen.time, 3), "detections": detections(seen.found, seen.size)}
                for seen in looking.found
            ]
        }
    return {
        "pictures": [
            {"picture": seen.name, **_drawn(looking, seen), "detections": detections(seen.found, seen.size)}
            for seen in looking.found
        ],
        "broken": [{"picture": one.path, "problem": one.sentence} for one in looking.broken],
    }


def _drawn(looking: Looking, seen: Sighting) -> dict[str, str]:
    return {"written": looking.drawn[seen.name]} if seen.name in looking.drawn else {}


def lines(looking: Looking, out: str) -> str:
    """What people read: how many of each class are in each picture, or in the frames that hold something."""
    told = []
    for seen in looking.found:
        where = _clock(seen.time) if looking.is_video else plain(seen.name)
        if seen.found or not looking.is_video:
            told.append(f"{where}: {_counted(seen) or 'nothing found'}")
    unit = "frames" if looking.is_video else "pictures"
    boxes = sum(len(seen.found) for seen in looking.found)
    told.append(f"{boxes:,} found in {len(looking.found):,} {unit}")
    return "\n".join([*told, *([f"Written: {plain(out)}"] if out else [])])


def _counted(seen: Sighting) -> str:
    return ", ".join(f"{count} {plain(label)}" for label, count in Counter(one.label for one in seen.found).items())


def _clock(seconds: float) -> str:
    return f"{int(seconds // 60)}:{seconds % 60:05.2f}"
