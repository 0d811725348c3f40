"""Timings side by side with peers; each module prints one JSON line. Never run as a test."""
