"""Do lists that were not encoded as their partners agreed stay apart, and does the refusal say what differs?"""

import pytest

from tests.journeys.conftest import TODAY
from tests.journeys.two_partners import ON, call

AGREEMENT = """
[agreement]
id = "{partner}-1"
partner = "{partner}"
signed = 2026-01-01
from = 2026-01-01
until = 2027-12-31
legal_basis = "consent"
linkage = "{linkage}"
retention_days = 365
{terms}
"""


@pytest.fixture
def agreed(encoded, capsys, tmp_path):
    """(the encodings of two partners, what their agreements may name: key_id and encoding)."""
    call(capsys, "new", tmp_path / "mesa")
    file, key = tmp_path / "policia/policia.csv", tmp_path / "policia/key"
    file.parent.mkdir()
    file.write_text("record_id,nombre,apellidos,nacimiento\n1,Ana,Paz,1990-02-01\n", encoding="utf-8")
    key.write_bytes(bytes(range(50, 90)))
    _, told, _ = call(capsys, "encode", file, "--on", ON, "--key", key, "--out", tmp_path / "one.enc")
    return encoded, told


def sign(folder, *, linkage="encoded", **terms):
    for partner in ("policia", "ong"):
        lines = "\n".join(f'{name} = "{value}"' for name, value in terms.items())
        text = AGREEMENT.format(partner=partner, linkage=linkage, terms=lines)
        (folder / "mesa/agreements" / f"{partner}.toml").write_text(text, encoding="utf-8")


def link(capsys, folder, encoded):
    words = ("--hub", folder / "mesa", "--out", folder / "pairs.csv", "--today", TODAY)
    code, said, _ = call(capsys, "link", *encoded, *words)
    return code, [one["code"] for one in said.get("refusals", [])], said


def test_link_takes_lists_encoded_as_agreed(agreed, capsys, tmp_path):
    encoded, told = agreed
    sign(tmp_path, key_id=told["key_id"], encoding=told["encoding"])

    code, codes, said = link(capsys, tmp_path, encoded)

    assert (code, codes) == (0, []) and said["pairs"] > 200


def test_link_refuses_lists_encoded_with_the_key_before_the_one_agreed(agreed, capsys, tmp_path):
    encoded, told = agreed
    sign(tmp_path, key_id="0123456789abcdef")

    code, codes, said = link(capsys, tmp_path, encoded)

    assert (code, codes) == (2, ["link.other_key"] * 2)
    assert told["key_id"] in said["refusals"][0]["found"] and not (tmp_path / "pairs.csv").exists()


def test_link_refuses_lists_encoded_with_other_parameters_than_agreed(agreed, capsys, tmp_path):
    encoded, told = agreed
    sign(tmp_path, key_id=told["key_id"], encoding="1/cauce-names-1/ffff")

    code, codes, said = link(capsys, tmp_path, encoded)

    assert (code, codes) == (2, ["link.other_parameters"] * 2)
    assert told["encoding"] in said["refusals"][0]["found"]


def test_link_refuses_lists_of_partners_whose_people_may_not_be_linked_or_who_did_not_agree(agreed, capsys, tmp_path):
    encoded, _ = agreed
    sign(tmp_path, linkage="none")
    (tmp_path / "mesa/agreements/ong.toml").unlink()

    code, codes, _ = link(capsys, tmp_path, encoded)

    assert (code, codes) == (2, ["link.not_agreed", "agree.none"])


@pytest.mark.parametrize("names", [["policia"], ["policia", "ong"]])
def test_link_refuses_to_read_names_that_the_agreements_do_not_show(agreed, capsys, tmp_path, names):
    sign(tmp_path, linkage="encoded")
    unread = [tmp_path / f"{name}.csv" for name in names]
    for path in unread:
        path.write_text("no heading that --on asks for", encoding="utf-8")

    code, codes, _ = link(capsys, tmp_path, [*unread, "--clear", "--on", ON])

    assert (code, codes) == (2, ["link.not_agreed"] * len(names))


def test_agreement_keeps_the_key_and_the_encoding_that_it_names_when_the_partner_withdraws(agreed, capsys, tmp_path):
    _, told = agreed
    sign(tmp_path, key_id=told["key_id"], encoding=told["encoding"])

    call(capsys, "agree", tmp_path / "mesa", "--partner", "ong", "--withdraw", "--today", TODAY)

    kept = (tmp_path / "mesa/agreements/ong.toml").read_text(encoding="utf-8")
    assert told["key_id"] in kept and told["encoding"] in kept
