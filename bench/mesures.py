"""Le processus qui mesure : une base, un client de test de Django, une page à la fois, à la demande de `pages.py`."""

import os
import sys
import time
from datetime import date
from pathlib import Path

RACINE = Path(__file__).resolve().parent.parent
CLAIRE, INES, PIERRE, BRUNO = (
    "c.morel@confluent.example",
    "i.roche@missionlocale.example",
    "p.vasseur@habitatconfluence.example",
    "b.carrel@batirhone.example",
)
# (nom, compte, adresse, se compare d'une taille à l'autre) ; {operation}, {marche} et {personne} sont trouvés dans la base.
# Une page trop lointaine est la dernière.
PAGES = (
    ("Connexion", None, "/compte/login/", False),
    ("Accueil, facilitateur", CLAIRE, "/", True),
    ("Accueil, acheteur", PIERRE, "/", True),
    ("Accueil, entreprise", BRUNO, "/", True),
    ("Opérations", CLAIRE, "/operations/", True),
    ("Entreprises", CLAIRE, "/entreprises/", True),
    ("Personnes", CLAIRE, "/personnes/", True),
    ("Personnes, dernière page", CLAIRE, "/personnes/?page=9999", True),
    ("Personnes, filtre par nom", CLAIRE, "/personnes/?nom=lopes", True),
    ("Orientations", CLAIRE, "/orientations/", True),
    ("Mes orientations", INES, "/mes-orientations/", True),
    ("Échéances", CLAIRE, "/echeances/", True),
    ("Échéances, 30 jours", CLAIRE, "/echeances/?type=eligibilite&seuil=j30", True),
    ("Bilans", CLAIRE, "/bilans/", True),
    ("Relevés", CLAIRE, "/heures/lignes/", True),
    ("Relevés à vérifier", CLAIRE, "/heures/lignes/?etat=declare", True),
    ("Grille", CLAIRE, "/heures/", True),
    ("Grille, une opération", CLAIRE, "/heures/?operation={operation}", True),
    ("Grille, entreprise", BRUNO, "/heures/", True),
    ("Recherche", CLAIRE, "/recherche/?q=lopes", True),
    ("Opération", CLAIRE, "/operations/{operation}/", False),
    ("Marché", CLAIRE, "/marches/{marche}/", False),
    ("Personne", CLAIRE, "/personnes/{personne}/", False),
)


def servir(base: str, fichiers: str, nombre: int, reference: date, tuyau) -> None:
    """Remplit la base, puis répond aux demandes : ("page", rang), ("bilan", None), ("weasyprint", None)."""
    sys.path.insert(0, str(RACINE))
    os.environ |= {
        "ETAPE_BENCH_BASE": base,
        "ETAPE_BENCH_FICHIERS": fichiers,
        "DJANGO_SETTINGS_MODULE": "bench.reglages",
        "ETAPE_JOURNAL": "ERROR",
    }
    import django

    django.setup()
    from bench.remplissage import remplir

    remplir(nombre, reference)
    mesureur = Mesureur()
    tuyau.send(mesureur.requetes())
    while True:
        quoi, rang = tuyau.recv()
        tuyau.send(getattr(mesureur, quoi)(rang))


class Mesureur:
    """Tout ce qui se mesure dans une base, en secondes."""

    def __init__(self) -> None:
        from django.test import Client

        from beneficiaires.models import Beneficiaire
        from clauses.models import Operation
        from comptes.models import Utilisateur

        self.clients = {None: Client(SERVER_NAME="localhost")}
        for email in (CLAIRE, INES, PIERRE, BRUNO):
            self.clients[email] = Client(SERVER_NAME="localhost")
            self.clients[email].force_login(Utilisateur.objects.get(email=email))
        operation = Operation.objects.get(nom__startswith="Tramway")
        self.marche = operation.marches.get()
        reperes = {
            "operation": operation.pk,
            "marche": self.marche.pk,
            "personne": Beneficiaire.objects.get(prenom="Assia", nom_naissance="Benali").pk,
        }
        self.adresses = [(compte, adresse.format(**reperes)) for _, compte, adresse, _ in PAGES]

    def page(self, rang: int) -> float:
        compte, adresse = self.adresses[rang]
        depart = time.perf_counter()
        reponse = self.clients[compte].get(adresse)
        duree = time.perf_counter() - depart
        if reponse.status_code != 200:
            raise RuntimeError(f"{adresse} répond {reponse.status_code}")
        return duree

    def requetes(self) -> list[int]:
        """Le nombre de requêtes de chaque page, qui sert aussi de tour de chauffe."""
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        nombres = []
        for rang in range(len(PAGES)):
            with CaptureQueriesContext(connection) as lues:
                self.page(rang)
            nombres.append(len(lues))
        return nombres

    def bilan(self, _rang: None) -> float:
        """Le bilan de la plus grosse opération, de la demande au fichier écrit."""
        from reporting.bilans import nouveau_code, produire
        from reporting.models import Bilan

        bilan = Bilan.objects.create(
            marche=self.marche, arrete_au=self._arrete_au(), code_verification=nouveau_code(), demande_par=None
        )
        depart = time.perf_counter()
        produire(bilan)
        return time.perf_counter() - depart

    def weasyprint(self, _rang: None) -> float:
        """WeasyPrint seul, sur le HTML que le bilan lui donne."""
        from weasyprint import HTML

        from reporting.lecteur_statique import DOSSIER_STATIQUE, LecteurStatique

        html = self._html()
        depart = time.perf_counter()
        HTML(string=html, base_url=(DOSSIER_STATIQUE / "bilan.html").as_uri(), url_fetcher=LecteurStatique()).write_pdf(
            pdf_variant="pdf/ua-1"
        )
        return time.perf_counter() - depart

    def _html(self) -> str:
        from unittest.mock import patch

        from reporting import pdf

        if not hasattr(self, "html"):
            recus = []
            with patch.object(pdf, "composer", side_effect=lambda html: recus.append(html) or (b"", 0)):
                self.bilan(None)
            self.html = recus[0]
        return self.html

    def _arrete_au(self) -> date:
        from django.utils import timezone

        from beneficiaires.periodes import dernier_mois_clos

        return dernier_mois_clos(timezone.localdate())
