"""Les pièces que Bâti-Rhône dépose pour ses salariés : acceptées, à regarder, à refaire. Des spécimens, sans rien d'une personne."""

import hashlib
import io
from datetime import date, datetime, timedelta

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image, ImageDraw

from beneficiaires.periodes import ajouter_mois, decaler, premier_du_mois
from clauses.models import Contrat, EtatPreuve, Preuve
from clauses.regles.preuves import LIBELLES_PREUVE, PNG, SortePreuve
from comptes.formats import mois_annee
from config.demonstration.atelier import Atelier
from config.demonstration.calendrier import moment

DEPOSANTE, STRUCTURE = "bati", "confluent"
CONTRATS = 4
MOTIF = "Le total du mois est coupé\u00a0: scannez la page entière."


def construire_preuves(atelier: Atelier) -> None:
    """Les contrats les plus récents ont leur contrat signé ; le mois passé a ses bulletins, dont un à refaire."""
    dernier_mois = ajouter_mois(premier_du_mois(atelier.reference), -1)
    contrats = Contrat.objects.filter(
        employeur=atelier.organisations[DEPOSANTE],
        date_debut__lt=dernier_mois,
        beneficiaire__structure=atelier.organisations[STRUCTURE],
    ).order_by("-date_debut", "pk")
    encore_la = [c for c in contrats if c.derniere_date is None or c.derniere_date >= dernier_mois]
    depot = moment(decaler(atelier.reference, -1), 17, 20)
    for rang, contrat in enumerate(encore_la[:CONTRATS]):
        _deposer(atelier, contrat, SortePreuve.CONTRAT, None, EtatPreuve.ACCEPTEE, depot - timedelta(days=20 + rang))
        etat = EtatPreuve.A_REFAIRE if rang == 0 else EtatPreuve.RECUE
        _deposer(atelier, contrat, SortePreuve.BULLETIN, dernier_mois, etat, depot + timedelta(minutes=rang))


def _deposer(
    atelier: Atelier, contrat: Contrat, sorte: SortePreuve, mois: date | None, etat: EtatPreuve, le: datetime
) -> None:
    cle = atelier.id("preuve", contrat.pk, sorte.value)
    contenu = _specimen(LIBELLES_PREUVE[sorte], mois, rang=cle.int % 100_000)
    juge = etat in (EtatPreuve.ACCEPTEE, EtatPreuve.A_REFAIRE)
    Preuve.objects.create(
        id=cle,
        contrat=contrat,
        sorte=sorte,
        mois=mois,
        fichier=_ranger(f"preuves/{le:%Y}/{cle}.{PNG.extension}", contenu),
        type_mime=PNG.type_mime,
        octets=len(contenu),
        empreinte=hashlib.sha256(contenu).hexdigest(),
        etat=etat,
        motif=MOTIF if etat == EtatPreuve.A_REFAIRE else "",
        deposante=atelier.organisations[DEPOSANTE],
        deposee_par=atelier.comptes_par_organisation[DEPOSANTE][0],
        deposee_le=le,
        vue_par=atelier.membre(STRUCTURE, 0) if juge else None,
        vue_le=le + timedelta(hours=2) if juge else None,
    )


def _ranger(nom: str, contenu: bytes) -> str:
    """Le fichier d'une base d'avant porterait le même nom : il est remplacé."""
    default_storage.delete(nom)
    return default_storage.save(nom, ContentFile(contenu))


def _specimen(titre: str, mois: date | None, *, rang: int) -> bytes:
    image = Image.new("L", (620, 420), "white")
    dessin = ImageDraw.Draw(image)
    dessin.rectangle((20, 20, 600, 400), outline="grey")
    dessin.text(
        (40, 40), f"{titre}\n{mois_annee(mois) if mois else ''}\n\nSPÉCIMEN no {rang}", fill="black", font_size=26
    )
    sortie = io.BytesIO()
    image.save(sortie, PNG.nom)
    return sortie.getvalue()
