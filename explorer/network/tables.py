"""A table of texts, head line first, as other programs read it."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence

Rows = Iterable[Sequence[str]]

LATEX = {
    "\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "×": r"$\times$", "·": r"$\cdot$",
    "−": "$-$", "≥": r"$\geq$", "≤": r"$\leq$", "<": "$<$", ">": "$>$", "|": "$|$", "…": r"\ldots{}", "⌊": r"$\lfloor$",
    "⌋": r"$\rfloor$", '"': "''", "[": "{[}", "*": "{*}", **{sign: f"\\{sign}" for sign in "&%$#_{}"},
}  # fmt: skip
"""Signs that LaTeX takes for something else, at least where a row begins, or has no letter for."""


def tab_separated(rows: Rows) -> str:
    """Lines for the clipboard; a tab or line break inside a cell becomes a space."""
    return "\n".join("\t".join(_one_line(cell) for cell in row) for row in rows)


def comma_separated(rows: Rows) -> str:
    """Lines of a CSV file; a cell that a spreadsheet would run as a formula gets an apostrophe in front."""
    out = io.StringIO()
    safe = ([f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell for cell in row] for row in rows)
    csv.writer(out).writerows(safe)
    return out.getvalue()


def markdown(rows: Rows, numbers: Sequence[bool]) -> str:
    """A table of GitHub's Markdown; numbers: which columns are aligned right."""
    cells = [[escaped(cell) for cell in row] for row in rows]
    wide = [max(3, *(len(row[column]) for row in cells)) for column in range(len(numbers))]
    lines = [
        [
            cell.rjust(room) if number else cell.ljust(room)
            for cell, room, number in zip(row, wide, numbers, strict=True)
        ]
        for row in cells
    ]
    rule = ["-" * (room - 1) + (":" if number else "-") for room, number in zip(wide, numbers, strict=True)]
    return "".join(f"| {' | '.join(line)} |\n" for line in [lines[0], rule, *lines[1:]])


def escaped(text: str) -> str:
    """One line for Markdown, none of its signs taken for more than a sign."""
    return re.sub(r"([\\`*_{}\[\]<>#|~$&])", r"\\\1", _one_line(text))


def latex(rows: Rows, numbers: Sequence[bool]) -> str:
    """A plain tabular, for any document; numbers: which columns are aligned right."""
    cells = [["".join(LATEX.get(sign, sign) for sign in _one_line(cell)) for cell in row] for row in rows]
    lines = [" & ".join(row) + r" \\" for row in cells]
    columns = "".join("r" if number else "l" for number in numbers)
    head, *body = lines
    return "\n".join(
        [f"\\begin{{tabular}}{{{columns}}}", r"\hline", head, r"\hline", *body, r"\hline", r"\end{tabular}", ""]
    )


def ungrouped(text: str) -> str:
    """Numbers as a spreadsheet reads them: without commas between thousands."""
    return re.sub(r"(?<=\d),(?=\d{3})", "", text)


def _one_line(cell: str) -> str:
    return " ".join(cell.split())
