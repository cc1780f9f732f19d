"""Counts under 5 cannot be read or worked out."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from evalkit.disclosure import withheld, withheld_table
from evalkit.small_counts import LEAST, withheld_share


def test_a_lone_small_count_takes_the_next_smallest_with_it() -> None:
    """With the total shown, one blank cell would be a subtraction."""
    assert withheld([3, 40, 12, 55], [(3, (0, 1, 2))]) == (True, False, True, False)


def test_two_small_counts_that_sum_to_little_need_a_third() -> None:
    """A remainder of 3 says that both are under 5."""
    assert withheld([1, 2, 30, 90, 123], [(4, (0, 1, 2, 3))]) == (True, True, True, False, False)


def test_nothing_small_withholds_nothing_and_unpublished_figures_stay_so() -> None:
    """The rule takes no more than it must."""
    assert withheld([5, 50, 55], [(2, (0, 1))]) == (False, False, False)
    assert withheld([None, 50, 55], [(2, (0, 1))]) == (False, False, False)


def test_a_total_goes_where_its_parts_are_not_enough() -> None:
    """Two groups of one and two: their total of three is small as well."""
    assert withheld([1, 2, 3], [(2, (0, 1))]) == (True, True, True)


def test_shares_hide_the_few_who_did_and_the_few_who_did_not() -> None:
    """48 of 50 leaves two who did not."""
    assert [withheld_share(s, n) for s, n in ((4, 90), (5, 90), (48, 50), (45, 50), (2, 4))] == [
        True, False, True, False, True,
    ]  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(st.integers(0, 30), min_size=3, max_size=3), min_size=2, max_size=4))
def test_no_small_count_of_a_table_can_be_solved_for(inner: list[list[int]]) -> None:
    """Move the hidden cells within the shown totals: every small one can be another number."""
    body = np.array(inner, dtype=float)
    table = np.block([[body, body.sum(1, keepdims=True)], [body.sum(0), body.sum()]])
    hidden = withheld_table(table)
    assert hidden[table < LEAST].all()
    rows, columns = table.shape
    relations = []
    for i in range(rows):
        m = np.zeros_like(table)
        m[i, :-1], m[i, -1] = 1, -1
        relations.append(m[hidden])
    for j in range(columns):
        m = np.zeros_like(table)
        m[:-1, j], m[-1, j] = 1, -1
        relations.append(m[hidden])
    free = np.array(relations)
    for position in np.flatnonzero(table[hidden] < LEAST):
        alone = np.zeros(hidden.sum())
        alone[position] = 1
        # determined only if the unit vector lies in the span of the relations
        rank = np.linalg.matrix_rank(free)
        assert np.linalg.matrix_rank(np.vstack([free, alone])) > rank
