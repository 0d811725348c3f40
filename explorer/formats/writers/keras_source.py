"""A network as Keras source, in the functional way: channels last; its weights lie in a file beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from explorer.formats.words import shown
from explorer.formats.writers.keras_layers import JOINS, NotInKeras, join, steps
from explorer.formats.writers.scopes import attribute
from explorer.formats.writers.source import class_name, laid_out, title
from explorer.layers.dense import Input
from explorer.maths.sentences import Refusal
from explorer.network.analysis import Facts, totals
from explorer.network.conventions import KERAS
from explorer.network.network import Network, Node
from explorer.network.project import Project

TAKEN = {"Input", "Model", "layers", "ops", "inputs", "build", "load", "np"}
"""Names that mean something else in the source."""

NOTE = "Channels come last, as Keras has them; before Flatten they are put first, so that weights keep torch's order."

LOAD = '''\
def load(model: Model, file: str = "{file}") -> Model:
    """Give the model its trained weights."""
    with np.load(file) as values:
        for layer in model.layers:
            for variable in layer.weights:
                variable.assign(values[f"{{layer.name}}/{{variable.name}}"])
    return model
'''
"""What reads the weights that `keras_weights` writes."""


@dataclass(frozen=True)
class KerasSource:
    """The text of a Python file. layers: for each node the name of its Keras layer."""

    text: str
    layers: Mapping[str, str]


class NoKeras(Refusal):
    """Keras lacks some of the network's layers; the message names them."""


def keras_source(project: Project, facts: Mapping[str, Facts], weights: str = "") -> KerasSource:
    """A Python file with a function that builds the network, which has no problem. Raises NoKeras.

    weights: the name of the file that has them, "" where none is written.
    """
    network, name = project.network, class_name([project.title])
    writing = _Writing(network, facts)
    lines = writing.lines()
    entries = [node.id for node in network.branches if isinstance(node.layer, Input)]
    ends = [id for id, users in network.users.items() if not users]
    sums = f"{KERAS.parameters(totals(facts)):,} parameters, as Keras counts them"
    heading = [f'"""{title(project.title or name)}: {sums}.', "", NOTE]
    text = [*heading, *(["", "    model = load(build())"] if weights else []), '"""', ""]
    text += ["import numpy as np"] if weights else []
    text += ["from keras import Input, Model, layers" + ", ops" * any("ops." in line for line in lines), "", ""]
    text += ["def build() -> Model:", *lines]
    inputs, outputs = (_several([f"{way}{n}" for n in range(1, len(ids) + 1)] if len(ids) > 1 else [way])
                       for way, ids in (("inputs", entries), ("outputs", ends)))  # fmt: skip
    text += [f'    return Model({inputs}, {outputs}, name="{name}")', ""]
    text += ["", LOAD.format(file=title(weights)).rstrip(), ""] if weights else []
    return KerasSource("\n".join(text), writing.named)


def _several(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"[{', '.join(names)}]"


class _Writing:
    """Statements over a few variables: x, y, z …, each taken again when its value is not needed any more."""

    def __init__(self, network: Network, facts: Mapping[str, Facts]) -> None:
        self.network, self.facts = network, facts
        self.ends = [id for id, users in network.users.items() if not users]
        self.left = {id: len(users) for id, users in network.users.items()}
        self.variables: dict[str, str] = {}
        self.named: dict[str, str] = {}
        self.kept = set(TAKEN)  # what no statement may write over

    def lines(self) -> list[str]:
        lines: list[str] = []
        missing: dict[str, str] = {}
        entries = [node for node in self.network.branches if isinstance(node.layer, Input)]
        for number, node in enumerate(entries, 1):
            variable = f"inputs{number}" if len(entries) > 1 else "inputs"
            channels, height, width = self.facts[node.id].shape or ()
            lines.append(f'    {variable} = Input(({height}, {width}, {channels}), name="{self.name(node.id)}")')
            self.variables[node.id] = variable
            self.kept.add(variable)
        for node in self.network.branches:
            if not isinstance(node.layer, Input):
                try:
                    lines += self.statements(node)
                except NotInKeras as lack:
                    missing.setdefault(str(lack), node.id)
                    self.variables[node.id] = ""
        if missing:
            some = ", ".join(f"{what} ({shown(id, 30)})" for what, id in list(missing.items())[:3])
            more = f" and {len(missing) - 3} more" if len(missing) > 3 else ""
            raise NoKeras(f"Keras has no {some}{more}: take it out, or export PyTorch source instead.")
        return lines

    def statements(self, node: Node) -> list[str]:
        name, values = self.name(node.id), [self.variables[i] for i in node.inputs]
        shapes = tuple(self.facts[i].shape or () for i in node.inputs)
        calls = [] if node.layer.kind in JOINS else steps(node.layer, shapes, name)
        for source in node.inputs:
            self.left[source] -= 1
        variable = self.variable(node)
        if not calls:
            return laid_out(f"{variable} = ", join(node.layer, name, values), 4)
        lines, value = [], values[0]
        for step in calls:
            lines += laid_out(f"{variable} = ", step(value), 4)
            value = variable
        return lines

    def variable(self, node: Node) -> str:
        """Where a node's value is kept; what no later layer takes frees its own."""
        live = self.kept | {variable for id, variable in self.variables.items() if self.left[id] or id in self.ends}
        choices = [*"xyzuvw", *(f"x{number}" for number in range(1, len(live) + 2))]
        if node.id in self.ends:
            choices = [f"outputs{self.ends.index(node.id) + 1}" if len(self.ends) > 1 else "outputs"]
        elif len(node.inputs) == 1:
            choices.insert(0, self.variables[node.inputs[0]])  # where it ends here, its branch goes on
        name: str = next(choice for choice in choices if choice and choice not in live)
        self.variables[node.id] = name
        return name

    def name(self, id: str) -> str:
        """A layer's name: its id, without dots, which Keras on torch does not take."""
        name = attribute(id)
        while name in self.named.values():
            name += "_"
        self.named[id] = name
        return name
