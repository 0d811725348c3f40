"""What is told of a network that slid over a picture in many sizes: its sizes, one window, and what it all costs."""

from __future__ import annotations

from explorer.maths.lab_records import Pyramid
from explorer.maths.pyramid import worked_scale, worked_sides
from explorer.network.formulas import Row, worked_row
from explorer.network.symbol import Constant, Symbol, ceiling
from explorer.ui.controls.words import counted

Rows = tuple[tuple[str, ...], list[tuple[str, ...]]]

HANGING = Constant(
    1, "The first window; a last one that hangs over the edge by a pixel counts, as the pooling rounds up."
)


def size_in_words(found: Pyramid, place: int) -> str:
    """Which size, counted from 0 as the exponent in its scale."""
    high, wide = found.sizes[place].size
    return f"Size {place}: {wide} × {high} pixels"


def cell_in_words(found: Pyramid, place: int, row: int, column: int, least: float) -> str:
    """One window: where it is, how much it covers, and whether it is a box."""
    size = found.sizes[place]
    chance, side = float(size.numbers[1, row, column]), found.field.window / size.scale
    return (
        f"Row {row}, column {column}: a window of {side:.0f} × {side:.0f} pixels of the picture. P-Net says face with "
        f"{chance:.4f}, " + ("which makes it a box." if chance > least else "so it is no box.")
    )


def boxes_in_words(found: Pyramid, place: int, least: float, every: bool) -> str:
    """How many boxes there are before and after the suppression that is shown."""
    of = found.together if every else found.found[place]
    where = "All sizes together" if every else "This size"
    before = "come from the sizes" if every else f"have a chance above {least:g}"
    return f"{where}: {counted(len(of.boxes), 'box')} {before}, {int(of.kept.sum()):,} of them are left."


def size_rows(found: Pyramid, place: int) -> Rows:
    """Each size: how much smaller, its pixels, windows, boxes before and after suppression; the last row is of all."""
    rows: list[tuple[str, ...]] = [
        (
            f"{number}" + (" ◂" if number == place else ""), f"{size.scale:.4f}", f"{size.size[1]}×{size.size[0]}",
            f"{windows:,}", f"{len(boxes.boxes):,}", f"{int(boxes.kept.sum()):,}",
        )
        for number, (size, windows, boxes) in enumerate(zip(found.sizes, found.windows, found.found, strict=True))
    ]  # fmt: skip
    rows.append((
        "all", "", "", f"{sum(found.windows):,}", f"{len(found.together.boxes):,}",
        f"{int(found.together.kept.sum()):,}",
    ))  # fmt: skip
    return ("size", "scale s", "pixels", "windows", "boxes", "left"), rows


def cost_rows(found: Pyramid) -> Rows:
    """Multiplications both ways."""
    count = sum(found.windows)
    return ("all sizes", "runs", "MACs"), [
        ("each window cut out", f"{count:,}", f"{count * found.window_macs:,}"),
        ("one pass for each size", f"{len(found.sizes):,}", f"{sum(found.macs):,}"),
    ]


def cost_in_words(found: Pyramid) -> str:
    """What is saved, of what that is counted, and what was measured."""
    windows, w = sum(found.windows), found.field.window
    ratio = windows * found.window_macs / sum(found.macs)
    return (
        f"A window that is cut out takes {found.window_macs:,} MACs, so all {windows:,} take {ratio:.1f} times those "
        f"of the passes: neighbours share what they have in common. Both are counted, not timed; the passes took "
        f"{found.milliseconds:.0f} ms here. A window never sees more than {w} × {w} pixels either way, and where the "
        "size is odd the last one hangs over the edge by a pixel."
    )


def cell_rows(found: Pyramid, smallest: int, factor: float, place: int, row: int, column: int) -> list[Row]:
    """The scale, how many windows there are across and down, and the box of one of them."""
    size, field = found.sizes[place], found.field
    across, down = (
        ceiling(Symbol(letter, pixels) - Symbol("w", field.window), Symbol("k", field.step)) + HANGING
        for letter, pixels in (("W_s", size.size[1]), ("H_s", size.size[0]))
    )
    rows = [worked_row("s", worked_scale(smallest, factor, place, field))]
    for name, count in (("across", across), ("down", down)):
        assert isinstance(count, Symbol)  # it was made of some
        rows.append(Row(name, count.formula, count.numbers, int(count), (HANGING.why,), count))
    return rows + [worked_row(name, side) for name, side in worked_sides(size, row, column, field).items()]
