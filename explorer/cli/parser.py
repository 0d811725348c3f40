"""Which words the command line takes, and what its help says of them."""

from __future__ import annotations

import argparse
from contextlib import suppress
from typing import Any, NoReturn

from explorer import __version__
from explorer.cli.painted import add_painting
from explorer.cli.style_words import add_style
from explorer.cli.train_style import add_train_style
from explorer.maths.sentences import LONGEST, shortened

SOURCE = "a network by torchvision's name (mobilenet_v2, resnet50 …) or a file with one"

ENTRY = "its name in the library, with its weights where it has several: resnet50, resnet50:IMAGENET1K_V1"
ACCEPT = "agree to a licence that forbids something, as the list says"


class Words(argparse.ArgumentParser):
    """Says of a wrong word only what is wrong where that and all that may be said are too much to be read."""

    def error(self, message: str) -> NoReturn:
        """End the program with exit code 2."""
        said = f"{self.prog}: error: {message}"
        if len(self.format_usage()) + len(said) < LONGEST:
            super().error(message)
        more = f"; see {self.prog} --help"
        self.exit(2, f"{shortened(said, LONGEST - 1 - len(more))}{more}\n")


def parser() -> argparse.ArgumentParser:
    """All commands, each with its words."""
    words = Words(
        "cnn-explorer",
        description="Assemble, open, run and look inside convolutional networks. "
        "Without a command the window opens, with a FILE or a NAME it opens that network.",
        epilog="Exit code: 0 done, 1 failed (one sentence on stderr), 2 wrong usage.",
    )
    words.add_argument("--version", action="version", version=f"cnn-explorer {__version__}")
    commands = words.add_subparsers(
        dest="command",
        required=True,
        metavar="facts | compare | run | detect | patches | evaluate | style | train-style | open | convert | figure "
        "| models",
    )
    _facts(commands)
    _compare(commands)
    _run(commands)
    _detect(commands)
    _patches(commands)
    _evaluate(commands)
    add_train_style(commands, ACCEPT)
    add_style(commands, SOURCE, ACCEPT)
    _open(commands)
    _convert(commands)
    _figure(commands)
    _models(commands)
    return words


def _facts(commands: Any) -> None:
    facts = commands.add_parser("facts", help="every layer's output shape, parameters and MACs")
    facts.add_argument("source", metavar="NAME|FILE", help=SOURCE)
    _add_conventions(facts)
    facts.add_argument("--json", action="store_true", help="one JSON object instead of a table")


def _compare(commands: Any) -> None:
    compare = commands.add_parser("compare", help="what differs between two networks, layer by layer")
    compare.add_argument("old", metavar="A", help=SOURCE)
    compare.add_argument("new", metavar="B", help="another, or the same after an edit")
    _add_conventions(compare)
    compare.add_argument("--all", action="store_true", help="also the layers in which nothing differs")
    compare.add_argument("--json", action="store_true", help="one JSON object instead of a table, with all layers")


def _run(commands: Any) -> None:
    run = commands.add_parser("run", help="what the network sees in a picture: the five best guesses, or a picture")
    run.add_argument("source", metavar="NAME|FILE", help=SOURCE)
    run.add_argument("image", metavar="IMAGE", help="a JPEG, PNG, WebP, BMP, GIF or TIFF file")
    _add_off(run)
    run.add_argument("--end", default="", metavar="NODE", help="of a network with several ends: whose guesses")
    add_painting(run)
    run.add_argument("--json", action="store_true", help="one JSON object instead of bars")
    run.add_argument("--accept-licence", action="store_true", help=ACCEPT)


