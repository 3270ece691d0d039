"""Écrans de l'éligibilité : la réponse se lit avant d'être décidée ; la décision se relit ensuite telle quelle."""

import copy
from datetime import date
from html import unescape

import pytest
import time_machine
from django.urls import reverse

from clauses.models import Eligibilite
from tests.fabriques import (
    AffectationFactory,
    BeneficiaireFactory,
    ContratFactory,
    EligibiliteFactory,
    JustificatifFactory,
    MarcheFactory,
    OperationFactory,
    Paysage,
    RegleClauseFactory,
    SituationFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _aujourd_hui():
    with time_machine.travel(date(2026, 2, 12), tick=False):
        yield


@pytest.fixture(scope="module", autouse=True)
def _paysage_bati(base_du_fichier):
    with time_machine.travel(date(2026, 2, 12), tick=False):
        return Paysage()


@pytest.fixture
def paysage(_paysage_bati, db):
    return copy.deepcopy(_paysage_bati)


@pytest.fixture
def assia(paysage):
    """Une personne sans décision, au RSA depuis 2025, attestation du 06/01/2026 vue le 09/01/2026."""
    personne = BeneficiaireFactory(structure=paysage.structure, prenom="Assia", nom_naissance="Benali")
    situation = SituationFactory(beneficiaire=personne, critere="RSA", date_debut=date(2025, 1, 1))
    JustificatifFactory(situation=situation, piece="attestation RSA", vu_par=paysage.facilitateur)
    return personne


def adresse(personne) -> str:
    return reverse("clauses:eligibilite_decider", args=[personne.pk])


def lire(reponse) -> str:
    return unescape(reponse.content.decode())


def envoi(paysage, **ecarts) -> dict[str, str]:
    valeurs = {
        "operation": str(paysage.operation.pk),
        "marche": str(paysage.marche.pk),
        "date_decision": "12/02/2026",
        "motif": "",
        "reponse_vue": "eligible",
    }
    return valeurs | ecarts


def test_premiere_visite_sans_erreur(client, paysage, assia):
    """Rien n'est demandé : ni réponse, ni erreur, et l'opération est dans la liste."""
    client.force_login(paysage.facilitateur)
    page = lire(client.get(adresse(assia)))
    assert "Éligibilité d’Assia Benali" in page
    assert "Résidence Les Peupliers" in page
    assert "Pourquoi" not in page
    assert "à corriger" not in page


def test_la_reponse_se_lit_avant_d_etre_decidee(client, paysage, assia):
    """Choisir l'opération suffit : réponse, faits, pièce, témoin, article, et le bouton qui décide ; rien n'est écrit."""
    client.force_login(paysage.facilitateur)
    page = lire(client.get(adresse(assia), {"operation": paysage.operation.pk}))
    assert "Éligible sur Résidence Les Peupliers, la fenêtre s’ouvrira à l’embauche" in page
    assert "au jour de l’attribution, le 14 janvier 2026" in page
    assert "attestation RSA du 6 janvier 2026" in page
    assert f"vue le 9 janvier 2026 par {paysage.facilitateur.get_full_name()}" in page
    assert "PASS IAE" in page
    assert "CCAP, article 9.3" in page
    assert "Décider\u00a0: éligible sur Résidence Les Peupliers" in page
    assert "Son éligibilité serait validée le 12 février 2026" in page
    assert "a été validée" not in page
    assert not assia.eligibilites.exists()


def test_la_decision_prise_se_dit_au_passe(client, paysage, assia):
    """La décision gardée dit « a été validée » : ce n'est plus un aperçu."""
    client.force_login(paysage.facilitateur)
    client.post(adresse(assia), envoi(paysage))
    page = lire(client.get(reverse("clauses:eligibilite_detail", args=[assia.eligibilites.get().pk])))
    assert "Son éligibilité a été validée le 12 février 2026" in page
    assert "serait validée" not in page


@pytest.mark.parametrize("a_plusieurs_marches", [False, True])
def test_un_marche_d_une_autre_operation_ne_decide_rien(client, paysage, assia, a_plusieurs_marches):
    """Envoyé pour décider, le marché d'une autre opération est refusé en une phrase ; la remarque tapée reste."""
    if a_plusieurs_marches:
        RegleClauseFactory(marche=MarcheFactory(operation=paysage.operation), est_courante=True)
    ailleurs = MarcheFactory(operation=OperationFactory(structure=paysage.structure))
    client.force_login(paysage.facilitateur)
    page = lire(client.post(adresse(assia), envoi(paysage, marche=str(ailleurs.pk), motif="Entretien du matin.")))
    assert "Ce marché n’est pas dans cette opération\u00a0: choisissez-en un autre." in page
    assert a_plusieurs_marches or "Entretien du matin." in page
    assert not assia.eligibilites.exists()


def test_changer_d_operation_oublie_le_marche_de_la_precedente(client, paysage, assia):
    """L'adresse porte encore le marché de l'opération quittée : la réponse est celle du bon marché, sans erreur."""
    RegleClauseFactory(marche=MarcheFactory(operation=paysage.operation), est_courante=True)
    ailleurs = MarcheFactory(operation=OperationFactory(structure=paysage.structure))
    client.force_login(paysage.facilitateur)
    page = lire(client.get(adresse(assia), {"operation": paysage.operation.pk, "marche": ailleurs.pk}))
    assert "Éligible sur Résidence Les Peupliers" in page
    assert "n’est pas dans cette opération" not in page


def test_decider_enregistre_et_revient_a_la_fiche(client, paysage, assia):
    """Le bouton garde la décision ; la fiche de la personne la confirme."""
    client.force_login(paysage.facilitateur)
    reponse = client.post(adresse(assia), envoi(paysage, motif="Entretien du matin."), follow=True)
    assert reponse.redirect_chain[-1][0] == reverse("reporting:personne_fiche", args=[assia.pk])
    assert "Décision enregistrée\u00a0: éligible sur Résidence Les Peupliers." in lire(reponse)
    eligibilite = assia.eligibilites.get()
    assert (eligibilite.reponse, eligibilite.motif, eligibilite.decide_par) == (
        "eligible",
        "Entretien du matin.",
        paysage.facilitateur,
    )


def test_qui_venait_placer_y_retourne(client, paysage, assia):
    """Depuis « décidez d'abord », la décision ramène au placement, opération déjà choisie."""
    client.force_login(paysage.facilitateur)
    reponse = client.post(adresse(assia), envoi(paysage, suite="placer"))
    placer = reverse("clauses:placement_creer", args=[assia.pk])
    assert reponse.url == f"{placer}?operation={paysage.operation.pk}"


def test_non_eligible_dit_ce_qui_changerait(client, paysage, assia):
    """Une situation finie avant l'attribution : refus, sa raison, ce qui changerait la réponse, et le bouton qui le décide."""
    assia.situations.update(date_fin=date(2025, 12, 31))
    client.force_login(paysage.facilitateur)
    page = lire(client.get(adresse(assia), {"operation": paysage.operation.pk}))
    assert "Non éligible sur Résidence Les Peupliers" in page
    assert "pourquoi-refus" in page
    assert "ne couvre pas le 14 janvier 2026" in page
    assert "changerait la réponse" in page
    client.post(adresse(assia), envoi(paysage, reponse_vue="non_eligible"))
    assert assia.eligibilites.get().reponse == "non_eligible"


def test_a_completer_nomme_ce_qui_manque(client, paysage, assia):
    """Sans date d'attribution : « à compléter : date d'attribution », et où la compléter."""
    paysage.marche.date_attribution = None
    paysage.marche.save()
    client.force_login(paysage.facilitateur)
    page = lire(client.get(adresse(assia), {"operation": paysage.operation.pk}))
    assert "À compléter pour Résidence Les Peupliers\u00a0: date d’attribution" in page
    assert "Garder «\u00a0à compléter\u00a0»" in page


def test_plusieurs_marches_demandent_lequel(client, paysage, assia):
    """Deux marchés à règles différentes : on choisit, et la réponse suit la règle choisie."""
    autre = MarcheFactory(operation=paysage.operation, reference="2026-T0099", article="12.1")
    RegleClauseFactory(marche=autre, criteres=["TH"])
    client.force_login(paysage.facilitateur)
    choix = {"operation": paysage.operation.pk}
    assert "2026-T0099" in lire(client.get(adresse(assia), choix))
    page = lire(client.get(adresse(assia), choix | {"marche": autre.pk}))
    assert "Non éligible" in page
    assert "CCAP, article 12.1" in page


def test_un_seul_marche_ne_se_demande_pas(client, paysage, assia):
    """Un seul marché a une règle : il n'y a rien à choisir."""
    MarcheFactory(operation=paysage.operation, reference="2026-SANS-REGLE")
    client.force_login(paysage.facilitateur)
    assert "2026-SANS-REGLE" not in lire(client.get(adresse(assia), {"operation": paysage.operation.pk}))


def test_appreciation_a_l_embauche_demande_la_date(client, paysage, assia):
    """Le marché apprécie à l'embauche : la date prévue est demandée, puis la réponse est complète."""
    paysage.regle.date_appreciation = "embauche"
    paysage.regle.save()
    client.force_login(paysage.facilitateur)
    choix = {"operation": paysage.operation.pk}
    assert "date d’embauche" in lire(client.get(adresse(assia), choix))
    page = lire(client.get(adresse(assia), choix | {"embauche_prevue": "02/03/2026"}))
    assert "jusqu’au 1er mars 2028 inclus" in page
    client.post(adresse(assia), envoi(paysage, embauche_prevue="02/03/2026"))
    assert assia.eligibilites.get().date_fin == date(2028, 3, 1)


@pytest.mark.parametrize(
    ("ecarts", "phrase"),
    [
        ({"date_decision": "13/02/2026"}, "Ce jour est à venir"),
        ({"date_decision": "31/02/2026"}, "Cette date n’existe pas"),
        ({"date_decision": "01/01/0026"}, "Vérifiez l’année"),
        ({"operation": "pas-un-identifiant"}, "Cette opération n’est pas dans la liste"),
        ({"motif": "NIR 1 84 04 69 123 456 78"}, "sécurité sociale"),
        ({"reponse_vue": "non_eligible"}, "La réponse a changé"),
    ],
)
def test_une_saisie_fausse_n_ecrit_rien(client, paysage, assia, ecarts, phrase):
    """Date à venir ou impossible, NIR dans la remarque, réponse qui a changé : une phrase, et rien d'écrit."""
    client.force_login(paysage.facilitateur)
    reponse = client.post(adresse(assia), envoi(paysage, motif="Ma remarque.") | ecarts)
    page = lire(reponse)
    assert reponse.status_code == 200
    assert phrase in page
    if "motif" not in ecarts and "operation" not in ecarts and "date_decision" not in ecarts:
        assert "Ma remarque." in page
    assert not assia.eligibilites.exists()


def test_une_embauche_prevue_hors_du_calendrier(client, paysage, assia):
    """31/12/9999 est une faute de frappe, pas une panne."""
    paysage.regle.date_appreciation = "embauche"
    paysage.regle.save()
    client.force_login(paysage.facilitateur)
    choix = {"operation": paysage.operation.pk, "embauche_prevue": "31/12/9999"}
    reponse = client.get(adresse(assia), choix)
    assert reponse.status_code == 200
    assert "Vérifiez l’année" in lire(reponse)


def test_une_operation_d_une_autre_structure_est_hors_de_portee(client, paysage, assia):
    """L'opération d'une autre structure n'est pas dans la liste, et ne peut pas être décidée."""
    autre = RegleClauseFactory(marche__operation__structure=paysage.autre_structure).marche
    client.force_login(paysage.facilitateur)
    assert autre.operation.nom not in lire(client.get(adresse(assia)))
    client.post(adresse(assia), envoi(paysage, operation=str(autre.operation.pk), marche=str(autre.pk)))
    assert not Eligibilite.objects.filter(beneficiaire=assia).exists()


def test_l_ancienne_decision_se_relit(client, paysage):
    """Avec une décision en vigueur, la page la rappelle et dit ce que deviennent les contrats."""
    paysage.releve.delete()
    situation = SituationFactory(beneficiaire=paysage.beneficiaire)
    JustificatifFactory(situation=situation, vu_par=paysage.facilitateur)
    client.force_login(paysage.facilitateur)
    page = lire(client.get(adresse(paysage.beneficiaire), {"operation": paysage.operation.pk}))
    assert "Décision en vigueur" in page
    assert "1\u00a0contrat sert déjà cette opération" in page


def test_sans_aucune_regle_la_page_dit_quoi_faire(client, paysage, assia):
    """Aucun marché n'a de règle : la page explique par où commencer."""
    paysage.marche.regles.update(est_courante=False)
    client.force_login(paysage.facilitateur)
    assert "Aucune opération n’a encore de règle" in lire(client.get(adresse(assia)))


def test_detail_dit_la_decision_et_son_histoire(client, paysage):
    """La page d'une décision montre pourquoi, ce qui a été appliqué, les contrats et les décisions d'avant."""
    ancienne = EligibiliteFactory(
        operation=paysage.operation,
        beneficiaire=paysage.beneficiaire,
        regle=paysage.regle,
        reponse="non_eligible",
        date_decision=date(2026, 1, 20),
        date_debut=None,
        date_fin=None,
        est_courante=False,
    )
    client.force_login(paysage.facilitateur)
    page = lire(client.get(reverse("clauses:eligibilite_detail", args=[paysage.eligibilite.pk])))
    assert "jusqu’au 1er mars 2028 inclus" in page
    assert "attestation RSA du 6 janvier 2026" in page
    assert "Bâti-Rhône" in page
    assert reverse("clauses:eligibilite_detail", args=[ancienne.pk]) in page
    passee = lire(client.get(reverse("clauses:eligibilite_detail", args=[ancienne.pk])))
    assert "Remplacée depuis" in passee
    assert "Placer sur cette opération" not in passee


def test_detail_ne_change_pas_quand_la_regle_change(client, paysage):
    """Une règle et un article changés après coup ne changent pas la page d'une décision prise."""
    client.force_login(paysage.facilitateur)
    lien = reverse("clauses:eligibilite_detail", args=[paysage.eligibilite.pk])
    paysage.marche.regles.update(duree_mois=6, criteres=["TH"])
    paysage.marche.article = "99"
    paysage.marche.save()
    page = lire(client.get(lien))
    assert "jusqu’au 1er mars 2028 inclus" in page
    assert "article 9.3" in page
    assert "article 99" not in page


def test_chaque_lecture_est_notee(client, paysage):
    """Lire une décision, qui dit un critère, laisse une trace de consultation."""
    client.force_login(paysage.facilitateur)
    client.get(reverse("clauses:eligibilite_detail", args=[paysage.eligibilite.pk]))
    assert paysage.beneficiaire.consultations.filter(utilisateur=paysage.facilitateur).count() == 1


def test_autant_de_requetes_pour_une_operation_que_pour_dix(client, paysage, assia, nombre_de_requetes):
    """La page ne coûte pas plus cher avec dix opérations, dix pièces et dix contrats."""

    def compter() -> int:
        with nombre_de_requetes() as requetes:
            assert client.get(adresse(assia), {"operation": paysage.operation.pk}).status_code == 200
        return len(requetes)

    client.force_login(paysage.facilitateur)
    AffectationFactory(contrat=ContratFactory(beneficiaire=assia), engagement=paysage.engagement)
    compter()
    une = compter()
    situation = assia.situations.get()
    for n in range(9):
        JustificatifFactory(situation=situation, piece=f"Attestation {n}", vu_par=paysage.facilitateur)
        operation = OperationFactory(structure=paysage.structure)
        RegleClauseFactory(marche=MarcheFactory(operation=operation))
        AffectationFactory(
            contrat=ContratFactory(beneficiaire=assia),
            engagement=paysage.engagement,
            eligibilite=assia.eligibilites.get(),
        )
    assert compter() == une
    assert une < 30


@pytest.mark.parametrize(
    ("compte", "statut"),
    [
        ("facilitateur", 200),
        ("autre_facilitateur", 404),
        ("compte_prescripteur", 403),
        ("compte_acheteur", 403),
        ("compte_entreprise", 403),
    ],
)
def test_droits(client, paysage, compte, statut):
    """Seul le facilitateur de la structure décide et relit."""
    client.force_login(getattr(paysage, compte))
    assert client.get(adresse(paysage.beneficiaire)).status_code == statut
    assert client.get(reverse("clauses:eligibilite_detail", args=[paysage.eligibilite.pk])).status_code == statut
    assert client.post(adresse(paysage.beneficiaire), envoi(paysage)).status_code in (statut, 302)
    if statut != 200:
        assert Eligibilite.objects.count() == 1
