"""`cnn-explorer train-style STYLE FOLDER -o NET.cnnx`: train a network that paints in the style of a picture."""

from __future__ import annotations

import argparse
import json
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any, cast

from explorer.cli.manners import StoppedWith, finished, note, plain, show_progress
from explorer.formats.picture_files import check_regular
from explorer.formats.picture_folder import check_folder
from explorer.maths.fast_style_records import Taught, TrainingForecast
from explorer.maths.records import Progress
from explorer.maths.sentences import Refusal, shortened
from explorer.network.project import SUFFIX, Project
from explorer.probes.style import PRECISIONS

if TYPE_CHECKING:
    from explorer.engine.fast_style_questions import TrainStyle

STATE = ".training"
"""What the file is called beside the network's, in which a training is kept."""
PREVIEW = ".preview.png"
JUDGE = "vgg16_trunk"
OFTEN = 10
"""A line each so many steps, where no person watches."""


@dataclass(frozen=True)
class Asked:
    """What the command was given; the settings by their names."""

    style: str
    folder: str
    out: str
    settings: dict[str, Any]
    judge: str = JUDGE
    preview: str = ""
    every: int = 50
    afresh: bool = False
    force: bool = False
    as_json: bool = False
    accepted: bool = False
    forecast: bool = False


def add_train_style(commands: Any, accept: str) -> None:
    """The command's parser. accept: the help on licences."""
    parser = commands.add_parser("train-style", help="train a network that paints in the style of a picture")
    parser.add_argument("style", metavar="STYLE", help="the picture whose style is to be learned")
    parser.add_argument("folder", metavar="FOLDER", help="pictures to learn on, also in folders inside it")
    parser.add_argument("-o", "--out", metavar="OUT", required=True, help=f"the network, a {SUFFIX} file")
    for name, kind, help in (
        ("steps", int, "steps in all, 2000 if not given; a finished training goes on with more"),
        ("first", int, "steps at first that only learn to show the picture itself, 200 if not given"),
        ("size", int, "sides of the squares that are cut out of the pictures, 128 if not given, a multiple of 4"),
        ("batch", int, "pictures of one step, 1 if not given"),
        ("channels", int, "of the first layer, 16 if not given, 32 in the paper"),
        ("alpha", float, "weight of the content, 1 if not given"),
        ("beta", float, "weight of the style, 60 if not given"),
        ("smoothness", float, "weight of the total variation, 0.5 if not given"),
        ("rate", float, "how far a step of Adam goes, 0.001 if not given"),
        ("stroke", int, "longer side of the style picture, 256 if not given: more make larger strokes"),
        ("seed", int, "where the random numbers begin"),
    ):
        parser.add_argument(f"--{name}", type=kind, metavar="N", help=help)
    parser.add_argument("--precision", choices=PRECISIONS, help="of the network that judges: 32 bits, or 16")
    parser.add_argument("--judge", default=JUDGE, metavar="NAME|FILE",
                        help=f"the trained network that tells content and style, {JUDGE} if not given")  # fmt: skip
    parser.add_argument("--preview", default="", metavar="PICTURE", help=f"painted now and then, in OUT{PREVIEW}")
    parser.add_argument("--every", type=_above_0, default=50, metavar="N", help="steps between two of these, 50")
    parser.add_argument("--forecast", action="store_true", help="only tell what it would take, in time and memory")
    parser.add_argument("--afresh", action="store_true", help="begin anew where a training was stopped")
    parser.add_argument("--accept-licence", action="store_true", help=accept)
    parser.add_argument("--force", action="store_true", help="write over what is there")
    parser.add_argument("--json", action="store_true", help="one JSON object at the end, with the costs of every step")


def _above_0(text: str) -> int:
    if not text.isdigit() or not 0 < int(text) < 1_000_000:
        raise argparse.ArgumentTypeError(f"{text[:20]!r} is no whole number above 0")
    return int(text)


def training(given: argparse.Namespace) -> Asked:
    """What the command line says."""
    names = {"alpha": "content_weight", "beta": "style_weight"}
    plain = (
        "steps",
        "first",
        "size",
        "batch",
        "channels",
        "alpha",
        "beta",
        "smoothness",
        "rate",
        "stroke",
        "precision",
        "seed",
    )
    settings = {names.get(name, name): getattr(given, name) for name in plain if getattr(given, name) is not None}
    return Asked(
        given.style, given.folder, given.out, settings, given.judge, given.preview, given.every, given.afresh,
        given.force, given.json, given.accept_licence, given.forecast,
    )  # fmt: skip


