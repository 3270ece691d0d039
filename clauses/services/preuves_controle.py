"""Ouvrir un fichier déposé sans lui faire confiance : PDF inerte, image réécrite, antivirus si l'installation en a un."""

import io
import shlex
import subprocess
import warnings
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from PIL import Image, ImageOps
from pypdf import PdfReader
from pypdf.errors import PyPdfError
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, NameObject

from clauses.regles.preuves import (
    ACTIF,
    ENTETE_OCTETS,
    ILLISIBLE,
    INFECTE,
    JPEG,
    PAGES_MAXIMUM,
    PDF,
    PIXELS_MAXIMUM,
    PROTEGE,
    TROP_DE_PAGES,
    TROP_GRANDE,
    FormatPreuve,
    reconnaitre,
)
from comptes.regles import Refus

# Ce qui ferait agir un PDF : programme, commande, formulaire dynamique, fichier joint (« /EF », sous un nom ou sur une note).
CLES_ACTIVES = frozenset(
    {"/JavaScript", "/JS", "/Launch", "/EmbeddedFiles", "/EmbeddedFile", "/EF", "/RichMedia", "/XFA"}
)
OBJETS_MAXIMUM = 50_000
SECONDES_ANTIVIRUS = 120
QUALITE_JPEG = 90


class AntivirusEnPanne(Exception):
    """L'antivirus réglé n'a pas répondu : rien ne sort de quarantaine sans lui."""


def controler_contenu(contenu: bytes) -> bytes | Refus:
    """Rend le contenu à garder, ou pourquoi il est refusé. Une image revient réécrite : sans lieu de prise de vue ni octet caché.

    Lève AntivirusEnPanne si l'installation a un antivirus et qu'il ne répond pas.
    """
    admis = reconnaitre(contenu[:ENTETE_OCTETS], len(contenu))
    if isinstance(admis, Refus):
        return admis
    sain = _controler_pdf(contenu) if admis == PDF else _reecrire_image(contenu, admis)
    return INFECTE if isinstance(sain, bytes) and _est_infecte(contenu) else sain


def _controler_pdf(contenu: bytes) -> bytes | Refus:
    try:
        lecteur = PdfReader(io.BytesIO(contenu))
        if lecteur.is_encrypted:
            return PROTEGE
        if len(lecteur.pages) > PAGES_MAXIMUM:
            return TROP_DE_PAGES
        return ACTIF if any(CLES_ACTIVES & noms for noms in _noms(lecteur)) else contenu
    except NotImplementedError:
        return PROTEGE  # chiffré autrement que par un mot de passe : par un certificat, par exemple
    except (PyPdfError, ValueError, TypeError, KeyError, AttributeError, IndexError, RecursionError, OverflowError):
        # Un PDF tordu fait trébucher son lecteur de bien des façons : ce qui ne se lit pas ne se garde pas.
        return ILLISIBLE


def _noms(lecteur: PdfReader) -> Iterator[set[str]]:
    """Les clés et les noms de chaque dictionnaire du document. Lève ValueError s'il y en a trop pour une pièce."""
    a_voir: list[Any] = [lecteur.trailer]
    vus: set[int] = set()
    while a_voir:
        objet = a_voir.pop()
        if isinstance(objet, IndirectObject):
            if objet.idnum in vus:
                continue
            vus.add(objet.idnum)
            if len(vus) > OBJETS_MAXIMUM:
                raise ValueError("trop d’objets")
            objet = objet.get_object()
        if isinstance(objet, DictionaryObject):
            yield {str(cle) for cle in objet}
            a_voir.extend(objet.values())
        elif isinstance(objet, ArrayObject):
            a_voir.extend(objet)
        elif isinstance(objet, NameObject):
            yield {str(objet)}  # la sorte d'une action peut être un objet à part


def _reecrire_image(contenu: bytes, admis: FormatPreuve) -> bytes | Refus:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(contenu), formats=[admis.nom]) as image:
                if image.width * image.height > PIXELS_MAXIMUM:
                    return TROP_GRANDE
                droite = ImageOps.exif_transpose(image)
                nette = droite.convert("RGB") if admis == JPEG else droite
                sortie = io.BytesIO()
                _sans_informations(nette).save(sortie, admis.nom, quality=QUALITE_JPEG)
                return sortie.getvalue()
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        return TROP_GRANDE
    except (OSError, ValueError, SyntaxError, EOFError):
        return ILLISIBLE


def _sans_informations(image: Image.Image) -> Image.Image:
    """La même image, sans rien de ce que son fichier disait d'autre."""
    copie = image.copy()
    copie.info = {}
    return copie


def _est_infecte(contenu: bytes) -> bool:
    """Passe le contenu à l'antivirus réglé (ETAPE_ANTIVIRUS, par exemple « clamdscan - ») : 0 sain, 1 infecté, autre en panne."""
    if not settings.ANTIVIRUS:
        return False
    try:
        rendu = subprocess.run(
            shlex.split(settings.ANTIVIRUS), input=contenu, capture_output=True, timeout=SECONDES_ANTIVIRUS, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as erreur:
        raise AntivirusEnPanne from erreur
    if rendu.returncode not in (0, 1):
        raise AntivirusEnPanne
    return rendu.returncode == 1
