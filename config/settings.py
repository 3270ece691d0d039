"""Réglages. Sans aucune configuration, Étape démarre avec ses propres services ; chaque réglage vient d'une variable ETAPE_…"""

import os
import secrets
from pathlib import Path
from urllib.parse import urlsplit

import bootstrap_wrapper
import dj_database_url
import pghistory
from csp.constants import NONE, SELF

from config.services_embarques import dossier_donnees, urls_des_services

BASE_DIR = Path(__file__).resolve().parent.parent


def booleen(nom: str, defaut: bool) -> bool:
    """Lit une variable d'environnement « 1/0, oui/non, true/false »."""
    return os.environ.get(nom, str(int(defaut))).strip().lower() in {"1", "oui", "true", "on"}


def cle_secrete() -> str:
    """La clé vient d'ETAPE_CLE_SECRETE, sinon elle est tirée une fois et gardée avec les données, pour le seul propriétaire."""
    if cle := os.environ.get("ETAPE_CLE_SECRETE"):
        return cle
    fichier = dossier_donnees() / "cle_secrete"
    if not fichier.exists():
        fichier.parent.mkdir(parents=True, exist_ok=True)
        provisoire = fichier.with_name(f"cle_secrete.{os.getpid()}")
        provisoire.touch(mode=0o600)
        provisoire.write_text(secrets.token_urlsafe(50), encoding="utf-8")
        try:
            os.link(provisoire, fichier)  # un seul des processus qui démarrent ensemble pose la clé
        except FileExistsError:
            pass
        finally:
            provisoire.unlink()
    return fichier.read_text(encoding="utf-8")


DEBUG = booleen("ETAPE_DEBUG", False)
SECRET_KEY = cle_secrete()
ALLOWED_HOSTS = os.environ.get("ETAPE_HOTES", "localhost,127.0.0.1,[::1]").split(",")
CSRF_TRUSTED_ORIGINS = [o for o in os.environ.get("ETAPE_ORIGINES", "").split(",") if o]
# Derrière HTTPS (toute mise en service), mettre ETAPE_HTTPS=1 : témoins « secure », HSTS, redirection.
HTTPS = booleen("ETAPE_HTTPS", False)

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "config.apps.ConfigConfig",
    "reporting",
    "parcours",
    "clauses",
    "beneficiaires",
    "comptes",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "whitenoise.runserver_nostatic",
    "config.apps.StatiquesConfig",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "django_filters",
    "django_htmx",
    "django_tables2",
    "pgtrigger",
    "pghistory",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "comptes.middleware.AdhesionMiddleware",
    "comptes.middleware.ConnexionRequise",
    "comptes.middleware.PageDesEnvois",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "pghistory.middleware.HistoryMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "comptes.contexte.navigation",
            ],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# Services : ceux que l'environnement désigne, sinon ceux qu'Étape embarque.
_url_base, _url_redis = os.environ.get("DATABASE_URL"), os.environ.get("REDIS_URL")
if not (_url_base and _url_redis):
    _embarque_base, _embarque_redis = urls_des_services()
    _url_base, _url_redis = _url_base or _embarque_base, _url_redis or _embarque_redis
DATABASES = {"default": dj_database_url.parse(_url_base, conn_max_age=60, conn_health_checks=True)}
# Le cache a sa propre base : le vider ne doit pas vider la file des tâches.
_url_cache = os.environ.get("ETAPE_CACHE_URL", urlsplit(_url_redis)._replace(path="/1").geturl())
CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": _url_cache}}
CELERY_BROKER_URL = _url_redis
# Sans réponse avant ce délai (plus long que la durée limite d'une tâche), elle est redonnée à un autre worker : un worker tué ne perd rien.
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": int(os.environ.get("ETAPE_TACHE_REPRISE_SECONDES", "1800"))}

# Comptes
AUTH_USER_MODEL = "comptes.Utilisateur"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 14}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "comptes.adaptateur.AdaptateurCompte"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"  # les comptes sont créés par un administrateur de structure, adresse déjà vérifiée
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = "[Étape] "
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Étape"
MFA_ALLOW_UNVERIFIED_EMAIL = True  # même raison : l’adresse est vérifiée par qui ouvre le compte
SESSION_COOKIE_AGE = 7 * 24 * 3600
SESSION_COOKIE_HTTPONLY = True

# Les contrôles des heures lisent les PASS IAE, gardés dans une application au-dessus d'eux : ici se fait le lien.
ETAPE_LECTEUR_AGREMENTS = "parcours.faits_controles.pass_par_personne"

# Langue, dates
LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", "Français")]
TIME_ZONE = "Europe/Paris"
USE_TZ = True
FORMAT_MODULE_PATH = ["config.formats"]

