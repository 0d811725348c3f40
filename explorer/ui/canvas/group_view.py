"""Groups on the canvas: made of the selection, taken apart, opened and closed where they lie, and named in place."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit

from explorer.maths.steps import at_once, in_parts
from explorer.network.arranging import rearranging
from explorer.network.direction import Direction
from explorer.network.groups import TOP, Groups
from explorer.network.project import Project
from explorer.network.repeats import with_repeats
from explorer.network.unfolding import grouped, laying_out, revealed, toggled
from explorer.ui.canvas.belonging import movable, units
from explorer.ui.canvas.edit_view import EditView
from explorer.ui.canvas.glide import gliding
from explorer.ui.canvas.rehoming import rehomed
from explorer.ui.canvas.turning import ARRANGE
from explorer.ui.controls.following import MANY, shared_turns
from explorer.ui.controls.turns import Parts
from explorer.workspace import flow_direction
from explorer.workspace.tab import Tab

Steps = Generator[int, None, Project]
"""Finds a project in steps; see `network.layout.arranging`."""
A_TURN = 6000
"""How much of that is done in a turn of the event loop; some 2 µs each."""
LONGEST = 200
"""Characters of a group's name."""


class GroupView(EditView):
    """An editing view that knows groups. Opening and closing is looking: it is no step to undo."""

    @property
    def group(self) -> str:
        """The group that is selected, or the innermost one around the selection; "" for none."""
        groups, ids = self.drawing.folding.groups, self.session.selection
        return (groups.exactly(ids) or groups.around(ids)) if ids else TOP

    def make_group(self) -> None:
        """Make a group of the selected nodes, open, and let its name be typed."""
        project, ids = self.drawing.project, self.session.selection
        if ids:
            number = 1 + len(project.groups.groups)
            after, id = grouped(project, f"Group {number}", ids)
            self.edit(f"Group {self.drawing.named(ids)}", after, merge=f"group {id}")
            self.name_group(id, merge=f"group {id}")

    def ungroup(self) -> None:
        """Take the selected group apart, or the innermost one around the selection; what is in it stays."""
        if id := self._group_or_say():
            self.fold(id, closed=False)
            project, name = self.drawing.project, self.drawing.folding.groups.groups[id].name
            self.edit(f"Ungroup {name}", project.regrouped(project.groups.ungrouped([id])))

    def put_into(self, home: str) -> None:
        """Put what is selected into a group, or into none (TOP)."""
        project, ids, groups = self.drawing.project, self.session.selection, self.drawing.folding.groups
        if not movable(groups, ids, home):
            where = groups.groups[home].name if home else "no group"
            itself = home and not set(groups.path(home)).isdisjoint(units(groups, ids))
            lies = f"What is selected lies in {where} already."
            none = f"No group goes into itself: {where} is among what is selected."
            self.session.failed.emit("canvas", none if itself else lies)
            return
        frame = self.drawing.frames.areas.get(home)
        area = (*frame.topLeft().toTuple(), *frame.bottomRight().toTuple()) if frame is not None else None
        after = rehomed(project, ids, home, area)
        words = f"into {groups.groups[home].name}" if home else "out of its group"
        self.edit(f"Move {self.drawing.named(ids)} {words}", after)

    def take_out(self) -> None:
        """Put what is selected into the group around its group, or into none."""
        groups, ids = self.drawing.folding.groups, self.session.selection
        homes = {groups.home(id) for id in units(groups, ids)}
        self.put_into(groups.home(homes.pop()) if len(homes) == 1 else TOP)

    def fold(self, id: str, closed: bool | None = None) -> None:
        """Open a closed group, or close an open one; the same with `closed` only where it is not so yet."""
        project = self.drawing.project
        if closed is None or project.groups.groups[id].closed != closed:
            nodes = project.groups.nodes(id)[: 1 if project.groups.groups[id].closed else None]

            def look() -> None:
                self.session.document.look(toggled(project, id))
                self.reveal(nodes)

            gliding(self, look)

    def go_to_group(self, id: str) -> None:
        """Select a group, and show it; TOP is the whole network."""
        self.setFocus()
        self.select((id,) if id else ())
        self.show_area(self.drawing.bounds(self.session.selection or None))

    def step_out(self) -> None:
        """Select the group around what is selected; where there is none, nothing."""
        groups, ids = self.drawing.folding.groups, self.session.selection
        whole = groups.exactly(ids) if ids else ""
        around = groups.home(whole) if whole else groups.around(ids) if ids else TOP
        self.select((around,) if around else ())

    def fold_selected(self) -> None:
        """Open the selected closed group; else close the group that is selected, or around the selection."""
        if id := self._group_or_say():
            self.fold(id)

    def enter(self) -> None:
        """Open the selected group where it is closed; else ask for the selected node's settings."""
        if self.group and self.drawing.folding.groups.groups[self.group].closed:
            self.fold(self.group)
        else:
            self.ask_edit()

    def uncover(self, ids: Iterable[str]) -> None:
        """Open the groups that hide some of these nodes."""
        self.session.document.look(revealed(self.drawing.project, ids))

    def uncover_group(self, id: str) -> None:
        """Open the groups that hide this one."""
        project = self.drawing.project
        for around in project.groups.path(id)[:-1]:
            project = toggled(project, around) if project.groups.groups[around].closed else project
        self.session.document.look(project)

    def frame(self, ids: Iterable[str] | None = None) -> None:
        """Show these nodes, out of the groups that hide them; by default the selected ones as they are, or all."""
        wanted = tuple(ids or ())
        self.uncover(wanted)
        super().frame(wanted)

    def fold_to(self, level: int) -> None:
        """Open so many levels of groups, close what is deeper, and lay all out anew; one step to undo."""
        text = {0: "Close all groups"}.get(level, f"Open groups to level {level}")
        self._lay_out(
            text if level < self.levels else "Open all groups",
            lambda project: _laid_out(project.regrouped(project.groups.to_level(level))),
        )

    def fold_repeats(self) -> None:
        """Put equal groups in a row together, as ×N; one step to undo."""
        document = self.session.document

        def put_together(project: Project) -> Groups:
            return with_repeats(project.network, project.groups, document.facts)

        if put_together(document.project) == document.project.groups:
            self.session.failed.emit("canvas", "No equal groups follow each other: there is nothing to put together.")
        else:
            self._lay_out(
                "Put equal groups together", lambda project: _laid_out(project.regrouped(put_together(project)))
            )

    @property
    def levels(self) -> int:
        """How deep groups lie in each other."""
        groups = self.drawing.folding.groups
        return max((groups.depth(id) for id in groups.groups), default=0)

    def name_group(self, id: str, merge: str = "") -> None:
        """Let the name of a group be typed where it stands; merge: see `Document.edit`."""
        if id in self.drawing.folding.groups.groups:
            self.reveal(self.drawing.folding.groups.nodes(id)[:1])
            _NameField(self, id, merge)

    def rename_group(self) -> None:
        """The same for the selected group, or the one around the selection."""
        self.name_group(self._group_or_say())

    def _group_or_say(self) -> str:
        """The group that is meant; where there is none, that is told."""
        if not self.group:
            self.session.failed.emit("canvas", "What is selected lies in no group: Ctrl+G makes one of it.")
        return self.group

    def arrange(self, direction: Direction | None = None) -> None:
        """Lay the whole network out anew, as one step to undo; where a direction is given, the links run that way, and
        those of networks to come."""
        if direction is not None:
            flow_direction.remember(direction)
        text = ARRANGE[direction] if direction else "Arrange"
        self._lay_out(text, lambda project: rearranging(project, direction or project.direction))

    def _lay_out(self, text: str, arranged: Callable[[Project], Steps]) -> None:
        """Put all elsewhere, as one step to undo: in a large network in some turns of the event loop, and where it is
        edited meanwhile, as it is then."""
        turns, document = shared_turns(self.session.document), self.session.document
        turns.finish(self)
        if len(document.project.network.nodes) <= MANY:
            self._glide_to(text, at_once(arranged(self.drawing.project)))
        else:
            turns.take(self, self._laying_out(text, arranged, document.tab))

    def _laying_out(self, text: str, arranged: Callable[[Project], Steps], tab: Tab) -> Parts:
        document, before = self.session.document, None
        while document.tab is tab and document.project is not before:
            before = document.project
            after = yield from in_parts(arranged(self.drawing.project), A_TURN)
            yield
        if document.tab is tab:
            self._glide_to(text, after)

    def _glide_to(self, text: str, project: Project) -> None:
        def act() -> None:
            before = self.view_now
            self.edit(text, project)
            self.settle()
            if self.session.document.project is project:  # else all was so already, and there is no step
                self.session.document.keep_views(before, self.view_now)

        gliding(self, act)


