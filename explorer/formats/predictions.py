"""What a network says of pictures, as a CSV file (RFC 4180, UTF-8)."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from explorer.formats.atomic import replacing
from explorer.formats.words import refusal
from explorer.maths.confusion import UNKNOWN
from explorer.maths.judged import Judged
from explorer.maths.sentences import Refusal


class AlreadyThere(Refusal):
    """A file would be written over."""


def check(path: str, replace: bool, what: str = "predictions") -> None:
    """Raise Refusal where a table of these cannot be written to this path."""
    if Path(path).suffix.lower() != ".csv":
        raise Refusal(refusal(path, f"cannot hold {what}", "choose a name that ends in .csv"))
    if Path(path).exists() and not replace:
        raise AlreadyThere(refusal(path, "is there already", "choose another name, or take it away"))


def write(path: str, judged: Judged, count: int) -> None:
    """A row for each picture: its path, what it is, and `count` guesses with their probabilities. Raises CannotSave."""
    text = io.StringIO()
    rows = csv.writer(text)
    count = min(count, judged.top.shape[1])
    guesses = [word for number in range(1, count + 1) for word in (f"guess {number}", f"probability {number}")]
    rows.writerow(["picture", "truth", *guesses])
    for path_in, truth, top, chances in zip(
        judged.files, judged.truth.tolist(), judged.top.tolist(), judged.chances.tolist(), strict=True
    ):
        row = [path_in, "" if truth == UNKNOWN else judged.label(truth)]
        for guess, chance in zip(top[:count], chances[:count], strict=True):
            row += ["", ""] if guess == UNKNOWN else [judged.label(guess), f"{chance:.6g}"]
        rows.writerow(row)
    data = text.getvalue().encode("utf-8", "surrogateescape")
    with replacing(path, len(data)) as file:
        file.write(data)
