"""CNN Explorer: assemble, open, run and look inside convolutional networks."""

__version__ = "0.1.0"
