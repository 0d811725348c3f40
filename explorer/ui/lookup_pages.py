"""Pages to look things up in: the guide, the keys, the course's facts, and the labs."""

from __future__ import annotations

from abc import abstractmethod
from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from explorer.ui.files import Files
from explorer.ui.page_stack import PageStack
from explorer.workspace.session import Session

if TYPE_CHECKING:
    from explorer.network.project import Project
    from explorer.ui.commands import Commands
    from explorer.ui.panels.facts_page import FactsPage
    from explorer.ui.panels.guide_page import GuidePage
    from explorer.ui.panels.keys_page import KeysPage
    from explorer.ui.panels.labs_page import LabsPage

WORK = ("start", "canvas")
"""Pages of which it follows from what is open which one is gone back to."""


class LookupPages(PageStack):
    """Makes each of them when it is first asked for; Back leads to where one came from."""

    def __init__(self, session: Session, files: Files) -> None:
        super().__init__(session, files)
        self.keys: KeysPage | None = None
        self._way: list[QWidget] = []  # the page one came from, and those that were looked up since

    @abstractmethod
    def _prove(self, project: Project, id: str) -> None:
        """Open the network that a fact is about, at this layer."""

    def _look_up(self, page: QWidget) -> None:
        """Show one of these pages; one that is on the way already is gone back to."""
        here = self.currentWidget()
        if here is not None and here not in self._way[-1:]:
            self._way = [here]
        if page in self._way:
            del self._way[self._way.index(page) :]
        self._way.append(page)
        self._show(page)

    def _came_from(self) -> QWidget | None:
        """The page that the shown one was looked up from, now at the end of the way; None where that is the work."""
        if len(self._way) < 2 or self._way[-1] is not self.currentWidget():
            return None
        self._way.pop()
        before = self._way[-1]
        return None if before in [self.__dict__.get(name) for name in WORK] else before

    @cached_property
    def guide(self) -> GuidePage:
        """The user guide."""
        from explorer.ui.panels.guide_page import GuidePage

        return self._added(GuidePage())

    @cached_property
    def facts(self) -> FactsPage:
        """The course's facts."""
        from explorer.ui.panels.facts_page import FactsPage

        page = self._added(FactsPage())
        page.open_requested.connect(self._prove)
        return page

    @cached_property
    def labs(self) -> LabsPage:
        """The labs."""
        from explorer.ui.panels.labs_page import LabsPage

        return self._added(LabsPage(self._session))

    def show_keys(self, commands: Commands) -> None:
        """Show all keys and gestures."""
        if self.keys is None:
            from explorer.ui.panels.keys_page import KeysPage

            self.keys = self._added(KeysPage(commands))
        self._look_up(self.keys)

    def show_guide(self) -> None:
        """Show the user guide at the chapter about what has the focus."""
        self.guide.open_about(self.window().focusWidget() or self.currentWidget())
        self._look_up(self.guide)

    def show_chapter(self, title: str) -> None:
        """Show a chapter of the user guide, by its title."""
        self.guide.open_at(title)
        self._show(self.guide)

    def show_facts(self) -> None:
        """Show the course's numbers beside ours."""
        self._look_up(self.facts)

    def show_topic(self, topic: str) -> None:
        """Show the course's numbers about one of its topics."""
        self.show_facts()
        self.facts.search.setText(topic)

    def show_labs(self) -> None:
        """Show the labs."""
        self._look_up(self.labs)

    def show_lab(self, title: str) -> None:
        """Show one of the labs, by its title."""
        self.show_labs()
        self.labs.show_lab(title)
