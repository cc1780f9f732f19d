"""The smallest count that may be published, and when a share tells a smaller one.

1. Nothing is imported here, because the rules of a template ask too.
"""

from __future__ import annotations

LEAST = 5  # the smallest count that may be shown
WITHHELD = "withheld"  # what stands instead, in words


def withheld_share(successes: float, n: float, least: int = LEAST) -> bool:
    """Whether "so many out of so many" says too much: few did it, or all but a few did.

    The percentage goes with the count. A group under `least` is itself withheld.
    """
    return min(successes, n - successes, n) < least
