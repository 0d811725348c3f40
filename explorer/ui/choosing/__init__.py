"""The program's own dialog for files, for where the desktop has none or a disk is silent (docs/decisions/0019)."""
