"""Does a mistyped path cost a partner nothing: neither her list written over, nor a search for which file is absent?"""

import pytest

from tests.journeys.two_partners import ON, call


@pytest.mark.parametrize("over", ["policia.csv", "key"])
def test_encode_refuses_to_write_over_the_list_or_the_key(partners, capsys, over):
    own = partners[0] / "policia"
    before = (own / over).read_bytes()

    code, said, _ = call(capsys, "encode", own / "policia.csv", "--on", ON, "--key", own / "key", "--out", own / over)

    assert (code, said["refusals"][0]["code"]) == (2, "link.out_is_input")
    assert (own / over).read_bytes() == before


def test_link_refuses_to_write_over_an_encoding_under_another_name(encoded, capsys, tmp_path):
    before = encoded[0].read_bytes()
    (tmp_path / "pairs.csv").symlink_to(encoded[0])

    code, said, _ = call(capsys, "link", *encoded, "--out", tmp_path / "pairs.csv")

    assert (code, said["refusals"][0]["code"]) == (2, "link.out_is_input")
    assert encoded[0].read_bytes() == before


def test_link_names_each_file_that_is_absent(encoded, capsys, tmp_path):
    code, said, _ = call(
        capsys, "link", encoded[0], tmp_path / "x.enc", tmp_path / "y.enc", "--out", tmp_path / "pairs"
    )

    assert (code, [one["code"] for one in said["refusals"]]) == (2, ["link.no_file"] * 2)
    assert "y.enc" in said["refusals"][1]["found"]


def test_encode_names_the_key_that_is_absent(partners, capsys):
    own = partners[0] / "policia"

    code, said, _ = call(
        capsys, "encode", own / "policia.csv", "--on", ON, "--key", own / "kee", "--out", own / "a.enc"
    )

    assert (code, said["refusals"][0]["code"]) == (2, "link.no_file")
    assert "kee" in said["refusals"][0]["found"]