def _laid_out(project: Project) -> Steps:
    """The project with all that is drawn laid out anew."""
    places = yield from laying_out(project.network, project.groups, project.direction)
    return project.moved(places)


class _NameField(QLineEdit):
    """A field over the name of a group; Enter or leaving it renames, Esc does not."""

    def __init__(self, canvas: GroupView, id: str, merge: str) -> None:
        super().__init__(canvas.drawing.folding.groups.groups[id].name, canvas)
        self._canvas, self._id, self._merge = canvas, id, merge
        self._place()
        canvas.looked.connect(self._place)
        canvas.session.leaving.connect(self._take)  # another network has other groups
        self.setMaxLength(LONGEST)
        self.setAccessibleName("Name of the group")
        self.editingFinished.connect(self._take)
        self.selectAll()
        self.show()
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def _place(self, *_: object) -> None:
        groups = self._canvas.drawing.folding.groups.groups
        if self._id in groups:
            area = self._canvas.viewportTransform().mapRect(self._canvas.drawing.name_room(self._id)).toRect()
            self.setGeometry(area.left(), area.top(), max(160, area.width()), max(24, min(32, area.height())))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self._close()
        else:
            super().keyPressEvent(event)
            event.accept()  # Enter ends here: on the canvas it would ask for a layer's settings

    def _take(self) -> None:
        canvas, name = self._canvas, self.text().strip()
        project = canvas.drawing.project
        if name and name.isprintable() and self._id in project.groups.groups:
            canvas.edit(f"Name {name}", project.regrouped(project.groups.renamed(self._id, name)), self._merge)
        self._close()

    def _close(self) -> None:
        self.editingFinished.disconnect()
        self._canvas.looked.disconnect(self._place)
        self._canvas.session.leaving.disconnect(self._take)
        self._canvas.setFocus()
        self.deleteLater()
        self.hide()
