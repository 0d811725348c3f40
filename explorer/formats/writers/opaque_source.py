"""An Opaque layer as PyTorch source: a small module that calls its tensor operations one after the other."""

from __future__ import annotations

import json
import keyword
import textwrap
from typing import Any

from explorer.formats.writers.scopes import attribute
from explorer.formats.writers.source import Doc, Group, call, laid_out, literal, named
from explorer.layers.operations import Operations, Step
from explorer.maths.sentences import Refusal


def opaque_class(name: str, operations: Operations) -> str:
    """A class called `name`; its tensors have the names that the list gives them."""
    return _Class(name, operations).source()


class _Class:
    def __init__(self, name: str, operations: Operations) -> None:
        self.name, self.operations = name, operations
        self.inputs = [f"x{number}" for number in range(len(operations.takes))]
        self.words = {f"%{number}": variable for number, variable in enumerate(self.inputs)}
        self.words |= {f"${weight}": _weight(weight) for weight in operations.weights}
        self.words |= {f"${constant}": f"self.constant{n}" for n, constant in enumerate(operations.constants)}

    def source(self) -> str:
        lines = [
            f"class {self.name}(nn.Module):",
            '    """Tensor operations, as torch\'s ATen has them, for one picture after the other."""',
            "",
            "    def __init__(self) -> None:",
            "        super().__init__()",
            *self.homes(),
            *(line for weight in self.operations.weights for line in self.parameter(weight)),
            *(line for n, constant in enumerate(self.operations.constants) for line in self.buffer(n, constant)),
            "",
            "    def forward(self, *x: Tensor) -> Tensor:",
            "        pictures = zip(*(part.split(1) for part in x), strict=True)",
            "        return torch.cat([self.one(*picture) for picture in pictures])",
            "",
            *laid_out("def ", call("one", "self", *(f"{x}: Tensor" for x in self.inputs)), 4, " -> Tensor:"),
            "        aten = torch.ops.aten",
        ]
        for number, step in enumerate(self.operations.steps, len(self.inputs)):
            self.words[f"%{number}"] = f"v{number}"
            lines += laid_out(f"v{number} = ", self.called(step), 8)
        return "\n".join([*lines, f"        return {self.words[self.operations.result]}"])

    def homes(self) -> list[str]:
        """Parts that only hold tensors, outer ones first."""
        found: dict[tuple[str, ...], None] = {}
        for weight in self.operations.weights:
            path = weight.split(".")[:-1]
            found |= dict.fromkeys(tuple(path[: depth + 1]) for depth in range(len(path)))
        return [f"        {_module(home[:-1])}.add_module({_text(home[-1])}, nn.Module())" for home in found]

    def parameter(self, weight: str) -> list[str]:
        shape = self.operations.weights[weight]
        *home, own = weight.split(".")
        sizes = ", ".join(map(str, shape))
        start = f"torch.randn({sizes}) / {shape[-1]}**0.5"
        if len(shape) == 1:
            start = f"torch.{'zeros' if 'bias' in weight else 'ones'}({sizes})"
        made = call("nn.Parameter", start)
        return laid_out("", call(f"{_module(tuple(home))}.register_parameter", _text(own), made), 8)

    def buffer(self, number: int, constant: str) -> list[str]:
        """Numbers that are not trained stand in the source."""
        kind, shape, values = self.operations.constants[constant]
        numbers = textwrap.wrap(", ".join(literal(value) for value in values), 108)
        made = f"], dtype=torch.{kind}).reshape({literal(shape)})"
        return [
            "        # fmt: off",
            f"        constant{number} = torch.tensor([",
            *(f"            {line}" for line in numbers),
            f"        {made}",
            "        # fmt: on",
            f'        self.register_buffer("constant{number}", constant{number}, persistent=False)',
        ]

    def called(self, step: Step) -> Doc:
        if step.operation == "getitem":
            whole, index = map(self.value, step.arguments)
            return f"{whole}[{index}]"
        if not all(name.isidentifier() and not keyword.iskeyword(name) for name in step.named):
            raise Refusal("An Opaque layer has an argument whose name is none: open the network again.")
        words = [named(name, self.value(value)) for name, value in step.named.items()]
        return call(f"aten.{step.operation}", *map(self.value, step.arguments), *words)

    def value(self, argument: Any) -> Doc:
        if isinstance(argument, list):
            return Group("[", tuple(map(self.value, argument)), "]", literal=True)
        if not isinstance(argument, str):
            return literal(argument)
        if argument in self.words:
            return self.words[argument]
        if argument[0] == ":":
            return f"torch.{argument[1:]}"
        return f'float("{argument[1:]}")' if argument[0] == "=" else _text(argument[1:])


def _weight(name: str) -> str:
    plain = all(attribute(part) == part for part in name.split("."))
    return f"self.{name}" if plain else f"self.get_parameter({_text(name)})"


def _module(path: tuple[str, ...]) -> str:
    return f"self.get_submodule({_text('.'.join(path))})" if path else "self"


def _text(word: str) -> str:
    """A word from a file as a string: JSON escapes what Python does."""
    return json.dumps(word)
