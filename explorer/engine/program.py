"""Run a network: a flat list of steps over its nodes, fused where nobody looks in between.

A convolution swallows what follows it, as long as each value is used once, not asked for and not changed: see `fusing`.
What is asked for is computed by itself and never written over.
"""

from __future__ import annotations

import copy
from collections.abc import Collection, Generator, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cached_property

import torch
from torch import Tensor, nn

from explorer.engine.calmly import LONG_RUN, PREPARING, RUNNING, calmly, now_and_then
from explorer.engine.changing import Changes
from explorer.engine.device import free_memory
from explorer.engine.feeding import Feeding, frontier
from explorer.engine.fusing import Compute, fused
from explorer.engine.plan import Plan, Step, peak, steps, uneven
from explorer.engine.room import FLOAT, SHARE, run_bytes, value_numbers, weight_numbers
from explorer.engine.weights import Tensors, module
from explorer.formats.words import amount
from explorer.layers.dense import Input
from explorer.maths.records import Progress
from explorer.maths.sentences import Refusal
from explorer.maths.steps import at_once
from explorer.network.ablation import Factors
from explorer.network.analysis import BEHIND, analyse, totals
from explorer.network.ends import ends, main_end
from explorer.network.layer import described
from explorer.network.network import Network

PLANS = 16
"""How many plans, one for each set of wanted values, are remembered."""


class ProgramError(Refusal):
    """The network cannot run as it is; the message names the node."""


