"""The command line: what each command does, which is imported when it is asked for."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from explorer.cli.manners import perform
from explorer.cli.painted import painting
from explorer.cli.parser import parser
from explorer.cli.style_words import given_style
from explorer.cli.train_style import training

if TYPE_CHECKING:
    from explorer.network.conventions import Conventions


def main(arguments: Sequence[str]) -> int:
    """Run a command; returns the exit code: 0 done, 1 failed (one sentence on stderr), 2 wrong usage."""
    try:
        given = parser().parse_args(arguments)
    except SystemExit as end:  # argparse has said all there is to say
        return int(end.code or 0)
    return perform(_command(given))


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

            return comparison(given.old, given.new, _conventions(given), given.json, given.all)
        if given.command == "detect":
            from explorer.cli.detect import detect

            marks = given.conf, given.iou, given.nms
            where = given.out, given.force
            return detect(given.source, given.image, marks, given.off, where, given.json, given.accept_licence)
        if given.command == "patches":
            from explorer.cli.patches import patches
            from explorer.network.patch_choice import PatchChoice

            choice = PatchChoice(given.count, not given.several, given.lowest, given.ignore_padding, given.by_class)
            where = given.out, given.force
            return patches(given.source, given.node, given.folder, choice, where, given.json, given.accept_licence)
        if given.command == "evaluate":
            from explorer.cli.evaluate import evaluate

            where = given.csv, given.force
            asked = given.source, given.folder, given.labels
            return evaluate(*asked, given.top, where, given.json, given.accept_licence)
        if given.command == "style":
            from explorer.cli.style import style

            return style(given_style(given))
        if given.command == "run":
            from explorer.cli.run import run

            off, end = given.off, given.end
            return run(given.source, given.image, given.json, given.accept_licence, off, end, painting(given))
        if given.command == "train-style":
            from explorer.cli.train_style import train_style

            return train_style(training(given))
        if given.command == "convert":
            from explorer.cli.convert import convert

            return convert(given.source, given.target, given.framework, given.force, given.accept_licence)
        if given.command == "figure":
            from explorer.cli.figure import figure

            names = "style", "direction", "width", "typeface", "abbreviate", "formulas", "sizes", "dpi", "transparent"
            return figure(given.source, given.target, {name: getattr(given, name) for name in names}, given.force)
        if given.command == "open":
            from explorer.cli.open import look_into

            return look_into(given.file, given.json, given.weights)
        from explorer.cli.models import perform_action

        return perform_action(given)

    return command
