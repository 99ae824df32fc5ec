"""What does the portal answer, and what does it never show?"""

import os

import pytest

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cauce.web.settings")

import django
from django.conf import settings
from django.test import Client, override_settings
from django.urls import get_resolver

PUBLIC_VIEWS = {"health", "metrics", "page", "release_file", "release_page"}


@pytest.fixture
def client(tmp_path):
    django.setup()
    for day, words in (("2026-11-21.1", "old"), ("2026-11-22.1", "new")):
        site = tmp_path / "hub" / "releases" / day / "site" / "es"
        site.mkdir(parents=True)
        (site / "index.html").write_text(words)
        (site.parent.parent / "release.json").write_text("{}")
    (tmp_path / "hub" / "vault").mkdir()
    (tmp_path / "hub" / "vault" / "people.parquet").write_text("names")
    with override_settings(CAUCE_RELEASES=tmp_path / "hub" / "releases", ALLOWED_HOSTS=["testserver"]):
        yield Client()


def test_portal_shows_the_newest_release(client):
    answer = client.get("/es/")

    assert answer.content == b"new"
    assert "default-src 'none'" in answer["Content-Security-Policy"]


def test_portal_keeps_the_address_of_an_old_release(client):
    assert client.get("/releases/2026-11-21.1/site/es/index.html").content == b"old"


def test_portal_answers_not_modified_to_a_known_tag(client):
    tag = client.get("/es/")["ETag"]

    assert client.get("/es/", headers={"if-none-match": tag}).status_code == 304


@pytest.mark.parametrize(
    "address",
    ["/../../vault/people.parquet", "/es/../../../vault/people.parquet", "/releases/2026-11-22.1/../../vault/people.parquet",
     "/%2e%2e/%2e%2e/vault/people.parquet", "//etc/passwd", "/nowhere"],
)  # fmt: skip
def test_portal_never_leaves_the_release(client, address):
    assert client.get(address).status_code == 404


def test_portal_takes_no_writes(client):
    assert client.post("/es/").status_code == 405


def test_portal_is_healthy_while_there_is_a_release(client, tmp_path):
    assert client.get("/healthz").status_code == 200
    with override_settings(CAUCE_RELEASES=tmp_path):
        assert client.get("/healthz").status_code == 503


def test_every_route_is_one_of_those_said_to_be_public(client):
    routes = {pattern.callback.__name__ for pattern in get_resolver(settings.ROOT_URLCONF).url_patterns}

    assert routes == PUBLIC_VIEWS


@pytest.mark.parametrize("address", ["/a%00b", "/" + "x" * 300, "/releases/2026-11-22.1/" + "x" * 300])
def test_portal_has_no_file_of_a_name_that_no_disk_can_hold(client, address):
    assert client.get(address).status_code == 404


@pytest.mark.parametrize(
    ("address", "asked", "language", "words"),
    [
        ("/nowhere", "", "es", "Esta página no existe"),
        ("/nowhere", "de-DE,ar;q=0.5,en;q=0.2", "ar", "هذه الصفحة غير موجودة"),
        ("/nowhere", "fr-CA,fr;q=0.9", "fr", "Cette page n&#39;existe pas"),
        ("/nowhere", "de;q=x,,*", "es", "Esta página no existe"),
        ("/fr/tables/none.html", "es", "fr", "Cette page n&#39;existe pas"),
        ("/ar/../%2e%2e/x", "", "ar", "هذه الصفحة غير موجودة"),
    ],
)
def test_page_that_is_not_there_says_so_in_the_language_asked_for(client, address, asked, language, words):
    answer = client.get(address, headers={"accept-language": asked})

    page = answer.content.decode()
    assert (answer.status_code, answer["Content-Language"]) == (404, language)
    assert f'<html lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}">' in page
    assert f"<h1>{words}</h1>" in page
    assert 'href="/es/"' in page and address not in page


def test_portal_refuses_a_host_that_is_not_its_own(client):
    assert client.get("/es/", headers={"host": "evil.org"}).status_code == 400


def test_metrics_tell_the_releases_and_the_newest(client):
    told = client.get("/metrics").content.decode()

    assert "cauce_releases 2" in told
    assert 'cauce_newest_release_info{release="2026-11-22.1"} 1' in told


def test_address_of_a_release_in_a_language_leads_to_its_first_page(client):
    answer = client.get("/es/releases/2026-11-21.1/", follow=True)

    assert answer.content == b"old"
    assert client.get("/fr/releases/2026-11-21.1/").status_code == 404
