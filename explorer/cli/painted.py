"""What `cnn-explorer run` does beside guesses: it feeds further Inputs, and writes a picture that the network makes."""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast

from explorer.maths.sentences import Refusal, shortened
from explorer.network.fed import Fed, Numbers
from explorer.network.project import Project

if TYPE_CHECKING:
    from explorer.layers.dense import Input
    from explorer.maths.records import Painted, Picture, Prediction

LONGEST = 1024
"""Pixels of the longer side where nothing else is asked for and the picture is larger."""
LARGEST = 8192


class WrongFeed(Refusal):
    """What was given for an Input does not fit it; the message says what does."""


@dataclass(frozen=True)
class Painting:
    """out: the picture to write, "" for none; force: it may be written over. size: of its longer side, 0 as the picture
    has it; feed: what further Inputs get, each INPUT=VALUE, or VALUE alone where there is one. strength: percent of the
    painting, the rest is the picture as it was."""

    out: str = ""
    force: bool = False
    size: int = 0
    feed: tuple[str, ...] = ()
    strength: int = 100

    def check(self) -> None:
        """Raise Refusal where no picture can be written there; before anything slow."""
        if self.out:
            from explorer.formats import annotated

            try:
                annotated.check(self.out, self.force)
            except annotated.AlreadyThere as error:
                raise Refusal(f"{error}, or give --force.") from error


NOTHING = Painting()
"""No picture, and every Input as the network came."""


def add_painting(parser: argparse.ArgumentParser) -> None:
    """The options of a command that paints."""
    parser.add_argument(
        "-o", "--out", metavar="OUT", default="",
        help="a .png, .jpg or .webp file for the picture of a network that paints one",
    )  # fmt: skip
    parser.add_argument(
        "--size", type=_pixels, default=0, metavar="PIXELS",
        help=f"the longer side of that picture; if not given, as IMAGE has it, {LONGEST} at most",
    )  # fmt: skip
    parser.add_argument(
        "--strength", type=_percent, default=100, metavar="PERCENT",
        help="how much of that picture is painted; the rest is IMAGE, mixed in pixel by pixel after the pass; 100 if "
        "not given",
    )  # fmt: skip
    parser.add_argument(
        "--feed", action="append", default=[], metavar="[INPUT=]VALUE",
        help="of a network with several Inputs, what another one gets: a picture file; a channel by its number, as 7; "
        "some with their shares, as 3:0.5,12:0.5; or a number for each, as 0,0.2,1",
    )  # fmt: skip
    parser.add_argument("--force", action="store_true", help="write over what is there")


def painting(given: argparse.Namespace) -> Painting:
    """What the options say."""
    return Painting(given.out, given.force, given.size, tuple(given.feed), given.strength)


def _pixels(text: str) -> int:
    if not re.fullmatch(r"\d{1,5}", text) or not 16 <= int(text) <= LARGEST:
        raise argparse.ArgumentTypeError(f"{text[:20]!r} is not from 16 to {LARGEST:,}")
    return int(text)


def _percent(text: str) -> int:
    if not re.fullmatch(r"\d{1,3}", text) or int(text) > 100:
        raise argparse.ArgumentTypeError(f"{text[:20]!r} is not from 0 to 100")
    return int(text)


def fed(project: Project, given: Sequence[str], name: str) -> Project:
    """The project with this fed to its further Inputs. Raises WrongFeed, PictureError."""
    for text in given:
        id, value = _named(project, text, name)
        layer = cast("Input", project.network.nodes[id].layer)
        project = project.feeding(id, _value(value, id, layer.channels))
    return project


def _named(project: Project, text: str, name: str) -> tuple[str, str]:
    first, equals, rest = text.partition("=")
    if equals and first in project.fed:
        return first, rest
    if not project.fed:
        raise WrongFeed(f"{shortened(name, 60)} has no Input beside that of the picture: leave --feed out.")
    if len(project.fed) > 1:
        there = shortened(", ".join(project.fed), 100)
        raise WrongFeed(f"“{shortened(text, 60)}” names no Input of several: write INPUT=VALUE with one of {there}.")
    return next(iter(project.fed)), text


def _value(text: str, id: str, channels: int) -> Fed:
    if Path(text).is_file():
        from explorer.formats.stills import still

        if channels != 3:
            raise WrongFeed(f"{shortened(id, 60)} takes {channels:,} numbers, not a picture: give one for each.")
        return still(text)
    values = [0.0] * channels
    try:
        parts = [part.strip() for part in text.split(",")]
        if ":" in text or (len(parts) == 1 and channels > 1):
            for part in parts:
                channel, _, share = part.partition(":")
                if int(channel) < 0:
                    raise ValueError
                values[int(channel)] = float(share or 1)
        elif len(parts) == channels:
            values = [float(part) for part in parts]
        else:
            raise ValueError
        if not all(abs(value) < 1e6 for value in values):
            raise ValueError
    except (ValueError, IndexError) as error:
        kind = "a picture file that is there, or " if channels == 3 else ""
        raise WrongFeed(
            f"“{shortened(text, 60)}” cannot be fed to {shortened(id, 60)}: give {kind}a channel from 0 to "
            f"{channels - 1}, some with shares (0:0.5,{channels - 1}:0.5), or {channels} numbers."
        ) from error
    return Numbers(tuple(values))


def in_size(project: Project, size: tuple[int, int], asked: int) -> Project:
    """The project with its Input as large as its picture is to be, where it paints one. Raises Refusal."""
    from explorer.layers.painted import sized

    found = sized(project, size, asked or min(max(size), LONGEST))
    if found is None and asked:
        raise Refusal("This network does not paint pictures of any size: leave --size out.")
    return found or project


def told(prediction: Prediction, made: Painted, picture: Picture, where: Painting, as_json: bool) -> str:
    """Write the picture, made of this one, and say what it is. Raises CannotSave."""
    from explorer.formats import annotated

    pixels = annotated.in_proportion(made.pixels, picture.size)
    if where.strength < 100:
        pixels = annotated.mixed(pixels, picture.pixels, where.strength / 100)
    height, width = pixels.shape[:2]
    if where.out:
        annotated.write(where.out, pixels)
    if as_json:
        seconds = round(prediction.milliseconds / 1000, 4)
        record = {"width": width, "height": height, "node": made.node, "file": where.out, "seconds": seconds,
                   "strength": where.strength}  # fmt: skip
        return json.dumps({"top": [], "picture": record})
    if where.out:
        return f"Written: {where.out}, {width} × {height} pixels, in {prediction.milliseconds:,.0f} ms"
    return f"The network paints a picture of {width} × {height} pixels: write it with -o OUT.png."
