"""Start CNN Explorer: `python main.py [FILE]`, the same as the command `cnn-explorer`."""

import sys

from explorer.start import main

if __name__ == "__main__":
    sys.exit(main())
