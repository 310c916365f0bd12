"""Django's settings, made from `capsulier.config`. Nothing here is to be edited by an administrator."""

from pathlib import Path
from urllib.parse import urlsplit

from capsulier.config import config, database_settings, key_file, openid_apps
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
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    # Its libraries take a fifth of a second to import.
    *(["allauth.socialaccount.providers.openid_connect"] if config().oidc_issuer else []),
    "allauth.usersessions",
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
    "allauth.account.middleware.AccountMiddleware",
    "capsulier.web.sign_in.last_seen.LastSeen",
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
PASSWORD_HASHERS = [
    "capsulier.services.password_hasher.Argon2",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",  # what is stored by it is stored anew at the next sign-in
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("MinimumLengthValidator", "CommonPasswordValidator", "UserAttributeSimilarityValidator")
]
LOGIN_URL = "/sign-in"
CSRF_FAILURE_VIEW = "capsulier.web.sign_in.carry.offer_again"
LOGIN_REDIRECT_URL = "/sign-in/go-on"
# How allauth is used: docs/decisions/.
ACCOUNT_ADAPTER = "capsulier.web.account.adapter.AccountAdapter"
ACCOUNT_FORMS = {"reset_password_from_key": "capsulier.web.account.forms.NewPasswordForm"}
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_RATE_LIMITS = MFA_RATE_LIMITS = False  # attempts are counted by services.attempts
MFA_ADAPTER = "capsulier.web.account.adapter.SecondFactorAdapter"
MFA_FORMS = {"add_webauthn": "capsulier.web.account.forms.AddPasskeyForm"}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Capsulier"
MFA_TOTP_TOLERANCE = 1
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = _public.scheme != "https"
SOCIALACCOUNT_ADAPTER = "capsulier.web.account.single_sign_on.SingleSignOn"
SOCIALACCOUNT_EMAIL_VERIFICATION = "none"
SOCIALACCOUNT_LOGIN_ON_GET = False
SOCIALACCOUNT_OPENID_CONNECT_URL_PREFIX = ""
SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": openid_apps(config())}}
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "noted",
        "OPTIONS": {"MAX_ENTRIES": 20_000},
    }
}
SESSION_COOKIE_AGE = 14 * 24 * 3600
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _public.scheme == "https"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
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
# The scripts of passkeys come with allauth; nothing else that is installed brings files for pages.
WHITENOISE_USE_FINDERS = True
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
