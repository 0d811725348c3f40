"""Labels of pictures for detectors, in the three formats people have them in."""
