"""Files from outside become drafts for the store."""
