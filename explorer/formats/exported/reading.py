"""Read the JSON of a graph that torch.export saved: checked, and as operations on numbered values.

Source: torch/_export/serde/schema.py, major version 8 (what each object holds), docs of torch.export (the two ways in
which a graph may be written: with whole layers, or with torch's few core operations).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from math import inf, nan
from typing import Any

from explorer.formats.checkpoint.stored import MOST_AXES, NotRead
from explorer.formats.exported.graph import Graph, Op, Ref, Type
from explorer.formats.exported.parts import Part
from explorer.formats.words import shown

VERSION = 8
MOST_OPERATIONS = 10_000
MOST_INPUTS = 50_000
MOST_PARTS = 4096
"""Arguments of an operation, or numbers in one."""

WORD = re.compile(r"[\w ,.>-]{1,200}", re.ASCII)  # also what is written for einsum
PATH = re.compile(r"[A-Za-z_0-9]{1,60}(?:\.[A-Za-z_0-9]{1,60}){0,30}")
TARGET = re.compile(r"torch\.ops\.aten\.([A-Za-z_0-9]{1,60}\.[A-Za-z_0-9]{1,40})|_(operator\.[a-z]{1,20})")
COUNTS = ("sym_size.int", "operator.add", "operator.sub", "operator.mul", "operator.floordiv", "operator.neg")
"""Operations that give a whole number, where a size was left open."""
ANEW = "in Python, call eval() on the network, and export it again with torch.export.export"
ENDLESS = {"Infinity": inf, "-Infinity": -inf, "NaN": nan}
CHECKS = ("_assert_tensor_metadata", "_assert_scalar", "_assert_async", "sym_constrain_range")
"""Operations that give nothing and only look whether something is so."""


def graph(document: Any) -> Graph:
    """The graph of a description. Raises NotRead."""
    top = Part(document, "the top")
    major = top.part("schema_version").whole("major")
    if major != VERSION:
        raise NotRead(f"is written in version {major} of torch.export's format; {VERSION} is read", ANEW)
    module = top.part("graph_module")
    return _Reading(module.part("graph"), module.part("signature")).graph


class _Reading:
    def __init__(self, graph: Part, signature: Part) -> None:
        self.graph = Graph()
        self.numbers: dict[str, int] = {}
        self.metas = graph.part("tensor_values")
        self.batch: Any = ""  # how the file writes the number of pictures, where that was left open
        for spec in signature.items("input_specs", MOST_INPUTS):
            self.enter(*Part(spec, "an input").one())
        if self.graph.picture < 0:
            raise NotRead("has no input that a picture could enter", ANEW)
        for node in graph.items("nodes", MOST_OPERATIONS):
            self.operation(Part(node, "an operation"))
        outputs = [Part(spec, "an output").one() for spec in signature.items("output_specs", MOST_INPUTS)]
        if any(kind in ("buffer_mutation", "parameter_mutation", "loss_output") for kind, _ in outputs):
            raise NotRead("goes on learning when it runs: it was exported for training", ANEW)
        found = [self.argument(Part(value, "an output").get("arg")) for kind, value in outputs if kind == "user_output"]
        self.graph.outputs = tuple(int(value) for value in found if isinstance(value, Ref))
        if not self.graph.outputs:
            raise NotRead("puts out nothing", ANEW)

    def enter(self, kind: str, value: Any) -> None:
        """Take in one of the inputs: a tensor of the program, or the picture."""
        spec = Part(value, kind)
        if kind == "user_input":
            what, named = Part(spec.get("arg"), "an input").one()
            if what != "as_tensor":
                if what == "as_none":
                    return
                raise NotRead("has an input that is no tensor", ANEW)
            name = Part(named, "an input").text("name")
            if self.graph.picture >= 0:
                raise NotRead(f"has a second input, {shown(name, 40)}: only one picture can enter", ANEW)
            self.graph.picture = self.number(name)
            self.graph.sizes = self.graph.shapes[self.graph.picture] = self.picture(name)
            return
        names = {"parameter": "parameter_name", "buffer": "buffer_name", "tensor_constant": "tensor_constant_name"}
        if kind not in names:
            raise NotRead(f"has an input that is a {shown(kind, 40)}, which is not read", ANEW)
        name = spec.text(names[kind])
        if not PATH.fullmatch(name) or name in self.graph.tensors:
            raise NotRead(f"has a tensor with an impossible name, “{shown(name, 40)}”", ANEW)
        value_name = spec.part("arg").text("name")
        number = self.number(value_name)
        self.graph.held[number] = name
        self.graph.tensors[name] = self.meta(value_name).sizes("sizes")
        self.graph.shapes[number] = self.graph.tensors[name]
        if kind == "parameter":
            self.graph.trained.add(name)

    def picture(self, name: str) -> tuple[int, ...]:
        """The picture's sizes; one that was left open is as it was when it was exported."""
        first = next(iter(self.meta(name).items("sizes", MOST_AXES)), None)
        if isinstance(first, dict) and isinstance(first.get("as_expr"), dict):
            self.batch = first["as_expr"].get("expr_str")
        sizes = self.sizes(name, own=True)
        if not all(0 < size < 1 << 16 for size in sizes):
            raise NotRead("does not say the size of its picture", ANEW)
        return sizes

    def operation(self, node: Part) -> None:
        """Take in one operation."""
        target = node.get("target")
        found = TARGET.fullmatch(target) if isinstance(target, str) else None
        if found is None:
            raise NotRead(f"has the operation {shown(target, 60)}, which is none of torch's own", ANEW)
        name = found[1] or found[2]
        if name.partition(".")[0] in CHECKS:
            return
        args: list[Any] = []
        named: list[tuple[str, Any]] = []
        for value in node.items("inputs", MOST_PARTS):
            part = Part(value, name)
            argument = self.argument(part.get("arg"))
            if part.value.get("kind", 1) == 1:
                args.append(argument)
            else:
                named.append((part.text("name"), argument))
        outputs = [Part(value, f"a result of {name}").one() for value in node.items("outputs", MOST_PARTS)]
        results: list[int] = []
        for kind, value in outputs:
            if kind == "as_tensors" and isinstance(value, list) and len(value) <= MOST_PARTS:
                results += [self.made(Part(one, f"a result of {name}").text("name")) for one in value]
            elif kind == "as_sym_int" and name in COUNTS:
                results.append(self.number(Part(value, f"a result of {name}").text("as_name")))
            elif kind == "as_tensor":
                results.append(self.made(Part(value, f"a result of {name}").text("name")))
            else:
                raise NotRead(f"has the operation {name}, which gives {shown(kind, 20)} and no tensor", ANEW)
        several = len(outputs) != 1 or outputs[0][0] == "as_tensors"
        self.graph.ops.append(Op(name, tuple(args), tuple(named), tuple(results), several, _around(node)))

    def made(self, name: str) -> int:
        """The number of a new tensor."""
        number = self.number(name)
        if name in self.metas.value:
            self.graph.shapes[number] = self.sizes(name)
        return number

    def sizes(self, name: str, own: bool = False) -> tuple[int, ...]:
        """A tensor's shape for one picture; what was left open is as it was at the export, 0 where that is not said,
        or might count pictures. own: whether it is the picture itself."""
        found = []
        for value in self.meta(name).items("sizes", MOST_AXES):
            kind, size = Part(value, f"the shape of {name}").one()
            if kind == "as_expr" and isinstance(size, dict):
                hint = {} if self.batch and not own else size.get("hint")
                whole = size.get("expr_str") == self.batch
                size = 1 if whole else hint.get("as_int") if isinstance(hint, dict) else None
            found.append(size if type(size) is int and size >= 0 else 0)
        return tuple(found)

    def number(self, name: str) -> int:
        """The number of a new value."""
        if name in self.numbers:
            raise NotRead(f"has two values called {shown(name, 40)}")
        self.numbers[name] = len(self.numbers)
        return self.numbers[name]

    def meta(self, name: str) -> Part:
        return Part(self.metas.get(name), shown(name, 60))

    def argument(self, value: Any) -> Any:
        """What an argument is: a plain value, a type, or a Ref."""
        kind, inner = Part(value, "an argument").one()
        if kind not in ARGUMENTS:
            raise NotRead(f"has an argument of another kind, {shown(kind, 40)}, which is not read", ANEW)
        return ARGUMENTS[kind](self, inner)

    def ref(self, value: Any) -> Ref:
        name = Part(value, "an argument").text("name")
        if name not in self.numbers:
            raise NotRead(f"uses {shown(name, 40)} before it is there")
        return Ref(self.numbers[name])

    def maybe(self, value: Any) -> Any:
        """A choice within an argument: a tensor or none, a number or what was computed."""
        kind, inner = Part(value, "an argument").one()
        if kind == "as_none":
            return None
        if kind == "as_int":
            return self.plain(int)(inner)
        if kind == "as_name" and isinstance(inner, str):
            return self.ref({"name": inner})
        return self.ref(inner)

    def plain(self, kind: type) -> Callable[[Any], Any]:
        def one(value: Any) -> Any:
            if kind is float and isinstance(value, str) and value in ENDLESS:
                return ENDLESS[value]
            if type(value) is not kind and not (kind is float and type(value) is int):
                raise NotRead(f"has an argument that is no {kind.__name__}")
            if type(value) is int and abs(value) >= 1 << 63:
                raise NotRead("has a number that is too large")
            if isinstance(value, str) and not WORD.fullmatch(value):
                raise NotRead("has a word for an argument that is none")
            return value

        return one

    def listed(self, value: Any, one: Callable[[Any], Any]) -> tuple[Any, ...]:
        if not isinstance(value, list) or len(value) > MOST_PARTS:
            raise NotRead(f"has an argument that is no list of at most {MOST_PARTS:,}")
        return tuple(one(part) for part in value)

    def type(self, value: Any) -> Type:
        if type(value) is not int or value not in DTYPE:
            raise NotRead("has an argument that is no type of numbers which is read")
        return Type(DTYPE[value])


