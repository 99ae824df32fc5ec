"""Do words tell in which fields two records agree, as whoever sees both would tell it?"""

import pytest

from cauce.link.encoding import describe_people, hash_people
from cauce.link.evidence import Evidence, tell_evidence

KEY = bytes(range(32))


def evidence_of(left, right):
    hashed = [hash_people(describe_people(*([cell] for cell in person)), key=KEY) for person in (left, right)]
    return tell_evidence(hashed[0].tokens, hashed[1].tokens, hashed[0].missing | hashed[1].missing)[0]


@pytest.mark.parametrize(
    ("left", "right", "told"),
    [
        (("Ana", "Paz", "1990-02-01"), ("Ana", "Paz", "1990-02-01"), ("same", "same", "same")),
        (("Ana", "Paz", "1990-05-20"), ("Ana", "Paz", "1990-05-21"), ("same", "same", "alike")),
        (("Mariana", "Paz", "1990-02-01"), ("Mariano", "Paz", "1990-02-01"), ("alike", "same", "same")),
        (("Ana", "Paz", "1990-02-01"), ("Luz", "Gil", "1990-02-01"), ("other", "other", "other")),
        (("Ana", "Paz", None), ("Ana", "Paz", "1990-02-01"), ("same", "same", "missing")),
        ((None, "Paz", "1990-02-01"), ("Ana", "Paz", "1990-02-01"), ("missing", "same", "same")),
        (("Paz", "Ana", "1990-02-01"), ("Ana", "Paz", "1990-02-01"), ("same", "same", "same")),
    ],
)
def test_tell_evidence_says_how_given_name_surname_and_birth_date_agree(left, right, told):
    assert evidence_of(left, right) == Evidence(*told)
