"""Everything that touches torch; runs in the worker process or the command line."""
