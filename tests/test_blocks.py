"""Blocks: what the course and their papers say they cost, and that they stand where they are put."""

from __future__ import annotations

from dataclasses import fields

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.classics.blocks import (
    Block,
    Bottleneck,
    ConvolutionalBlock,
    DenseBlock,
    FireModule,
    IdentityBlock,
    InceptionModule,
    InvertedBottleneck,
    SqueezeExcite,
    with_block,
)
from explorer.classics.draft import begun
from explorer.network.analysis import analyse, faulty, totals
from tests.test_layers import values


def behind(block: Block, channels: int, size: int) -> tuple[tuple[int, ...], int, int]:
    """Shape, parameters and MACs of a block behind an input."""
    network, last = with_block(begun(channels, size).network, block, "input", channels)
    facts = analyse(network)
    assert not faulty(facts)
    sums = totals(facts)
    return facts[last].shape, sums.parameters, sums.macs


@pytest.mark.parametrize(
    ("block", "channels", "size", "shape", "parameters"),
    [
        (IdentityBlock(), 256, 56, (256, 56, 56), 70_400),
        (ConvolutionalBlock(stride=1), 64, 56, (256, 56, 56), 75_008),
        (ConvolutionalBlock(128, 512), 256, 56, (512, 28, 28), 379_392),
        (ConvolutionalBlock(128, 512, early=True), 256, 56, (512, 28, 28), 379_392),
        (InceptionModule(), 192, 28, (256, 28, 28), 163_696),
        (Bottleneck(), 192, 28, (32, 28, 28), 15_920),
        (InvertedBottleneck(), 24, 56, (24, 56, 56), 8_832),
        (InvertedBottleneck(stride=2), 16, 112, (24, 56, 56), 5_136),
        (SqueezeExcite(), 64, 28, (64, 28, 28), 64 * 4 + 4 + 4 * 64 + 64),
        (DenseBlock(6), 64, 56, (256, 56, 56), 335_040),
        (FireModule(), 96, 54, (128, 54, 54), 11_920),
    ],
)
def test_a_block_costs_what_its_paper_says(block, channels, size, shape, parameters) -> None:
    assert behind(block, channels, size)[:2] == (shape, parameters)


def test_v1_is_cheaper_than_v15() -> None:
    assert behind(ConvolutionalBlock(early=True), 256, 56)[2] < behind(ConvolutionalBlock(), 256, 56)[2]


def test_inception_s_macs() -> None:
    assert behind(InceptionModule(), 192, 28)[2] == 128_049_152
    assert behind(Bottleneck(), 192, 28)[2] == 12_443_648


def test_a_second_one_has_other_ids() -> None:
    once, last = with_block(begun(8, 16).network, SqueezeExcite(2), "input", 8)
    twice, end = with_block(once, SqueezeExcite(2), last, 8)
    assert (last, end) == ("squeezeexcite1.scale", "squeezeexcite2.scale")
    assert len(twice.nodes) == 2 * len(once.nodes) - 1
    assert not faulty(analyse(twice))


kinds = sorted(Block.kinds.values(), key=lambda kind: kind.__name__)
built = {kind: st.builds(kind, **{f.name: values(f.metadata) for f in fields(kind)}) for kind in kinds}
blocks = st.sampled_from(kinds).flatmap(built.__getitem__)


@settings(max_examples=200, deadline=None)
@given(blocks, st.integers(1, 40), st.integers(1, 20))
def test_random_blocks_never_raise(block: Block, channels: int, size: int) -> None:
    """Where one does not fit, its layers say why."""
    network, last = with_block(begun(channels, size).network, block, "input", channels)
    facts = analyse(network)
    assert last in network.nodes
    assert (facts[last].shape is None) == bool(faulty(facts))
    assert all(id == "input" or id.startswith(f"{block.kind.lower()}1.") for id in network.nodes)
