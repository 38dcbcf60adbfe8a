"""Presets of keys: what differs from the action table. The default one is the table itself."""

DEFAULT = "vim"

PRESETS: dict[str, dict[str, tuple[str, ...]]] = {
    "vim": {},
    # As a reader of feeds has them: N and flags, F and f for filters, g for the order; letters that move are none.
    "newsboat": {
        "first": ("home",),
        "last": ("end",),
        "half_up": (),
        "read": ("N", "m"),
        "star": ("ctrl+e", "s"),
        "filter": ("F", "/"),
        "save_filter": ("S",),
        "order_occurred": ("g o",),
        "order_received": ("g r",),
        "by_status": ("g s",),
        "by_province": ("g v",),
        "one_list": ("g l",),
        "sort_name": ("g n",),
        "sort_since": ("g c",),
        "sort_population": ("g p",),
        "undo": ("z",),
        "evidence": ("e", "ctrl+u"),
        "pause": ("P",),
        "previous_hit": ("p",),
        "list_sources": ("u", "O"),
    },
    # Arrows and words' first letters; no sign that some keyboards have on their third level only.
    "plain": {
        "down": ("down",),
        "up": ("up",),
        "first": ("home",),
        "last": ("end",),
        "half_down": (),
        "half_up": (),
        "open_city": ("enter", "right"),
        "open_event": ("enter", "right"),
        "follow": ("enter", "right"),
        "follow_evidence": ("enter", "right"),
        "back": ("escape", "left", "q"),
        "help": ("?", "h"),
        "earlier": ("<",),
        "later": (">",),
        "day_before": ("b",),
        "day_after": ("a",),
        "swap_clock": ("k",),
    },
}
"""Preset -> action name -> all its keys there."""
