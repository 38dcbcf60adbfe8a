"""How fast sitmon is, as ratios against limits measured in the same run. Not part of the package."""
