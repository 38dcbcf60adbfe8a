"""sitmon: who controls each city, who says so, since when, and what was known at the time."""

__version__ = "0.1.0"

AGENT = f"sitmon/{__version__}"
"""The User-Agent that servers are told."""
