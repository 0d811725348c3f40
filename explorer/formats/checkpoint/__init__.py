"""Weights without a network: PyTorch checkpoints and safetensors, read strictly; nothing in them ever runs."""
