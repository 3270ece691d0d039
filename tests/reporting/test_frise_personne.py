"""La frise d'une personne : chaque fenêtre a sa rangée, chaque motif ses mots, et aucun texte n'en recouvre un autre."""

from datetime import date
from itertools import combinations
from xml.etree import ElementTree

import pytest

from clauses.models import Affectation, Eligibilite
from parcours.lectures import agrements_du_jour
from parcours.models import Prolongation, Suspension
from reporting.frise_personne import frise_de
from tests.fabriques import (
    AffectationFactory,
    AgrementFactory,
    BeneficiaireFactory,
    ContratFactory,
    EligibiliteFactory,
    EntrepriseFactory,
)

pytestmark = pytest.mark.django_db

AUJOURD_HUI = date(2026, 11, 17)


def dessiner(personne):
    affectations = list(Affectation.objects.filter(contrat__beneficiaire=personne))
    for affectation in affectations:
        affectation.validees = 120
    eligibilites = list(Eligibilite.objects.filter(beneficiaire=personne))
    return frise_de(eligibilites, affectations, agrements_du_jour(personne, AUJOURD_HUI), AUJOURD_HUI)


def textes(frise) -> list[tuple[str, float, float, float]]:
    """Chaque texte : contenu, gauche, droite (6,2 unités par lettre à 14), ligne de base."""
    trouves = []
    for noeud in ElementTree.fromstring(frise.svg).iter():
        if noeud.tag.endswith("text"):
            largeur = len(noeud.text or "") * 6.2 * float(noeud.get("font-size")) / 14
            gauche = float(noeud.get("x")) - (largeur / 2 if noeud.get("text-anchor") == "middle" else 0)
            trouves.append((noeud.text or "", gauche, gauche + largeur, float(noeud.get("y"))))
    return trouves


@pytest.fixture
def pass_suspendu():
    """Un PASS IAE suspendu 90 jours, prolongé, et une prolongation encore demandée."""
    agrement = AgrementFactory(date_debut=date(2025, 1, 1), date_fin=date(2027, 9, 27))
    Suspension.objects.create(
        agrement=agrement, motif="CONTRACT_BROKEN", date_debut=date(2025, 6, 1), date_fin=date(2025, 8, 30)
    )
    for debut, fin, etat in (
        (date(2027, 3, 31), date(2027, 9, 27), "accordee"),
        (date(2027, 9, 27), date(2028, 3, 1), "demandee"),
    ):
        Prolongation.objects.create(
            agrement=agrement,
            motif="COMPLETE_TRAINING",
            date_debut=debut,
            date_fin=fin,
            date_demande=date(2026, 11, 2),
            etat=etat,
        )
    return agrement


def test_chaque_motif_dessine_a_ses_mots(pass_suspendu):
    """Hachures, points et tirets se lisent dans la légende, avec leurs mots ; le tableau donne les mêmes dates."""
    frise = dessiner(pass_suspendu.beneficiaire)
    mots = [mots.replace("\u00a0", " ") for _, mots in frise.legende]
    assert mots == [
        "plein : utilisé",
        "contour : à venir",
        "hachures : suspendu",
        "points : prolongé ou renouvelé",
        "tirets : prolongation demandée",
    ]
    assert 'fill="url(#frise-hachures)"' in frise.svg
    assert 'fill="url(#frise-points)"' in frise.svg
    dates = {(ligne.element.split(", ")[-1], ligne.debut, ligne.fin) for ligne in frise.lignes}
    assert ("suspendu", date(2025, 6, 1), date(2025, 8, 30)) in dates
    assert ("prolongé", date(2027, 3, 31), date(2027, 9, 27)) in dates
    assert ("prolongation demandée", date(2027, 9, 27), date(2028, 3, 1)) in dates


def test_sans_suspension_la_legende_n_en_parle_pas():
    """Une légende ne décrit que ce qui est dessiné."""
    agrement = AgrementFactory(date_debut=date(2026, 1, 1), date_fin=date(2027, 12, 31))
    assert len(dessiner(agrement.beneficiaire).legende) == 2


def test_la_clause_et_le_pass_ont_leurs_rangees(pass_suspendu):
    """La suspension du PASS ne touche pas la rangée de la clause : ni hachure, ni fin déplacée."""
    EligibiliteFactory(beneficiaire=pass_suspendu.beneficiaire, operation__nom="Les Peupliers")
    ecrits = [contenu for contenu, *_ in textes(dessiner(pass_suspendu.beneficiaire))]
    assert {"Clause", "PASS IAE", "Les Peupliers"} <= set(ecrits)
    assert "1er mars 2028" in ecrits
    assert "27 sept. 2027, estimée" in ecrits


def test_deux_contrats_tenus_ensemble_ne_se_recouvrent_pas():
    """Deux mi-temps de mêmes dates : deux lignes, la seconde dit « en même temps »."""
    personne = BeneficiaireFactory()
    for nom in ("Bâti-Rhône", "Voltéo"):
        contrat = ContratFactory(beneficiaire=personne, employeur=EntrepriseFactory(nom=nom))
        AffectationFactory(contrat=contrat)
    lus = {contenu: y for contenu, _, _, y in textes(dessiner(personne))}
    assert lus["CDD, Voltéo"] != lus["CDD, Bâti-Rhône"]
    assert "en même temps" in lus


def test_aucun_texte_n_en_recouvre_un_autre(pass_suspendu):
    """Neuf ans de parcours, des contrats d'un mois, des noms longs : deux textes d'une même ligne ne se touchent pas."""
    personne = pass_suspendu.beneficiaire
    AgrementFactory(
        beneficiaire=personne, date_debut=date(2019, 1, 1), date_fin=date(2020, 12, 30), numero="999991900001"
    )
    employeur = EntrepriseFactory(nom="Société coopérative de construction et de rénovation du Grand Confluent")
    for mois in (3, 4, 5, 9, 10):
        contrat = ContratFactory(
            beneficiaire=personne, employeur=employeur, date_debut=date(2026, mois, 1), date_fin=date(2026, mois, 28)
        )
        AffectationFactory(contrat=contrat)
    EligibiliteFactory(
        beneficiaire=personne,
        operation__nom="Réhabilitation énergétique de la résidence Les Grands Peupliers, tranche 2",
    )
    poses = textes(dessiner(personne))
    assert all(droite <= 1200 for _, _, droite, _ in poses)
    for un, autre in combinations(poses, 2):
        if abs(un[3] - autre[3]) < 12:
            assert un[2] <= autre[1] or autre[2] <= un[1], (un, autre)


def test_aujourd_hui_est_marque(pass_suspendu):
    """Le trait d'aujourd'hui est nommé en toutes lettres, sous les rangées."""
    assert "aujourd’hui" in {contenu for contenu, *_ in textes(dessiner(pass_suspendu.beneficiaire))}


def test_sans_aucune_date_pas_de_frise():
    """Rien à dessiner : la page dit quoi faire à la place."""
    assert dessiner(BeneficiaireFactory()) is None
