"""Which sentences does Cauce say, and which refusals and commands does it have? Read from the syntax of its files.

The tests of the house compare these with the translations and with the reference; `docs/generate_reference.py`
writes the reference from them. Nothing is imported, so a sentence cannot hide behind a condition.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

__all__ = [
    "ROOT",
    "Found",
    "Refused",
    "Sentence",
    "findings",
    "not_literal",
    "placeholders",
    "refusals",
    "sentences",
    "words_to_translate",
]

ROOT = Path(__file__).resolve().parents[1]
_SOURCE = ROOT / "src" / "cauce"
_TEXTS = ("found", "wanted", "remedy")
_OF_JINJA = re.compile(r"""\b(?:_|say|plain)\(\s*("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')""")


@dataclass(frozen=True)
class Sentence:
    """One English template and where it is written."""

    template: str
    place: str


@dataclass(frozen=True)
class Refused:
    """One refusal as the code writes it."""

    code: str
    found: str
    wanted: str
    remedy: str
    place: str


@dataclass(frozen=True)
class Found:
    """One finding as the code writes it."""

    code: str
    message: str
    place: str


@cache
def refusals() -> tuple[Refused, ...]:
    """Every `Refusal(...)` whose code is written where it is raised."""
    found = []
    for path, call in _calls("Refusal"):
        texts = {word.arg: _literal(word.value) for word in call.keywords if word.arg in _TEXTS}
        code = _literal(call.args[0]) if call.args else None
        if code and len(texts) == 3 and all(texts.values()):
            found.append(Refused(code, *(texts[name] or "" for name in _TEXTS), place=_place(path, call)))
    return tuple(found)


@cache
def findings() -> tuple[Found, ...]:
    """Every `Finding(...)` whose code and message are written where it is made."""
    found = []
    for path, call in _calls("Finding"):
        given = dict(zip(("code", "message"), call.args, strict=False))
        given |= {word.arg: word.value for word in call.keywords if word.arg}
        code, message = _literal(given["code"]) if "code" in given else None, given.get("message")
        if code and isinstance(message, ast.Call) and message.args and (text := _literal(message.args[0])):
            found.append(Found(code, text, _place(path, call)))
    return tuple(found)


@cache
def sentences() -> tuple[Sentence, ...]:
    """Every template that a person may read: of refusals, messages, help of commands, and pages."""
    said = [Sentence(text, one.place) for one in refusals() for text in (one.found, one.wanted, one.remedy)]
    for path, call in _calls("Message"):
        if call.args and (text := _literal(call.args[0])):
            said += [Sentence(choice, _place(path, call)) for choice in text.split("\x00")]
    for name in ("say", "plain"):
        for path, call in _calls(name):
            if call.args and isinstance(call.args[0], ast.Constant | ast.IfExp) and (text := _literal(call.args[0])):
                said += [Sentence(choice, _place(path, call)) for choice in text.split("\x00")]
    said += [Sentence(text, place) for text, place in _helps()]
    said += [Sentence(text, place) for text, place in _of_templates()]
    return tuple(said)


def not_literal() -> list[str]:
    """Places where a refusal's or a message's template is put together instead of written out.

    A bare name is let through: it hands on a template written elsewhere, which is found there.
    """
    strays = []
    for path, call in _calls("Refusal"):
        strays += [_place(path, call) for word in call.keywords if word.arg in _TEXTS and _is_built(word.value)]
        strays += [_place(path, call) for value in call.args[:1] if _literal(value) is None]
    for path, call in _calls("Message"):
        strays += [_place(path, call) for value in call.args[:1] if _is_built(value)]
    return strays


def placeholders(template: str) -> set[str]:
    """The names in braces of a template."""
    return set(re.findall(r"\{(\w+)", template))


def words_to_translate(template: str) -> bool:
    """Whether a template holds words at all once its placeholders and its code between backticks are taken out."""
    rest = re.sub(r"\{[^}]*\}|`[^`]*`", "", template)
    return re.search(r"[A-Za-z]{2,}", rest) is not None


def _calls(name: str) -> Iterator[tuple[Path, ast.Call]]:
    for path in sorted(_SOURCE.rglob("*.py")):
        for node in ast.walk(_tree(path)):
            if isinstance(node, ast.Call) and _called(node) == name:
                yield path, node


def _helps() -> Iterator[tuple[str, str]]:
    for path in sorted((_SOURCE / "cli").rglob("*.py")):
        for node in ast.walk(_tree(path)):
            if isinstance(node, ast.Call):
                for word in node.keywords:
                    text = _literal(word.value) if word.arg in ("help", "short_help", "epilog") else None
                    if text:
                        yield text, _place(path, node)


def _of_templates() -> Iterator[tuple[str, str]]:
    for path in sorted(_SOURCE.rglob("*")):
        if path.suffix in (".jinja", ".html", ".svg", ".j2"):
            for match in _OF_JINJA.finditer(path.read_text(encoding="utf-8")):
                yield ast.literal_eval(match.group(1)), path.relative_to(ROOT).as_posix()


def _literal(node: ast.expr) -> str | None:
    """The text of a constant; of both branches, apart by a zero, where a condition chooses between two constants."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.IfExp):
        branches = [_literal(node.body), _literal(node.orelse)]
        return "\x00".join(branch for branch in branches if branch) if all(branches) else None
    return None


def _is_built(node: ast.expr) -> bool:
    return _literal(node) is None and isinstance(node, ast.JoinedStr | ast.BinOp | ast.Call)


def _called(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def _place(path: Path, node: ast.AST) -> str:
    return f"{path.relative_to(ROOT).as_posix()}:{getattr(node, 'lineno', 0)}"


@cache
def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))
