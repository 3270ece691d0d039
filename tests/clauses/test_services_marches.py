"""La règle d'un marché : sa naissance avec le marché, ses versions."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from beneficiaires.criteres import CRITERES_CCAG
from clauses.models import Marche, RegleClause
from clauses.services.marches import CHAMPS_DE_REGLE, changer_regle, creer_marche
from tests.fabriques import EligibiliteFactory, MarcheFactory, OperationFactory, creer_utilisateur

pytestmark = pytest.mark.django_db


@pytest.fixture
def operation():
    return OperationFactory()


@pytest.fixture
def facilitateur(operation):
    return creer_utilisateur(operation.structure)


def marche_neuf(operation, **champs):
    valeurs = {
        "operation": operation,
        "acheteur": operation.maitre_ouvrage,
        "reference": "2026-T0012",
        "objet": "Gros œuvre",
    }
    return Marche(**valeurs | champs)


def valeurs_de(regle, **changements):
    return {champ: getattr(regle, champ) for champ in CHAMPS_DE_REGLE} | changements


def test_un_marche_nait_avec_sa_regle(operation, facilitateur):
    """24 mois depuis l'embauche, situation au jour de l'attribution, validation préalable, critères du CCAG."""
    marche = creer_marche(marche=marche_neuf(operation), par=facilitateur)
    regle = marche.regles.get()
    assert (regle.version, regle.est_courante, regle.modele, regle.cree_par) == (1, True, "I3", facilitateur)
    assert (regle.duree_mois, regle.point_depart, regle.date_appreciation) == (24, "embauche", "attribution")
    assert regle.validation_prealable
    assert set(regle.criteres) == set(CRITERES_CCAG)


def test_un_marche_refuse_ne_laisse_aucune_regle(operation, facilitateur):
    """Notifié avant d'être attribué : la phrase le dit, ni marché ni règle ne restent."""
    marche = marche_neuf(operation, date_attribution=date(2026, 3, 4), date_notification=date(2026, 3, 3))
    with pytest.raises(ValidationError) as refus:
        creer_marche(marche=marche, par=facilitateur)
    assert refus.value.messages == ["La notification ne peut pas précéder l’attribution."]
    assert (Marche.objects.count(), RegleClause.objects.count()) == (0, 0)


def test_une_regle_qui_n_a_pas_servi_se_corrige_sur_place(operation, facilitateur):
    """Tant qu'aucune décision ne l'a appliquée, la version 1 change et reste la version 1."""
    marche = creer_marche(marche=marche_neuf(operation), par=facilitateur)
    avant = marche.regles.get()
    apres = changer_regle(marche=marche, valeurs=valeurs_de(avant, duree_mois=18), par=facilitateur)
    assert (apres.pk, apres.version, apres.duree_mois) == (avant.pk, 1, 18)
    assert marche.regles.count() == 1


def test_une_regle_qui_a_servi_devient_une_version_passee(operation, facilitateur):
    """Une décision l'a appliquée : elle ne bouge plus, la version 2 devient la règle du marché."""
    marche = creer_marche(marche=marche_neuf(operation), par=facilitateur)
    ancienne = marche.regles.get()
    EligibiliteFactory(operation=operation, regle=ancienne)
    nouvelle = changer_regle(
        marche=marche,
        valeurs=valeurs_de(ancienne, duree_mois=None, penalite_euros_par_heure=Decimal(60)),
        par=facilitateur,
    )
    ancienne.refresh_from_db()
    assert (ancienne.est_courante, ancienne.duree_mois) == (False, 24)
    assert (nouvelle.version, nouvelle.est_courante, nouvelle.duree_mois) == (2, True, None)
    assert nouvelle.criteres == ancienne.criteres


def test_enregistrer_sans_rien_changer_ne_cree_pas_de_version(operation, facilitateur):
    """La même règle envoyée deux fois reste une seule version, même si elle a servi."""
    marche = creer_marche(marche=marche_neuf(operation), par=facilitateur)
    regle = marche.regles.get()
    EligibiliteFactory(operation=operation, regle=regle)
    assert changer_regle(marche=marche, valeurs=valeurs_de(regle), par=facilitateur).pk == regle.pk
    assert marche.regles.count() == 1


def test_une_regle_fausse_ne_change_rien(operation, facilitateur):
    """240 mois : la phrase le refuse, la règle qui avait servi reste la règle du marché."""
    marche = creer_marche(marche=marche_neuf(operation), par=facilitateur)
    regle = marche.regles.get()
    EligibiliteFactory(operation=operation, regle=regle)
    with pytest.raises(ValidationError) as refus:
        changer_regle(marche=marche, valeurs=valeurs_de(regle, duree_mois=240), par=facilitateur)
    assert "La durée va de 1 à 120 mois." in refus.value.messages
    assert marche.regles.get(est_courante=True).pk == regle.pk


def test_la_regle_se_lit_en_parametres():
    """Les paramètres que lisent les règles reprennent le modèle, les choix du marché, sa version et son article."""
    regle = RegleClause(
        marche=MarcheFactory(document="CCAP", article="9.3"),
        modele="I2",
        point_depart="premier_contrat",
        duree_mois=18,
        criteres=["RSA", "QPV"],
        validation_prealable=False,
        version=3,
    )
    parametres = regle.parametres
    assert (parametres.modele, parametres.perimetre, parametres.point_depart) == ("I2", "global", "premier_contrat")
    assert (parametres.duree_mois, parametres.criteres, parametres.version) == (18, ("RSA", "QPV"), 3)
    assert not parametres.validation_prealable
    assert parametres.article_de() == "CCAP, article 9.3"
