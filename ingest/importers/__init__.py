"""Importers of the data sets that the field uses: a file per format, and what they share."""
