"""When a feed is polled next, and how much it may still bring in today: pure rules."""

from model.feeds import Feed, Progress
from model.times import DAY, SECOND

_LONGEST = DAY
"""Longest wait between two tries of a feed that fails."""
_MOST_DOUBLED = 20


def is_due(progress: Progress | None, now: int) -> bool:
    """Say whether a feed is to be polled now."""
    return progress is None or progress.next_at <= now


def of_today(progress: Progress, now: int) -> Progress:
    """Return the progress with the counts of the present day (UTC)."""
    today = now // DAY
    return progress if progress.day == today else progress._replace(day=today, day_items=0, day_bytes=0)


def after_success(progress: Progress, feed: Feed, now: int, roll: float) -> Progress:
    """Return the progress after a poll that succeeded.

    Args:
        progress: before.
        feed: the subscription.
        now: the present instant.
        roll: of a die, 0 to 1: feeds that were added together do not stay together.
    """
    wait = feed.every * SECOND * (0.9 + 0.2 * roll)
    return progress._replace(tried_at=now, success_at=now, error="", failures=0, next_at=now + int(wait))


def after_failure(
    progress: Progress, feed: Feed, now: int, roll: float, *, error: str, retry_after: float | None
) -> Progress:
    """Return the progress after a poll that failed: each wait is twice the one before, a day at most.

    Args:
        progress: before.
        feed: the subscription.
        now: the present instant.
        roll: of a die, 0 to 1.
        error: what went wrong.
        retry_after: seconds for which the server asked to be left alone.
    """
    failures = progress.failures + 1
    wait = min(feed.every * SECOND * 2 ** min(failures, _MOST_DOUBLED), _LONGEST) * (0.75 + 0.5 * roll)
    asked = min((retry_after or 0.0) * SECOND, _LONGEST)
    return progress._replace(tried_at=now, error=error, failures=failures, next_at=now + int(max(wait, asked)))


def until_tomorrow(progress: Progress) -> Progress:
    """Return the progress of a feed that has brought in all that it may today."""
    return progress._replace(next_at=max(progress.next_at, (progress.day + 1) * DAY))