# Fichiers
STATIC_URL = "/static/"
STATIC_ROOT = Path(os.environ.get("ETAPE_STATIQUES", BASE_DIR / ".statiques"))
STATICFILES_DIRS = [BASE_DIR / "static", ("bootstrap", bootstrap_wrapper.get_bootstrap_dir())]
MEDIA_ROOT = Path(os.environ.get("ETAPE_FICHIERS", dossier_donnees() / "fichiers"))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
# Ni images ni polices (déjà compressées), ni plans de débogage.
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = ["png", "jpg", "webp", "gif", "ico", "woff", "woff2", "map"]
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
# Au-delà, un envoi est refusé à son en-tête, avant qu'un octet ne s'écrive : le plus gros fichier admis est un DECP de 50 Mo.
ENVOI_MAXIMUM_OCTETS = 52 * 1024 * 1024
FILE_UPLOAD_HANDLERS = [
    "comptes.envois.LimiteDesEnvois",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
# Commande d'un antivirus qui lit le fichier sur son entrée et rend 0 (sain) ou 1 (infecté), par exemple « clamdscan - ». Facultatif.
ANTIVIRUS = os.environ.get("ETAPE_ANTIVIRUS", "")
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000  # la grille d'heures sans JavaScript envoie toutes ses cases

# Sécurité
SECURE_SSL_REDIRECT = HTTPS
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
SECURE_HSTS_SECONDS = 31536000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if booleen("ETAPE_PROXY", False) else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "comptes.pages.session_expiree"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}

# Courriel
EMAIL_BACKEND = os.environ.get("ETAPE_COURRIEL_MOTEUR", "django.core.mail.backends.console.EmailBackend")
EMAIL_HOST = os.environ.get("ETAPE_COURRIEL_HOTE", "localhost")
EMAIL_PORT = int(os.environ.get("ETAPE_COURRIEL_PORT", "25"))
EMAIL_HOST_USER = os.environ.get("ETAPE_COURRIEL_COMPTE", "")
EMAIL_HOST_PASSWORD = os.environ.get("ETAPE_COURRIEL_MOT_DE_PASSE", "")
EMAIL_USE_TLS = booleen("ETAPE_COURRIEL_TLS", False)
DEFAULT_FROM_EMAIL = os.environ.get("ETAPE_COURRIEL_DE", "Étape <ne-pas-repondre@etape.example>")

# Journal des changements : tout ajout, changement et suppression, avec qui et à quelle adresse.
PGHISTORY_DEFAULT_TRACKERS = (pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
PGHISTORY_MIDDLEWARE_METHODS = ("POST", "PUT", "PATCH", "DELETE")

DJANGO_TABLES2_TEMPLATE = "django_tables2/etape.html"
FILTERS_EMPTY_CHOICE_LABEL = "Tous"

# Journaux : ni paramètre de requête ni corps, donc aucune donnée de personne.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"court": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "court"}},
    # Le moteur de PDF raconte chaque étape et chaque police : seuls ses avertissements comptent.
    "loggers": {nom: {"level": "WARNING"} for nom in ("weasyprint", "fontTools")},
    "root": {"handlers": ["console"], "level": os.environ.get("ETAPE_JOURNAL", "INFO")},
}

# L'adresse que portent les courriels et les QR codes des bilans.
ADRESSE_PUBLIQUE = os.environ.get("ETAPE_ADRESSE", "http://localhost:8000").rstrip("/")

# Une échéance passée reste signalée tant de jours après son dernier jour.
ALERTE_JOURS_APRES_ECHEANCE = int(os.environ.get("ETAPE_ALERTE_JOURS_APRES_ECHEANCE", "180"))

# Un frein sans changement ni action depuis plus de tant de jours est dit bloqué.
FREIN_BLOQUE_JOURS = int(os.environ.get("ETAPE_FREIN_BLOQUE_JOURS", "90"))

# Un comité technique examine les fins d'éligibilité et d'agrément des tant de jours qui le suivent.
COMITE_HORIZON_JOURS = int(os.environ.get("ETAPE_COMITE_HORIZON_JOURS", "90"))

# Une candidature sans signe de l'entreprise depuis plus de tant de jours est dite sans réponse.
SILENCE_CANDIDATURE_JOURS = int(os.environ.get("ETAPE_SILENCE_CANDIDATURE_JOURS", "7"))

# L'offre d'insertion en ligne : sans jeton (à demander à data·inclusion), seule l'offre importée répond.
DATA_INCLUSION = {
    "jeton": os.environ.get("ETAPE_DATA_INCLUSION_JETON", ""),
    "adresse": os.environ.get("ETAPE_DATA_INCLUSION_ADRESSE", "https://api.data.inclusion.gouv.fr/api/v1"),
}

# Ce que l'exploitant dit de lui-même (mentions légales).
EXPLOITANT = {
    "nom": os.environ.get("ETAPE_EXPLOITANT", ""),
    "adresse": os.environ.get("ETAPE_EXPLOITANT_ADRESSE", ""),
    "courriel": os.environ.get("ETAPE_EXPLOITANT_COURRIEL", ""),
    "hebergeur": os.environ.get("ETAPE_HEBERGEUR", ""),
}
