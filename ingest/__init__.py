"""Reads files, feeds, streams and texts from outside, and turns them into drafts for the store."""
