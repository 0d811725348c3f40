"""The networks everyone should know, and the blocks they are made of, written in our own layers."""
