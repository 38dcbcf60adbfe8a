"""`python -m sitmon` and the `sitmon` script."""


def main() -> None:
    """Run the command."""
    raise SystemExit("not built yet")


if __name__ == "__main__":
    main()
