"""Darknet's networks: a text with a section for each layer (.cfg), and beside it all weights one after the other.

Source: Redmon, Darknet: open source neural networks in C, https://pjreddie.com/darknet, and the fork that YOLOv4 came
with (Bochkovskiy et al. 2020, arXiv:2004.10934).
"""
