"""The domain: records, rules and queries that every other package shares. Standard library only."""