class Program:
    """A network made ready to run on one device, as far as it is asked for.

    Only what leads to a wanted value has to be sound: a loose layer beside it changes nothing. tensors: trained
    numbers by `node id.parameter`; nodes that find none run with random weights. main: the node whose value is the
    network's answer where it has several ends, "" for the farthest.
    """

    def __init__(self, network: Network, tensors: Tensors, device: str = "cpu", main: str = "") -> None:
        self.network, self.facts, self.device = network, analyse(network), torch.device(device)
        self._tensors, self._main = tensors, main
        self._onednn = self.device.type == "cpu" and torch.backends.mkldnn.is_available()  # type: ignore[no-untyped-call]
        torch.backends.cudnn.allow_tf32 = False  # 10 bits of mantissa are too few for numbers we show
        self._modules: dict[str, tuple[nn.Module, bool]] = {}
        self._entries: dict[frozenset[str], str] = {}
        self._untrained: dict[frozenset[str], tuple[str, ...]] = {}
        self._packed: dict[tuple[tuple[str, ...], bool, bool], Compute] = {}
        self._plans: dict[tuple[frozenset[str], bool, frozenset[str], frozenset[str]], Plan] = {}
        self._changes = Changes({}, {}, self.device)
        self.feeding = Feeding()

    @property
    def factors(self) -> Factors:
        """By node and channel, what channels are multiplied by behind their node."""
        return self._changes.factors

    def changed(self, factors: Factors) -> Program:
        """This program with these factors and no others; modules and weights that are laid out are shared with it."""
        other = copy.copy(self)
        other._changes = Changes(factors, self.facts, self.device)
        other.feeding = self.feeding.anew()
        return other

    def fed(self, feeding: Feeding) -> Program:
        """This program whose further Inputs are fed this and nothing else; it shares modules with it, too."""
        other = copy.copy(self)
        other.feeding = feeding
        if feeding.values.keys() != self.feeding.values.keys():
            other._entries, other._plans = {}, {}
        return other

    def change(self, id: str, value: Tensor) -> Tensor:
        """What others see of a value (N, …) that the node's own module gave: its channels times their factors."""
        return self._changes(id, value)

    @cached_property
    def ends(self) -> tuple[str, ...]:
        """The ends of the network that have no problem. Raises ProgramError where there is none.

        An end feeds no other node; an Input counts only where there is nothing else.
        """
        inputs = [node.id for node in self.network.nodes.values() if isinstance(node.layer, Input)]
        if not inputs:
            raise ProgramError("The network has no Input: add one, and link it to the first layer.")
        layers = [id for id in self.network.nodes if id not in inputs] or inputs
        sound = [id for id in ends(self.network) if not self.facts[id].problem]
        reached = self.network.behind(inputs)
        self.entry(sound or [id for id in layers if id in reached] or layers)  # without a sound end it is refused here
        return tuple(sound)

    @cached_property
    def output(self) -> str:
        """The end that is the network's answer. Raises ProgramError where there is none."""
        return main_end(self.network, self.ends, self._main)

    def run(self, image: Tensor, keep: Collection[str] = ()) -> tuple[Tensor, dict[str, Tensor]]:
        """The output and the kept values for pictures (N, C, H, W), as `values` gives them."""
        values = self.values(image, {self.output, *keep})
        return values[self.output], {id: values[id] for id in keep}

    def values(self, image: Tensor, wanted: Collection[str]) -> dict[str, Tensor]:
        """The values of nodes for pictures (N, C, H, W): tensors (N, …) on the device. Raises ProgramError.

        Every value is float32 and equal to what torch's modules give one by one, up to rounding.
        """
        return at_once(self.running(image, wanted))

    @torch.inference_mode()
    def running(self, image: Tensor, wanted: Collection[str]) -> Generator[Progress, None, dict[str, Tensor]]:
        """As `values`, with a step now and then in which it can be stopped: a large network takes many seconds."""
        plan = self._plan(frozenset(wanted), kept=True)
        values = self._start(image, plan)
        yield from now_and_then(self._stepping(values, plan), RUNNING, len(plan.steps))
        return {id: values[id] for id in wanted}

    @torch.inference_mode()
    def passing(self, image: Tensor, wanted: Collection[str]) -> Iterator[tuple[str, Tensor]]:
        """The same values one after the other, each let go once nothing needs it: not to be kept, nor written over."""
        plan = self._plan(frozenset(wanted), kept=False)
        yield from self._run(self._start(image, plan), plan)

    def passed(self, wanted: Collection[str]) -> tuple[str, ...]:
        """The nodes whose values are computed on the way to these, each as the end of one step. Raises ProgramError."""
        return tuple(step.id for step in self._plan(frozenset(wanted), kept=False).steps)

    @torch.inference_mode()
    def onward(self, given: Mapping[str, Tensor], wanted: Collection[str]) -> dict[str, Tensor]:
        """The values of nodes from the values (N, …) of others, through which every way from the Input must lead.

        Only what lies between is run. Raises ProgramError where there is no room.
        """
        plan = self._plan(frozenset(wanted), kept=True, given=frozenset(given))
        self.check_room(plan.numbers * max(map(len, given.values())), plan.nodes)
        values = dict(self._run(given, plan))
        return {id: values[id] for id in wanted}

    def most_at_once(self, wanted: Collection[str], given: Collection[str] = ()) -> int:
        """Bytes of values in memory at once for each picture of a batch, where they pass. Raises ProgramError.

        given: nodes whose values are there already, as for `onward`.
        """
        return FLOAT * self._plan(frozenset(wanted), kept=False, given=frozenset(given)).numbers

    def _start(self, image: Tensor, plan: Plan) -> dict[str, Tensor]:
        shape = self.facts[plan.entry].shape or ()
        if tuple(image.shape[1:]) != shape:
            raise ProgramError(f"{plan.entry} takes {described(shape)}, not {described(tuple(image.shape[1:]))}")
        self.check_room(plan.numbers * len(image), plan.nodes)
        x = image.to(self.device, torch.float32).contiguous(memory_format=torch.channels_last)
        return {plan.entry: self.change(plan.entry, x), **self._steady(plan, len(x))}

    def _steady(self, plan: Plan, pictures: int) -> dict[str, Tensor]:
        """What the plan starts from beside the picture, computed once, for so many pictures."""
        known = self.feeding.steady
        if missing := plan.fixed - known.keys():
            inputs = self.network.before(missing) & self.feeding.values.keys()
            known |= self.onward({id: self.change(id, self.feeding.values[id]) for id in inputs}, missing)
        return {id: known[id].expand(pictures, *known[id].shape[1:]) for id in plan.fixed}

    def _run(self, given: Mapping[str, Tensor], plan: Plan) -> Iterator[tuple[str, Tensor]]:
        values = dict(given)
        for id in plan.wanted & values.keys():
            yield id, values[id]
        for id in self._stepping(values, plan):
            if id in plan.wanted:
                yield id, values[id]

    def _stepping(self, values: dict[str, Tensor], plan: Plan) -> Iterator[str]:
        """Take the steps, each of which puts a value among these and lets go what nothing needs any more."""
        several = len(next(iter(values.values()))) > 1
        for step in plan.steps:
            values[step.id] = self.change(step.id, self._compute(step, several)(*[values[i] for i in step.inputs]))
            yield step.id
            for id in step.free:
                del values[id]

    def build(self, wanted: Collection[str]) -> Iterator[Progress]:
        """Make the modules of all nodes that lead to these, once: drawing random weights takes seconds. Raises
        ProgramError."""
        plan = self._plan(frozenset(wanted), kept=True)
        self.check_room(plan.numbers, plan.nodes)
        yield from calmly(self._module, [id for id in plan.nodes if id not in self._modules])

    def prepare(self, wanted: Collection[str]) -> Iterator[Progress]:
        """Do once what makes a first run slow: make the modules, fold and lay out the weights, choose kernels, which
        takes a run; of a network where that takes many seconds the first picture's run is the first. Raises
        ProgramError."""
        yield from self.build(wanted)
        plan = self._plan(frozenset(wanted), kept=True)
        missing = [step for step in plan.steps if (step.chain, step.over, False) not in self._packed]
        yield from calmly(lambda step: self._compute(step, several=False), missing)
        if missing and totals({id: self.facts[id] for id in plan.nodes}).macs < LONG_RUN:
            yield Progress(PREPARING, len(missing), len(missing))
            self.values(torch.zeros(1).expand(1, *(self.facts[plan.entry].shape or ())), wanted)
            yield Progress(PREPARING, len(missing), len(missing))

    def entry(self, wanted: Iterable[str]) -> str:
        """The Input that leads to these nodes. Raises ProgramError, in the words of the node that has the problem."""
        wanted = frozenset(wanted)
        if wanted in self._entries:
            return self._entries[wanted]
        needed = self.network.before(wanted)
        problems = [(id, fact.problem) for id, fact in self.facts.items() if fact.problem and id in needed]
        for id, problem in sorted(problems, key=lambda item: item[1] == BEHIND):
            raise ProgramError(f"The network cannot run yet. {id}: {problem}.")
        inputs = [id for id in self.facts if id in needed and isinstance(self.network.nodes[id].layer, Input)]
        inputs = self.feeding.entry(inputs)
        if len(inputs) > 1:
            raise ProgramError(f"The network has several Inputs ({', '.join(inputs[:5])}): only one picture can enter.")
        self._entries[wanted] = inputs[0]
        return inputs[0]

    def tensors(self, id: str) -> dict[str, Tensor]:
        """The parameters and buffers a node runs with, on the device."""
        return dict(self._module(id)[0].state_dict())

    def trained(self, id: str) -> bool:
        """Whether a node runs with trained numbers, or needs none."""
        return self._module(id)[1]

    def untrained(self, wanted: Iterable[str]) -> tuple[str, ...]:
        """Of the nodes that lead to these, which run with random weights."""
        wanted = frozenset(wanted)
        if wanted not in self._untrained:
            needed = self.network.before(wanted)
            order = (node.id for node in self.network.order if node.id in needed)
            self._untrained[wanted] = tuple(id for id in order if not self._module(id)[1])
        return self._untrained[wanted]

    def module(self, id: str) -> nn.Module:
        """What computes one node by itself."""
        return self._module(id)[0]

    def _plan(self, wanted: frozenset[str], kept: bool, given: frozenset[str] = frozenset()) -> Plan:
        """kept: all wanted values are in memory in the end. given: the values to start from, the Input's if none."""
        apart = self._changes.nodes
        key = wanted, kept, given, apart
        if key not in self._plans:
            entry = "" if given else self.entry(wanted)
            fixed = frontier(self.network, self.network.before(wanted), entry, wanted) if entry else frozenset()
            given = given or fixed | {entry}
            nodes = self.network.nodes.values()
            cut = Network({node.id: replace(node, inputs=()) if node.id in given else node for node in nodes})
            needed = cut.before(wanted)
            if len(self._plans) == PLANS:
                del self._plans[next(iter(self._plans))]
            part = Network({node.id: node for node in cut.order if node.id in needed})
            todo = steps(part, wanted, kept, apart | uneven(part, self.facts))
            sizes = {
                id: value_numbers(self.network, self.facts, id) * (2 if id in apart else 1) for id in needed | given
            }
            self._plans[key] = Plan(
                entry, fixed, wanted, todo, frozenset(needed - given), peak(todo, given, sizes)
            )  # fmt: skip
        return self._plans[key]

    def needed(self, numbers: int, nodes: Collection[str]) -> int:
        """Bytes that so many values take, and the nodes' weights that are not yet in memory."""
        new = (id for id in nodes if id not in self._modules)
        return run_bytes(numbers + sum(weight_numbers(self.network, self.facts, id) for id in new))

    def check_room(self, numbers: int, nodes: Collection[str]) -> None:
        """Raise ProgramError where these find no room."""
        needed, free = self.needed(numbers, nodes), free_memory(self.device)
        if free is not None and needed > SHARE * free:
            raise ProgramError(
                f"Running this takes about {amount(needed)} of memory, and {amount(free)} are free, a fifth of which "
                "is left alone: make the Input smaller, give large layers fewer channels, or close other programs."
            )

    def _module(self, id: str) -> tuple[nn.Module, bool]:
        """The node's module, and whether its weights are trained ones, or it has none."""
        if id not in self._modules:
            with torch.inference_mode(False):  # such weights could not be differentiated through
                self._modules[id] = module(self.network.nodes[id], self.facts, self._tensors, self.device)
        return self._modules[id]

    def _compute(self, step: Step, several: bool) -> Compute:
        """several: whether it gets more than one picture at a time, for which oneDNN may want other layouts."""
        key = step.chain, step.over, several
        if key not in self._packed:
            nodes = [self.network.nodes[id] for id in step.chain]
            shape = (1 + several, *(self.facts[nodes[0].inputs[0]].shape or ()))
            self._packed[key] = fused(nodes, self.module, shape, self._onednn, step.over)
        return self._packed[key]
