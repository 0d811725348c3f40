"""The same work without a window; one command a file."""
