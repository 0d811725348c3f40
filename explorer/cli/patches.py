"""`cnn-explorer patches NAME|FILE NODE FOLDER`: the places in a folder's pictures that each channel answers to most."""

from __future__ import annotations

import json
from typing import Any

from explorer.cli.facts import aligned
from explorer.cli.manners import finished, note, plain
from explorer.cli.sources import trained
from explorer.maths.patch_records import NodePatches, Patches, class_of
from explorer.maths.sentences import Refusal, shortened
from explorer.network.patch_choice import PatchChoice


def patches(
    name: str, node: str, folder: str, choice: PatchChoice, where: tuple[str, bool], as_json: bool, accepted: bool
) -> str:
    """The command's output. where: a PNG file to draw the patches in, "" for none, and whether it may be written over;
    accepted: what the licence of a model forbids was agreed to."""
    sheet, force = where
    from explorer.engine.exports import AlreadyThere
    from explorer.engine.patch_pictures import check_sheet, write_sheet
    from explorer.engine.patch_questions import ExportSheet, FindPatches
    from explorer.formats.picture_folder import check_folder

    check_folder(folder)  # before anything slow: a wrong path is said at once
    if sheet:
        try:
            check_sheet(sheet, force)
        except AlreadyThere as error:
            raise AlreadyThere(f"{error}, or give --force.") from error
    project = trained(name, accepted)
    if node not in project.network.nodes:
        source, there = shortened(name, 60), shortened(node, 60)
        raise Refusal(f"{source} has no layer called “{there}”: “cnn-explorer facts {source}” lists them.")
    from explorer.engine.device import devices
    from explorer.engine.memory import keep_freed
    from explorer.engine.patches import find

    keep_freed()
    found = finished(find(FindPatches(project, (node,), folder, devices()[0].id, choice)))
    assert isinstance(found, Patches)
    if found.untrained:
        note("Layers on the way have random weights: the patches mean nothing.")
    if found.broken:
        note(f"{len(found.broken):,} of {found.total:,} files could not be read; the first: {found.broken[0].sentence}")
    (of_node,) = found.nodes
    if sheet:
        finished(write_sheet(ExportSheet(folder, found.files, of_node, sheet, force, found.classes)))
    return json.dumps(record(found, of_node)) if as_json else table(found, of_node, sheet)


def record(found: Patches, patches: NodePatches) -> dict[str, list[dict[str, Any]]]:
    """What --json prints: paths in the folder; boxes are left, top, right, bottom in pixels of the picture; classes,
    where places were looked for in each."""
    channels = [
        {
            "channel": channel,
            "places": [
                {"picture": found.files[picture], "value": value, "box": box}
                | ({"class": class_of(found.files[picture])} if found.classes else {})
                for picture, value, box in zip(pictures, values, boxes, strict=True)
                if picture >= 0
            ],
        }
        for channel, (pictures, values, boxes) in enumerate(
            zip(patches.pictures.tolist(), patches.values.tolist(), patches.boxes.tolist(), strict=True)
        )
    ]
    return {
        "channels": channels,
        "broken": [{"picture": one.path, "problem": one.sentence} for one in found.broken],
    }


def table(found: Patches, patches: NodePatches, sheet: str) -> str:
    """What people read: the strongest place of each channel, in each class where these were looked for."""
    each = patches.values.shape[1] // max(1, len(found.classes))
    first = slice(0, None, each)  # of each class
    rows = [
        (str(channel), f"{value:.4g}", plain(found.files[picture]), *map(str, box))
        for channel, (values, pictures, boxes) in enumerate(
            zip(
                patches.values[:, first].tolist(),
                patches.pictures[:, first].tolist(),
                patches.boxes[:, first].tolist(),
                strict=True,
            )
        )
        for value, picture, box in zip(values, pictures, boxes, strict=True)
        if picture >= 0
    ]
    count = (f"{len({row[0] for row in rows})} channels", *[""] * 6)
    text = aligned(
        [("channel", "value", "picture", "left", "top", "right", "bottom"), *rows, count], (0, 1, 3, 4, 5, 6)
    )
    return f"{text}\nWritten: {plain(sheet)}" if sheet else text
