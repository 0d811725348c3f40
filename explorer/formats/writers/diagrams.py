"""A network as a diagram in text: Mermaid, which Markdown pages show, and Graphviz."""

from __future__ import annotations

from collections.abc import Mapping

from explorer.formats.words import shown
from explorer.formats.writers.labels import COLOURS, label
from explorer.network.analysis import Facts
from explorer.network.project import Project

MERMAID = {sign: f"#{ord(sign)};" for sign in '#"<>&`\\*_'}
"""Signs that Mermaid, or the Markdown in its labels, takes for something else."""


def mermaid(project: Project, facts: Mapping[str, Facts]) -> str:
    """A flowchart from top to bottom."""
    network, names = project.network, _names(project)
    lines = ["flowchart TD"]
    for id, node in network.nodes.items():
        text = "<br>".join("".join(MERMAID.get(c, c) for c in line) for line in label(node, facts[id]))
        lines.append(f'    {names[id]}["{text}"]:::{_group(node.layer.group)}')
    lines += (f"    {names[i]} --> {names[id]}" for id, node in network.nodes.items() for i in node.inputs)
    lines += (f"    classDef {_group(g)} fill:{colour},stroke:#555,color:#000" for g, colour in COLOURS.items())
    return "\n".join([*lines, ""])


def graphviz(project: Project, facts: Mapping[str, Facts]) -> str:
    """A directed graph in the DOT language, from top to bottom."""
    network, names = project.network, _names(project)
    lines = [
        f"digraph {_quoted(project.title or 'network')} {{",
        '    node [shape=box, style="rounded,filled", fontname="Helvetica", fontsize=11]',
    ]
    for id, node in network.nodes.items():
        text = r"\n".join(_escaped(line) for line in label(node, facts[id]))
        colour = COLOURS.get(node.layer.group, "#ffffff")
        lines.append(f'    {names[id]} [label="{text}", fillcolor="{colour}"]')
    lines += (f"    {names[i]} -> {names[id]}" for id, node in network.nodes.items() for i in node.inputs)
    return "\n".join([*lines, "}", ""])


def _names(project: Project) -> dict[str, str]:
    """A name for each node that no diagram takes for a word of its own."""
    return {id: f"n{number}" for number, id in enumerate(project.network.nodes)}


def _group(group: str) -> str:
    return f"g{group}"  # “default” and “end” are Mermaid's own words


def _quoted(text: str) -> str:
    return f'"{_escaped(shown(text, 100))}"'


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')