DTYPE = {
    1: "uint8", 2: "int8", 3: "int16", 4: "int32", 5: "int64", 6: "float16", 7: "float32", 8: "float64", 12: "bool",
    13: "bfloat16",
}  # fmt: skip
"""Types by their numbers in the schema."""

ARGUMENTS: Mapping[str, Callable[[_Reading, Any], Any]] = {
    "as_none": lambda r, v: None,
    "as_tensor": lambda r, v: r.ref(v),
    "as_tensors": lambda r, v: r.listed(v, r.ref),
    "as_optional_tensors": lambda r, v: r.listed(v, r.maybe),
    "as_optional_tensor": lambda r, v: r.maybe(v),
    "as_int": lambda r, v: r.plain(int)(v),
    "as_float": lambda r, v: r.plain(float)(v),
    "as_bool": lambda r, v: r.plain(bool)(v),
    "as_string": lambda r, v: r.plain(str)(v),
    "as_ints": lambda r, v: r.listed(v, r.plain(int)),
    "as_floats": lambda r, v: r.listed(v, r.plain(float)),
    "as_bools": lambda r, v: r.listed(v, r.plain(bool)),
    "as_sym_int": lambda r, v: r.maybe(v),
    "as_sym_ints": lambda r, v: r.listed(v, r.maybe),
    "as_scalar_type": lambda r, v: r.type(v),
    "as_memory_format": lambda r, v: None,
    "as_layout": lambda r, v: None,
    "as_device": lambda r, v: None,
}
"""How each kind of argument is read; where numbers lie is left out."""


def _around(node: Part) -> tuple[tuple[str, str], ...]:
    """Paths and classes of the modules that a call lies in, as far as the file says them in the usual way."""
    metadata = node.value.get("metadata")
    said = metadata.get("nn_module_stack") if isinstance(metadata, dict) else None
    if not isinstance(said, str) or len(said) > 10_000:
        return ()
    found = [entry.split(",") for entry in said.split(";")]
    known = [(entry[1], entry[2]) for entry in found if len(entry) == 3]
    return tuple((path, kind) for path, kind in known if PATH.fullmatch(path) and PATH.fullmatch(kind))
