"""Which standard field is each column of a partner's file?

Proposed from the headings and the values together, each with its evidence and its confidence. What is not sure comes
back as a doubt for a person; nothing is taken by likeness of values alone.
"""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from cauce.harmonise import column_readings, heading_matches, one_hot
from cauce.harmonise.column_profiles import ColumnProfile
from cauce.harmonise.column_readings import ColumnReading
from cauce.harmonise.doubts import Doubt
from cauce.standards.mappings import ColumnMapping
from cauce.standards.messages import Message, Speaker
from cauce.standards.packs import Pack

__all__ = ["THRESHOLD", "ColumnProposal", "Proposal", "propose_mapping"]

THRESHOLD = 0.8
_WORTH_ASKING = 0.45
_WORTH_ASKING_UNSEEN = 0.6
_SURE_NAME = 0.95
_GUESSED_FIELDS = ("prs_Gender", "prs_Citizenship", "vic_LocationOfExploitation", "vic_TypeOfExploitation")


@dataclass(frozen=True)
class ColumnProposal:
    """A column, the field proposed for it, why, and what a person must decide."""

    column: str
    field: str
    confidence: float
    evidence: tuple[Message, ...]
    reading: ColumnReading

    @property
    def doubts(self) -> tuple[Doubt, ...]:
        """The question whether the field is right comes before those about its values."""
        if self.confidence >= THRESHOLD:
            return self.reading.doubts
        ask = Doubt(
            self.column,
            "field",
            Message("Is “{column}” the field {field}?", column=self.column, field=self.field),
            {self.field: Message("yes"), "": Message("no, leave it out")},
            proposed=self.field,
            confidence=self.confidence,
        )
        return (ask, *self.reading.doubts)

    def mapping(self, speaker: Speaker) -> ColumnMapping:
        """As `mappings/P.toml` keeps it, the evidence in the speaker's language."""
        return ColumnMapping(
            name=self.column,
            field=self.field,
            confidence=round(self.confidence, 2),
            evidence=". ".join(speaker.say(one) for one in self.evidence),
            order=self.reading.order,
            decimal=self.reading.decimal,
            separator=self.reading.separator,
            values=dict(self.reading.values),
        )


@dataclass(frozen=True)
class Proposal:
    """What is proposed for a file: its columns, and those that no field takes."""

    columns: tuple[ColumnProposal, ...]
    unmapped: tuple[str, ...]


def propose_mapping(
    profiles: Sequence[ColumnProfile], pack: Pack, *, today: datetime.date, skip: Sequence[str] = ()
) -> Proposal:
    """The fields of a file's columns.

    In
        profiles   the columns of the file
        pack       the subject's fields
        today      no date of a record lies after it
        skip       fields that a person already gave to other columns
    Out
        Proposal

    >>> from cauce.standards import packs
    >>> profile = ColumnProfile("c1", "Sexo", 3, 2, 3, {"F": 2, "M": 1})
    >>> found = propose_mapping([profile], packs.load("trafficking"), today=datetime.date(2020, 1, 1))
    >>> [(one.column, one.field, one.confidence) for one in found.columns]
    [('Sexo', 'prs_Gender', 0.97)]
    """
    candidates = [one for profile in profiles for one in _candidates(profile, pack, today=today)]
    candidates.sort(key=lambda one: -one.confidence)
    taken: dict[str, str] = dict.fromkeys(skip, "")
    chosen: dict[str, ColumnProposal] = {}
    for one in candidates:
        if one.column in chosen or (one.field in taken and not _may_share(one, chosen)):
            continue
        chosen[one.column] = one
        taken[one.field] = one.column
    in_order = [chosen[profile.name] for profile in profiles if profile.name in chosen]
    return Proposal(tuple(in_order), tuple(profile.name for profile in profiles if profile.name not in chosen))


def _may_share(one: ColumnProposal, chosen: Mapping[str, ColumnProposal]) -> bool:
    """Several columns of yes and no, or numbered ones, tell codes of one field together."""
    others = [other for other in chosen.values() if other.field == one.field]
    return all(_is_part(other) for other in (*others, one))


def _is_part(one: ColumnProposal) -> bool:
    return any(message.template.startswith("Its cells say yes or no to the code") for message in one.evidence)


def _candidates(profile: ColumnProfile, pack: Pack, *, today: datetime.date) -> list[ColumnProposal]:
    flag = one_hot.match_flag(profile, pack.fields)
    if flag is not None:
        reading = ColumnReading(1.0, 1.0, flag.evidence, values=flag.values)
        return [ColumnProposal(profile.name, flag.field, flag.likeness, (flag.evidence,), reading)]
    found = []
    for match in heading_matches.match_heading(profile.name, pack.fields)[:6]:
        reading = column_readings.read_column(profile, pack.fields[match.field], today=today)
        confidence = _confidence(match.likeness, reading)
        if confidence >= (_WORTH_ASKING if reading.known else _WORTH_ASKING_UNSEEN):
            evidence = (match.evidence, reading.evidence)
            found.append(ColumnProposal(profile.name, match.field, confidence, evidence, reading))
    return found or _guesses(profile, pack, today=today)


def _confidence(likeness: float, reading: ColumnReading) -> float:
    """The likeness of the names, less as fewer cells can be read; a sure name over unreadable cells is still asked."""
    if reading.share >= 0.98:
        return likeness
    lowered = likeness * (0.6 + 0.4 * reading.share) if reading.share >= 0.5 else likeness * reading.share
    return round(max(lowered, _WORTH_ASKING_UNSEEN if likeness >= _SURE_NAME else 0.0), 3)


def _guesses(profile: ColumnProfile, pack: Pack, *, today: datetime.date) -> list[ColumnProposal]:
    """A heading that says nothing over values that all are codes: worth a question, never taken unasked."""
    if not 2 <= profile.distinct <= 300:
        return []
    found = []
    for name in _GUESSED_FIELDS:
        if name in pack.fields:
            reading = column_readings.read_column(profile, pack.fields[name], today=today)
            if reading.known >= 0.9 and len(set(reading.values.values()) - {""}) >= 2:
                evidence = (Message("The heading names no field"), reading.evidence)
                found.append(ColumnProposal(profile.name, name, 0.5, evidence, replace(reading, doubts=())))
    return found
