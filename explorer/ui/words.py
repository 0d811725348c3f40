"""Short texts that several panels say: what a layer kind is, how large a file is, tooltips that stay plain."""

from __future__ import annotations

import inspect
import re

from explorer.network.analysis import Facts
from explorer.network.conventions import Conventions


def told(kind: type) -> str:
    """The first sentence of a layer kind's, or block's, description."""
    paragraph = inspect.cleandoc(kind.__doc__ or "").partition("\n\n")[0]
    return re.split(r"(?<=[.!?])\s", " ".join(paragraph.split()), maxsplit=1)[0]


def source(kind: type) -> str:
    """Where a kind was first described, "" where it does not say."""
    _, found, rest = inspect.cleandoc(kind.__doc__ or "").partition("Source: ")
    return " ".join(rest.partition("\n\n")[0].split()) if found else ""


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


def rounded(count: int) -> str:
    """A large number in few characters: 61.1 million; one below a million is written out."""
    return f"{count:,}" if count < 1_000_000 else f"{count / 1_000_000:.1f} million"


def counted(count: int, thing: str) -> str:
    """1 layer, 2 layers."""
    return f"{count:,} {thing}" + ("" if count == 1 else "s")


def share_in_words(share: float) -> str:
    """A share of one as people read it: 12.5 %. A small one is not rounded to nothing."""
    return "< 0.1 %" if 0 < share < 0.0005 else f"{100 * share:.1f} %"


def sums_in_words(sums: Facts, conventions: Conventions) -> tuple[str, str]:
    """How many parameters, and how much work; where layers have problems they are only what is known so far."""
    least = "at least " if sums.problem else ""
    parameters, work = conventions.parameters(sums), conventions.cost(sums)
    return least + counted(parameters, "parameter"), least + counted(work, conventions.work)
