"""One settings file, read from the environment; a named but unreadable secret stops the start."""

from __future__ import annotations

from pathlib import Path

from environs import Env

from entraide.config.secret import read_or_make_secret_key

env = Env()

CHECKOUT = Path(__file__).resolve().parents[2]
ENTRAIDE_DATA = Path(env.str("ENTRAIDE_DATA", str(CHECKOUT / "var"))).resolve()
RULES_FOLDER = CHECKOUT / "rules"

SECRET_KEY = read_or_make_secret_key(ENTRAIDE_DATA, env.str("ENTRAIDE_SECRET_KEY", ""))
DEBUG = env.bool("ENTRAIDE_DEBUG", False)
ALLOWED_HOSTS = env.list(
    "ENTRAIDE_ALLOWED_HOSTS", ["127.0.0.1", "localhost", "[::1]", "testserver"]
)
CSRF_TRUSTED_ORIGINS = env.list("ENTRAIDE_TRUSTED_ORIGINS", [])
HTTPS_ONLY = env.bool("ENTRAIDE_HTTPS_ONLY", False)  # behind a proxy that speaks https
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS_ONLY
SESSION_COOKIE_AGE = 12 * 3600
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS_ONLY else None
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"

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
    "django_htmx",
    "django_tasks",
    "django_tasks_db",
    "ninja",
    "entraide.apps.access",
    "entraide.apps.schemes",
    "entraide.apps.nomenclature",
    "entraide.apps.ledger",
    "entraide.apps.providers",
    "entraide.apps.enrolment",
    "entraide.apps.contributions",
    "entraide.apps.cards",
    "entraide.apps.claims",
    "entraide.apps.takeover",
    "entraide.apps.fieldwork",
    "entraide.apps.what_if",
    "entraide.apps.care_control",
    "entraide.apps.knowledge",
    "entraide.apps.settlement",
    "entraide.apps.banking",
    "entraide.apps.reporting",
    "entraide.apps.planning",
    "entraide.web",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "entraide.web.middleware.ContentSecurityPolicy",
    "entraide.web.middleware.ReadableForm",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "entraide.web.middleware.ReaderLanguage",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "entraide.web.middleware.ReadableAddress",
    "entraide.web.middleware.ScreenOfAct",
    "entraide.web.middleware.CurrentMutual",
]

ROOT_URLCONF = "entraide.config.urls"
WSGI_APPLICATION = "entraide.config.wsgi.application"
FORM_RENDERER = "django.forms.renderers.DjangoTemplates"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [CHECKOUT / "entraide" / "web" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "entraide.web.context.office",
            ],
        },
    },
]

DATABASES = {
    "default": env.dj_db_url(
        "DATABASE_URL", f"sqlite:///{ENTRAIDE_DATA / 'entraide.sqlite3'}", conn_max_age=600
    )
}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # IMMEDIATE: a transaction that reads then writes never fails for a lock taken in between.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 40,  # seconds; gunicorn gives a request 300
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
            "PRAGMA cache_size=-64000; PRAGMA temp_store=MEMORY;"
        ),
    }
else:
    # Statements of the hot path stay prepared in the server: access.statements. Set to None behind
    # a pooler that does not know prepared statements.
    DATABASES["default"].setdefault("OPTIONS", {}).setdefault("prepare_threshold", 1)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# A memory cache would count failed sign-ins once per worker.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "access_cache",
    }
}
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

AUTH_USER_MODEL = "access.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
_PASSWORDS = "django.contrib.auth.password_validation"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"{_PASSWORDS}.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": f"{_PASSWORDS}.CommonPasswordValidator"},
    {"NAME": f"{_PASSWORDS}.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "entraide.web.signin.EntraideAccountAdapter"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_RATE_LIMITS = {"login_failed": "10/m/ip,5/5m/key", "login": "60/m/ip"}
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("ENTRAIDE_TRUSTED_PROXY_COUNT", 0)
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Entraide"
MFA_ADAPTER = "entraide.web.signin.EntraideMFAAdapter"
# Who enters the office with a second factor only; a demonstration offers it and asks nobody.
SECOND_FACTOR_ROLES = env.list(
    "ENTRAIDE_SECOND_FACTOR_ROLES",
    [
        "finance_officer",
        "cashier",
        "director",
        "medical_adviser",
        "elected_officer",
        "network_admin",
    ],
)

LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", "Français"), ("en", "English")]
LOCALE_PATHS = [CHECKOUT / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
USE_THOUSAND_SEPARATOR = False

STATIC_URL = "/static/"
STATIC_ROOT = ENTRAIDE_DATA / "static"
WHITENOISE_USE_FINDERS = True
WHITENOISE_MAX_AGE = 3600

WAREHOUSE_FOLDER = ENTRAIDE_DATA / "warehouse"

DATA_UPLOAD_MAX_MEMORY_SIZE = 30 * 1024 * 1024
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"stderr": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
}
