"""Which message goes out next, and which is lost where too many wait?

The most important goes out, the least important is lost; of equals both times the oldest.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from tradebot.core.model.alert import Alert, Level


@dataclass(slots=True, kw_only=True, eq=False)
class Post:
    """One alert on its way by one channel; `since` is the loop's time at which it began to wait."""

    alert_id: str
    alert: Alert
    since: float
    waits: Iterator[float]
    tries: int = 0


class Waiting:
    """A bounded line; what is more important overtakes, and stays when others must leave."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._by_level: dict[Level, deque[Post]] = {level: deque() for level in Level}

    def __len__(self) -> int:
        return sum(map(len, self._by_level.values()))

    def put(self, post: Post) -> Post | None:
        """Line a post up; return the one that is lost for it, which may be the post itself."""
        lost = None
        if len(self) >= self._most:
            least = next(level for level, posts in self._by_level.items() if posts)
            if post.alert.level < least:
                return post
            lost = self._by_level[least].popleft()
        self._by_level[post.alert.level].append(post)
        return lost

    def first(self) -> Post | None:
        """Return whose turn it is; it stays in the line until it is done."""
        return next((posts[0] for posts in reversed(self._by_level.values()) if posts), None)

    def done(self, post: Post) -> None:
        """Take a post out; it may have been lost meanwhile."""
        posts = self._by_level[post.alert.level]
        if post in posts:
            posts.remove(post)

    def all(self) -> list[Post]:
        return [post for posts in reversed(self._by_level.values()) for post in posts]
