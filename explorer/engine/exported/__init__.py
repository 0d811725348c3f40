"""Networks that torch.export saved (.pt2), read as torch.fx's graphs are."""
