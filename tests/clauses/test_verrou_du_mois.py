"""Un mois verrouillé, par chaque chemin qui écrit des heures : ici, l'imputation et le litige.

La saisie, la décision et le bulletin sont dans test_declarations_suivi ; ce qui se croise, dans test_declarations_croisees.
"""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from clauses.models import (
    Declaration,
    EtatReleve,
    Imputation,
    Litige,
    ReleveHeures,
)
from clauses.services.confirmations import contester
from clauses.services.globalisation import imputer, retirer_imputation
from clauses.services.litiges import regler
from comptes.regles import Refus
from tests.fabriques import EngagementFactory, EntrepriseFactory, ReleveHeuresFactory, TitulaireFactory
from tests.lire_html import texte

SEPTEMBRE, OCTOBRE = date(2026, 9, 1), date(2026, 10, 1)


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
