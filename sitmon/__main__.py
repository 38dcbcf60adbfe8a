"""`python -m sitmon` and the `sitmon` script."""

import sys

from sitmon import cli


def main() -> None:
    """Run the command with this process's arguments."""
    sys.exit(cli.main())


if __name__ == "__main__":
    main()
