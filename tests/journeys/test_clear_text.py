"""Do partners who may show one another their names get them compared by Splink, from the command line and in a hub?"""

import csv
import json
import logging

import numpy as np
import pytest

from cauce.cli.main import main
from tests.invented_people import invent_lists, invent_population

HEADINGS = ("record_id", "given_name", "surname", "birth_date", "sex")
TODAY = ("--today", "2026-11-22")


def call(capfd, *words):
    with pytest.raises(SystemExit) as left:
        main([*map(str, words), "--json"])
    said = capfd.readouterr()
    return left.value.code, json.loads(said.out), said.err


@pytest.fixture
def lists(tmp_path):
    """Two partners' files with half of their people in common."""
    rng = np.random.default_rng(31)
    population = invent_population(450, languages=("es", "fr"), rng=rng)
    people = rng.permutation(450)
    made = invent_lists(population, [people[:300], people[150:]], errors=0.04, rng=rng)
    for name, one in zip(("alba", "boreal"), made, strict=True):
        columns = [[cell or "" for cell in column] for column in (one.given, one.surname, one.born)]
        sexes = ["F" if place % 3 else "M" for place in range(len(one.record_ids))]
        with (tmp_path / f"{name}.csv").open("w", newline="", encoding="utf-8") as stream:
            csv.writer(stream).writerows([HEADINGS, *zip(one.record_ids, *columns, sexes, strict=True)])
    return tmp_path, made


def test_link_compares_names_in_clear_and_leaves_none_behind(lists, capfd, caplog):
    folder, made = lists
    caplog.set_level(logging.DEBUG)
    files = [folder / "alba.csv", folder / "boreal.csv"]

    code, said, err = call(
        capfd, "link", *files, "--clear", "--on", "given_name,surname,birth_date,sex", "--out", folder / "pairs.csv"
    )

    rows = list(csv.DictReader((folder / "pairs.csv").open(encoding="utf-8")))
    person = [dict(zip(one.record_ids, one.person.tolist(), strict=True)) for one in made]
    hits = [person[0][row["record_id_a"]] == person[1][row["record_id_b"]] for row in rows]
    assert (code, said["pairs"], said["method"]) == (0, len(rows), "splink-clear-text")
    assert said["compared_within_lists"] == ["sex"]
    assert sum(hits) / len(hits) >= 0.95 and sum(hits) >= 0.85 * 150
    surnames = {word for one in made for text in one.surname if text for word in text.split() if len(word) > 4}
    told = (folder / "pairs.csv").read_text(encoding="utf-8") + err + caplog.text
    assert not any(word.lower() in told.lower() for word in surnames)
    assert sorted(path.name for path in folder.iterdir()) == ["alba.csv", "boreal.csv", "pairs.csv"]


def test_link_tells_that_sex_and_place_are_not_compared_between_lists_of_names(tmp_path, capfd):
    files = [tmp_path / "alba.csv", tmp_path / "boreal.csv"]
    rows = [",".join((*HEADINGS, "place")), "1,Ana,Paz,1990-01-02,F,Ocoa", "2,Luis,Gil,1980-05-06,M,Bani"]
    for file in files:
        file.write_text("\n".join(rows), encoding="utf-8")
    on = "given_name,surname,birth_date,sex,place"

    with pytest.raises(SystemExit):
        main([*map(str, ["link", *files, "--clear", "--on", on, "--out", tmp_path / "pairs.csv"]), "--lang", "es"])

    assert "Solo dentro de cada lista: sex, place." in capfd.readouterr().out


@pytest.mark.slow
def test_hub_compares_the_names_of_partners_whose_agreements_allow_it(lists, capfd):
    folder, _ = lists
    hub = folder / "mesa"
    call(capfd, "new", hub)
    for partner in ("alba", "boreal"):
        call(capfd, "add", hub, folder / f"{partner}.csv", "--partner", partner, "--yes", *TODAY)
        terms = ("--from", "2026-11-22", "--until", "2027-11-22", "--linkage", "clear")
        call(capfd, "agree", hub, "--partner", partner, *terms, *TODAY)

    code, said, _ = call(capfd, "run", hub, *TODAY)

    provenance = json.loads(next(hub.glob("releases/*/provenance.json")).read_text(encoding="utf-8"))
    assert code == 0
    assert said["people"]["linkage"]["method"] == "splink-clear-text"
    assert "splink-clear-text" in json.dumps(provenance)
    assert 420 <= said["people"]["count"] <= 500
