"""The large tables of an ONNX file, found in its bytes and left where they lie: what is parsed and checked is the rest.

A model of 100 MB is 100 kB of description around tables, which protocol buffers would copy four times. Only the plain
case is taken: a table as raw bytes, once, in the main graph; anything else is left to the parser.
Source: https://protobuf.dev/programming-guides/encoding
"""

from __future__ import annotations

from collections.abc import Iterator
from mmap import mmap

LEAST = 4096
"""Bytes of a table that is worth it."""

GRAPH, INITIALIZER, NAME, RAW = 7, 5, 8, 9
"""Numbers of the fields ModelProto.graph, GraphProto.initializer, TensorProto.name and .raw_data."""

VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5
"""How a field's value is written."""

Span = tuple[int, int]
"""Where bytes begin, and where they end."""

Field = tuple[int, int, int, int]
"""Its number, where it begins, where its value begins, where that ends."""


class _Unusual(Exception):
    """Bytes that are better left to the parser."""


def split(data: mmap) -> tuple[bytes, dict[str, Span]]:
    """The model without its large tables, and where these lie by name; all of it where anything is unusual."""
    tables: dict[str, Span] = {}
    try:
        parts = []
        for field in _fields(data, 0, len(data)):
            parts.append(_written(field, _graph(data, field, tables)) if field[0] == GRAPH else _copied(data, field))
    except (_Unusual, UnicodeDecodeError):
        return data[:], {}
    return b"".join(parts), tables


def _graph(data: mmap, graph: Field, tables: dict[str, Span]) -> bytes:
    """The graph's bytes without its large tables."""
    parts, start = [], graph[2]
    for field in _fields(data, *graph[2:]):
        if field[0] == INITIALIZER and field[3] - field[2] > LEAST:
            parts += [data[start : field[1]], _written(field, _tensor(data, field, tables))]
            start = field[3]
    return b"".join([*parts, data[start : graph[3]]])


def _tensor(data: mmap, tensor: Field, tables: dict[str, Span]) -> bytes:
    """The tensor's bytes without its table, where that is large."""
    fields = list(_fields(data, *tensor[2:]))
    raw, named = ([f for f in fields if f[0] == number] for number in (RAW, NAME))
    if len(raw) != 1 or raw[0][3] - raw[0][2] < LEAST:
        return data[tensor[2] : tensor[3]]
    name = data[named[0][2] : named[0][3]].decode() if len(named) == 1 else ""
    if not name or name in tables:
        raise _Unusual
    tables[name] = raw[0][2:]
    return b"".join(_copied(data, f) for f in fields if f != raw[0])


def _fields(data: mmap, at: int, end: int) -> Iterator[Field]:
    """The fields of a message."""
    while at < end:
        start, key = at, data[at]
        at += 1
        if key > 127:
            key, at = _varint(data, start, end)
        if key & 7 == BYTES:
            length, at = _varint(data, at, end)
        elif key & 7 == VARINT:
            _, behind = _varint(data, at, end)
            length = behind - at
        else:
            length = {FIXED64: 8, FIXED32: 4}.get(key & 7, end)
        if at + length > end:
            raise _Unusual
        if key >> 3 in (GRAPH, INITIALIZER, NAME, RAW) and key & 7 == BYTES:
            yield key >> 3, start, at, at + length
        else:
            yield 0, start, at, at + length
        at += length


def _varint(data: mmap, at: int, end: int) -> tuple[int, int]:
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
