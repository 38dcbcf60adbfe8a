"""Giving an address to a browser, where there is one to see."""

import asyncio
import os
import sys
from asyncio.subprocess import DEVNULL
from collections.abc import Mapping


def is_near(environment: Mapping[str, str] = os.environ, platform: str = sys.platform) -> bool:
    """Say whether a browser would open before the eyes of whoever presses the key: a display, and no SSH between."""
    if environment.get("SSH_CONNECTION") or environment.get("SSH_TTY"):
        return False
    return platform in ("darwin", "win32") or bool(environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY"))


async def show(address: str) -> None:
    """Open an http or https address in the user's browser.

    In a process of its own, without this terminal: what a browser writes, or a browser made of text, would paint over
    the screen.

    Raises:
        OSError: no process could be started.
    """
    await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "webbrowser", "-t", address),
        stdin=DEVNULL,
        stdout=DEVNULL,
        stderr=DEVNULL,
        start_new_session=True,
    )