def _detect(commands: Any) -> None:
    detect = commands.add_parser("detect", help="what a detector finds in pictures, and where")
    detect.add_argument("source", metavar="NAME|FILE", help=SOURCE)
    detect.add_argument(
        "image", metavar="IMAGE|FOLDER|VIDEO", help="a JPEG, PNG, WebP, BMP, GIF or TIFF file, a folder of them, or a "
        "video",
    )  # fmt: skip
    detect.add_argument(
        "-o", "--out", metavar="OUT", default="",
        help="draw what is found: in a .png, .jpg or .webp file, for a folder in another one, for a video in a .mp4, "
        ".mkv or .avi file",
    )  # fmt: skip
    detect.add_argument("--conf", type=_share, metavar="SHARE", help="least score; if not given, as the network has it")
    detect.add_argument(
        "--iou", type=_share, metavar="SHARE",
        help="from which overlap two boxes of a class show one thing; if not given, as the network has it",
    )  # fmt: skip
    detect.add_argument(
        "--nms", choices=("iou", "diou", "none"),
        help="how overlap is measured: by area, or less the distance of the middles; none keeps all boxes; if not "
        "given, as the network was published",
    )  # fmt: skip
    _add_off(detect)
    detect.add_argument("--accept-licence", action="store_true", help=ACCEPT)
    detect.add_argument("--force", action="store_true", help="write over what is there")
    detect.add_argument("--json", action="store_true", help="one JSON object instead of a table")


def _patches(commands: Any) -> None:
    patches = commands.add_parser("patches", help="the places in pictures that each channel of a layer answers to most")
    patches.add_argument("source", metavar="NAME|FILE", help=SOURCE)
    patches.add_argument("node", metavar="NODE", help="a layer's name, as facts lists them")
    patches.add_argument("folder", metavar="FOLDER", help="pictures, also in folders inside it")
    patches.add_argument("-o", "--out", metavar="SHEET", default="", help="a .png file to draw the patches in")
    patches.add_argument(
        "--count", type=_count, default=9, metavar="N", help="places of each channel, 1 to 100, 9 if not given"
    )
    patches.add_argument("--several", action="store_true", help="more than one place of a picture may be among them")
    patches.add_argument("--lowest", action="store_true", help="the places of the lowest numbers instead")
    patches.add_argument(
        "--ignore-padding", action="store_true", help="leave out places that see more of the padding than others"
    )
    patches.add_argument(
        "--by-class", action="store_true", help="so many of each class: each folder in FOLDER is a class"
    )
    patches.add_argument("--accept-licence", action="store_true", help=ACCEPT)
    patches.add_argument("--force", action="store_true", help="write over what is there")
    patches.add_argument("--json", action="store_true", help="one JSON object instead of a table, with all places")


def _evaluate(commands: Any) -> None:
    evaluate = commands.add_parser("evaluate", help="how often the network is right about the pictures of a folder")
    evaluate.add_argument("source", metavar="NAME|FILE", help=SOURCE)
    evaluate.add_argument(
        "folder", metavar="FOLDER",
        help="a folder for each class, called like it, with its pictures; for a detector any pictures",
    )  # fmt: skip
    evaluate.add_argument(
        "--labels", metavar="FILE|FOLDER", default="",
        help="for a detector, what is in the pictures: COCO's .json file, or a folder with Pascal VOC's .xml or YOLO's "
        ".txt files",
    )  # fmt: skip
    evaluate.add_argument(
        "--csv", metavar="OUT", default="", help="a .csv file: guesses of each picture; with --labels, scores"
    )
    evaluate.add_argument(
        "--top", type=_count, default=5, metavar="K", help="guesses of each picture, 1 to 100, 5 if not given"
    )
    evaluate.add_argument("--accept-licence", action="store_true", help=ACCEPT)
    evaluate.add_argument("--force", action="store_true", help="write over what is there")
    evaluate.add_argument("--json", action="store_true", help="one JSON object instead of lines, with all there is")


def _open(commands: Any) -> None:
    opened = commands.add_parser("open", help="what a file with a network or with weights is, and how these fit")
    opened.add_argument(
        "file", metavar="FILE|MODULE:FACTORY",
        help="a file with a network or with weights; or your own code, which is run: package.module:factory, with "
        "@CxHxW behind it where its picture is not 224×224",
    )  # fmt: skip
    opened.add_argument("--weights", action="store_true", help="also the numbers of every tensor, and dead filters")
    opened.add_argument("--json", action="store_true", help="one JSON object instead of lines")


