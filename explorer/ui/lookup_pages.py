"""Pages to look things up in: the guide, the keys, the course's facts, and the labs."""

from __future__ import annotations

from abc import abstractmethod
from functools import cached_property
from typing import TYPE_CHECKING

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


class LookupPages(PageStack):
    """Makes each of them when it is first asked for."""

    def __init__(self, session: Session, files: Files) -> None:
        super().__init__(session, files)
        self.keys: KeysPage | None = None

    @abstractmethod
    def _prove(self, project: Project, id: str) -> None:
        """Open the network that a fact is about, at this layer."""

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
        self._show(self.keys)

    def show_guide(self) -> None:
        """Show the user guide at the chapter about what has the focus."""
        self.guide.open_about(self.window().focusWidget() or self.currentWidget())
        self._show(self.guide)

    def show_chapter(self, title: str) -> None:
        """Show a chapter of the user guide, by its title."""
        self.guide.open_at(title)
        self._show(self.guide)

    def show_facts(self) -> None:
        """Show the course's numbers beside ours."""
        self._show(self.facts)

    def show_labs(self) -> None:
        """Show the labs."""
        self._show(self.labs)

    def show_lab(self, title: str) -> None:
        """Show one of the labs, by its title."""
        self.show_labs()
        self.labs.show_lab(title)
