"""The large tables of an ONNX file, found in its bytes and left where they lie: what is parsed and checked is the rest.

A model of 100 MB is 100 kB of description around tables, which protocol buffers would copy four times. Only the plain
case is taken: a table in one piece, in the main graph, among its initializers or as what a Constant gives, which is
then one of them; anything else is left to the parser, up to a bound.
Source: https://protobuf.dev/programming-guides/encoding
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from mmap import mmap

LEAST = 4096
"""Bytes of a table that is worth it."""

LEAST_CONSTANT = 1 << 18
"""Bytes of a table that is a Constant's; smaller ones are settings of an operator, or say where something is."""

LARGEST = 1 << 28
"""Bytes of what is left to the parser, which makes four times as much of it."""

GRAPH, OPERATOR, INITIALIZER, FLOATS, NAME, RAW = 7, 1, 5, 4, 8, 9
"""Numbers of the fields ModelProto.graph, GraphProto.node and .initializer, TensorProto.float_data, .name and
.raw_data. Floats lie in both of the latter as a row of 4 bytes each."""
OF_FLOATS = b"\x10\x01"
"""TensorProto.data_type, where that says float."""
OUTPUT, KIND, SETTING, DOMAIN, VALUE_OF = 2, 4, 5, 7, 5
"""NodeProto.output, .op_type, .attribute and .domain, AttributeProto.t."""

VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5
"""How a field's value is written."""

Span = tuple[int, int]
"""Where bytes begin, and where they end."""

Messages = dict[int, "Messages"]
Field = tuple[int, int, int, int]
"""Its number, where it begins, where its value begins, where that ends."""


DEEPEST = 100
"""Messages in each other that protocol buffers read."""
LONG = 4_000_000
"""Bytes of a description beyond which its parts are counted: of two bytes each the parser makes a hundred and more."""
MOST_PARTS = 4_000_000
"""Fields of all messages in a description; DenseNet-201 has 40,000."""

TYPE: Messages = {}
TENSOR_TYPE: Messages = {2: {1: {}}}
TYPE |= {1: TENSOR_TYPE, 4: {1: TYPE}, 5: {2: TYPE}, 8: TENSOR_TYPE, 9: {1: TYPE}}
VALUE: Messages = {2: TYPE}
TENSOR: Messages = {}
SPARSE: Messages = {1: TENSOR, 2: TENSOR}
GRAPHS: Messages = {}
NODE: Messages = {5: {5: TENSOR, 6: GRAPHS, 10: TENSOR, 11: GRAPHS, 14: TYPE, 15: TYPE, 22: SPARSE, 23: SPARSE}}
GRAPHS |= {1: NODE, 5: TENSOR, 11: VALUE, 12: VALUE, 13: VALUE, 14: {2: {}}, 15: SPARSE}
MODEL: Messages = {7: GRAPHS, 20: {1: GRAPHS, 2: GRAPHS}, 25: {7: NODE, 11: NODE[5], 12: VALUE}}
"""Messages by their numbers in another one, as far as they hold others (onnx.proto)."""


class TooManyParts(ValueError):
    """A description would take far more memory than it has bytes."""


class TooLong(ValueError):
    """A description is as large as tables are."""


class _Unusual(Exception):
    """Bytes that are better left to the parser."""


def split(data: mmap) -> tuple[bytes, dict[str, Span]]:
    """The model without its large tables, and where these lie by name; all of it where anything is unusual.

    Raises TooManyParts, TooLong.
    """
    described, tables = _parted(data)
    if len(described) > LARGEST:
        raise TooLong
    if len(described) > LONG:
        with suppress(_Unusual):  # the parser goes no further, either
            _count(described, 0, len(described), MODEL, MOST_PARTS, DEEPEST)
    return described, tables


def _parted(data: mmap) -> tuple[bytes, dict[str, Span]]:
    tables: dict[str, Span] = {}
    try:
        parts = []
        for number, field in enumerate(_fields(data, 0, len(data))):
            if number > MOST_PARTS:
                raise TooManyParts
            parts.append(_written(field, _graph(data, field, tables)) if field[0] == GRAPH else _copied(data, field))
    except (_Unusual, UnicodeDecodeError):
        return data[: LARGEST + 1], {}
    return b"".join(parts), tables


def _count(data: bytes, start: int, end: int, messages: Messages, left: int, deep: int) -> int:
    """How many parts may still come behind a message. Raises TooManyParts."""
    for number, _, at, behind in _fields(data, start, end):
        left -= 1
        if left < 0:
            raise TooManyParts
        inner = messages.get(number)
        if inner is not None and deep and behind > at:
            left = _count(data, at, behind, inner, left, deep - 1)
    return left


