"""The two clocks: as of, and known at."""

from functools import partial
from typing import TYPE_CHECKING

from model.errors import InputRefused
from tui.commands.work import Do, Take, Work
from tui.keymap import ACTIONS
from tui.session import Clock

if TYPE_CHECKING:
    from tui.main_screen import MainScreen


async def _step(screen: "MainScreen", *, back: bool) -> str:
    said = await screen.session.step(back=back)
    if not said:
        screen.read_all()
    return screen.keys.spell(said)


async def _day(screen: "MainScreen", *, back: bool) -> None:
    await screen.session.step_day(back=back)
    screen.read_all()


def _swap_clock(screen: "MainScreen") -> Work:
    screen.session.swap_clock()
    screen.show_bars()
    steps = screen.keys.spell("{earlier} {later} {day_before} {day_after}")
    screen.say(f"{steps} now move the {screen.session.clock.value} clock")
    return None


def _now(screen: "MainScreen") -> Work:
    screen.session.to_now()
    screen.read_all()
    return None


def _ask_clock(name: str) -> Do:
    def do(screen: "MainScreen") -> Work:
        screen.question.ask(name, f"{ACTIONS[name].label} (2021-08-12 14:20, or now)")
        return None

    return do


def _set_clock(clock: Clock) -> Take:
    def take(screen: "MainScreen", text: str) -> Work:
        try:
            screen.session.set_clock(clock, text)
        except InputRefused as error:
            screen.say(str(error), "warn")
        else:
            screen.read_all()
        return None

    return take


DO: dict[str, Do] = {
    "earlier": lambda screen: partial(_step, screen, back=True),
    "later": lambda screen: partial(_step, screen, back=False),
    "day_before": lambda screen: partial(_day, screen, back=True),
    "day_after": lambda screen: partial(_day, screen, back=False),
    "swap_clock": _swap_clock,
    "now": _now,
    "asof": _ask_clock("asof"),
    "known": _ask_clock("known"),
}

TAKES: dict[str, Take] = {"asof": _set_clock(Clock.AS_OF), "known": _set_clock(Clock.KNOWN_AT)}
