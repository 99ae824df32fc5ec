"""`cauce demo DIR`: the whole job on invented people, then the truth unsealed, then the portal."""

from pathlib import Path

import click

from cauce.cli import serve
from cauce.cli.budget import facts_of_budget, lines_of_budget
from cauce.cli.door import Answer, Door, TextTable, command, is_interruption
from cauce.cli.run import facts_of, lines_of
from cauce.recipes import demo as demo_recipe
from cauce.recipes import hub_budget
from cauce.recipes.demo import Demo
from cauce.standards.messages import Message

__all__ = ["demo"]

_NAMES = {
    "people": Message("People met by some partner"),
    "hidden_total": Message("All people, met or not"),
    "women": Message("Women"),
    "children": Message("Children under 18"),
}


@command("demo", help="Write a fictitious hub with its sealed truth, run it, unseal, serve.", needs_today=True)
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--people", type=click.IntRange(200, 1_000_000), default=4_000, help="Invented people that partners met.")
@click.option("--seed", type=int, default=1, help="Fixes the invented people; never the noise of a release.")
@click.option("--no-serve", is_flag=True, help="Do not serve the portal at the end.")
def demo(door: Door, *, folder: Path, people: int, seed: int, no_serve: bool) -> Answer:
    """Runs the demo; on a terminal it then serves the portal until Ctrl-C."""
    try:
        done = demo_recipe.run_demo(
            folder, people=people, seed=seed, today=door.today, progress=door.progress, speaker=door.speaker
        )
    except (Exception, KeyboardInterrupt) as fault:
        if is_interruption(fault) and (folder / "hub.toml").exists():
            said = Message("The invented hub stands: go on with `cauce run {folder}`", folder=str(folder))
            door.asides.print(door.speaker.say(said), markup=False, highlight=False, soft_wrap=True)
        raise
    left = hub_budget.read_budget(folder, today=door.today)
    facts = facts_of(done.run, door.speaker) | {"budget": facts_of_budget(left), "truth": _truth(done)}
    answer = Answer(facts, [*lines_of(done.run, door.speaker), *lines_of_budget(left), _unsealed(done)])
    if door.is_terminal and not no_serve and not door.is_json:
        for line in answer.lines:
            door.say(line)
        return serve.serve_until_interrupted(door, folder, port=serve.DEFAULT_PORT)
    return answer


def _truth(done: Demo) -> dict[str, object]:
    return {"people": done.truth.observed, "covered": done.covered}


def _unsealed(done: Demo) -> TextTable:
    rows = [
        (
            _NAMES[name],
            done.true_figures[name],
            Message("{lower} to {upper}", lower=done.intervals[name][0], upper=done.intervals[name][1]),
            Message("covered") if is_covered else Message("missed"),
        )
        for name, is_covered in done.covered.items()
    ]
    headings = [Message("The truth, unsealed"), Message("In truth"), Message("Published interval"), Message("Verdict")]
    return TextTable(headings, rows)
