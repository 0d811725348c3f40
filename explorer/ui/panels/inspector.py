"""What the selected layer is: its settings to edit, and the formulas that follow from them."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication, QCheckBox, QComboBox, QHBoxLayout, QWidget

import explorer.layers  # noqa: F401  (fills Layer.kinds)
from explorer.network.analysis import BEHIND, totals
from explorer.network.conventions import Conventions
from explorer.network.ends import is_end
from explorer.network.formulas import formulas, origin, remarks
from explorer.network.layer import Layer
from explorer.ui.controls.bypass_box import BypassBox
from explorer.ui.controls.following import Following, after_paint, shared_turns
from explorer.ui.controls.formula_column import set_ahead
from explorer.ui.controls.formula_view import FormulaView
from explorer.ui.controls.growing_column import BROAD, GrowingColumn
from explorer.ui.controls.keys_on import KeysOn
from explorer.ui.controls.labels import ROLES, Text
from explorer.ui.controls.layer_forms import LayerForms
from explorer.ui.controls.spoken import additions, kinds_in_words, shapes_in_words
from explorer.ui.controls.turns import Parts
from explorer.ui.controls.words import counted, plain_tip, source, sums_in_words, told
from explorer.ui.pictures.feeding_tools import FeedingTools
from explorer.ui.theme import GRID
from explorer.workspace.document import Change
from explorer.workspace.session import Session

if TYPE_CHECKING:
    from explorer.layers.repairs import Repair
    from explorer.ui.controls.form import Form
    from explorer.ui.tables.repair_list import RepairList


class InspectorPanel(KeysOn, GrowingColumn):
    """The selected node's settings and formulas; sums where several are selected or none is."""

    def __init__(self, session: Session) -> None:
        super().__init__(BROAD)
        self._session, self._document = session, session.document
        self._shown = ""  # id of the node the form edits
        self.forms = LayerForms(session, self, self._put)
        self.forms.edited.connect(self._edit)
        self._views: list[FormulaView] = []
        self.setMinimumSize(33 * GRID, 20 * GRID)
        self.setAccessibleName("Inspector")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # Tab comes to what is in it
        self.title = Text(size="title", wrap=False)
        self.subtitle = Text(role="dim", wrap=False)
        self.told = Text()
        self.source = Text(role="dim", size="small")
        self.sees = Text(role="dim", size="small", wrap=False)
        self.problem = Text(role="problem")
        self.answer = QCheckBox("This end is the network's answer")
        self.answer.clicked.connect(lambda: session.choose_answer(self._shown))
        self.bypass = BypassBox(session)
        self.letters_box = QComboBox()
        self.letters_box.addItem("Course: n, p, f, s", "course")
        self.letters_box.addItem("torch: H, P, K, S", "torch")
        self.letters_box.setAccessibleName("Letters in formulas")
        self.letters_box.setCurrentIndex(self.letters_box.findData(session.conventions.letters))
        self.letters_box.activated.connect(lambda _: self._choose_letters())
        self.fed = FeedingTools(session, selected=True)
        self._heading = QWidget()
        heading = QHBoxLayout(self._heading)
        heading.setContentsMargins(0, GRID, 0, 0)
        heading.addWidget(Text("Formulas", "dim", "small", wrap=False), 1)
        heading.addWidget(self.letters_box)
        column = self.column
        column.setContentsMargins(2 * GRID, GRID, GRID, 2 * GRID)
        column.setSpacing(GRID)
        self.remarks = Text(role="dim", size="small")
        about = self.title, self.subtitle, self.told, self.source, self.sees, self.answer, self.fed
        for widget in (*about, self.bypass, self.problem, self._heading, self.remarks):
            column.addWidget(widget)
        column.addStretch(1)
        self.beside(self._heading)
        self._following = Following(self, session, self._follow, self._show_large)
        session.conventions_changed.connect(self._follow_conventions)
        self._turns = shared_turns(session.document)
        session.selection_changed.connect(lambda _: self._show_soon())  # the canvas shows the choice first
        self._repair_soon = QTimer(self, singleShot=True, interval=0)
        self._repair_soon.timeout.connect(self._show_repairs)
        self._show()

    @cached_property
    def repairs(self) -> RepairList:
        """What helps a layer that has a problem; made when there is the first one."""
        from explorer.ui.tables.repair_list import RepairList

        found = RepairList()
        found.chosen.connect(self._repair)
        self.column.insertWidget(self.column.indexOf(self.problem) + 1, found)
        return found

    @property
    def form(self) -> Form | None:
        """The settings that are shown."""
        return self.forms.shown

    @property
    def views(self) -> list[FormulaView]:
        """The formulas that are shown."""
        return [view for view in self._views if not view.isHidden()]

    @property
    def first(self) -> QWidget:
        """Who comes here by keyboard wants the first setting."""
        self._turns.finish(self)  # of what is selected by now
        return self.form.first if self.form and self.form.first else self.letters_box

    def _choose_letters(self) -> None:
        self._session.set_conventions(replace(self._session.conventions, letters=self.letters_box.currentData()))

    def _follow_conventions(self, conventions: Conventions) -> None:
        self.letters_box.setCurrentIndex(self.letters_box.findData(conventions.letters))
        self._show()

    def _show_soon(self) -> None:
        if self._following.large:
            self._following.look_anew()
        else:
            self._turns.take(self, after_paint(self, self._showing()))

    def _show_large(self) -> Parts:
        if self._following.large:
            yield from self._showing()

    def _showing(self) -> Parts:
        """Show what is selected, once all is there that takes some milliseconds: what its layers see, its form, its
        formulas set in type. Each is made in turns of its own, and till then what was shown stays, whole."""
        if len(self._session.selection) == 1:
            (id,) = self._session.selection
            yield from self._document.fields.looking_ahead()
            project = self._document.project
            if (layer := project.layer(id)) not in self.forms:
                self.forms.of(layer)
                yield
            yield from set_ahead(formulas(project.network, id, self._document.facts, self._session.conventions))
        self._show()

    def _follow(self, change: Change) -> None:
        selected = set(self._session.selection)
        sums = change.facts is not change.facts_before or change.before.groups is not change.after.groups
        if change.rewired:
            self.forms.make_ahead()
        if self._following.large:
            return  # it is shown after this
        if self._shown in change.touched:
            self._show()
        elif not selected or selected & change.touched or sums:
            self._show_soon()
        elif change.before.main != change.after.main:
            self._show_answer()

    def _show(self) -> None:
        """Show what is selected now; a form of the same kind is kept, so that it keeps the focus."""
        with self.changing():
            self._show_all()

    def _show_all(self) -> None:
        nodes = self._document.project.network.nodes
        ids = [i for i in self._session.selection if i in nodes]
        if len(ids) != 1:
            self._show_form("", None)
            self._show_sums(ids)
        else:
            self._show_node(ids[0])
        waits = self.problem.text() == BEHIND  # nothing is wrong here, as on its card
        self.problem.setForegroundRole(ROLES["dim" if waits else "problem"])
        self._show_answer()
        self.bypass.show_node(self._shown)
        self._show_formulas()
        if self.problem.text() or "repairs" in self.__dict__:
            self._repair_soon.start()  # looking for repairs tries many edits

    def _show_node(self, id: str) -> None:
        layer, facts = self._document.project.layer(id), self._document.facts[id]
        self.title.say(layer.kind)
        self.subtitle.say(id)
        self.told.say(told(type(layer)))
        origin = source(type(layer))
        self.source.say(f"Source: {origin}" if origin else "")
        field = self._document.fields[id]
        self.sees.say(field.brief if field and layer.inputs else "")
        self.sees.setToolTip(plain_tip(str(field or "")))
        self.problem.say(facts.problem)
        self._show_form(id, layer)

    def _show_sums(self, ids: list[str]) -> None:
        facts, project = self._document.facts, self._document.project
        if group := project.groups.exactly(ids):
            self._show_group(group)
            return
        some = {i: facts[i] for i in ids} if ids else facts
        sums = totals(some) if ids else self._document.sums
        self.title.say(f"{len(ids)} layers selected" if ids else project.title or "The network")
        self.subtitle.say("" if ids else counted(len(some), "layer"))
        figures = "{}\n{} for one picture".format(*sums_in_words(sums, self._session.conventions))
        hint = "Select a layer to see and change its settings, and how its size follows from them."
        if not some:
            figures, hint = "", "Add a layer from the palette, or open a network. A selected layer is explained here."
        self.told.say("\n\n".join(part for part in (figures, "" if ids else hint) if part))
        self.source.say("" if ids else project.origin)
        self.sees.say("")
        self.problem.say(sums.problem)

    def _show_group(self, id: str) -> None:
        """What a group is, and how its sums come about."""
        from explorer.network import digest, folding  # not before a network is open

        project, conventions = self._document.project, self._session.conventions
        folded = folding.folded(project.network, project.groups)
        found = digest.digest(folded, self._document.facts, id)
        name = project.groups.groups[id].name
        self.title.say(f"{name} ×{found.times}" if found.times > 1 else name)
        self.subtitle.say(f"Group of {counted(found.layers, 'layer')}")
        kinds, shapes = kinds_in_words(found), shapes_in_words(found, conventions)
        told = additions(folded, self._document.facts, id, found, conventions)
        self.told.say("\n\n".join(filter(None, (kinds, shapes, *told))))
        self.source.say("")
        self.sees.say("")
        self.problem.say(found.facts.problem)

    def _show_answer(self) -> None:
        """Whether the shown node is the network's answer, where there are several ends to choose from."""
        now = self._session.answer if is_end(self._document.project.network, self._shown) else ""
        self.answer.setHidden(not now)
        self.answer.setChecked(self._shown == now)
        self.answer.setEnabled(self._shown != now)  # another is chosen by choosing that one

    def _show_form(self, id: str, layer: Layer | None) -> None:
        again, self._shown = id == self._shown, id
        self.forms.show_layer(layer, afresh=not again)

    def _put(self, form: Form) -> None:
        self.column.insertWidget(self.column.indexOf(self._heading), form)
        form.come_after(self.bypass)

    def _edit(self, layer: Layer, field: str) -> None:
        project, id = self._document.project, self._shown
        if id not in project.network.nodes:  # gone in this turn
            return
        words = field.replace("_", " ")
        self._document.edit(f"Change {words} of {id}", project.with_layer(id, layer), merge=f"{id}.{field}")

    def _explain(self, letter: str) -> None:
        """Show where a letter of a formula comes from: the setting, the formula or the layer that brings it in."""
        network, id = self._document.project.network, self._shown
        found = origin(network, id, letter, self._session.conventions.letters) if id else None
        if found is None:
            return
        if found.kind == "setting" and self.form:
            self.form.editor(found.name).setFocus(Qt.FocusReason.OtherFocusReason)
        elif found.kind == "node":
            self._session.point_out(found.name)
        else:
            view = next((view for view in self.views if view.row.name == found.name), None)
            if view:
                view.setFocus(Qt.FocusReason.OtherFocusReason)
                self.ensureWidgetVisible(view)

    def _show_repairs(self) -> None:
        from explorer.layers.repairs import repairs  # most networks need none

        network, facts, id = self._document.project.network, self._document.facts, self._shown
        with self.changing():
            if self.repairs.isAncestorOf(QApplication.focusWidget() or self):
                self.setFocus()  # the button that was pressed goes, and Qt would take the keys far away
            self.repairs.show_repairs(repairs(network, facts, id) if id else ())

    def _repair(self, repair: Repair) -> None:
        from explorer.network.placing import accommodated

        self._document.edit(repair.text, accommodated(self._document.project, repair.network))

    def _show_formulas(self) -> None:
        id, project = self._shown, self._document.project
        rows = formulas(project.network, id, self._document.facts, self._session.conventions) if id else []
        self._heading.setHidden(not rows)
        self.remarks.say("\n".join(remarks(project.network, id, self._document.facts)) if id else "")
        for row in rows[len(self._views) :]:
            view = FormulaView(row)
            view.asked.connect(self._explain)
            self.column.insertWidget(self.column.indexOf(self.remarks), view)
            self.setTabOrder(self._views[-1] if self._views else self.letters_box, view)
            self._views.append(view)
        for view, row in zip(self._views, rows, strict=False):
            view.show_row(row)
            if view.isHidden():
                view.show()  # at once: left to the layout, it would be laid out and painted a second time
        for view in self._views[len(rows) :]:
            view.hide()
