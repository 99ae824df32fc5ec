"""Can every list be encoded, however short?"""

import numpy as np

from cauce.link import encoding


def test_a_list_without_anybody_is_encoded():
    nobody = encoding.describe_people([], [], [])

    encoded = encoding.encode_people(nobody, [], list_code="a", key=bytes(range(32)), rng=np.random.default_rng(1))

    assert (len(encoded.tokens), encoded.persons.size, encoded.missing.size) == (0, 0, 0)
