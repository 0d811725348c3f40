"""Programs that torch.export saved (.pt2), read as data: nothing in such a file ever runs."""
