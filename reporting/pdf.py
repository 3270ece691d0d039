"""Du gabarit au PDF balisé (`pdf/ua-1`). Le moteur ne lit que les fichiers statiques d'Étape : ni réseau, ni autre dossier."""

from collections.abc import Callable

import qrcode
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe


def fabriquer(gabarit: str, contexte: dict[str, object]) -> tuple[bytes, int]:
    """Rend les octets du PDF et son nombre de pages. Lève l'erreur de WeasyPrint si la page ne se compose pas."""
    return composer(render_to_string(gabarit, contexte))


def composer(html: str) -> tuple[bytes, int]:
    """Compose un HTML déjà écrit ; séparé de `fabriquer` pour que `bench/pages.py` compare les deux temps."""
    from weasyprint import HTML  # une à deux secondes d'import, que seul payent ceux qui font un PDF

    from reporting.lecteur_statique import DOSSIER_STATIQUE, LecteurStatique

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
