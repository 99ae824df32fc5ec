"""Does the page of a release say what each figure cost, and how long the rest of the budget lasts?"""

import json
from dataclasses import replace

import pytest
from tests.unit.publish.cleared_samples import rendered, sample_release


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("es", "Al ritmo seguido hasta ahora, alcanza hasta"),
        ("en", "At the pace so far, it lasts until"),
        ("fr", "Au rythme suivi jusqu&#39;ici, il dure jusqu&#39;en"),
    ],
)
def test_page_of_sample_release_tells_until_which_year_the_budget_lasts(language, words):
    files = rendered(replace(sample_release(), lasts_until=2029), languages=(language,))

    page = files[f"site/{language}/release.html"].decode()
    assert words in page and ">2029<" in page
    assert json.loads(files["release.json"])["lasts_until"] == 2029


def test_page_of_sample_release_is_silent_where_nothing_was_spent():
    assert "lasts until" not in rendered(sample_release(), languages=("en",))["site/en/release.html"].decode()


def test_page_of_sample_release_tells_what_the_hidden_total_cost_beside_the_tables():
    release = sample_release()

    page = rendered(release, languages=("en",))["site/en/release.html"].decode()

    assert release.estimate.epsilon > 0
    assert (
        f'href="index.html#hidden">The hidden total</a></th><td class="n">1</td><td class="n">0</td>'
        f'<td class="n">{release.estimate.epsilon:g}</td>' in page
    )
