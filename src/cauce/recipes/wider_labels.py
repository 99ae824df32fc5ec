"""What are the fields by wider categories called on the pages, and their codes?"""

from collections.abc import Mapping
from dataclasses import replace

from cauce.publish.labels import Labels
from cauce.standards import wider_codes
from cauce.standards.messages import LANGUAGES, Message, Speaker
from cauce.standards.packs import Pack

__all__ = ["add_wider_labels"]


def add_wider_labels(names: Labels, made_of: Mapping[str, tuple[str, object]], *, pack: Pack) -> Labels:
    """The names of a pack's fields and codes with those of its fields by wider categories.

    In
        names     of the fields and codes of the pack
        made_of   field by wider categories -> (field, ...)
        pack      the subject
    Out
        Labels
    """
    lists = {each: str(pack.fields[field].codelist) for each, (field, _) in made_of.items()}
    return replace(
        names,
        fields={**names.fields, **{each: _labels(pack, field) for each, (field, _) in made_of.items()}},
        codes={**names.codes, **{each: wider_codes.WiderNames(codelist) for each, codelist in lists.items()}},
        ordered=names.ordered | {each for each, (field, _) in made_of.items() if field in names.ordered},
        codelists={**names.codelists, **lists},
    )


def _labels(pack: Pack, field: str) -> dict[str, str]:
    labels = pack.fields[field].labels
    return {one: Speaker(one).say(Message("{field} (wider categories)", field=labels[one])) for one in LANGUAGES}
