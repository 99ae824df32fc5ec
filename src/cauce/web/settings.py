"""How is the web door set up? Read once from the environment that `cauce serve` hands over; no database, no session."""

import os
import secrets
from pathlib import Path

__all__ = [
    "ALLOWED_HOSTS",
    "CAUCE_RELEASES",
    "INSTALLED_APPS",
    "MIDDLEWARE",
    "ROOT_URLCONF",
    "SECRET_KEY",
    "SECURE_CONTENT_TYPE_NOSNIFF",
    "SECURE_REFERRER_POLICY",
    "USE_TZ",
    "X_FRAME_OPTIONS",
]

CAUCE_RELEASES = Path(os.environ.get("CAUCE_RELEASES", "releases"))
SECRET_KEY = secrets.token_urlsafe(48)
ALLOWED_HOSTS = os.environ.get("CAUCE_HOSTS", "127.0.0.1,localhost,[::1]").split(",")
INSTALLED_APPS: list[str] = []
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "cauce.web.portal.headers.strict_headers",
]
ROOT_URLCONF = "cauce.web.urls"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "no-referrer"
X_FRAME_OPTIONS = "DENY"
USE_TZ = True