def _graph(data: mmap, graph: Field, tables: dict[str, Span]) -> bytes:
    """The graph's bytes without its large tables."""
    parts, start = [], graph[2]
    for number, field in enumerate(_fields(data, *graph[2:])):
        if number > MOST_PARTS:
            raise TooManyParts
        size = field[3] - field[2]
        if field[0] == INITIALIZER and size > LEAST:
            found = _tensor(data, field, tables)
        elif field[0] == OPERATOR and size > LEAST_CONSTANT:
            found = _constant(data, field, tables)
        else:
            continue
        if found is not None:
            parts += [data[start : field[1]], _written((INITIALIZER, *field[1:]), found)]
            start = field[3]
    return b"".join([*parts, data[start : graph[3]]])


def _tensor(data: mmap, tensor: Field, tables: dict[str, Span], name: str = "") -> bytes | None:
    """The tensor's bytes without its table, and with this name if it is given; None where its table is not large."""
    fields = _parts(data, tensor)
    raw, named = [f for f in fields if f[0] in (RAW, FLOATS)], [f for f in fields if f[0] == NAME]
    if len(raw) != 1 or raw[0][3] - raw[0][2] < LEAST:
        return None
    if raw[0][0] == FLOATS and [_copied(data, f) for f in fields if data[f[1]] == OF_FLOATS[0]] != [OF_FLOATS]:
        return None  # the checker says what is wrong: as another type its bytes would be other numbers
    own = name or (data[named[0][2] : named[0][3]].decode() if len(named) == 1 else "")
    if not own or own in tables:
        raise _Unusual
    tables[own] = raw[0][2:]
    rest = [_copied(data, f) for f in fields if f[0] != NAME and f != raw[0]]
    return b"".join([*rest, _written((NAME, 0, 0, 0), own.encode())])


def _constant(data: mmap, operator: Field, tables: dict[str, Span]) -> bytes | None:
    """What a Constant gives, as `_tensor` does, named as its result; None for any other operator."""
    found: dict[int, list[Field]] = {}
    for field in _parts(data, operator):
        found.setdefault(field[0], []).append(field)
    said = [b"".join(data[f[2] : f[3]] for f in found.get(number, [])) for number in (KIND, DOMAIN, OUTPUT)]
    if said[0] != b"Constant" or said[1] or len(found.get(OUTPUT, [])) != 1 or len(found.get(SETTING, [])) != 1:
        return None
    values = [field for field in _parts(data, found[SETTING][0]) if field[0] == VALUE_OF]
    return _tensor(data, values[0], tables, said[2].decode()) if len(values) == 1 else None


def _parts(data: mmap, message: Field) -> list[Field]:
    fields = list(islice(_fields(data, *message[2:]), MOST_PARTS + 1))
    if len(fields) > MOST_PARTS:
        raise TooManyParts
    return fields


def _fields(data: mmap | bytes, at: int, end: int) -> Iterator[Field]:
    """The fields of a message; the number of those whose values are no bytes is given as 0."""
    while at < end:
        start, key = at, data[at]
        at += 1
        if key > 127:
            key, at = _varint(data, start, end)
        if key < 8:
            raise ValueError("no field has the number 0")
        if key & 7 == BYTES:
            length, at = _varint(data, at, end)
        elif key & 7 == VARINT:
            _, behind = _varint(data, at, end)
            length = behind - at
        else:
            length = {FIXED64: 8, FIXED32: 4}.get(key & 7, end)
        if at + length > end:
            raise _Unusual
        yield key >> 3 if key & 7 == BYTES else 0, start, at, at + length
        at += length


def _varint(data: mmap | bytes, at: int, end: int) -> tuple[int, int]:
    """A whole number of seven bits a byte, and where it ends."""
    value = 0
    for shift in range(0, 70, 7):
        if at >= end:
            raise _Unusual
        byte = data[at]
        at += 1
        value |= (byte & 127) << shift
        if byte < 128:
            return value, at
    raise _Unusual


def _copied(data: mmap, field: Field) -> bytes:
    return data[field[1] : field[3]]


def _written(field: Field, value: bytes) -> bytes:
    """A field of bytes with another value."""
    out = bytearray([field[0] << 3 | BYTES])
    length = len(value)
    while length > 127:
        out.append(length & 127 | 128)
        length >>= 7
    return bytes(out) + bytes([length]) + value
