"""Du gabarit au PDF balisé (`pdf/ua-1`). Le moteur ne lit que les fichiers statiques d'Étape : ni réseau, ni autre dossier."""

from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote, urlsplit

import qrcode
from django.conf import settings
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from weasyprint import HTML
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


def fabriquer(gabarit: str, contexte: dict[str, object]) -> tuple[bytes, int]:
    """Rend les octets du PDF et son nombre de pages. Lève l'erreur de WeasyPrint si la page ne se compose pas."""
    return composer(render_to_string(gabarit, contexte))


def composer(html: str) -> tuple[bytes, int]:
    """Compose un HTML déjà écrit ; séparé de `fabriquer` pour que `bench/pages.py` compare les deux temps."""
    document = HTML(
        string=html, base_url=(DOSSIER_STATIQUE / "bilan.html").as_uri(), url_fetcher=LecteurStatique()
    ).render(pdf_variant="pdf/ua-1")
    return document.write_pdf(pdf_variant="pdf/ua-1"), len(document.pages)


def qr_svg(texte: str, libelle: str) -> SafeString:
    """Le QR code d'une adresse, un seul tracé SVG ; `libelle` est lu par les lecteurs d'écran."""
    code = qrcode.QRCode(border=0, error_correction=qrcode.constants.ERROR_CORRECT_M)
    code.add_data(texte)
    matrice = code.get_matrix()
    trace = "".join(f"M{x} {y}h1v1h-1z" for y, rangee in enumerate(matrice) for x, plein in enumerate(rangee) if plein)
    cote = len(matrice)
    return mark_safe(  # noqa: S308  (le tracé est fait de nombres, le libellé est le nôtre)
        f'<svg viewBox="0 0 {cote} {cote}" role="img" aria-label="{libelle}"><title>{libelle}</title>'
        f'<path d="{trace}" fill="#14211c"/></svg>'
    )


Avancer = Callable[[int, str], None]
