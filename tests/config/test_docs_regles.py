"""docs/regles.md dit vrai : chaque fonction citée existe, chaque test cité l'éprouve."""

import importlib
import re
from pathlib import Path

import pytest

RACINE = Path(__file__).resolve().parents[2]
MODULES = (
    "beneficiaires.distances",
    "beneficiaires.periodes",
    "beneficiaires.regles",
    "comptes.regles",
    "clauses.regles",
    "clauses.regles.controles",
    "clauses.regles.calibrage",
    "clauses.regles.calibrage_besoin",
    "clauses.regles.calibrage_dispositifs",
    "clauses.regles.calibrage_tables",
    "clauses.regles.clausier",
    "clauses.regles.clausier_textes",
    "clauses.regles.comptage",
    "clauses.regles.confirmation",
    "clauses.regles.declarations",
    "clauses.regles.pre_reponse",
    "clauses.regles.preuves",
    "clauses.regles.section_comptage",
    "clauses.regles.citations",
    "clauses.regles.documents",
    "clauses.regles.duree",
    "clauses.regles.ecarts",
    "clauses.regles.echeances",
    "clauses.regles.execution",
    "clauses.regles.fenetre",
    "clauses.regles.lecture",
    "clauses.regles.ouverture",
    "clauses.regles.renouvellement",
    "clauses.regles.section_eligibilite",
    "clauses.regles.exemple",
    "clauses.regles.globalisation",
    "clauses.regles.heures_dues",
    "clauses.regles.historique_dues",
    "clauses.regles.modes_dues",
    "clauses.regles.objectifs",
    "clauses.regles.partages",
    "clauses.regles.penalites",
    "clauses.regles.projets",
    "clauses.regles.rappels",
    "clauses.regles.placements",
    "clauses.regles.candidatures",
    "clauses.regles.offres",
    "clauses.regles.statuts",
    "clauses.regles.repartition",
    "clauses.regles.rythme",
    "clauses.regles.simulation",
    "parcours.regles",
    "parcours.regles.actions",
    "parcours.regles.apres_sortie",
    "parcours.regles.chemin",
    "parcours.regles.comite",
    "parcours.regles.couverture",
    "parcours.regles.immersion",
    "parcours.regles.bilan",
    "parcours.regles.freins",
    "parcours.regles.referentiel_freins",
    "parcours.regles.services",
)
LIGNES = [
    [cellule.strip() for cellule in ligne.strip("|").split("|")]
    for ligne in (RACINE / "docs/regles.md").read_text().splitlines()
    if ligne.startswith("|") and "`tests/" in ligne
]


@pytest.mark.parametrize("ligne", LIGNES, ids=lambda ligne: ligne[1])
def test_chaque_regle_a_sa_fonction_et_son_test(ligne):
    """La fonction citée est un nom public des règles, et le fichier de test cité la nomme."""
    _, fonctions, source, test = ligne
    essais = (RACINE / test.strip("`")).read_text()
    modules = [importlib.import_module(module) for module in MODULES]
    for nom in re.findall(r"`(\w+)`", fonctions):
        assert any(hasattr(module, nom) for module in modules), nom
        assert nom in essais, nom
    assert source


def test_la_table_n_est_pas_vide():
    """Les cinq tables ont été lues."""
    assert len(LIGNES) > 30
