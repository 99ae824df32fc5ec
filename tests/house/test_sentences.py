"""Is every sentence written out, translated into each language it will be read in, and every refusal documented?"""

import ast
import re
from collections import defaultdict

import pytest
from babel.messages.pofile import read_po
from house.sentences import findings, not_literal, placeholders, refusals, sentences, words_to_translate

from tests.house.source import ROOT

LOCALE = ROOT / "src" / "cauce" / "standards" / "locale"
CODE = re.compile(r"^[a-z]+\.[a-z][a-z0-9_]*$")
PUBLISHED = ("src/cauce/publish/", "src/cauce/web/portal/")


def test_templates_of_refusals_and_messages_are_written_out_where_they_arise():
    assert not_literal() == []


@pytest.mark.parametrize("language", ["es", "fr"])
def test_every_sentence_is_translated_for_the_command_line(language):
    kept = _catalogue(language)

    missing = {one.template: one.place for one in sentences() if words_to_translate(one.template)}

    assert {template: place for template, place in missing.items() if not kept.get(template)} == {}


def test_every_sentence_of_a_published_page_is_translated_into_arabic():
    kept = _catalogue("ar")

    said = {one.template: one.place for one in sentences() if one.place.startswith(PUBLISHED)}

    assert {text: place for text, place in said.items() if words_to_translate(text) and not kept.get(text)} == {}


@pytest.mark.parametrize("language", ["es", "fr", "ar"])
def test_translations_fill_only_the_names_that_their_sentence_has(language):
    wrong = {
        template: placeholders(said) ^ placeholders(template)
        for template, said in _catalogue(language).items()
        if said and placeholders(said) - placeholders(template)
    }

    assert wrong == {}


@pytest.mark.parametrize("language", ["es", "fr", "ar"])
def test_translations_of_one_sentence_never_differ_between_catalogues(language):
    said = defaultdict(set)
    for entry in _entries(language):
        said[entry.id].add(entry.string)

    assert {template: words for template, words in said.items() if len(words) > 1} == {}


@pytest.mark.parametrize("language", ["es", "fr", "ar"])
def test_every_translation_is_of_a_sentence_that_the_code_still_holds(language):
    held = {one.template for one in sentences()} | _texts_of_the_code()

    assert [template for template in _catalogue(language) if template not in held] == []


def test_each_refusal_code_has_one_meaning():
    meanings = defaultdict(set)
    for one in refusals():
        meanings[one.code].add(one.found)

    assert {code: texts for code, texts in meanings.items() if len(texts) > 1} == {}


def test_codes_of_refusals_and_findings_are_two_plain_words():
    codes = {one.code for one in refusals()} | {one.code for one in findings()}

    assert {code for code in codes if not CODE.match(code)} == set()


def test_remedies_say_what_to_do_in_a_whole_sentence():
    unhelpful = [one.code for one in refusals() if len(one.remedy.split()) < 3 or not one.remedy[0].isupper()]

    assert unhelpful == []


def _entries(language):
    found = []
    for path in sorted((LOCALE / language).glob("*.po")):
        with path.open("rb") as stream:
            found += [entry for entry in read_po(stream, locale=language) if entry.id]
    return found


def _texts_of_the_code():
    """Every text written in the code: templates that a constant holds are said elsewhere."""
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in (ROOT / "src").rglob("*.py")]
    nodes = (node for tree in trees for node in ast.walk(tree))
    return {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}


def _catalogue(language):
    return {entry.id: entry.string for entry in _entries(language)}
