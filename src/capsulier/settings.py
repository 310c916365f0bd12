"""Django's settings, made from `capsulier.config`. Nothing here is to be edited by an administrator."""

from pathlib import Path
from urllib.parse import urlsplit

from capsulier.config import config, database_settings, key_file
from capsulier.own_log import TEXT, JsonLines

_here = Path(__file__).parent
_public = urlsplit(config().public_url)

SECRET_KEY = key_file("secret_key")
DEBUG = False
ALLOWED_HOSTS = [*map(str.strip, config().allowed_hosts.split(",")), *([_public.hostname] if _public.hostname else [])]
CSRF_TRUSTED_ORIGINS = [f"{_public.scheme}://{_public.netloc}"] if _public.hostname else []
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "capsulier.store",
    "capsulier.web",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "capsulier.web.policy.ContentSecurityPolicy",
    "capsulier.web.base.refusals.Refusals",
]
ROOT_URLCONF = "capsulier.urls"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": sorted((_here / "web").glob("*/templates")),
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "capsulier.web.base.frame.frame",
            ],
            "builtins": ["capsulier.web.base.tags"],
        },
    }
]
DATABASES = {"default": database_settings(config().database_url)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "store.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("MinimumLengthValidator", "CommonPasswordValidator", "UserAttributeSimilarityValidator")
]
LOGIN_URL = "/sign-in"
CSRF_FAILURE_VIEW = "capsulier.web.sign_in.carry.offer_again"
SESSION_COOKIE_AGE = 14 * 24 * 3600
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _public.scheme == "https"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _public.scheme == "https" else None
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = False
STATIC_URL = "/static/"
STATIC_ROOT = _here / "web" / "static" / "dist"
STATICFILES_DIRS: list[Path] = []
# The build's names change with the content: name.0123456789.css.
WHITENOISE_IMMUTABLE_FILE_TEST = r"\.[0-9a-f]{10}\."
# Packages go through the API's own streaming endpoint; forms carry text only.
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_000_000
# What a killed process leaves of a form is then removed with the other halves of uploads.
FILE_UPLOAD_TEMP_DIR = config().incoming_dir
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.TemporaryFileUploadHandler"]
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"text": {"format": TEXT}, "json": {"()": JsonLines}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": config().log_format}},
    "root": {"handlers": ["stderr"], "level": config().log_level.upper()},
}