def train_style(asked: Asked) -> str:
    """The command's output. Stopped by Ctrl+C the training is kept, and the same command goes on with it.

    Raises a Refusal.
    """
    out = _checked(asked)
    from explorer.probes.fast_style import FastStyle

    settings = FastStyle(**asked.settings)
    from explorer.cli.sources import trained

    judge = trained(asked.judge, asked.accepted)
    from explorer.engine.device import devices
    from explorer.engine.fast_style import train
    from explorer.engine.fast_style_questions import TrainStyle
    from explorer.engine.questions import PictureFile

    state = out.with_suffix(STATE)
    preview = PictureFile(asked.preview) if asked.preview else None
    question = TrainStyle(
        judge, PictureFile(asked.style), asked.folder, str(state), settings, preview, asked.every, devices()[0].id
    )
    if asked.forecast:
        return foretold(question, asked.as_json)
    if asked.afresh:
        state.unlink(missing_ok=True)
    elif state.exists():
        note(f"Going on with {plain(state.name)}")
    project, costs = _followed(cast("Iterator[Any]", train(question)), asked, out)
    from explorer.formats import project_file
    from explorer.network.placing import placed

    project_file.write(out, placed(project))
    last = costs[-1] if costs else None
    if asked.as_json:
        keys = "step", "content_cost", "style_cost", "variation_cost", "cost"
        rows = [dict(zip(keys, (t.step, t.content, t.style, t.smoothness, t.total), strict=True)) for t in costs]
        return json.dumps({"file": str(out), "state": str(state), "steps": rows})
    said = f", J = {last.total:.4g} after {last.step:,} steps" if last else ", which was trained that long before"
    return f"Written: {plain(str(out))}{said}"


def foretold(question: TrainStyle, as_json: bool) -> str:
    """What the whole training would take."""
    from explorer.engine.fast_style_questions import ForecastTraining
    from explorer.engine.training_forecast import forecast

    found = finished(forecast(ForecastTraining(question)))
    assert isinstance(found, TrainingForecast)
    if not as_json:
        return found.sentence
    return json.dumps({
        "memory": found.memory, "free": found.free, "seconds": round(found.seconds, 2),
        "seconds_per_step": round(found.each, 4), "fits": found.fits, "largest": found.largest,
    })  # fmt: skip


def _checked(asked: Asked) -> Path:
    """The file to write, where everything is as it must be; before anything slow. Raises Refusal."""
    out = Path(asked.out)
    if out.suffix.lower() != SUFFIX:
        raise Refusal(f"“{shortened(out.name, 60)}” is no name of a network here: let it end in {SUFFIX}.")
    if not out.parent.is_dir():
        raise Refusal(f"There is no folder for “{shortened(out.name, 60)}”: make it first, or choose another.")
    if out.exists() and not asked.force:
        raise Refusal(f"“{shortened(out.name, 60)}” is there already: choose another name, or give --force.")
    for path in filter(None, (asked.style, asked.preview)):
        check_regular(path)
    check_folder(asked.folder)
    return out


def _followed(steps: Iterator[Any], asked: Asked, out: Path) -> tuple[Project, list[Taught]]:
    """Take every step; its costs are told, and previews written. Ctrl+C ends it behind the picture it is at."""
    from explorer.formats import annotated

    costs: list[Taught] = []
    project: Project | None = None
    with _asked_to_stop() as stop:
        for step in steps:
            if isinstance(step, Progress):
                show_progress(step)
            elif isinstance(step, Taught):
                costs.append(step)
                if step.preview is not None and asked.preview:
                    annotated.write(out.with_suffix(PREVIEW), step.preview)
                if step.note:
                    note(step.note)
            else:
                project = step
            if stop:
                steps.close()  # type: ignore[attr-defined]
                kept = out.with_suffix(STATE).name
                raise StoppedWith(f"{plain(kept)} has what was learned: the same command goes on with it.")
    assert project is not None
    return project, costs


@contextmanager
def _asked_to_stop() -> Iterator[list[int]]:
    """A list that has something in it once Ctrl+C was pressed; a second time it ends what runs."""
    stop: list[int] = []

    def hear(number: int, _frame: FrameType | None) -> None:
        if stop:
            raise KeyboardInterrupt
        stop.append(number)

    before = signal.getsignal(signal.SIGINT)
    if before is not signal.SIG_IGN:
        signal.signal(signal.SIGINT, hear)
    try:
        yield stop
    finally:
        signal.signal(signal.SIGINT, before)
