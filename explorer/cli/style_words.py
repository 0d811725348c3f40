"""The words of `cnn-explorer style`, and what they mean as settings."""

from __future__ import annotations

import argparse
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from explorer.maths.sentences import Refusal, shortened
from explorer.network.settings import SettingError
from explorer.probes.style import COLOURS, OPTIMIZERS, PRECISIONS, STARTS, Style, WeightedLayer

NAMES = {
    "size": "size", "steps": "steps", "alpha": "content_weight", "beta": "style_weight", "smoothness": "smoothness",
    "octaves": "octaves", "stroke": "stroke", "start": "start", "optimizer": "optimizer", "rate": "rate",
    "colours": "colours", "precision": "precision", "tile": "tile", "seed": "seed",
}  # fmt: skip
"""Which setting each word gives."""
MODEL = "vgg16_trunk"
FRAME_SHARE = 5
"""A frame of a video begins where the last one ended, and takes so many times fewer steps."""


@dataclass(frozen=True)
class Given:
    """What was asked for. settings: those that were given, by their names; layers: content and style layers, empty for
    the usual ones; weights, masks: one for each style, or none; begun: a picture to go on with, "" for none."""

    content: str
    styles: tuple[str, ...]
    out: str
    model: str
    settings: dict[str, Any]
    layers: tuple[tuple[WeightedLayer, ...], tuple[WeightedLayer, ...]]
    weights: tuple[float, ...]
    masks: tuple[str, ...]
    begun: str
    frame_steps: int
    forecast: bool
    force: bool
    json: bool
    accepted: bool

    def style(self, before: Style) -> Style:
        """The settings with those that were given. Raises Refusal."""
        try:
            return replace(before, **self.settings)
        except SettingError as error:
            raise Refusal(_in_words(str(error))) from error


def add_style(commands: Any, source: str, accept: str) -> None:
    """Add the command's words to the parser. source, accept: help on what a network is, and on licences."""
    usual = Style()
    style = commands.add_parser(
        "style",
        help="a picture with the content of one and the style of others",
        description="Make a picture with the content of one and the style of others: neural style transfer (Gatys et "
        "al. 2015, arXiv 1508.06576).",
        epilog="Of a video every frame begins where the last one ended, moved along by the optical flow between both "
        "(Lucas and Kanade 1981, on a pyramid); what the flow does not explain comes from the frame itself. So it "
        "flickers less; nothing else is done against it. A mask says where in CONTENT a style counts: white all, black "
        "nothing. Ctrl+C writes the picture so far; --from goes on with it.",
    )
    style.add_argument("content", metavar="CONTENT", help="a picture, a folder of them, or a video")
    style.add_argument("styles", metavar="STYLE", nargs="+", help="pictures whose style is taken")
    style.add_argument(
        "-o", "--out", metavar="OUT", default="",
        help="the .png or .tif file to write, with its settings inside; for a folder another one, for a video a .mp4, "
        ".mkv or .avi file",
    )  # fmt: skip
    style.add_argument(
        "--model", metavar="NAME|FILE", default=MODEL, help=f"{source}; {MODEL}, got where it is not here, if not given"
    )
    for word, kind, what in (
        ("size", int, "pixels of the longer side"),
        ("steps", int, "steps at each size"),
        ("alpha", float, "weight of the content, α"),
        ("beta", float, "weight of the style, β"),
        ("smoothness", float, "weight of the total variation"),
        ("octaves", int, "sizes it grows through"),
        ("stroke", float, "how large the style pictures are seen"),
        ("rate", float, "how far a step of Adam goes"),
        ("tile", int, "side of the tiles a large picture goes through the network in, 0 for none"),
        ("seed", int, "where the random numbers begin"),
    ):
        name = {"alpha": "α", "beta": "β"}.get(word, "N" if kind is int else "X")
        style.add_argument(
            f"--{word}", type=kind, metavar=name, help=f"{what}; {getattr(usual, NAMES[word]):g} if not given"
        )
    for word, choices, what in (
        ("start", [one for one in STARTS if one != "current"], "what the picture is at first"),
        ("optimizer", OPTIMIZERS, "how each step is found"),
        ("colours", COLOURS, "those of the style; or the content's, by luminance or by histogram"),
        ("precision", PRECISIONS, "32 bits, or 16 inside the network"),
    ):
        style.add_argument(f"--{word}", choices=choices, help=f"{what}; {getattr(usual, word)} if not given")
    style.add_argument("--weights", metavar="X,X…", default="", help="of the styles; all 1 if not given")
    style.add_argument(
        "--mask", metavar="FILE", action="append", default=[], help="where a style counts, one for each STYLE in order"
    )
    style.add_argument("--content-layers", metavar="NODE[=X],…", default="", help="layers compared with CONTENT")
    style.add_argument("--style-layers", metavar="NODE[=X],…", default="", help="layers compared with the styles")
    style.add_argument(
        "--from", dest="begun", metavar="PICTURE", default="",
        help="go on with a picture made here, with its settings and layers where no others are given",
    )  # fmt: skip
    style.add_argument(
        "--frame-steps", type=int, default=0, metavar="N",
        help=f"steps of every frame of a video but the first; a {FRAME_SHARE}th of the steps if not given",
    )  # fmt: skip
    style.add_argument("--forecast", action="store_true", help="only say how long it would take, and how much memory")
    style.add_argument("--accept-licence", action="store_true", help=accept)
    style.add_argument("--force", action="store_true", help="write over what is there")
    style.add_argument("--json", action="store_true", help="one JSON object instead of lines, with every step's costs")


def given_style(words: argparse.Namespace) -> Given:
    """What was asked for. Raises Refusal."""
    settings = {name: value for word, name in NAMES.items() if (value := getattr(words, word)) is not None}
    weights = tuple(_number(text, "--weights") for text in words.weights.split(",")) if words.weights else ()
    if weights and len(weights) != len(words.styles):
        raise Refusal(f"Give as many weights as there are styles: {len(words.styles)}, not {len(weights)}.")
    if words.mask and len(words.mask) != len(words.styles):
        raise Refusal(f"Give as many masks as there are styles: {len(words.styles)}, not {len(words.mask)}.")
    if not words.out and not words.forecast:
        raise Refusal("Where shall the picture go? Name a .png or .tif file with -o, or ask for a --forecast.")
    if words.frame_steps < 0:
        raise Refusal("--frame-steps must be a whole number above 0.")
    return Given(
        words.content, tuple(words.styles), words.out, words.model, settings,
        (_layers(words.content_layers), _layers(words.style_layers)), weights, tuple(words.mask), words.begun,
        words.frame_steps, words.forecast, words.force, words.json, words.accept_licence,
    )  # fmt: skip


def _layers(text: str) -> tuple[WeightedLayer, ...]:
    found = []
    for part in filter(None, text.split(",")):
        node, _, weight = part.partition("=")
        found.append(WeightedLayer(node, _number(weight, node) if weight else 1.0))
    return tuple(found)


def _number(text: str, what: str) -> float:
    with suppress(ValueError):
        if 0 <= (number := float(text)) <= 1e6:
            return number
    raise Refusal(f"“{shortened(text, 30)}” at {shortened(what, 60)} is no number from 0 to 1,000,000.")


def _in_words(text: str) -> str:
    """A setting's refusal with the word that gave it."""
    for word, name in NAMES.items():
        text = text.replace(f"Style's {name.replace('_', ' ')} ", f"--{word} ")
    return text[:1].upper() + text[1:] + ("" if text.endswith(".") else ".")
