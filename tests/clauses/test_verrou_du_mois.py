"""Un mois verrouillé, par chaque chemin qui écrit des heures, et deux déclarations au même instant.

La saisie, la décision et le bulletin sont dans test_declarations_suivi ; ici, l'imputation, le litige, et ce qui se croise.
"""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from clauses.models import (
    ContactEntreprise,
    Declaration,
    EtatReleve,
    Imputation,
    LienDeclaration,
    Litige,
    NatureHeures,
    ReleveHeures,
)
from clauses.services import declarations
from clauses.services.auteurs import Auteur
from clauses.services.confirmations import contester
from clauses.services.declarations import MoisDeclare, empreinte, recevoir, saisir_le_mois, verrouiller
from clauses.services.globalisation import imputer, retirer_imputation
from clauses.services.heures import Saisie, saisir_case
from clauses.services.litiges import regler
from comptes.regles import Refus
from tests.clauses.test_concurrence import croiser
from tests.fabriques import EngagementFactory, EntrepriseFactory, Paysage, ReleveHeuresFactory, TitulaireFactory
from tests.lire_html import texte

SEPTEMBRE, OCTOBRE = date(2026, 9, 1), date(2026, 10, 1)
JOUR = date(2026, 11, 17)


def verrouillee(entreprise, marche, mois: date, par) -> Declaration:
    return Declaration.objects.create(
        entreprise=entreprise,
        marche=marche,
        mois=mois,
        ouverte_le=date(2026, 11, 1),
        echeance=date(2026, 11, 10),
        recue_le=timezone.now(),
        recue_par=par,
        verrouillee_le=timezone.now(),
        verrouillee_par=par,
    )


# L'imputation d'une convention ----------------------------------------------------------------------------------------


@pytest.fixture
def septembre_verrouille(paysage) -> Declaration:
    return verrouillee(paysage.entreprise, paysage.marche, SEPTEMBRE, paysage.facilitateur)


def imputer_une_heure(paysage):
    return imputer(
        convention=paysage.convention,
        releve=paysage.releve_imputable,
        engagement=paysage.engagement_globalise,
        heures=Decimal(1),
        par=paysage.facilitateur,
    )


def test_rien_ne_s_impute_d_un_mois_verrouille(paysage, septembre_verrouille):
    """Le mois où les heures sont faites : le refus le dit ; déverrouillé, l'imputation passe."""
    refus = imputer_une_heure(paysage)
    assert isinstance(refus, Refus) and refus.code == "mois_verrouille"
    assert Imputation.objects.get() == paysage.imputation
    septembre_verrouille.delete()
    assert isinstance(imputer_une_heure(paysage), Imputation)


def test_rien_ne_s_impute_vers_un_mois_verrouille(paysage):
    """Le marché qui recevrait les heures est verrouillé ce mois-là."""
    titulaire = TitulaireFactory(lot__marche=paysage.marche_libre, entreprise=paysage.entreprise)
    la_bas = EngagementFactory(titulaire=titulaire)
    paysage.convention.engagements.add(la_bas)
    refus = imputer(
        convention=paysage.convention,
        releve=paysage.releve_imputable,
        engagement=la_bas,
        heures=Decimal(1),
        par=paysage.facilitateur,
    )
    assert refus.code == "mois_verrouille"
    assert Imputation.objects.get() == paysage.imputation


def test_une_imputation_d_un_mois_verrouille_ne_se_retire_pas(paysage, septembre_verrouille, client):
    """Ni par le service, ni par la page, qui dit pourquoi."""
    assert retirer_imputation(imputation=paysage.imputation, par=paysage.facilitateur).code == "mois_verrouille"
    client.force_login(paysage.facilitateur)
    reponse = client.post(reverse("clauses:imputation_supprimer", args=[paysage.imputation.pk]), follow=True)
    assert "Ce mois est verrouillé\u00a0: ses heures ne changent plus." in texte(reponse.content.decode())
    assert Imputation.objects.get() == paysage.imputation


# Le litige --------------------------------------------------------------------------------------------------------------


@pytest.fixture
def d_un_sous_traitant(paysage) -> ReleveHeures:
    """Des heures d'octobre qu'une autre entreprise déclare sur l'engagement du titulaire."""
    return ReleveHeuresFactory(
        affectation__engagement=paysage.engagement,
        affectation__contrat__employeur=EntrepriseFactory(nom="Interval"),
        mois=OCTOBRE,
    )


def contestation(paysage, releve: ReleveHeures):
    return contester(
        releve=releve.pk,
        version=releve.version,
        heures_reconnues=Decimal(10),
        motif="Le chantier a fermé.",
        par=paysage.compte_entreprise,
    )


def test_rien_ne_se_conteste_dans_un_mois_verrouille(paysage, d_un_sous_traitant):
    releve = d_un_sous_traitant
    verrouillee(releve.affectation.contrat.employeur, paysage.marche, OCTOBRE, paysage.facilitateur)
    assert contestation(paysage, releve).code == "mois_verrouille"
    assert not Litige.objects.filter(releve=releve).exists()
    assert ReleveHeures.objects.get(pk=releve.pk).etat == EtatReleve.DECLARE


def test_un_litige_ne_se_regle_pas_dans_un_mois_verrouille(paysage, d_un_sous_traitant):
    releve = d_un_sous_traitant
    litige = contestation(paysage, releve)
    verrouillee(releve.affectation.contrat.employeur, paysage.marche, OCTOBRE, paysage.facilitateur)
    with pytest.raises(ValidationError, match="Ce mois est verrouillé"):
        regler(litige=litige, issue="maintenues", retenues=None, motif="Bulletin vu.", par=paysage.facilitateur)
    assert Litige.objects.get(pk=litige.pk).est_ouvert
    assert ReleveHeures.objects.get(pk=releve.pk).etat == EtatReleve.CONTESTE


# Au même instant ---------------------------------------------------------------------------------------------------------


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
def croisement(transactional_db, time_machine) -> Croisement:
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
