"""A network as a page of Markdown: what it is, and the table of its layers."""

from __future__ import annotations

from collections.abc import Mapping

from explorer.network.analysis import Facts
from explorer.network.conventions import TORCH
from explorer.network.project import Project
from explorer.network.summary import NUMBERS, summary
from explorer.network.tables import escaped, markdown


def page(project: Project, facts: Mapping[str, Facts]) -> str:
    """Title, origin, and a line for each layer; “sees” is the receptive field."""
    rows = summary(project.network, facts, TORCH)
    table = markdown(rows, [column in NUMBERS for column in range(len(rows[0]))])
    origin = (escaped(paragraph) for paragraph in project.origin.splitlines() if paragraph.strip())
    return "\n\n".join([f"# {escaped(project.title or 'Network')}", *origin, table])
