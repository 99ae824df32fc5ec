"""What agreements allow and what withdrawal removes, on a small hub made by each test."""

import shutil
from datetime import date

import pytest

from cauce.agree import agreements
from cauce.recipes import agree_partner, agreed_partners, check_hub, linked_hub, lost_partners
from cauce.recipes.agree_partner import Terms
from cauce.standards import packs
from cauce.standards.errors import Refusal
from cauce.standards.mappings import ColumnMapping, PartnerMapping
from cauce.standards.messages import Speaker
from cauce.store import agreements as agreement_files
from cauce.store import mappings, partner_files, workspace

DAY = date(2026, 11, 22)
FIELDS = ("prs_FirstName", "prs_SecondName", "prs_Birthdate", "prs_Gender", "cas_IncomingReferralDate")


@pytest.fixture
def hub(tmp_path):
    made = workspace.found_hub(tmp_path / "mesa", names={"es": "Mesa"}, area="HTI")
    for partner in ("pa", "pb"):
        sent = tmp_path / f"{partner}.csv"
        sent.write_text(f"a,b\n{partner},x\n")
        columns = tuple(ColumnMapping(field, field, 1.0, "told") for field in FIELDS)
        mappings.save_mapping(made, PartnerMapping(partner, "*.csv", None, columns))
        partner_files.keep_file(made, partner, sent, received=DAY)
        agree(made, partner)
    return made


def agree(hub, partner, **terms):
    told = Terms(date(2026, 1, 1), terms.pop("until", date(2027, 12, 31)), **terms)
    return agree_partner.agree_with_partner(hub.root, partner, told, today=DAY).agreement


def codes_of(refused):
    return [one.code for one in getattr(refused, "exceptions", (refused,))]


def refused_codes(hub, *, today=DAY):
    with pytest.raises((Refusal, ExceptionGroup)) as refused:
        agreed_partners.participation(hub, today=today)
    return codes_of(refused.value)


def rewrite_clauses(hub, partner, change):
    content = dict(agreement_files.load_agreement(hub, partner))
    content["clause"] = [change(dict(clause)) for clause in content["clause"]]
    agreement_files.save_agreement(hub, partner, content)


def test_nothing_is_published_of_a_hub_where_one_partner_lets_nothing_be_published(hub):
    agree(hub, "pb", purposes=("link", "estimate"), recipients=("committee",))
    taking = agreed_partners.participation(hub, today=DAY)

    tables, refusals = agreed_partners.publishable_tables(taking.partners, [(), ("vic_LocationOfExploitation",)])

    assert tables == []
    assert [one.code for one in refusals] == ["agree.unpublished"]


def test_derived_fields_are_covered_by_an_agreement_and_refused_without_a_clause(hub):
    taking = agreed_partners.participation(hub, today=DAY)
    derived = {"registered_date", "registered_year", "age_code"}
    assert all(derived <= set(one.fields) for one in taking.partners)

    rewrite_clauses(hub, "pa", lambda one: one | {"fields": [name for name in one["fields"] if name not in derived]})

    assert refused_codes(hub) == ["agree.no_clause"] * 3


@pytest.mark.parametrize("field", ["prs_FirstName", "prs_Birthdate"])
def test_linking_refuses_an_identifying_field_without_a_clause_to_link(hub, field):
    def unlinked(clause):
        return clause | {"fields": [name for name in clause["fields"] if name != field]}

    rewrite_clauses(hub, "pa", unlinked)
    content = dict(agreement_files.load_agreement(hub, "pa"))
    content["clause"] = [
        *content["clause"],
        {"number": "9", "fields": [field], "purposes": ["estimate"], "recipients": ["committee"]},
    ]
    agreement_files.save_agreement(hub, "pa", content)
    taking = agreed_partners.participation(hub, today=DAY)

    with pytest.raises((Refusal, ExceptionGroup)) as refused:
        linked_hub._manner(taking, packs.load("trafficking"))

    assert codes_of(refused.value) == ["agree.uncovered"]


def test_estimating_for_the_public_alone_does_not_let_the_committee_estimate(hub):
    rewrite_clauses(hub, "pa", lambda one: one | {"recipients": ["public"]})

    taking = agreed_partners.participation(hub, today=DAY)

    assert [linked_hub._lets_estimate(one) for one in taking.partners] == [False, True]


