"""Does the attack name people behind plain Bloom filters, and fail on our tokens?"""

import numpy as np
import pytest
from tests.invented_people import invent_lists, invent_population

from cauce.link import encoding, encoding_format, tokens
from cauce.link.attack import agreement_patterns, bloom_filters, graph_matching
from cauce.link.attack.graph_matching import Web
from cauce.link.lattice import FAMILY_INDEX
from cauce.link.names import split_words

PEOPLE = 800
OURS, THEIRS = bytes(range(32)), bytes(range(100, 132))


@pytest.fixture(scope="module")
def population():
    return invent_population(PEOPLE * 2, languages=("es", "fr", "pt", "ar"), rng=np.random.default_rng(4))


def as_filters(people, key):
    texts = [[" ".join(split_words(given)), " ".join(split_words(last)), born] for _, given, last, born in people]
    filters = bloom_filters.fill_filters(texts, key=key)
    return Web(bloom_filters.compare_filters(filters), np.zeros(len(people), dtype=np.int64))


def as_tokens(people, key):
    described = encoding.describe_people(*([one[field] for one in people] for field in (1, 2, 3)))
    ids = [str(place) for place in range(len(people))]
    encoded = encoding.encode_people(described, ids, list_code="A", key=key, rng=np.random.default_rng(2))
    return graph_matching.count_shared_tokens(encoded)


def share_named(population, make_web, *, overlap, known_pairs):
    """Share of the people in both lists whom the attacker names rightly, those he knew before left out."""
    rng = np.random.default_rng(9)
    shift = round(PEOPLE * (1 - overlap))
    attackers, victims = np.arange(PEOPLE), rng.permutation(np.arange(shift, shift + PEOPLE))
    place_of = {person: place for place, person in enumerate(victims.tolist())}
    both = [person for person in attackers.tolist() if person in place_of]
    known = rng.choice(both, known_pairs, replace=False)
    anchors = np.array([(person, place_of[person]) for person in known.tolist()], dtype=np.int64).reshape(-1, 2)

    guesses = graph_matching.match_webs(
        make_web([population[place] for place in attackers], THEIRS),
        make_web([population[place] for place in victims], OURS),
        anchors=anchors,
        rng=rng,
    )

    unknown = [person for person in both if person not in set(known.tolist())]
    return sum(guesses[person] == place_of[person] for person in unknown) / len(unknown)


def test_attack_names_people_behind_plain_bloom_filters_without_knowing_anybody(population):
    assert share_named(population, as_filters, overlap=1.0, known_pairs=0) >= 0.9


@pytest.mark.parametrize("overlap", [1.0, 0.5])
@pytest.mark.parametrize("known_pairs", [0, 20, 100])
def test_attack_fails_on_tokens_whatever_the_attacker_knows(population, overlap, known_pairs):
    assert share_named(population, as_tokens, overlap=overlap, known_pairs=known_pairs) <= 0.02


def test_attack_with_known_pairs_names_people_behind_plain_bloom_filters_at_half_overlap(population):
    assert share_named(population, as_filters, overlap=0.5, known_pairs=100) >= 0.9


def test_attack_by_chance_names_nobody_when_the_similarities_are_shuffled(population):
    def shuffled(people, key):
        web = as_filters(people, key)
        rng = np.random.default_rng(len(key) + key[0])
        noise = np.triu(rng.permutation(web.similarity.ravel()).reshape(web.similarity.shape), 1)
        return Web(noise + noise.T, web.kinds)

    assert share_named(population, shuffled, overlap=1.0, known_pairs=0) <= 0.02


def test_tokens_made_with_another_key_equal_none_of_ours(population):
    described = encoding.describe_people(*([one[field] for one in population[:200]] for field in (1, 2, 3)))
    ids = [str(place) for place in range(200)]

    ours, theirs = (
        encoding.encode_people(described, ids, list_code="A", key=key, rng=np.random.default_rng(2)).tokens
        for key in (OURS, THEIRS)
    )

    assert np.intersect1d(ours, theirs).size == 0


def test_encoded_list_has_no_two_equal_tokens(population):
    web = as_tokens(population[:500], OURS)

    assert web.similarity.sum() == 0


