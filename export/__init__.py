"""Writing views as files: CSV, JSON, JSON Lines, GeoJSON."""
