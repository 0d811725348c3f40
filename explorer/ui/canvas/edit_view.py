"""What can be done to the network on the canvas, whichever key, gesture or menu asks for it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property
from itertools import pairwise

from PySide6.QtCore import QPointF, QRectF, Signal
from PySide6.QtGui import QGuiApplication

from explorer.classics.blocks import Block
from explorer.layers.bypass import CannotBypass, brought_back, bypassed
from explorer.network.layer import Layer, ShapeError
from explorer.network.project import Place, Project
from explorer.network.removal import removed
from explorer.network.routes import Link
from explorer.ui.canvas import edits
from explorer.ui.canvas.adding import Adding
from explorer.ui.canvas.annotation_edits import called, without
from explorer.ui.canvas.annotations import spoken as annotation_spoken
from explorer.ui.canvas.belonging import beside, joined
from explorer.ui.canvas.card import HEIGHT, WIDTH
from explorer.ui.canvas.copies import Area
from explorer.ui.canvas.figure import export_picture
from explorer.ui.canvas.group_copies import PasteError
from explorer.ui.canvas.node_item import Hit
from explorer.ui.canvas.scene import NetworkScene
from explorer.ui.canvas.spoken import announce
from explorer.ui.canvas.zoom_view import ZoomView
from explorer.ui.controls.finder import Finder
from explorer.workspace.copied_text import is_copied
from explorer.workspace.session import Session

EMPTY = "Press Tab to add a layer, or drop a picture or a model here"

NO_BLOCK = "Select the layer that the block should stand behind, or drop it on a link."


class EditView(ZoomView):
    """A view that shares the session's selection and edits its document, through `document.edit` only."""

    edit_requested = Signal(str)  # a node's id: Enter or a double click
    block_requested = Signal(object, object)  # a kind of block, QPointF where it was dropped or None
    network_requested = Signal(str, str)  # name, title
    picture_pasted = Signal()  # one is on the clipboard where layers might be

    def __init__(self, session: Session) -> None:
        super().__init__(NetworkScene(session.document))
        self.session = session
        session.selection_changed.connect(self._show_selection)
        self._show_selection(session.selection)

    @cached_property
    def box(self) -> Finder:
        """The box that adds by typing; made when it is first asked for."""
        return Finder(
            self, "Name a layer, block or network, or what it does", "What can be added",
            "Nothing to add is called or described",
        )  # fmt: skip

    @property
    def link(self) -> Link | None:
        """The selected link."""
        return self.drawing.links.chosen

    def select(self, ids: Iterable[str], link: Link | None = None, annotations: Iterable[str] = ()) -> None:
        """Select nodes and whole groups, the last one chosen last, with notes and arrows; or a link."""
        notes = tuple(annotations)
        self.session.select(self.drawing.folding.nodes(ids))
        self.drawing.choose(self.session.selection, link, notes)
        self.describe()

    def edit(self, text: str, project: Project, merge: str = "") -> None:
        """Make `project` the document's, as one step to undo."""
        self.session.document.edit(text, project, merge)

    def add_layer(self, kind: str, at: QPointF | None = None) -> None:
        """Add a layer behind the selected ones, fed by them; or on a link: see `on_link`, or the one at a point."""
        layer, project, link = Layer.kinds[kind](), self.drawing.project, self.on_link
        hit = self.drawing.hit(at, self.zoom) if at is not None else Hit("ground")
        if at is None and link is not None and layer.inputs == 1:
            (x, y), (below_x, below_y) = (project.places[id] for id in link[:2])
            project, id = edits.inserted(project, layer, link, ((x + below_x) / 2, (y + below_y) / 2))
        elif at is None:
            project, id = edits.added(project, layer, self.session.selection)
        elif hit.link is not None and layer.inputs:
            project, id = edits.inserted(project, layer, hit.link, _centred(at))
        else:
            project, id = edits.added(project, layer, (), _centred(at))
            project = joined(project, (id,), self.drawing.frames.around(at))
        self._add(project, id, show=at is None)

    @property
    def on_link(self) -> Link | None:
        """Where a layer that has one input goes: on the selected link, or on the one between two selected layers."""
        folding, selection = self.drawing.folding, self.session.selection
        ids = folding.shown(selection)
        if len(ids) != 2:
            return None if selection else self.link
        inputs = {id: folding.drawn.nodes[id].inputs for id in ids}
        pairs = ((source, target) for source, target in (ids, ids[::-1]) if source in inputs[target])
        return next(((source, target, inputs[target].index(source)) for source, target in pairs), None)

    def add_on_wire(self, kind: str, at: QPointF, wire: str, *, backwards: bool) -> None:
        """Add a layer at a point, fed by the node that a wire was pulled from; backwards: feeding it."""
        layer, project = Layer.kinds[kind](), self.drawing.project
        (x, y), direction = _centred(at), project.direction
        right, down = direction.turned((0.0, direction.card[1] / (-2 if backwards else 2)))
        project, id = edits.added(project, layer, () if backwards else (wire,), (x + right, y + down))
        project = joined(project, (id,), self.drawing.frames.around(at))
        self._add(edits.linked(project, id, wire) if backwards else project, id, show=False)

    def add_block(self, block: Block, at: QPointF | None = None) -> None:
        """Add a block behind the selected node; or at a point, on the link that runs there."""
        after, link = self.before_block(at)
        if after is None:
            self.session.failed.emit("canvas", NO_BLOCK)
            return
        try:
            project, last = edits.with_block(self.drawing.project, block, after, link)
        except ShapeError as error:
            self.session.failed.emit("canvas", str(error))
            return
        before = self.drawing.document.project.network.nodes.keys()
        new = tuple(id for id in project.network.nodes if id not in before)
        self.edit(f"Add {block.kind}", project)
        self.select((*(id for id in new if id != last), last))
        self._go_to_new(self.drawing.bounds(new))

    def before_block(self, at: QPointF | None = None) -> tuple[str | None, Link | None]:
        """What a block would stand behind, and the link it would stand on."""
        link = self.drawing.hit(at, self.zoom).link if at is not None else self.on_link
        if link is not None:
            return self.drawing.folding.links(link)[0][0], link
        return next(reversed(self.session.selection), None), None

    def select_all(self) -> None:
        """Select every node, note and arrow."""
        self.select(tuple(self.drawing.nodes), annotations=tuple(self.drawing.annotations.shown))

    def frame(self, ids: Iterable[str] | None = None) -> None:
        """Show these nodes, by default the selected ones, by default all."""
        super().frame(ids or self.session.selection or self.drawing.nodes)

    def delete(self) -> None:
        """Remove the selected link; or nodes, notes and arrows: what a removed node fed is fed by its input, if that
        fits."""
        ids, link, project = self.session.selection, self.link, self.drawing.project
        notes = self.drawing.annotations.selected
        if link is not None:
            self.edit(self.drawing.unplugging(link), edits.unplugged(project, link))
        elif ids or notes:
            text = f"Delete {called(self.drawing.named(ids) if ids else '', notes)}"
            after, problem = removed(project, ids, self.drawing.document.facts)
            self.edit(text, without(after, notes))
            if problem:
                self.session.failed.emit("canvas", problem)

    def bypass(self) -> None:
        """Let the selected layers pass on what comes in, or where all of them do, bring them back."""
        ids, project = self.session.selection, self.drawing.project
        try:
            if project.bypassed.keys() >= set(ids):
                self.edit(f"Bring back {_named(ids)}", brought_back(project, ids))
            else:
                self.edit(f"Bypass {_named(ids)}", bypassed(project, ids))
        except CannotBypass as error:
            self.session.failed.emit("canvas", str(error))

    def link_selected(self) -> None:
        """Link the selected nodes in the order they were selected; where they all are, take these links away."""
        ids, project = self.session.selection, self.drawing.project
        pairs = list(pairwise(ids))
        present = all(a in project.network.nodes[b].inputs for a, b in pairs)
        for a, b in pairs:
            if present:
                project = project.rewired(project.network.without_link(a, b))
            elif reason := edits.refusal(project, a, b):
                self.session.failed.emit("canvas", f"{a} cannot feed {b}: {reason}")
                return
            elif a not in project.network.nodes[b].inputs:
                project = edits.linked(project, a, b)
        if pairs:
            self.edit(f"{'Unlink' if present else 'Link'} {_named(ids)}", project)

    def copy(self) -> None:
        """Put the selected nodes, notes and arrows on the clipboard as text."""
        if text := self._copied():
            QGuiApplication.clipboard().setText(text)

    def cut(self) -> None:
        """Copy the selected nodes, notes and arrows and remove them."""
        self.copy()
        self.delete()

    def paste(self) -> None:
        """Add the clipboard's nodes, notes and arrows, with fresh ids, and select them; a picture is looked at."""
        data = QGuiApplication.clipboard().mimeData()
        if data and (data.hasImage() or data.hasUrls()) and not is_copied(data.text()):
            self.picture_pasted.emit()
            return
        home = beside(self.drawing.folding.groups, self.session.selection)
        seen = self.drawing.frames.areas[home] if home else self.visible
        area = (*seen.topLeft().toTuple(), *seen.bottomRight().toTuple())
        self._add_text("Paste", QGuiApplication.clipboard().text(), area, home)

    def drop_text(self, text: str, at: QPointF) -> None:
        """Add a text's nodes, notes and arrows around a point of the scene, as far as there is room."""
        home = self.drawing.frames.around(at)
        self._add_text("Drop", text, (at.x(), at.y(), at.x(), at.y()), home, show=False)

    def duplicate(self) -> None:
        """Add the selected nodes, notes and arrows once more, beside themselves."""
        ids, notes = self.session.selection, self.drawing.annotations.selected
        if ids or notes:
            home = beside(self.drawing.folding.groups, ids)
            self._add_copies("Duplicate", lambda project: edits.repeated(project, ids, notes, home=home))

    def _copied(self) -> str:
        """What is selected as text, "" for nothing."""
        ids, notes = self.session.selection, self.drawing.annotations.selected
        return edits.copied(self.drawing.project, ids, notes) if ids or notes else ""

    def export_picture(self, path: str) -> None:
        """Write the network as PNG, SVG or PDF. Raises Refusal with a sentence."""
        export_picture(self.drawing, path)

    def search(self, at: QPointF | None = None, wire: str = "", *, backwards: bool = False) -> None:
        """Add by typing: at a point, on a wire from (backwards: to) a node, or behind the selection."""
        Adding(self, at, wire, backwards).ask()

    def ask_edit(self) -> None:
        """Ask for the selected node's settings."""
        if self.session.selection:
            self.edit_requested.emit(self.session.selection[-1])

    def _add(self, project: Project, id: str, *, show: bool) -> None:
        self.edit(f"Add {id}", project)
        self.select((id,))
        if show:
            self._go_to_new(self.drawing.bounds((id,)))

    def _go_to_new(self, area: QRectF) -> None:
        """Scroll to what the last step added, which belongs to it: undo brings the view back, and redo there again."""
        before = self.view_now
        self.reveal_area(area)
        if self.view_now != before:
            self.session.document.keep_views(before, self.view_now)

    def _add_text(self, verb: str, text: str, seen: Area, home: str, *, show: bool = True) -> None:
        self._add_copies(verb, lambda project: edits.pasted(project, text, seen, home), show=show)

    def _add_copies(
        self, verb: str, add: Callable[[Project], tuple[Project, tuple[str, ...]]], *, show: bool = True
    ) -> None:
        before = self.drawing.project
        try:
            project, ids = add(before)
        except PasteError as error:
            self.session.failed.emit("canvas", f"{str(error)[0].upper()}{str(error)[1:]}.")
            return
        notes = [id for id in project.annotations if id not in before.annotations]
        self.edit(f"{verb} {called(_named(ids) if ids else '', notes)}", project)
        self.select(ids, annotations=notes)
        if ids and show:
            self._go_to_new(self.drawing.bounds(ids))
        elif show:
            self._go_to_new(self.drawing.annotations.area(notes[0]))

    def _show_selection(self, ids: tuple[str, ...]) -> None:
        self.drawing.choose(ids)
        self.describe()

    def describe(self) -> None:
        """Say what is selected to screen readers."""
        drawing, ids = self.drawing, self.session.selection
        cards, nodes = drawing.folding.shown(ids), drawing.document.project.network.nodes
        card = cards[0] if len(cards) == 1 else drawing.folding.groups.exactly(ids)
        spoken = drawing.spoken(card) or (f"{len(ids)} layers selected" if ids else "")
        if self.link is not None:
            spoken = f"link from {drawing.named(self.link[:1])} to {drawing.named(self.link[1:2])}"
        elif len(cards) == 1 and self.hasFocus():
            announce(self, cards[0])
        notes = drawing.annotations
        if notes.selected:
            one, count = notes.shown.get(notes.chosen), len(notes.selected)
            told = annotation_spoken(one) if one else f"{count} notes and arrows selected"
            spoken = f"{spoken}, and {told}" if spoken else told
        self.setAccessibleDescription(spoken or f"{len(nodes)} layers" if nodes else EMPTY)


def _named(ids: tuple[str, ...]) -> str:
    return ids[0] if len(ids) == 1 else f"{len(ids)} layers"


def _centred(at: QPointF) -> Place:
    """Where a card lies whose middle is at a point."""
    return at.x() - WIDTH / 2, at.y() - HEIGHT / 2
