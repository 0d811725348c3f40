"""What each key does on the canvas; all that the mouse can do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import inf
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QKeySequence

from explorer.network.direction import Direction
from explorer.network.network import Network
from explorer.network.project import Place
from explorer.ui import theme
from explorer.ui.canvas.annotation_edits import annotated, called, shifted

if TYPE_CHECKING:
    from explorer.ui.canvas.view import Canvas

Key = Qt.Key
Standard = QKeySequence.StandardKey
WAYS = {Key.Key_Up: (0, -1), Key.Key_Down: (0, 1), Key.Key_Left: (-1, 0), Key.Key_Right: (1, 0)}

PLAIN: dict[Key, Callable[[Canvas], object]] = {
    Key.Key_Delete: lambda canvas: canvas.delete(),
    Key.Key_Backspace: lambda canvas: canvas.delete(),
    Key.Key_Tab: lambda canvas: canvas.search(),
    Key.Key_F: lambda canvas: canvas.frame(),
    Key.Key_Home: lambda canvas: canvas.fit(),
    Key.Key_X: lambda canvas: canvas.ask_xray(),
    Key.Key_L: lambda canvas: canvas.link_selected(),
    Key.Key_O: lambda canvas: canvas.fold_selected(),
    Key.Key_F2: lambda canvas: canvas.rename_group(),
    Key.Key_M: lambda canvas: canvas.bypass(),
    Key.Key_Plus: lambda canvas: canvas.zoom_by(2),
    Key.Key_Equal: lambda canvas: canvas.zoom_by(2),
    Key.Key_Minus: lambda canvas: canvas.zoom_by(-2),
    Key.Key_N: lambda canvas: canvas.annotating.add_note(),
    Key.Key_A: lambda canvas: canvas.annotating.add_arrow(),
    Key.Key_Return: lambda canvas: edit(canvas),
    Key.Key_Enter: lambda canvas: edit(canvas),
    Key.Key_PageDown: lambda canvas: step(canvas, 1),
    Key.Key_PageUp: lambda canvas: step(canvas, -1),
}
STANDARD: dict[Standard, Callable[[Canvas], None]] = {
    Standard.SelectAll: lambda canvas: canvas.select_all(),
    Standard.Copy: lambda canvas: canvas.copy(),
    Standard.Cut: lambda canvas: canvas.cut(),
    Standard.Paste: lambda canvas: canvas.paste(),
}


def press(canvas: Canvas, event: QKeyEvent) -> bool:
    """Do what a key asks for; False where it asks for nothing."""
    key, held = Qt.Key(event.key()), event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    shift, alt = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.AltModifier
    for standard, act in STANDARD.items():
        if event.matches(standard):
            act(canvas)
            return True
    if held == Qt.KeyboardModifier.ControlModifier and key == Key.Key_D:
        canvas.duplicate()
    elif held == shift and key == Key.Key_A:
        canvas.search()
    elif held == shift and key == Key.Key_N:
        canvas.annotating.choose_next()
    elif key in WAYS and canvas.annotating.chosen and held == alt | shift:
        canvas.annotating.stretch(*WAYS[key])
    elif key in WAYS and held == alt:
        nudge(canvas, *WAYS[key])
    elif key in WAYS and held in (Qt.KeyboardModifier.NoModifier, shift):
        walk(canvas, *WAYS[key], keep=held == shift)
    elif key in PLAIN and (held == Qt.KeyboardModifier.NoModifier or (held == shift and key == Key.Key_Plus)):
        PLAIN[key](canvas)
    else:
        return False
    return True


def edit(canvas: Canvas) -> None:
    """Write the chosen note, open the selected group, or ask for the selected layer's settings."""
    if canvas.annotating.chosen and not canvas.session.selection:
        canvas.annotating.write()
    else:
        canvas.enter()


def walk(canvas: Canvas, right: int, down: int, *, keep: bool) -> None:
    """Select the next node in a direction, besides the selected ones if `keep`."""
    folding, places, direction = canvas.drawing.folding, canvas.drawing.places, canvas.drawing.direction
    selection, network = folding.shown(canvas.session.selection), folding.drawn
    if selection:
        id = neighbour(network, places, selection[-1], (right, down), direction)
    else:
        order = [node.id for node in network.order] or list(network.nodes)
        id = order[0] if order else None
    if id is not None:
        canvas.select((*(i for i in selection if keep and i != id), id))
        canvas.reveal([id])


def step(canvas: Canvas, way: int) -> bool:
    """Select the card that is computed next, or the one before; False where there is none."""
    folding = canvas.drawing.folding
    order = [node.id for node in folding.drawn.order] or list(folding.drawn.nodes)
    selection = [id for id in folding.shown(canvas.session.selection) if id in order]
    at = order.index(selection[-1]) + way if selection else 0 if way > 0 else len(order) - 1
    if not 0 <= at < len(order):
        return False
    canvas.select((order[at],))
    canvas.reveal((order[at],))
    return True


def neighbour(
    network: Network, places: Mapping[str, Place], id: str, way: tuple[int, int], direction: Direction
) -> str | None:
    """Along the flow the user, against it the input, across it the nearest node; way: right and down, one of them 0."""
    (across, along), places = direction.turned(way), direction.placed(places)
    x, y = places[id]
    if along:
        linked = network.users[id] if along > 0 else network.nodes[id].inputs
        return min(linked, key=lambda i: abs(places[i][0] - x), default=None)

    def distance(place: Place) -> float:
        aside = (place[0] - x) * across
        return aside + 4 * abs(place[1] - y) if aside > 0 and abs(place[1] - y) < 3 * direction.card[1] else inf

    best = min((i for i in network.nodes if i != id), key=lambda i: distance(places[i]), default=None)
    return best if best is not None and distance(places[best]) < inf else None


def nudge(canvas: Canvas, right: int, down: int) -> None:
    """Move the selected nodes, notes and arrows by one step of the grid; steps in a row undo as one."""
    drawing, step = canvas.drawing, float(theme.GRID)
    project, selection = drawing.project, drawing.folding.shown(canvas.session.selection)
    notes = {id: project.annotations[id] for id in drawing.annotations.selected}
    if selection or notes:
        moved = {i: (project.places[i][0] + right * step, project.places[i][1] + down * step) for i in selection}
        after = annotated(project.moved(moved), shifted(notes, right * step, down * step))
        text = f"Move {called('', notes)}" if notes and not selection else "Move"
        canvas.edit(text, after, merge="nudge " + " ".join(sorted((*selection, *notes))))
        if selection:
            canvas.reveal(selection[-1:])
        else:
            canvas.reveal_area(drawing.annotations.area(next(reversed(notes))))
