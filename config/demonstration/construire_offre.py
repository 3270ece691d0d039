"""Les communes inventées et leur offre d'insertion, lues des fichiers fournis comme un vrai jeu de data·inclusion."""

import json
from pathlib import Path

from django.conf import settings
from django.db.models import F, Max

from beneficiaires.periodes import decaler
from beneficiaires.services.communes import importer_communes
from config.demonstration.atelier import Atelier
from config.demonstration.calendrier import moment
from parcours.models import ImportServices, ServiceInsertion
from parcours.services.offre import importer_services

COMMUNES = Path("beneficiaires/donnees/communes_demonstration.json")
SERVICES = Path("parcours/donnees/services-inclusion-demonstration.json")
STRUCTURES = Path("parcours/donnees/structures-inclusion-demonstration.json")
DEPARTEMENT = "96"  # aucun département ne porte ce numéro : l'offre d'un vrai ne la remplacera pas
FICHE_LA_PLUS_RECENTE_JOURS = 9


def construire_offre(atelier: Atelier) -> None:
    """Les fiches gardent leur âge : la plus récente a neuf jours, quelques-unes plus d'un an."""
    racine = settings.BASE_DIR
    importer_communes(json.loads((racine / COMMUNES).read_text(encoding="utf-8")))
    importation = importer_services(
        racine / SERVICES, structures=racine / STRUCTURES, departement=DEPARTEMENT, aujourd_hui=atelier.reference
    )
    services = ServiceInsertion.objects.filter(import_services=importation)
    dernier = services.aggregate(jour=Max("date_maj"))["jour"]
    services.update(date_maj=F("date_maj") + (decaler(atelier.reference, -FICHE_LA_PLUS_RECENTE_JOURS) - dernier))
    _dater(atelier, importation)


def _dater(atelier: Atelier, importation: ImportServices) -> None:
    """L'import est de la veille au matin, et porte le même identifiant à chaque construction."""
    veille = decaler(atelier.reference, -1)
    identifiant = atelier.id("import_services", DEPARTEMENT)
    ImportServices.objects.filter(pk=importation.pk).update(
        id=identifiant, commence_le=moment(veille, 6, 30), fini_le=moment(veille, 6, 31)
    )
    ServiceInsertion.objects.filter(import_services=importation.pk).update(import_services=identifiant)
