"""Where facts are kept. The only room with SQL or a database driver; `open_store` is its door."""
