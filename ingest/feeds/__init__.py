"""Feeds: documents are fetched within limits, read into items, and these become reports."""
