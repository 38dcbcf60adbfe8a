"""What is loaded no sooner than it is used: that it is there then, and that nothing else notices."""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]

USES = {
    "sys.modules.get('ssl', 'not there')": "not there",
    "textual.app.mimetypes.guess_type('a.svg')[0]": "image/svg+xml",
    "len(textual.app.uuid.uuid4().hex)": 32,
    "textual.app.user_downloads_path().is_absolute()": True,
    "textual.design.Table(title='t').title": "t",
    "textual.layout.Canvas(3, 2).width": 3,
    "textual.content.Content.from_markup('[b]x[/b]').plain": "x",
    "textual.css.tokenizer.Padding.indent('x', 2).left": 2,
    "textual.css._styles_builder._duration_as_seconds('2s')": 2.0,
    "rich.style.Style(meta={'a': 1}).meta": {"a": 1},
    "rich.console.render_markup('[b]x[/b]').plain": "x",
    "pathlib.Path('/a b').as_uri()": "file:///a%20b",
    "urllib.parse.urlsplit('http://[::1]/').hostname": "::1",
    "inspect.getsource(inspect.isclass).splitlines()[0]": "def isclass(object):",
    "traceback.format_list(traceback.extract_stack(limit=1))[0].startswith('  File')": True,
    "subprocess.run(['echo', 'x'], capture_output=True, text=True).stdout": "x\n",
    "isinstance(asyncio.base_events.sslproto.SSLProtocol, type)": True,
    "asyncio.selector_events.ssl.OPENSSL_VERSION_NUMBER > 0": True,
    "isinstance(1, asyncio.base_events.ssl.SSLContext)": False,
    "textual.suggestions.get_suggestion('aple', ['apple'])": "apple",
}
"""Expressions that lead to something that was put off -> what they are."""


def in_a_hurry(code: str) -> object:
    """Return what an expression is in a process that has just begun to show a screen."""
    probe = (
        "import sitmon.cli; sitmon.cli.load_for_screen()\n"
        "import asyncio, inspect, json, pathlib, rich.console, subprocess, sys, textual.app, traceback, urllib.parse\n"
        "from tui import lazy_textual\n"
        f"{code}"
    )
    command = [sys.executable, "-c", probe]
    done = subprocess.run(command, check=False, capture_output=True, text=True, cwd=ROOT, timeout=60)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_what_was_put_off_does_what_it_should_once_it_is_used() -> None:
    assert in_a_hurry(f"print(json.dumps([eval(one) for one in {list(USES)!r}]))") == list(USES.values())


def test_everything_that_was_put_off_exists_and_no_module_is_left_that_only_stands_for_one() -> None:
    code = (
        "parts = [part for module in list(sys.modules.values()) for part in list(vars(module).values())"
        " if isinstance(part, lazy_textual._Part)]\n"
        "missing = [repr(part) for part in parts if part._real() is None]\n"
        "left = [name for name, module in sys.modules.items() if isinstance(module, lazy_textual._StandIn)]\n"
        "print(json.dumps([len(parts) > 20, missing, left]))"
    )
    assert in_a_hurry(code) == [True, [], []]
