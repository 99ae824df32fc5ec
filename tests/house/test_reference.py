"""Is the reference what the code says today, and does every command stand in it?"""

import importlib.util

import click
import pytest

from cauce.cli.main import build
from tests.house.source import ROOT

CONTRACT = [
    "demo", "new", "add", "agree", "check", "run", "ask", "explain", "serve", "protect", "encode", "link", "verify",
    "estimate mse", "estimate flows", "estimate survey", "estimate rounds",
]  # fmt: skip


def test_reference_pages_are_those_that_the_code_writes():
    spec = importlib.util.spec_from_file_location("generate_reference", ROOT / "docs" / "generate_reference.py")
    generator = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(generator)

    stale = [
        place
        for place, text in generator.pages().items()
        if not (ROOT / place).exists() or (ROOT / place).read_text(encoding="utf-8") != text
    ]

    assert stale == [], "run `make reference`"


@pytest.mark.parametrize("words", CONTRACT)
def test_command_of_the_contract_exists_and_says_what_it_does(words):
    command = build()
    for word in words.split():
        command = command.get_command(click.Context(command), word)

    assert command is not None
    assert command.help
    assert [param.name for param in command.params if isinstance(param, click.Option) and not param.help] == []