def test_withdrawal_removes_all_that_was_made_of_the_partner(hub):
    folder = hub.partners_dir / "pb"
    (hub.root / "inbox").mkdir()
    copy = hub.root / "inbox" / "other-name.csv"
    copy.write_bytes((folder / "pb.csv").read_bytes())
    left = [
        folder / ".receiving-x",
        hub.partners_dir / ".work-999999999-x" / "rows",
        folder / ".harmonised" / "records.parquet",
    ]
    left += [hub.vault_dir / name for name in ("people.parquet", "links.parquet", "spill/t.tmp", "rejects/pb.csv")]
    for path in left:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("row")
    agree_partner.withdraw_partner(hub.root, "pb", today=DAY)

    taking = agreed_partners.participation(hub, today=DAY)

    assert [one.partner for one in taking.partners] == ["pa"]
    assert [path for path in [*left, copy, folder / "pb.csv"] if path.exists()] == []
    assert "pb.csv" in str(taking.removed[0])
    assert partner_files.list_partners(hub) == ("pa",)


def test_removal_that_was_cut_short_is_done_whole_by_the_next_run(hub):
    made = hub.partners_dir / "pb" / ".harmonised" / "records.parquet"
    made.parent.mkdir()
    made.write_text("row")
    (hub.partners_dir / "pb" / "pb.csv").unlink()
    agree_partner.withdraw_partner(hub.root, "pb", today=DAY)

    agreed_partners.participation(hub, today=DAY)

    assert not made.exists()


def test_withdrawal_does_not_wait_for_another_partner_whose_agreement_expired(hub):
    agree(hub, "pa", until=date(2026, 11, 30))
    agree_partner.withdraw_partner(hub.root, "pb", today=DAY)

    assert refused_codes(hub, today=date(2026, 12, 5)) == ["agree.expired", "run.removed"]
    assert not (hub.partners_dir / "pb" / "pb.csv").exists()


def test_last_withdrawal_names_the_releases_that_stay_out_and_leaves_nobody(hub):
    (hub.releases_dir / "2026-11-20.1").mkdir()
    for partner in ("pa", "pb"):
        agree_partner.withdraw_partner(hub.root, partner, today=DAY)

    with pytest.raises(ExceptionGroup) as refused:
        agreed_partners.participation(hub, today=DAY)

    assert codes_of(refused.value) == ["run.no_partner", "run.removed"]
    assert "2026-11-20.1" in str(refused.value.exceptions[1].remedy)
    assert refused_codes(hub) == ["run.no_partner"]


def test_second_withdrawal_does_not_put_the_first_off(hub):
    agree_partner.withdraw_partner(hub.root, "pb", today=DAY)

    again = agree_partner.withdraw_partner(hub.root, "pb", today=date(2027, 5, 1))

    assert again.agreement.withdrawn == DAY


@pytest.mark.parametrize("lost", ["pb.csv", "received.toml", "symlink"])
def test_a_lost_file_stops_the_run_until_it_is_back(hub, lost, tmp_path):
    path = hub.partners_dir / "pb" / ("pb.csv" if lost == "symlink" else lost)
    kept = path.read_bytes()
    path.unlink()
    if lost == "symlink":
        path.symlink_to(tmp_path / "pb.csv")

    assert refused_codes(hub) == ["store.file_missing"]

    path.unlink(missing_ok=True)
    path.write_bytes(kept)
    assert len(agreed_partners.participation(hub, today=DAY).partners) == 2


def test_a_partner_whose_log_is_lost_may_withdraw(hub):
    (hub.partners_dir / "pb" / "received.toml").unlink()
    agree_partner.withdraw_partner(hub.root, "pb", today=DAY)

    taking = agreed_partners.participation(hub, today=DAY)

    assert [one.partner for one in taking.partners] == ["pa"]
    assert not (hub.partners_dir / "pb" / "pb.csv").exists()


@pytest.mark.parametrize("is_emptied", [True, False])
def test_a_partner_whose_folder_is_deleted_or_emptied_stops_the_run_until_it_withdraws(hub, is_emptied):
    shutil.rmtree(hub.partners_dir / "pb")
    if is_emptied:
        (hub.partners_dir / "pb").mkdir()

    assert refused_codes(hub) == ["run.partner_lost"]

    agree_partner.withdraw_partner(hub.root, "pb", today=DAY)
    assert [one.partner for one in agreed_partners.participation(hub, today=DAY).partners] == ["pa"]


