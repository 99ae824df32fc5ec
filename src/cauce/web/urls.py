"""Which addresses does the portal answer to? Every one is open to the public: only releases lie behind them."""

from django.urls import path, re_path

from cauce.web.portal import views

__all__ = ["handler404", "urlpatterns"]

handler404 = "cauce.web.portal.views.absent"

urlpatterns = [
    path("healthz", views.health),
    path("metrics", views.metrics),
    re_path(r"^(?P<language>es|en|fr|ar)/releases/(?P<release_id>\d{4}-\d\d-\d\d\.\d+)/$", views.release_page),
    re_path(r"^releases/(?P<release_id>\d{4}-\d\d-\d\d\.\d+)/(?P<name>.+)$", views.release_file),
    re_path(r"^(?P<name>.*)$", views.page),
]
