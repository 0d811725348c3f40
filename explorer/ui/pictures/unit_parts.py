"""What a card says of one channel: the squares on it, and its numbers in words."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtGui import QColor, QImage, QPainter

from explorer.maths.dreaming import Dreamt
from explorer.maths.patch_records import NodePatches
from explorer.maths.records import FeatureMaps, Place
from explorer.maths.weight_records import LayerFilters
from explorer.network.layer import described
from explorer.ui import theme
from explorer.ui.controls.words import figure, share_in_words
from explorer.ui.pictures.card_part import Part
from explorer.ui.pictures.colour_maps import fitting
from explorer.ui.pictures.filter_colours import filter_image
from explorer.ui.pictures.mosaic import channel_image
from explorer.ui.pictures.picture_view import image_of
from explorer.workspace.patch_search import SIDE, PatchSearch
from explorer.workspace.settings import Settings

ACROSS = 3
"""Patches beside each other, and below each other."""


def filter_part(filters: LayerFilters, at: int) -> Part:
    """The filter itself."""
    shape = described(tuple(filters.values.shape[1:]))
    return Part(f"Filter · {shape}", filter_image(filters, at), action="Show all filters")


def map_part(maps: FeatureMaps | None, channel: int, picture: bool) -> Part:
    """What the channel makes of the picture, its strongest number marked. picture: whether there is one."""
    if maps is None:
        sentence = "It comes once the network has run." if picture else "What it makes of a picture."
        return Part("Map", sentence=sentence, action="" if picture else "Open picture…")
    signed = bool((maps.statistics.least < 0).any())
    image = channel_image(maps, fitting(Settings().choice("colours"), signed), channel)
    if maps.values.shape[1:] == (1, 1):
        return Part(f"Number · {figure(maps.values[channel, 0, 0])}", image, action="Show all numbers")
    row, column = strongest(maps, channel)
    height, width = maps.values.shape[1:]
    short = f"{figure(maps.values[channel, row, column])} at {row}, {column}"
    mark = (column + 0.5) / width, (row + 0.5) / height
    return Part(f"Map · {short}", image, action="Show all maps", mark=mark, short=short)


def strongest(maps: FeatureMaps, channel: int) -> tuple[int, int]:
    """Row and column of a channel's greatest number."""
    import numpy as np

    values = maps.values[channel]
    row, column = divmod(int(np.where(np.isnan(values), -np.inf, values).argmax()), values.shape[1])
    return row, column


def patches_part(search: PatchSearch, node: str, channel: int) -> Part:
    """The patches that the channel answers to most, as far as they were found and cut."""
    found, patches = search.of(node), search.patches
    running = search.state == "running"
    if not search.folder:
        return Part("Patches", sentence="Parts of your pictures it answers to most.", action="Choose folder…")
    if found is None or patches is None or channel >= len(found.values):
        name = Path(search.folder).name or search.folder
        if running and found is None:
            return Part("Patches", sentence="They come as soon as pictures were seen.", share=0.0)
        return Part("Patches", sentence=f"Parts of the pictures in {name} it answers to most.", action="Search")
    share = patches.done / max(1, patches.total) if running else None
    caption = f"Patches · {patches.done:,} of {patches.total:,}"
    return Part(caption, _sheet(search, found, channel), action="Show all patches", share=share)


def shown_patches(search: PatchSearch, found: NodePatches, channel: int) -> list[tuple[str, tuple[int, int, int, int]]]:
    """Those patches of a channel that a card has room for."""
    count = min(found.values.shape[1], ACROSS * ACROSS)
    some = (search.patch(found, channel, rank) for rank in range(count))
    return [patch for patch in some if patch is not None]


def _sheet(search: PatchSearch, found: NodePatches, channel: int) -> QImage:
    side = ACROSS * (SIDE + 2) - 2
    sheet = QImage(side, side, QImage.Format.Format_RGB32)
    sheet.fill(QColor(theme.current().base))
    with QPainter(sheet) as painter:
        for number, patch in enumerate(shown_patches(search, found, channel)):
            row, column = divmod(number, ACROSS)
            pixels, (left, top) = search.tiles.of(patch), (column * (SIDE + 2), row * (SIDE + 2))
            if pixels is None:  # it is being cut
                painter.fillRect(left, top, SIDE, SIDE, QColor(theme.current().raised))
            else:
                painter.drawImage(left, top, image_of(pixels))
    return sheet


def made_part(made: Dreamt | None, making: bool, steps: int) -> Part:
    """The picture that was made to excite the channel. making: it is being made, in so many steps."""
    if made is None:
        if making:
            return Part("Optimised", sentence="It begins with noise.", action="Stop", share=0.0)
        return Part("Optimised", sentence="A picture made to excite it.", action="Make it")
    action = "Show it large" if made.done else "Stop" if making else "Go on"
    share = made.step / steps if making else None
    return Part(f"Optimised · step {made.step:,}", image_of(made.picture), action=action, share=share)


def in_numbers(filters: LayerFilters, at: int, maps: FeatureMaps | None, place: Place | None) -> str:
    """The channel's numbers in words."""
    number = int(filters.numbers[at])
    said = [f"norm {figure(filters.norms[at])}"]
    said += ["dead, 0 all over"] * (number in filters.dead)
    said += ["equal to another"] * any(number in group for group in filters.equal)
    if maps is not None:
        known, size = maps.statistics, maps.values[number].size
        if size > 1:
            said.append(f"on this picture mean {figure(known.mean[number])}")
            said.append(f"{share_in_words(float(known.zeros[number]) / size)} zeros")
        if size > 1 and place is not None and maps.holds(place) and place.channel == number:
            value = maps.values[number, place.row, place.column]
            said.append(f"{figure(value)} at row {place.row}, column {place.column}")
    said += ["random weights: it looks for nothing yet"] * filters.untrained
    return " · ".join(said)
