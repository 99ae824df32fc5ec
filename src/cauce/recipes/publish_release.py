"""Which files is a release made of? Tables in every format, the manifests and the site, from what passed the gate."""

from collections.abc import Mapping
from datetime import date

from cauce.publish import cells, manifests, site, subjects, tabular, wording, workbooks
from cauce.publish.labels import Labels
from cauce.standards.cleared import ClearedRelease, ClearedTable
from cauce.standards.messages import Language, Message, Speaker
from cauce.standards.progress import Progress, silent

__all__ = ["render_release"]


def render_release(
    cleared: ClearedRelease,
    *,
    hub_name: Mapping[Language, str],
    release_id: str,
    issued: date,
    provenance: Mapping[str, object],
    names: Labels,
    fictitious: bool,
    languages: tuple[Language, ...],
    progress: Progress = silent,
) -> Mapping[str, bytes]:
    """All the files of a release, by their path within it; nothing is written.

    In
        cleared       ClearedRelease
        hub_name      name of the hub by language
        release_id    "2026-11-22.1"
        issued        day of the release
        provenance    as `publish.derivations.public_provenance` describes it
        names         names of fields and codes
        fictitious    True when the people are invented: every page then says so
        languages     of the site and of the labelled files, the first one leading
        progress      told of each step
    Out
        bytes by path: release.json, provenance.json, datapackage.json, checksums.txt, tables/, records/, site/
    Refuses
        publish.not_cleared    what is given did not pass the gate
    """
    cells.refuse_uncleared(cleared)
    imprint = manifests.Imprint(dict(hub_name), release_id, issued, fictitious, languages)
    files: dict[str, bytes] = {}
    for done, table in enumerate(cleared.tables):
        progress(Message("Writing the tables"), done=done, total=len(cleared.tables))
        files |= _write_table(table, names, imprint=imprint)
    if cleared.records:
        files["records/records.csv"] = tabular.write_records(cleared.records)
    files["release.json"] = manifests.write_release(cleared, imprint)
    files["provenance.json"] = manifests.write_provenance(cleared, imprint, provenance=provenance)
    files["datapackage.json"] = manifests.write_datapackage(cleared, imprint, labels=names, files=files)
    sizes = {path: len(content) for path, content in files.items()}
    told = [subjects.Subject(cleared, imprint, names, provenance, sizes, wording.Wording(each)) for each in languages]
    files |= site.render_site(told, tell=lambda done, total: progress(Message("Writing the pages"), done, total))
    return files | {"checksums.txt": manifests.write_checksums(files)}


def _write_table(table: ClearedTable, labels: Labels, *, imprint: manifests.Imprint) -> dict[str, bytes]:
    stem = f"tables/{table.table_id}"
    about = {language: _about(table, imprint, language) for language in imprint.languages}
    labelled = {
        f"{stem}.{language}.csv": tabular.write_labels(table, labels, language) for language in imprint.languages
    }
    unbiased = {f"{stem}.unbiased.csv": tabular.write_unbiased(table.unbiased)} if table.unbiased is not None else {}
    return {
        f"{stem}.csv": tabular.write_codes(table),
        **labelled,
        **unbiased,
        f"{stem}.parquet": tabular.write_parquet(table),
        f"{stem}.xlsx": workbooks.write_workbook(table, labels, about=about, issued=imprint.issued),
        f"{stem}.hxl.csv": tabular.write_hxl(table, labels),
    }


def _about(table: ClearedTable, imprint: manifests.Imprint, language: Language) -> list[str]:
    speaker = Speaker(language)
    release = Message("Release {id}, issued on {day}", id=imprint.release_id, day=imprint.issued.isoformat())
    invented = [speaker.say(Message("Fictitious data"))] if imprint.fictitious else []
    return [imprint.named(language), speaker.say(release), *invented, *(speaker.say(note) for note in table.notes)]
