"""Videos: where frames come from, and how they go through the network and on to the window."""
