"""Which cities the city list shows, in which groups and order."""

from typing import TYPE_CHECKING

from tui.cities import Group, Sort
from tui.commands.work import Do, Take, Work
from tui.panes import bars

if TYPE_CHECKING:
    from tui.main_screen import MainScreen

CITIES = "cities"
"""What the line asks for that narrows the city list: it takes effect while it is typed."""


def ask_for_cities(screen: "MainScreen") -> None:
    """Ask which cities to show."""
    screen.question.ask(CITIES, "cities: name, province, side or status", screen.cities.filter_text)


def narrow_cities(screen: "MainScreen", text: str) -> Work:
    """Show only the cities that match these words."""
    screen.cities.nothing = bars.why_no_city(text.strip(), screen.keys)
    screen.cities.narrow_down(text)
    screen.show_bars()
    return None


def _group(group: Group) -> Do:
    def do(screen: "MainScreen") -> Work:
        screen.cities.regroup(screen.cities.arrangement._replace(group=group))
        screen.show_bars()
        return None

    return do


def _sort(sort: Sort) -> Do:
    def do(screen: "MainScreen") -> Work:
        screen.cities.regroup(screen.cities.arrangement._replace(sort=sort))
        screen.show_bars()
        return None

    return do


DO: dict[str, Do] = {
    "by_status": _group(Group.STATUS),
    "by_province": _group(Group.PROVINCE),
    "one_list": _group(Group.NONE),
    "sort_name": _sort(Sort.NAME),
    "sort_since": _sort(Sort.SINCE),
    "sort_population": _sort(Sort.POPULATION),
}

ANSWERS: dict[str, Take] = {CITIES: narrow_cities}
