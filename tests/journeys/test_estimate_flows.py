"""From files to moves: does the command keep its contract, with everything that it can be asked?"""

import csv
import json

import pytest

from cauce.cli.main import main

START = "pob,A,B,C,D\nA,100,10,10,0\nB,80,180,10,90\nC,30,10,140,40\nD,60,70,10,160\n"
END = "pob,A,B,C,D\nA,95,5,15,5\nB,75,225,5,55\nC,55,0,115,50\nD,35,25,25,215\n"
EVENTS = "region,births,deaths\nA,0,0\nB,0,0\nC,0,0\nD,0,0\n"


@pytest.fixture
def folder(tmp_path):
    for name, text in (("start", START), ("end", END), ("bd", EVENTS)):
        (tmp_path / f"{name}.csv").write_text(text)
    return tmp_path


@pytest.fixture
def ask(folder, capsys):
    def asked(*words, files=True):
        given = ["--start", "start.csv", "--end", "end.csv", "--births-deaths", "bd.csv"] if files else []
        command = [
            str(folder / word) if word.endswith((".csv", ".svg", ".parquet")) else word for word in (*given, *words)
        ]
        with pytest.raises(SystemExit) as left:
            main(["estimate", "flows", *command])
        said = capsys.readouterr()
        return left.value.code, said.out, said.err

    return asked


def test_flows_as_json_keep_the_contract(ask):
    code, out, _ = ask("--method", "da_pb_closed", "--json")

    answer = json.loads(out)
    assert code == 0
    assert answer["method"] == "da_pb_closed"
    assert answer["areas"] == ["A", "B", "C", "D"]
    assert answer["total"] == pytest.approx(211.74066, abs=1e-5)
    assert answer["od"]["B"]["D"] == pytest.approx(45.86771645)
    assert answer["od"]["B"]["B"] == 0
    assert answer["repairs"] == []


def test_flows_with_draws_write_the_moves_and_both_bounds(ask, folder):
    code, out, _ = ask("--method", "da_min_closed", "--draws", "50", "--out", "F.csv", "--json")

    tables = [list(csv.reader((folder / name).open())) for name in ("F.csv", "F.lower.csv", "F.upper.csv")]
    assert code == 0
    assert {tuple(table[0]) for table in tables} == {("origin", "A", "B", "C", "D")}
    moves, lower, upper = (float(table[2][4]) for table in tables)
    assert lower < moves < upper
    assert json.loads(out)["intervals"]["lower"]["B"]["D"] == lower


def test_flows_hold_reported_moves_and_keep_net_migration(ask, folder):
    (folder / "reported.csv").write_text("origin,destination,moves\nB,D,50\n,A,30\n")

    _, out, _ = ask("--method", "da_min_closed", "--reported", "reported.csv", "--json")

    table = json.loads(out)["od"]
    assert table["B"]["D"] == 50
    assert sum(row["A"] for row in table.values()) == pytest.approx(30)
    arrived, left = (sum(row["C"] for row in table.values()), sum(table["C"].values()))
    assert arrived - left == pytest.approx(-10)


def test_flows_with_draws_keep_reported_moves_inside_their_bounds(ask, folder):
    (folder / "reported.csv").write_text("origin,destination,moves\nB,D,50\nC,,35\n")

    _, out, _ = ask("--method", "da_pb_closed", "--reported", "reported.csv", "--draws", "40", "--json")

    answer = json.loads(out)
    bounds = answer["intervals"]
    assert bounds["lower"]["B"]["D"] == bounds["upper"]["B"]["D"] == answer["od"]["B"]["D"] == 50
    assert all(
        bounds["lower"][i][j] <= answer["od"][i][j] <= bounds["upper"][i][j] for i in answer["od"] for j in answer["od"]
    )


def test_flows_hold_known_net_migration(ask, folder):
    (folder / "net.csv").write_text("area,net\nA,-20\nD,40\n")

    _, out, _ = ask("--method", "da_min_closed", "--net", "net.csv", "--json")

    table = json.loads(out)["od"]
    assert sum(row["D"] for row in table.values()) - sum(table["D"].values()) == pytest.approx(40)


def test_flows_with_an_offset_differ_and_keep_their_total_net(ask, folder):
    (folder / "offset.csv").write_text(",A,B,C,D\nA,,5,1,1\nB,5,,1,1\nC,1,1,,5\nD,1,1,5,\n")

    _, plain, _ = ask("--method", "da_min_closed", "--json")
    _, weighed, _ = ask("--method", "da_min_closed", "--offset", "offset.csv", "--json")

    assert json.loads(weighed)["od"]["C"]["D"] > json.loads(plain)["od"]["C"]["D"]
    assert json.loads(weighed)["total"] == pytest.approx(json.loads(plain)["total"])


@pytest.mark.parametrize(("language", "word"), [("en", "came back"), ("es", "volvieron"), ("fr", "revenues")])
def test_flows_explain_a_cell_in_words(ask, language, word):
    _, out, _ = ask("--method", "da_min_closed", "--explain", "B", "D", "--lang", language)

    assert word in out


def test_flows_write_the_whole_account(ask, folder):
    ask("--method", "da_min_open", "--account", "account.csv")

    rows = list(csv.DictReader((folder / "account.csv").open()))
    assert sum(float(row["persons"]) for row in rows if row["origin"] == row["destination"]) > 800


