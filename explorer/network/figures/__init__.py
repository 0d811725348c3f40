"""A network as a figure that people publish."""
