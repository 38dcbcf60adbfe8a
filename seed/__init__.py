"""Situations that ship with sitmon, as data, and the loader of any folder of that shape."""
