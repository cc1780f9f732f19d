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


def tells_of_few(n: float, did: float | None, least: int = LEAST) -> bool:
    """Whether a figure of a group says what fewer than five of its people did, or is of fewer than five.

    Parameters
    ----------
    n : float
        People, or the exposure of a count.
    did : float or None
        How many did it; None for a mean. More than `n` are events, of which none is left over.
    """
    if did is None:
        return n < least
    return did < least or (did <= n and withheld_share(did, n, least))
