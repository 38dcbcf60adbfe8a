"""Where a pattern finds its places and sides in a sentence; one function for each frame of `patterns.toml`."""

from ingest.text.found import Frame
from ingest.text.frames_beside import BESIDE_FRAMES
from ingest.text.frames_holding import HOLDING_FRAMES
from ingest.text.frames_moving import MOVING_FRAMES
from ingest.text.frames_routes import ROUTE_FRAMES

CONTROL_FRAMES: dict[str, Frame] = {**HOLDING_FRAMES, **MOVING_FRAMES, **ROUTE_FRAMES}
"""Frames whose events are about a place that somebody holds."""

FRAMES: dict[str, Frame] = {**CONTROL_FRAMES, **BESIDE_FRAMES}
"""Every frame."""
