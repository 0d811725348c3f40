"""The command line: which words there are. What they do is imported when it is asked for."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from explorer import __version__
from explorer.cli.manners import perform

if TYPE_CHECKING:
    from explorer.network.conventions import Conventions

SOURCE = "a network by torchvision's name (mobilenet_v2, resnet50 …) or a file with one"


def main(arguments: Sequence[str]) -> int:
    """Run a command; returns the exit code: 0 done, 1 failed (one sentence on stderr), 2 wrong usage."""
    try:
        given = _parser().parse_args(arguments)
    except SystemExit as end:  # argparse has said all there is to say
        return int(end.code or 0)
    return perform(_command(given))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "cnn-explorer",
        description="Assemble, open, run and look inside convolutional networks. "
        "Without a command the window opens, with a FILE it opens that project.",
        epilog="Exit code: 0 done, 1 failed (one sentence on stderr), 2 wrong usage.",
    )
    parser.add_argument("--version", action="version", version=f"cnn-explorer {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="facts | compare | run | convert | models")

    facts = commands.add_parser("facts", help="every layer's output shape, parameters and MACs")
    facts.add_argument("source", metavar="NAME|FILE", help=SOURCE)
    facts.add_argument(
        "--convention", choices=("torch", "keras"), default="torch",
        help="count and write as this framework does: Keras counts moving means and variances as parameters, writes "
        "channels last, and builds some networks otherwise",
    )  # fmt: skip
    facts.add_argument("--flops", action="store_true", help="count FLOPs, two for each multiply-accumulate")
    facts.add_argument("--json", action="store_true", help="one JSON object instead of a table")

    compare = commands.add_parser("compare", help="what differs between two networks, layer by layer")
    compare.add_argument("old", metavar="A", help=SOURCE)
    compare.add_argument("new", metavar="B", help="another, or the same after an edit")
    compare.add_argument("--all", action="store_true", help="also the layers in which nothing differs")
    compare.add_argument("--json", action="store_true", help="one JSON object instead of a table, with all layers")

    run = commands.add_parser("run", help="what the network sees in a picture: the five best guesses")
    run.add_argument("source", metavar="NAME|FILE", help=SOURCE)
    run.add_argument("image", metavar="IMAGE", help="a JPEG, PNG, WebP, BMP, GIF or TIFF file")
    run.add_argument("--json", action="store_true", help="one JSON object instead of bars")

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
    convert.add_argument("--force", action="store_true", help="write over what is there")

    models = commands.add_parser("models", help="the library of trained networks")
    get = models.add_subparsers(dest="action", metavar="get").add_parser("get", help="fetch one")
    get.add_argument("name", metavar="NAME", help="its name in the library")
    return parser


def _conventions(given: argparse.Namespace) -> Conventions:
    from explorer.network.conventions import KERAS, TORCH

    return replace(KERAS if given.convention == "keras" else TORCH, work="FLOP" if given.flops else "MAC")


def _command(given: argparse.Namespace) -> Callable[[], str]:
    def command() -> str:
        if given.command == "facts":
            from explorer.cli.facts import facts

            return facts(given.source, _conventions(given), given.json)
        if given.command == "compare":
            from explorer.cli.compare import comparison

            return comparison(given.old, given.new, given.json, given.all)
        if given.command == "run":
            from explorer.cli.run import run

            return run(given.source, given.image, given.json)
        if given.command == "convert":
            from explorer.cli.convert import convert

            return convert(given.source, given.target, given.framework, given.force)
        from explorer.cli.models import get, models

        return get(given.name) if given.action == "get" else models()

    return command
