"""Is the place told where a TOML file cannot be read, and never what stands there?"""

import pytest

from cauce.standards.errors import Refusal
from cauce.standards.messages import Speaker
from cauce.store import toml_files


@pytest.mark.parametrize(
    ("content", "place"),
    [
        (b"[hub", "línea 1, columna 5"),
        (b'a = 1\nb = ["F"\nc = 2\n', "línea 3, columna 1"),
        (b"a = 1\na = 2\n", "línea 2, columna 6"),
        (b'a = 1\nname = "Ana', "línea 2, columna 12"),
        ("a = 1\nb = 'Muñoz'".encode("latin-1"), "línea 2, columna 8"),
    ],
)
def test_fault_of_a_toml_file_is_told_in_spanish_by_its_line_and_column(tmp_path, content, place):
    (tmp_path / "hub.toml").write_bytes(content)

    with pytest.raises(Refusal) as refused:
        toml_files.read_toml(tmp_path / "hub.toml", name="hub.toml")

    said = Speaker("es").say(refused.value.found)
    assert said == f"hub.toml no se puede leer como TOML en la {place}"


def test_toml_file_with_a_byte_order_mark_is_read(tmp_path):
    (tmp_path / "hub.toml").write_bytes(b"\xef\xbb\xbfa = 1\r\n")

    assert toml_files.read_toml(tmp_path / "hub.toml", name="hub.toml") == {"a": 1}
