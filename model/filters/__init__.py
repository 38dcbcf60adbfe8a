"""The filter language: text -> `Filter` (what was written) -> `Condition` (what it means in one situation)."""
