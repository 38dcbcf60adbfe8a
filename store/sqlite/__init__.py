"""The embedded backend: SQLite through aiosqlite."""
