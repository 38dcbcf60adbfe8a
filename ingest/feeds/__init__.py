"""Feeds: bytes from outside become items, fetched from addresses that may be asked, and items become reports."""