def test_a_partner_that_the_newest_release_names_is_missed_without_mapping_and_agreement(hub):
    released = hub.releases_dir / "2026-11-21.1"
    released.mkdir()
    (released / "release.json").write_text("{}")
    (released / "provenance.json").write_text('{"agreements": [{"partner": "pa"}, {"partner": "pb"}]}')
    shutil.rmtree(hub.partners_dir / "pb")
    for folder in (hub.mappings_dir, hub.agreements_dir):
        (folder / "pb.toml").unlink()

    assert refused_codes(hub) == ["run.partner_lost"]


def test_a_partner_whose_files_a_run_removed_is_not_missed(hub):
    agree_partner.withdraw_partner(hub.root, "pb", today=DAY)
    agreed_partners.participation(hub, today=DAY)
    agree(hub, "pb")

    assert lost_partners.lost_partners(hub) == []


def test_check_tells_of_a_partner_whose_folder_is_deleted_and_of_tables_that_nobody_can_fill(hub):
    shutil.rmtree(hub.partners_dir / "pb")
    with (hub.root / "hub.toml").open("a") as settings:
        settings.write('\n[[tables]]\nby = ["prs_Gender", "vic_MethodsOfControl"]\n')

    found = check_hub.check_hub(hub.root, rejects=None, today=DAY, speaker=Speaker("es")).findings

    told = {one.code: Speaker("es").say(one.message) for one in found}
    assert "la carpeta partners/pb se borró" in told["run.partner_lost"]
    assert "ningún socio da vic_MethodsOfControl" in told["run.table_unheld"]


@pytest.mark.parametrize("code", ["count", "draw", "lists", "person_id"])
def test_codes_that_the_hub_uses_itself_are_refused(code):
    with pytest.raises(Refusal) as refused:
        partner_files.check_partner_code(code)

    assert refused.value.code == "store.reserved_partner_code"


def test_withdrawal_refuses_a_path_for_a_code(hub):
    with pytest.raises(Refusal) as refused:
        agree_partner.withdraw_partner(hub.root, "../../out", today=DAY)

    assert refused.value.code == "store.bad_partner_code"


def test_agreement_to_publish_alone_links_nobody(hub):
    assert agree(hub, "pa", purposes=("publish",)).linkage == "none"
    assert agree(hub, "pa").linkage == "clear"


def test_agreement_of_another_partner_is_refused(hub):
    content = dict(agreement_files.load_agreement(hub, "pa"))
    agreement_files.save_agreement(hub, "pb", content)

    assert refused_codes(hub) == ["agree.wrong_partner"]


def test_agreement_refuses_a_clause_without_number_and_endless_retention(hub):
    content = dict(agreement_files.load_agreement(hub, "pa"))
    unnumbered = {"agreement": content["agreement"], "clause": [{"fields": ["prs_Gender"]}]}
    endless = {"agreement": content["agreement"] | {"retention_days": 40_000}}

    for raw, code in ((unnumbered, "agree.unnumbered_clause"), (endless, "store.bad_setting")):
        with pytest.raises((Refusal, ExceptionGroup)) as refused:
            agreements.read_agreement(raw, file="a.toml")
        assert codes_of(refused.value) == [code]


def test_check_tells_every_fault_of_an_agreement_and_of_a_mapping_and_goes_on(hub):
    agree(hub, "pa", until=date(2026, 2, 1))
    raw = dict(agreement_files.load_agreement(hub, "pb"))
    raw["agreement"] |= {"retention_days": "cinco", "linkage": "quizás"}
    agreement_files.save_agreement(hub, "pb", raw)
    mapping = mappings.mapping_path(hub, "pa")
    mapping.write_text(mapping.read_text().replace("confidence = 1.0", "confidence = 98"))

    found = check_hub.check_hub(hub.root, rejects=None, today=DAY, speaker=Speaker("es")).findings

    told = [(one.code, one.file) for one in found if not one.code.startswith("harmonise.")]
    assert ("agree.expired", "partners/pa") in told
    assert told.count(("store.bad_setting", "agreements/pb.toml")) == 2
    assert told.count(("store.bad_setting", "mappings/pa.toml")) == len(FIELDS)