PLACES = [f"San {letter}{other}" for letter in "abcdef" for other in "uvwxy"]


def write_down(population, members, *, errors, seed):
    """Two lists of these people as two offices write them."""
    rng = np.random.default_rng(seed)
    return invent_lists(population, [rng.permutation(some) for some in members], errors=errors, rng=rng)


def encode_written(lists, key, *, has_places=False):
    encoded = []
    for number, one in enumerate(lists):
        where = [PLACES[person % len(PLACES)] for person in one.person] if has_places else None
        sex = ["FM"[person % 2] for person in one.person] if has_places else None
        described = encoding.describe_people(one.given, one.surname, one.born, sex=sex, place=where)
        rng = np.random.default_rng(2)
        encoded.append(encoding.encode_people(described, one.record_ids, list_code=str(number), key=key, rng=rng))
    return tuple(encoded)


def share_named_by_agreement(population, *, overlap, has_places=False):
    """Share of the people of the first list named by one who knows the people of both, and not how they were written."""
    shift = round(PEOPLE * (1 - overlap))
    members = [np.arange(PEOPLE), np.arange(shift, shift + PEOPLE)]
    known = write_down(population, members, errors=0.0, seed=5)
    written = write_down(population, members, errors=0.06, seed=6)
    guesses = agreement_patterns.match_patterns(
        encode_written(known, THEIRS, has_places=has_places), encode_written(written, OURS, has_places=has_places)
    )
    named = [guess >= 0 and written[0].person[guess] == known[0].person[row] for row, guess in enumerate(guesses)]
    return sum(named) / PEOPLE


@pytest.mark.parametrize("has_places", [False, True])
@pytest.mark.parametrize("overlap", [1.0, 0.5])
def test_attack_by_how_two_lists_agree_fails_on_tokens(population, overlap, has_places):
    assert share_named_by_agreement(population, overlap=overlap, has_places=has_places) <= 0.02


def test_attack_by_how_two_lists_agree_succeeds_where_long_names_have_more_tokens(population, monkeypatch):
    """Without tokens of all texts together, how many tokens are equal tells how long a name is."""

    def make_without(self, texts):
        made = make(self, texts)
        return made[: len(texts) * tokens.TOKEN_BYTES].ljust(len(self.nothing), b"\0")

    make = tokens._Maker.make
    monkeypatch.setattr(tokens._Maker, "make", make_without)

    assert share_named_by_agreement(population, overlap=1.0) >= 0.1


def test_encoding_lists_its_records_in_an_order_that_tells_nothing_of_names(population):
    people = sorted(population[:300], key=lambda one: one[2])
    described = encoding.describe_people(*([one[field] for one in people] for field in (1, 2, 3)))
    ids = [f"{place:03}" for place in range(300)]
    encoded = encoding.encode_people(described, ids, list_code="A", key=OURS, rng=np.random.default_rng(2))

    table = encoding_format.write_encoding(encoded)
    places = np.array([int(one) for one in table["record_id"].to_pylist()])
    numbers = table["person"].to_numpy()

    assert abs(np.corrcoef(places, np.arange(300))[0, 1]) < 0.25
    assert (np.diff(np.unique(numbers, return_index=True)[1]) > 0).all()


def test_two_encodings_of_one_list_tell_who_lacks_a_place_with_one_key_and_nothing_with_two(population):
    rng = np.random.default_rng(6)
    lacks = rng.random(300) < 0.3
    places = [None if lacking else f"San {rng.integers(60)}" for lacking in lacks]
    people = encoding.describe_people(*([one[field] for one in population[:300]] for field in (1, 2, 3)), place=places)
    start, end = tokens.FAMILY_BOUNDS[FAMILY_INDEX["name.all_place"]]

    first, again, anew = (
        encoding.encode_people(people, [str(n) for n in range(300)], list_code="A", key=key, rng=rng).tokens[
            :, start:end
        ]
        for key in (OURS, OURS, THEIRS)
    )

    is_called_lacking = (first != again).all(axis=1)
    assert is_called_lacking[lacks].all() and is_called_lacking.sum() <= lacks.sum() + 3
    assert (first != anew).all()
