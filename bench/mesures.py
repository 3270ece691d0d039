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
# (nom, compte, adresse, sorte) ; {operation}, {marche} et {personne} sont trouvés dans la base. Une page trop lointaine est la dernière.
PAGES = (
    ("Connexion", None, "/compte/login/", "connexion"),
    ("Accueil, facilitateur", CLAIRE, "/", "accueil"),
    ("Accueil, acheteur", PIERRE, "/", "accueil"),
    ("Qui a travaillé, acheteur", PIERRE, "/qui-a-travaille/", "fiche"),
    ("Accueil, entreprise", BRUNO, "/", "accueil"),
    ("Opérations", CLAIRE, "/operations/", "liste"),
    ("Entreprises", CLAIRE, "/entreprises/", "liste"),
    ("Personnes", CLAIRE, "/personnes/", "liste"),
    ("Personnes, dernière page", CLAIRE, "/personnes/?page=9999", "liste"),
    ("Personnes, filtre par nom", CLAIRE, "/personnes/?nom=lopes", "liste"),
    ("Orientations", CLAIRE, "/orientations/", "liste"),
    ("Mes orientations", INES, "/mes-orientations/", "liste"),
    ("Échéances", CLAIRE, "/echeances/", "liste"),
    ("Bilans", CLAIRE, "/bilans/", "liste"),
    ("Relevés", CLAIRE, "/heures/lignes/", "liste"),
    ("Relevés à vérifier", CLAIRE, "/heures/lignes/?etat=declare", "liste"),
    ("Recherche", CLAIRE, "/recherche/?q=lopes", "liste"),
    ("Grilles à remplir", CLAIRE, "/heures/", "grille"),
    ("Grille d’une opération", CLAIRE, "/heures/?operation={operation}", "liste"),
    ("Grille, dernière page", CLAIRE, "/heures/?operation={operation}&page=9999", "liste"),
    ("Grille, cases à déclarer", CLAIRE, "/heures/?operation={operation}&etat=vide", "liste"),
    ("Grilles, entreprise", BRUNO, "/heures/", "grille"),
    ("Opération", CLAIRE, "/operations/{operation}/", "fiche"),
    ("Marché", CLAIRE, "/marches/{marche}/", "fiche"),
    ("Personne", CLAIRE, "/personnes/{personne}/", "fiche"),
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