def _convert(commands: Any) -> None:
    convert = commands.add_parser("convert", help="write a network for other programs, or for people")
    convert.add_argument("source", metavar="NAME|FILE", help=SOURCE)
    convert.add_argument(
        "target", metavar="OUT",
        help="a file ending in .py (PyTorch source, trained weights beside it), .onnx, .safetensors (weights alone), "
        ".md (a page), .mmd (Mermaid), .dot (Graphviz) or .cnnx (project)",
    )  # fmt: skip
    convert.add_argument(
        "--framework", choices=("torch", "keras"), default="torch", help="whose source a .py file holds"
    )
    convert.add_argument("--accept-licence", action="store_true", help=ACCEPT)
    convert.add_argument("--force", action="store_true", help="write over what is there")


def _figure(commands: Any) -> None:
    figure = commands.add_parser("figure", help="a network as a figure to be published")
    figure.add_argument("source", metavar="NAME|FILE", help=SOURCE)
    figure.add_argument("target", metavar="OUT", help="a file ending in .svg, .pdf or .png")
    figure.add_argument(
        "--style", choices=("volumes", "paper", "canvas"),
        help="boxes in perspective, thin cards for a paper, or the canvas as it is arranged; volumes if not given",
    )  # fmt: skip
    figure.add_argument(
        "--direction", choices=("top-down", "left-right"),
        help="lay the canvas out anew with links that run this way; the style is canvas then",
    )  # fmt: skip
    figure.add_argument("--width", type=float, default=17.0, metavar="CM", help="centimetres, 17 if not given")
    figure.add_argument("--typeface", choices=("sans", "serif"), default="sans", help="letters without or with serifs")
    figure.add_argument(
        "--abbreviate", choices=("repeats", "activations", "no"), default="repeats",
        help="draw activations with their layer and equal blocks once, which is so if not given; only activations; "
        "or every layer by itself",
    )  # fmt: skip
    figure.add_argument("--formulas", action="store_true", help="write how each size is worked out")
    figure.add_argument("--sizes", choices=("HWC", "CHW"), default="HWC", help="channels last or first")
    figure.add_argument("--dpi", type=int, default=300, metavar="N", help="pixels an inch of a PNG, 300 if not given")
    figure.add_argument("--transparent", action="store_true", help="no white behind it")
    figure.add_argument("--force", action="store_true", help="write over what is there")


def _models(commands: Any) -> None:
    models = commands.add_parser("models", help="the library of trained networks")
    models.add_argument("--json", action="store_true", help="one JSON object instead of a table, with all there is")
    actions = models.add_subparsers(dest="action", metavar="get | add | remove | path")
    get = actions.add_parser("get", help="fetch one")
    get.add_argument("name", metavar="NAME", help=ENTRY)
    get.add_argument("--accept-licence", action="store_true", help=ACCEPT)
    add = actions.add_parser("add", help="list a file of your own, which stays where it is")
    add.add_argument("name", metavar="FILE", help="a file with a network or with weights")
    remove = actions.add_parser("remove", help="delete one that was fetched, or take your own file off the list")
    remove.add_argument("name", metavar="NAME", help=ENTRY)
    path = actions.add_parser("path", help="the folder where they are kept")
    path.add_argument("folder", metavar="FOLDER", nargs="?", help="move them there, and keep them there from now on")


def _add_off(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--off", action="append", default=[], metavar="NODE:CHANNEL[=FACTOR]",
        help="switch a channel of a layer off, or scale it; may be given several times",
    )  # fmt: skip


def _add_conventions(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--convention", choices=("torch", "keras"), default="torch",
        help="count and write as this framework does: Keras counts moving means and variances as parameters, writes "
        "channels last, and builds some networks otherwise",
    )  # fmt: skip
    command.add_argument("--flops", action="store_true", help="count FLOPs, two for each multiply-accumulate")


def _share(text: str) -> float:
    """A number from 0 to 1."""
    with suppress(ValueError):
        if 0 <= (share := float(text)) <= 1:
            return share
    raise argparse.ArgumentTypeError(f"{text!r} is no number from 0 to 1")


def _count(text: str) -> int:
    """A whole number from 1 to 100."""
    with suppress(ValueError):
        if 1 <= (count := int(text)) <= 100:
            return count
    raise argparse.ArgumentTypeError(f"{text!r} is no whole number from 1 to 100")
