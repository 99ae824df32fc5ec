"""Is linkage error undone? Held against people whose links are lost one by one at random."""

import numpy as np

from cauce.estimate import capture_tables, each_method, existence, linkage_error, recall_sensitivity
from cauce.estimate.linkage_error import LinkageError


def histories_after_losing_links(people, recall, rng):
    """Counts of histories seen when each pair of a person's lists is linked with a chance, people by people."""
    lists = people.shape[1]
    seen = np.zeros(2**lists)
    for person in people:
        held = list(np.flatnonzero(person))
        piece = {place: place for place in held}
        for one in held:
            for other in held:
                if one < other and rng.random() < recall:
                    piece = {place: piece[one] if label == piece[other] else label for place, label in piece.items()}
        for label in set(piece.values()):
            seen[sum(1 << place for place, found in piece.items() if found == label)] += 1
    return seen[1:]


def test_undoing_returns_the_histories_of_people_whose_links_were_lost():
    rng = np.random.default_rng(5)
    people = (rng.random((20_000, 4)) < 0.4).astype(int)
    people = people[people.any(axis=1)]
    true = np.bincount(people @ (1 << np.arange(4)), minlength=16)[1:]

    seen = histories_after_losing_links(people, 0.8, rng)
    undone = linkage_error.undo_linkage_error(seen[None, :], np.array([[1.0, 0.8]]))[0]

    assert np.abs(seen - true).max() > 300
    assert np.abs(undone - true).max() < 6 * np.sqrt(true.max())


def test_undoing_changes_nothing_where_the_linkage_is_perfect():
    counts = np.arange(1.0, 8.0)[None, :]

    assert np.allclose(linkage_error.undo_linkage_error(counts, np.array([[1.0, 1.0]])), counts)


def test_undoing_false_links_keeps_the_number_of_records():
    counts = np.array([[60.0, 50.0, 40.0]])

    parted = linkage_error.undo_linkage_error(counts, np.array([[0.9, 1.0]]))[0]

    assert parted @ [1, 1, 2] == counts[0] @ [1, 1, 2]
    assert parted[2] == 36.0


def test_rates_are_drawn_around_the_estimates_with_their_spread():
    error = LinkageError((0.99, 0.98, 1.0), (0.90, 0.86, 0.94))

    rates = linkage_error.draw_rates(error, draws=20_000, rng=np.random.default_rng(1))

    assert abs(rates[:, 1].mean() - 0.90) < 0.001
    assert abs(rates[:, 1].std() - 0.08 / 3.92) < 0.001
    assert rates.max() <= 1.0


def test_share_of_the_linkage_grows_with_what_is_not_known_of_it():
    table = capture_tables.tabulate(["A", "B"], [[1, 0], [0, 1], [1, 1]], [600, 500, 400])
    setting = each_method.Setting(order=2, rng=np.random.default_rng(1), memo=existence.Memo())
    certain, vague, vaguer = (
        LinkageError((0.99, 0.99, 0.99), (0.9, 0.9 - half, 0.9 + half)) for half in (0.0, 0.02, 0.04)
    )

    shares = [
        recall_sensitivity.linkage_share(table, error, interval=(1_500.0, 1_900.0), setting=setting)
        for error in (certain, vague, vaguer)
    ]

    assert shares[0] == 0.0
    assert shares[0] < shares[1] < shares[2] <= 1.0


def test_share_of_the_linkage_is_told_where_no_link_may_have_been_found():
    table = capture_tables.tabulate(["A", "B"], [[1, 0], [0, 1], [1, 1]], [295, 250, 14])
    setting = each_method.Setting(order=2, rng=np.random.default_rng(1), memo=existence.Memo())
    nothing_known = LinkageError((1.0, 0.5, 1.0), (0.0, 0.0, 0.0))

    share = recall_sensitivity.linkage_share(table, nothing_known, interval=(600.0, 9_000.0), setting=setting)

    assert share is None or 0.0 <= share <= 1.0


def test_rates_rounded_alike_cannot_be_told_apart():
    one, other = (LinkageError((0.99, 0.98, 1.0), (recall, 0.88, 0.92)) for recall in (0.9001, 0.9010))

    assert linkage_error.round_rates(one) == linkage_error.round_rates(other)