def test_flows_of_many_periods_and_sexes_go_to_one_long_table(ask, folder):
    many = folder / "many"
    many.mkdir()
    for sex in "fm":
        for year, text in ((1990, START), (1995, END), (2000, START)):
            (many / f"stock_{sex}_{year}.csv").write_text(text)
            (many / f"bd_{sex}_{year}.csv").write_text(EVENTS)

    code, out, _ = ask("--stocks", str(many), "--method", "da_min_closed", "--out", "all.csv", "--json", files=False)

    answer = json.loads(out)
    assert code == 0
    assert [(one["sex"], one["first_year"]) for one in answer["periods"]] == [
        ("f", 1990),
        ("f", 1995),
        ("m", 1990),
        ("m", 1995),
    ]
    assert answer["periods"][0]["total"] == pytest.approx(160)
    rows = list(csv.DictReader((folder / "all.csv").open()))
    assert sum(
        float(row["moves"]) for row in rows if row["sex"] == "f" and row["first_year"] == "1990"
    ) == pytest.approx(160)


def test_flows_of_a_long_table_with_ages_are_told_by_cohort(ask, folder):
    lines = ["birthplace,residence,year,age,stock"]
    deaths = ["area,year,age,births,deaths"]
    for year in (1990, 1995):
        for age in ("0-4", "5+"):
            lines += [f"{k},{i},{year},{age},{90 if k == i else 5}" for k in "AB" for i in "AB"]
    deaths += [f"{area},1990,{age},95,0" for area in "AB" for age in ("0-4", "5+")]
    (folder / "long.csv").write_text("\n".join(lines))
    (folder / "events.csv").write_text("\n".join(deaths))

    code, out, _ = ask(
        "--stocks", "long.csv", "--births-deaths", "events.csv", "--method", "da_min_open", "--json", files=False
    )

    assert code == 0
    assert [one["age"] for one in json.loads(out)["periods"]] == ["0-4", "5+"]


BAD = {
    "gather.not_a_number": START.replace("180", "many"),
    "gather.missing_cell": START.replace("180", ""),
    "gather.unmatched_areas": START.replace("pob,A,B", "pob,A,Z"),
    "estimate.areas_differ": START.replace("B,", "X,").replace("pob,A,X", "pob,A,X"),
    "estimate.negative_stock": START.replace("C,30", "C,-30"),
}


@pytest.mark.parametrize("code", BAD)
def test_flows_refuse_a_bad_stock_with_what_was_found_wanted_and_how_to_mend_it(ask, folder, code):
    (folder / "start.csv").write_text(BAD[code])

    left, out, _ = ask("--method", "da_min_closed", "--json")

    refusals = json.loads(out)["refusals"]
    assert left == 2
    assert code in {one["code"] for one in refusals}
    assert all(one["found"] and one["wanted"] and one["remedy"] for one in refusals)


def test_flows_tell_what_is_wrong_with_all_files_at_once(ask, folder):
    (folder / "start.csv").write_text(START.replace("180", "many"))
    (folder / "end.csv").write_text(END.replace("225", ""))
    (folder / "bd.csv").write_text("area,births\nA,0\n")

    _, out, _ = ask("--method", "da_min_closed", "--json")

    codes = [one["code"] for one in json.loads(out)["refusals"]]
    assert codes == ["gather.not_a_number", "gather.missing_cell", "gather.column_absent"]


def test_flows_refuse_births_in_thousands_beside_stocks_in_persons(ask, folder):
    (folder / "bd.csv").write_text(EVENTS.replace("A,0,0", "A,0,5000"))

    left, out, _ = ask("--method", "da_min_closed", "--json")

    assert left == 2
    assert json.loads(out)["refusals"][0]["code"] == "estimate.deaths_exceed_stock"


def test_flows_without_stocks_are_wrong_usage(ask):
    assert ask("--method", "da_min_closed", files=False)[0] == 64
    assert ask("--method", "no_such_method")[0] == 64


@pytest.mark.parametrize("shape", ["ring", "bars"])
def test_flows_are_drawn_in_the_language_asked(ask, folder, shape):
    code, _, _ = ask("--method", "da_min_closed", "--picture", "flows.svg", "--shape", shape, "--lang", "fr")

    assert code == 0
    assert "déplacements" in (folder / "flows.svg").read_text(encoding="utf-8")


def test_flows_refuse_a_picture_of_another_kind(ask):
    left, out, _ = ask("--method", "da_min_closed", "--picture", "flows.csv", "--json")

    assert left == 2
    assert json.loads(out)["refusals"][0]["code"] == "recipes.unknown_picture"


def test_flows_tell_a_minister_the_limit_of_the_method(ask):
    summaries = {}
    for method in ("da_min_closed", "da_ind_closed", "da_pb_closed", "sd_drop_neg", "mig_rate", "rogers_von_rabenau"):
        summaries[method] = json.loads(ask("--method", method, "--json")[1])["summary"]

    assert "smallest number of moves" in summaries["da_min_closed"]
    assert "outer bound" in summaries["da_ind_closed"]
    assert len(set(summaries.values())) == 6
