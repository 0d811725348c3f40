"""The module of an exported program, put together again: its parts bear the names of the program's tensors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from torch import Tensor, nn

from explorer.engine.exported.layers import ExportedError
from explorer.formats.exported.graph import Graph


class Parts:
    """The module so far. placed: names of tensors that it has. Raises ExportedError."""

    def __init__(self, graph: Graph, tensors: Mapping[str, Tensor]) -> None:
        self.graph, self.tensors = graph, tensors
        self.module = nn.Module()
        self.placed: set[str] = set()

    def at(self, path: str) -> nn.Module | None:
        """The module at a path, unless it is only there to hold others."""
        found = dict(self.module.named_modules()).get(path)
        return None if found is None or (type(found) is nn.Module and not found._parameters) else found

    def put(self, path: str, module: nn.Module) -> None:
        """Put a module into its place."""
        home, name = self.home(path)
        if name in home._modules:
            raise ExportedError(f"has two parts called {path[:60]}")
        try:
            home.add_module(name, module)
        except KeyError:
            raise ExportedError(f"has a part called {path[:60]}, as no module can be") from None

    def hold(self, name: str) -> None:
        """Give the module one of the program's tensors."""
        if name in self.placed:
            return
        self.placed.add(name)
        home, key = self.home(name)
        tensor = self.tensors[name]
        table: dict[str, Any] = home._buffers
        if name in self.graph.trained and tensor.is_floating_point():
            table, tensor = home._parameters, nn.Parameter(tensor, requires_grad=False)
        if key not in table and hasattr(home, key):
            raise ExportedError(f"has a tensor called {name[:60]}, as none can be")
        table[key] = tensor

    def home(self, name: str) -> tuple[nn.Module, str]:
        """The module that a name lies in, made where it is not there, and the last part of the name."""
        *path, last = name.split(".")
        module = self.module
        for part in path:
            if part not in module._modules:
                try:
                    module.add_module(part, nn.Module())
                except KeyError:
                    raise ExportedError(f"has a part called {name[:60]}, as no module can be") from None
            module = module._modules[part]  # type: ignore[assignment]
        return module, last
