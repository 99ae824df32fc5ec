"""What does the portal answer? Files of releases with an entity tag, whether it is alive, where there is no page."""

import hashlib
import mimetypes
from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.utils.translation.trans_real import parse_accept_lang_header
from django.views.decorators.http import condition, require_safe

from cauce.recipes import served_hub

__all__ = ["absent", "health", "metrics", "page", "release_file", "release_page"]

_KINDS = {".csv": "text/csv; charset=utf-8", ".json": "application/json", ".parquet": "application/vnd.apache.parquet"}

_DOWNLOADS = {"tables", "records", "release.json", "provenance.json", "datapackage.json", "checksums.txt"}


@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """Alive while there is a release to show."""
    is_ready = served_hub.latest_release(settings.CAUCE_RELEASES) is not None
    return HttpResponse("ok" if is_ready else "no release", status=200 if is_ready else 503, content_type="text/plain")


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """How many releases there are and which is the newest, as Prometheus reads it."""
    told = served_hub.count_releases(settings.CAUCE_RELEASES)
    newest = served_hub.latest_release(settings.CAUCE_RELEASES)
    lines = ["# TYPE cauce_releases gauge", f"cauce_releases {told}", "# TYPE cauce_newest_release_info gauge"]
    if newest is not None:
        lines.append(f'cauce_newest_release_info{{release="{newest.name}"}} 1')
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; version=0.0.4; charset=utf-8")


@require_safe
def release_page(request: HttpRequest, language: str, release_id: str) -> HttpResponseBase:
    """The first page of any release in one language."""
    _inside(settings.CAUCE_RELEASES / release_id, f"site/{language}/index.html")
    return HttpResponseRedirect(f"/releases/{release_id}/site/{language}/index.html")


@require_safe
def page(request: HttpRequest, name: str) -> HttpResponseBase:
    """A page of the newest release's site, or a file that its pages link to."""
    newest = served_hub.latest_release(settings.CAUCE_RELEASES)
    if newest is None:
        raise Http404
    is_download = name.split("/")[0] in _DOWNLOADS
    return _sent(request, _inside(newest if is_download else newest / "site", name))


@require_safe
def release_file(request: HttpRequest, release_id: str, name: str) -> HttpResponseBase:
    """A file of any release: a permanent address."""
    return _sent(request, _inside(settings.CAUCE_RELEASES / release_id, name))


def absent(request: HttpRequest, exception: Exception) -> HttpResponse:
    """No page at this address, said in the language of the address, else in one that the reader's browser asks for."""
    asked = parse_accept_lang_header(request.headers.get("Accept-Language", ""))
    wishes = [request.path.split("/")[1], *(tag for tag, _ in asked)]
    language, page = served_hub.absent_page_for(settings.CAUCE_RELEASES, wishes=wishes)
    return HttpResponse(page, status=404, headers={"Content-Language": language, "Vary": "Accept-Language"})


def _inside(folder: Path, name: str) -> Path:
    try:
        path = (folder / name).resolve()
        if path.is_dir():
            path = path / "index.html"
        is_ours = path.is_relative_to(folder.resolve()) and path.is_file()
    except (ValueError, OSError) as unnameable:  # no disk can hold a file of this name
        raise Http404 from unnameable
    if not is_ours:
        raise Http404
    return path


def _sent(request: HttpRequest, path: Path) -> HttpResponseBase:
    content = path.read_bytes()
    tag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    kind = _KINDS.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"

    @condition(etag_func=lambda _: tag)
    def answer(_: HttpRequest) -> HttpResponse:
        return HttpResponse(content, content_type=kind)

    response: HttpResponseBase = answer(request)
    return response
