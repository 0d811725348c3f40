"""Short texts that several panels say: what a layer kind is, how large a file is, tooltips that stay plain."""

from __future__ import annotations

import inspect
import re
from functools import cache

from explorer.network.analysis import Facts
from explorer.network.layer import Layer


def told(kind: type[Layer]) -> str:
    """The first sentence of a layer kind's description."""
    return _parts(kind.__doc__ or "")[0]


def source(kind: type[Layer]) -> str:
    """Where a layer kind was first described, "" where it does not say."""
    return _parts(kind.__doc__ or "")[1]


@cache
def _parts(description: str) -> tuple[str, str]:
    """A description's first sentence, and its source."""
    text = inspect.cleandoc(description)
    sentence = re.split(r"(?<=[.!?])\s", " ".join(text.partition("\n\n")[0].split()), maxsplit=1)[0]
    _, found, rest = text.partition("Source: ")
    return sentence, " ".join(rest.partition("\n\n")[0].split()) if found else ""


def plain_tip(text: str) -> str:
    """`text` as a tooltip: Qt would render markup in it, and the text may come from a file."""
    plain = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return f"<p style='white-space: pre-wrap'>{plain}</p>" if text else ""


def bytes_in_words(count: int) -> str:
    """A file size as people read it: 14.2 MB."""
    size = float(count)
    for unit in ("bytes", "kB", "MB"):
        if size < 1000:
            return f"{size:.0f} {unit}" if unit == "bytes" or size >= 100 else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} GB"


def counted(count: int, thing: str) -> str:
    """1 layer, 2 layers."""
    return f"{count:,} {thing}" + ("" if count == 1 else "s")


def share_in_words(share: float) -> str:
    """A share of one as people read it: 12.5 %. A small one is not rounded to nothing."""
    return "< 0.1 %" if 0 < share < 0.0005 else f"{100 * share:.1f} %"


def sums_in_words(sums: Facts) -> tuple[str, str]:
    """How many parameters and MACs; where layers have problems they are only those known so far."""
    least = "at least " if sums.problem else ""
    return least + counted(sums.parameters, "parameter"), least + counted(sums.macs, "MAC")
