"""From a file of overlapping lists to a hidden population: does the command keep its contract?"""

import json

import pytest

from cauce.cli.main import main

LISTS = "police,shelter,health,count\n1,0,0,120\n0,1,0,95\n0,0,1,80\n1,1,0,31\n1,0,1,22\n0,1,1,18\n1,1,1,9\n"
SIX = ["stepwise", "main", "bic", "bic_average", "decomposable", "latent"]
KEYS = {"method", "observed", "total", "lower", "upper", "interval", "model", "status"}


@pytest.fixture
def ask(tmp_path, capsys):
    def asked(text, *words):
        (tmp_path / "table.csv").write_text(text)
        with pytest.raises(SystemExit) as left:
            main(["estimate", "mse", str(tmp_path / "table.csv"), *words])
        said = capsys.readouterr()
        return left.value.code, said.out, said.err

    return asked


def codes_in(out):
    return sorted(refusal["code"] for refusal in json.loads(out)["refusals"])


def test_mse_as_json_gives_six_methods_with_the_keys_of_the_contract(ask):
    code, out, _ = ask(LISTS, "--json")

    answer = json.loads(out)
    assert code == 0
    assert set(answer) == {"methods", "message"}
    assert [one["method"] for one in answer["methods"]] == SIX
    for one in answer["methods"]:
        assert set(one) >= KEYS
        assert one["status"] == "estimated"
        assert one["observed"] == 375 < one["lower"] < one["total"] < one["upper"]


def test_mse_takes_one_method_and_another_interval(ask):
    _, out, _ = ask(LISTS, "--method", "stepwise", "--interval", "bca", "--replicates", "100", "--json")

    (only,) = json.loads(out)["methods"]
    assert (only["method"], only["interval"]) == ("stepwise", "bca")


def test_mse_gives_the_same_figures_for_the_same_seed(ask):
    words = ("--method", "latent", "--seed", "7", "--json")

    assert ask(LISTS, *words)[1] == ask(LISTS, *words)[1]


def test_mse_speaks_to_a_minister_in_her_language(ask):
    _, out, _ = ask(LISTS, "--method", "main", "--method", "bic", "--lang", "es")

    assert "375 personas están en al menos una de 3 listas" in out
    assert "hay probablemente entre" in out


def test_mse_combines_draws_of_the_linkage_and_names_their_share(ask):
    rows = LISTS.splitlines()
    drawn = [f"{rows[0].replace('count', 'draw,count')}"]
    for draw, moved in enumerate((0, 4, 8)):
        for row in rows[1:]:
            lists, count = row.rsplit(",", 1)
            drawn.append(f"{lists},{draw},{int(count) - moved if lists == '1,1,0' else count}")

    _, out, _ = ask("\n".join(drawn) + "\n", "--method", "main", "--json")

    (only,) = json.loads(out)["methods"]
    assert 0 < only["linkage_share"] < 1


def test_mse_adds_strata_up_and_tries_changes_of_the_lists(ask):
    rows = LISTS.splitlines()
    text = "\n".join([f"sex,{rows[0]}", *(f"{sex},{row}" for sex in "FM" for row in rows[1:])]) + "\n"

    _, out, _ = ask(text, "--method", "main", "--strata", "sex", "--sensitivity", "--json")

    answer = json.loads(out)
    parts = answer["strata"]["by_stratum"]
    assert answer["strata"]["sum"]["total"] == pytest.approx(parts["F"]["total"] + parts["M"]["total"])
    assert len(answer["sensitivity"]) == 6


def test_mse_estimates_again_at_the_recalls_supposed(ask):
    _, out, _ = ask(LISTS, "--method", "main", "--recall", "1", "--recall", "0.9", "--json")

    answer = json.loads(out)
    whole, lost = answer["recalls"]
    assert whole["total"] == pytest.approx(answer["methods"][0]["total"])
    assert (lost["recall"], lost["total"] < whole["total"]) == (0.9, True)


def test_mse_refuses_all_faults_of_a_file_at_once(ask):
    code, out, _ = ask("A,B,count\n1,0,x\n2,1,-4\n0,0,7\n1,1,nan\n", "--json")

    assert code == 2
    assert codes_in(out) == [
        "estimate.count_negative",
        "estimate.count_not_number",
        "estimate.history_of_nobody",
        "estimate.list_not_binary",
    ]
    assert all(refusal["found"] and refusal["wanted"] and refusal["remedy"] for refusal in json.loads(out)["refusals"])


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("A,count\n1,50\n", "estimate.one_list"),
        ("A,B,count\n1,0,50\n0,1,60\n", "estimate.no_overlap"),
        ("A,B\n1,0\n", "estimate.no_count_column"),
        ("A,A,count\n1,0,5\n", "gather.capture_headings"),
        ("A,B,count\n1,0\n", "gather.capture_rows"),
        ("A,B,count\n", "gather.capture_rows"),
    ],
)
def test_mse_refuses_a_table_that_cannot_be_estimated_from(ask, text, code):
    left, out, _ = ask(text, "--json")

    assert left == 2
    assert code in codes_in(out)


@pytest.mark.parametrize("ending", ["svg", "png", "pdf"])
def test_mse_draws_the_spread_of_its_methods(ask, tmp_path, ending):
    picture = tmp_path / f"methods.{ending}"

    ask(LISTS, "--method", "main", "--method", "stepwise", "--picture", str(picture))

    assert picture.read_bytes()[:4] in (b"<svg", b"\x89PNG", b"%PDF")
