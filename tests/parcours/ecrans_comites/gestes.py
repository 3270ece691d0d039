"""Ce qu'un test des écrans du comité technique crée, envoie et lit."""

from datetime import date
from uuid import uuid4

from django.urls import reverse

from parcours.models import ComiteTechnique, PointComite, SujetPoint
from tests.lire_html import formulaires, texte

AUJOURD_HUI = date(2026, 11, 24)


def creer_seance(paysage, jour: date = AUJOURD_HUI, **suite) -> ComiteTechnique:
    seance = ComiteTechnique.objects.create(
        structure=paysage.structure, date_seance=jour, cree_par=paysage.facilitateur, **suite
    )
    seance.partenaires.add(paysage.prescripteur)
    return seance


def creer_point(paysage, personne, **suite) -> PointComite:
    valeurs = {"sujet": SujetPoint.AUTRE, "objet": uuid4(), "question": f"Quelle suite pour {personne.prenom} ?"}
    return PointComite.objects.create(comite=paysage.comite, beneficiaire=personne, **(valeurs | suite))


def decide(paysage, **suite) -> dict:
    return {
        "decision": "favorable",
        "decide_par": paysage.facilitateur,
        "decide_le": "2026-11-24T09:00:00+01:00",
    } | suite


def adresse(nom: str, *args) -> str:
    return reverse(f"parcours:{nom}", args=args)


def lire(client, url: str) -> str:
    return texte(client.get(url, follow=True).content.decode()).replace("\u00a0", " ")


def envoyer(client, url: str, **saisie):
    """Le formulaire de la page, tel quel, avec ce qui est tapé."""
    page = client.get(url).content.decode()
    return client.post(url, next(f.valeurs for f in formulaires(page) if f.methode == "post") | saisie)
