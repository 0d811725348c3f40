"""Short texts that several panels say: what a layer kind is, how large a file is, tooltips that stay plain."""

from __future__ import annotations

import re
import sys
from contextlib import suppress
from functools import cache, lru_cache
from textwrap import dedent, wrap
from typing import TYPE_CHECKING

from explorer.network.analysis import Facts
from explorer.network.conventions import KERAS, TORCH, Conventions
from explorer.network.network import Node

if TYPE_CHECKING:
    from explorer.maths.weight_records import WeightReport
    from explorer.network.cost import Measure

TIP = 72
"""Characters in a line of a tooltip."""


def told(kind: type) -> str:
    """The first sentence of a layer kind's description."""
    return _parts(_description(kind))[0]


def source(kind: type) -> str:
    """Where a layer kind was first described, "" where it does not say."""
    return _parts(_description(kind))[1]


@cache
def _description(kind: type) -> str:
    """What its class says of itself; `python -OO` leaves that out, so that it is read from the source then."""
    if sys.flags.optimize < 2:
        return kind.__doc__ or ""
    import ast
    import inspect

    with suppress(OSError):  # the source is not there
        (body,) = ast.parse(dedent(inspect.getsource(kind))).body
        assert isinstance(body, ast.ClassDef)
        return ast.get_docstring(body) or ""
    return ""


@cache
def _parts(description: str) -> tuple[str, str]:
    """A description's first sentence, and its source."""
    sentence = re.split(r"(?<=[.!?])\s", " ".join(description.partition("\n\n")[0].split()), maxsplit=1)[0]
    _, found, rest = description.partition("Source: ")
    return sentence, " ".join(rest.partition("\n\n")[0].split()) if found else ""


def findable(node: Node, facts: Facts) -> str:
    """What a layer is searched in: its id, kind, family, settings, shape in either order, and what is wrong with it."""
    shapes = " ".join(way.shape(facts.shape) for way in (TORCH, KERAS)) if facts.shape is not None else ""
    plain = shapes.replace(",", "")
    kind = f"{node.layer.kind} {node.layer.group}"
    problem = f"problem {facts.problem}" if facts.problem else ""
    return searched(f"{node.id} {kind} {node.layer.brief()} {shapes} {plain} {problem}")


def searched(text: str) -> str:
    """As it is searched in: a shape may be written with x or ×."""
    return text.lower().replace("×", "x")


@lru_cache(1000)  # a palette of a hundred kinds is filled anew at each letter that is typed
def plain_tip(text: str) -> str:
    """`text` as a tooltip: Qt would render markup in it, and the text may come from a file.

    Screen readers read tooltips as they are, so what holds nothing like markup is broken into lines here, and is no
    markup itself.
    """
    if "<" not in text and "&" not in text:
        return "\n".join(piece for line in text.split("\n") for piece in wrap(line, TIP) or [line])
    plain = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return f"<p style='white-space: pre-wrap'>{plain}</p>"


def bytes_in_words(count: int) -> str:
    """A file size as people read it: 14.2 MB."""
    size = float(count)
    for unit in ("bytes", "kB", "MB"):
        if size < 1000:
            return f"{size:.0f} {unit}" if unit == "bytes" or size >= 100 else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} GB"


def counted(count: int, thing: str) -> str:
    """1 layer, 2 layers, 2 boxes."""
    return f"{count:,} {thing}" + ("" if count == 1 else "es" if thing[-1] in "sx" else "s")


def took(milliseconds: float) -> str:
    """How long something took: in milliseconds, from a thousand on in seconds."""
    return f"{milliseconds:.1f} ms" if milliseconds < 1000 else f"{milliseconds / 1000:.1f} s"


def share_in_words(share: float) -> str:
    """A share of one as people read it: 12.5 %. A small one is not rounded to nothing."""
    return "< 0.1 %" if 0 < share < 0.0005 else f"{100 * share:.1f} %"


def sums_in_words(sums: Facts, conventions: Conventions) -> tuple[str, str]:
    """How many parameters, and how much work; where layers have problems they are only what is known so far."""
    least = "at least " if sums.problem else ""
    parameters, work = conventions.parameters(sums), conventions.cost(sums)
    return least + counted(parameters, "parameter"), least + counted(work, conventions.work)


def conventions_in_words(conventions: Conventions) -> str:
    """Whose counting, which unit of work, which order of sizes, in few characters."""
    counting = {"torch": "torch", "keras": "Keras"}[conventions.counting]
    return f"{counting} · {conventions.work}s · {'×'.join(conventions.order)}"


def report_in_words(report: WeightReport) -> str:
    """How many weights fit, and how many do not, in one line."""
    whole = len(report.matched) + len(report.missing) + len(report.differing)
    parts = [f"{len(report.matched):,} of {counted(whole, 'weight')} matched"]
    for names, what in (
        (report.missing, "missing"),
        (report.differing, "of another shape"),
        (report.left_over, "left over in the file"),
        (report.broken, "with NaN or infinity"),
    ):
        parts += [f"{len(names):,} {what}"] if names else []
    return " · ".join(parts)


def measure_in_words(measure: Measure) -> str:
    """The name of a measure, for a title."""
    return measure if measure in ("MACs", "FLOPs") else measure.capitalize()


def cost_in_words(measure: Measure, value: int) -> str:
    """What a layer costs, exactly and with its unit: 86,704,128 MACs."""
    return counted(value, {"memory": "byte", "receptive field": "pixel"}.get(measure, measure.removesuffix("s")))


def cost_in_brief(measure: Measure, value: int) -> str:
    """The same in few characters: 86.7 M MACs, 12.8 MB, 212 px; parameters go without saying."""
    if measure == "memory":
        return bytes_in_words(value)
    return briefly(value) + {"parameters": "", "receptive field": " px"}.get(measure, f" {measure}")


def briefly(count: int) -> str:
    """A count in three digits: 1.85 G; one below 10,000 is written out."""
    if count < 10_000:
        return f"{count:,}"
    size = float(count)
    for unit in ("", "k", "M", "G", "T"):
        if float(f"{size:.3g}") < 1000 or unit == "T":
            digits = 0 if size >= 99.95 else 1 if size >= 9.995 else 2
            return f"{size:.{digits}f} {unit}".rstrip()
        size /= 1000
    raise AssertionError


def figure(value: float) -> str:
    """A number in four digits: −0.007204; one from 10,000 to a billion is written out, without what lies behind
    the point."""
    text = f"{value:,.0f}" if 9_999.5 <= abs(value) < 1e9 else f"{value:.4g}"
    return text.replace("-", "−")
