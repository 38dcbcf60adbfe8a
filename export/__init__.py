"""Views written as files."""
