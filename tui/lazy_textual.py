"""How Textual is loaded for the first painting: without what that does not need, which is loaded once it is used.

Only for a process that shows sitmon and nothing else.
"""

import importlib
import sys
import types
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_LATER = (
    "asyncio.sslproto",
    "asyncio.staggered",
    "difflib",
    "ipaddress",
    "locale",
    "mimetypes",
    "pickle",
    "platformdirs",
    "rich.markup",
    "rich.padding",
    "rich.panel",
    "rich.table",
    "rich.tree",
    "ssl",
    "textual._duration",
    "textual.canvas",
    "textual.command",
    "textual.css._help_text",
    "textual.file_monitor",
    "textual.markup",
    "textual.renderables.text_opacity",
    "textual.renderables.tint",
    "textual.widgets._toast",
    "textual.widgets._tooltip",
    "textwrap",
    "tokenize",
    "urllib.parse",
    "uuid",
)
"""Modules of which Textual, Rich or the standard library take something that they call now and then, if at all.

They make no class from that, and look at nothing of it while they are loaded; but for one class, a list of themes in
Textual's own palette, which sitmon never opens.
"""


class _Part:
    """Stands for a function or a class of a module that is loaded when it is called, or asked for anything."""

    def __init__(self, module: str, name: str) -> None:
        self._module = module
        self._name = name

    def _real(self) -> Any:
        return getattr(_load(self._module), self._name)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._real()(*args, **kwargs)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real(), name)

    def __instancecheck__(self, instance: object) -> bool:
        return isinstance(instance, self._real())

    def __mro_entries__(self, _bases: tuple[object, ...]) -> tuple[type, ...]:
        return ()  # the list of themes


class _StandIn(types.ModuleType):
    """Stands for a module: what is taken from it while it does so is a `_Part`, and what is afterwards is the thing."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        if sys.modules.get(self.__name__) is self:
            return _Part(self.__name__, name)
        return getattr(_load(self.__name__), name)


def _load(module: str) -> types.ModuleType:
    if isinstance(sys.modules.get(module), _StandIn):
        del sys.modules[module]
    return importlib.import_module(module)


@contextmanager
def _put_off() -> Iterator[None]:
    """Let what is loaded in this block load those modules no sooner than it uses them."""
    stand_ins = {name: _StandIn(name) for name in _LATER if name not in sys.modules}
    sys.modules.update(stand_ins)
    try:
        yield
    finally:
        for name, one in stand_ins.items():
            if sys.modules.get(name) is one:
                del sys.modules[name]


def load_textual() -> None:
    """Load what the first painting needs of others, and nothing else: it takes a tenth less time."""
    with _put_off():
        import textual.app
        import textual.drivers.linux_driver  # noqa: F401
