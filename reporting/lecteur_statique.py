"""Ce que WeasyPrint a le droit de lire pendant qu'il compose un PDF : les fichiers statiques d'Étape, rien d'autre."""

from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.conf import settings
from weasyprint.urls import URLFetcher, URLFetcherResponse

DOSSIER_STATIQUE = Path(settings.BASE_DIR) / "static" / "etape"


class LecteurStatique(URLFetcher):
    """Refuse toute adresse hors de `static/etape` : un nom saisi ne peut rien faire lire au serveur."""

    def __init__(self) -> None:
        super().__init__(allowed_protocols=("file",), allow_redirects=False, fail_on_errors=True)

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
        chemin = Path(unquote(urlsplit(url).path)).resolve()
        if not chemin.is_relative_to(DOSSIER_STATIQUE.resolve()):
            raise ValueError("Adresse refusée pendant la fabrication du PDF.")
        return super().fetch(url, headers)
