"""Deux déclarations du même mois au même instant, chacune dans son fil et sa transaction."""

from datetime import date
from decimal import Decimal

import pytest

from clauses.models import (
    ContactEntreprise,
    Declaration,
    EtatReleve,
    LienDeclaration,
    NatureHeures,
    ReleveHeures,
)
from clauses.services import declarations
from clauses.services.auteurs import Auteur
from clauses.services.declarations import MoisDeclare, empreinte, recevoir, saisir_le_mois, verrouiller
from clauses.services.heures import Saisie, saisir_case
from tests.clauses.test_concurrence import croiser
from tests.fabriques import Paysage

OCTOBRE = date(2026, 10, 1)
JOUR = date(2026, 11, 17)
pytestmark = pytest.mark.django_db(transaction=True)


class Croisement:
    """Octobre à déclarer, 120 h déjà tapées, un lien et un compte qui ont tous deux relu."""

    def __init__(self) -> None:
        self.paysage = Paysage()
        self.declaration = Declaration.objects.create(
            entreprise=self.paysage.entreprise,
            marche=self.paysage.marche,
            mois=OCTOBRE,
            ouverte_le=date(2026, 11, 1),
            echeance=date(2026, 11, 10),
        )
        qui = {"structure": self.paysage.structure, "entreprise": self.paysage.entreprise}
        contact = ContactEntreprise.objects.create(**qui, role="premier", nom="Odile", courriel="paie@bati.example")
        self.lien = LienDeclaration.objects.create(**qui, mois=OCTOBRE, contact=contact, expire_le=date(2026, 12, 1))
        self.mois = MoisDeclare.du_lien(self.lien)
        self.du_lien, self.du_compte = Auteur.du_lien(self.lien), Auteur.du_compte(self.paysage.compte_entreprise)

    def saisir(self, auteur: Auteur, heures: int):
        saisie = Saisie(self.paysage.affectation.pk, NatureHeures.TRAVAIL, OCTOBRE, Decimal(heures))
        return saisir_le_mois(mois=self.mois, saisies=[saisie], auteur=auteur, aujourd_hui=JOUR)

    def recevoir(self, auteur: Auteur, vu: str):
        return recevoir(mois=self.mois, auteur=auteur, empreinte_lue=vu, aujourd_hui=JOUR)


@pytest.fixture
def croisement(time_machine) -> Croisement:
    time_machine.move_to("2026-11-17 10:00:00+01:00", tick=False)
    return Croisement()


def test_le_lien_et_le_compte_confirment_au_meme_instant(croisement, monkeypatch):
    """Deux fils : le mois est reçu une fois, du premier ; le second lit de qui, et ne change rien."""
    croisement.saisir(croisement.du_compte, 120)
    vu = empreinte(croisement.mois)
    recu, refus = croiser(
        monkeypatch,
        declarations,
        "_noter_recue",
        lambda: croisement.recevoir(croisement.du_lien, vu),
        lambda: croisement.recevoir(croisement.du_compte, vu),
    )
    assert recu is None
    assert refus.code == "deja_recue" and "par un lien. Rien n’a changé." in refus.phrase
    declaration = Declaration.objects.get()
    assert (declaration.recue_lien, declaration.recue_par) == (croisement.lien, None)


def test_le_lien_et_le_compte_tapent_au_meme_instant(croisement, monkeypatch):
    """Deux fils : les heures du premier sont gardées, le second reçoit un conflit avec elles, jamais un écrasement."""
    [garde], [conflit] = croiser(
        monkeypatch,
        declarations,
        "saisir_cases",
        lambda: croisement.saisir(croisement.du_lien, 120),
        lambda: croisement.saisir(croisement.du_compte, 100),
    )
    assert garde.heures == conflit.releve.heures == 120
    assert ReleveHeures.objects.get(mois=OCTOBRE).heures == 120


def test_des_heures_changees_pendant_que_l_on_verrouille(croisement, monkeypatch):
    """Deux fils : le verrou pris, une heure tapée au même instant le lit et se refuse."""
    croisement.saisir(croisement.du_compte, 120)
    assert croisement.recevoir(croisement.du_compte, empreinte(croisement.mois)) is None
    ReleveHeures.objects.filter(mois=OCTOBRE).update(etat=EtatReleve.VALIDE)
    facilitateur = croisement.paysage.facilitateur
    verrou, refus = croiser(
        monkeypatch,
        declarations,
        "controler_verrou",
        lambda: verrouiller(declaration=croisement.declaration, par=facilitateur, aujourd_hui=JOUR),
        lambda: saisir_case(
            affectation=croisement.paysage.affectation.pk,
            nature=NatureHeures.FORMATION,
            mois=OCTOBRE,
            heures=Decimal(7),
            version_lue=0,
            utilisateur=facilitateur,
        ),
    )
    assert verrou is None and refus.code == "mois_verrouille"
    assert ReleveHeures.objects.filter(mois=OCTOBRE).count() == 1
