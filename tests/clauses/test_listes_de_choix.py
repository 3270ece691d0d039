"""Les règles nomment leurs valeurs sans connaître la base : elles disent les mêmes que les listes de choix des modèles."""

from clauses.models import ModeExecution, TypeContrat
from clauses.regles.placements import TYPES_CONTRAT
from clauses.regles.section_comptage import ModeCompte, mode_propose
from comptes.models import Categorie


def test_chaque_type_de_contrat_a_sa_regle():
    """La table des types et la liste de choix disent les mêmes types."""
    assert set(TYPES_CONTRAT) == set(TypeContrat.values)


def test_les_modes_sont_ceux_des_affectations_et_la_formation():
    """La règle nomme chaque mode d'exécution du modèle, plus la formation."""
    assert {mode.value for mode in ModeCompte} == set(ModeExecution.values) | {"formation"}


def test_les_employeurs_qui_ont_leur_mode_sont_des_categories():
    """Dix catégories d'employeur proposent leur mode d'exécution ; les autres embauchent directement."""
    proposes = {employeur for employeur in Categorie.values if mode_propose("cdd", employeur) != ModeCompte.DIRECTE}
    assert proposes == {"etti", "ai", "geiq", "eatt", "ett", "ei", "aci", "regie", "ea", "esat"}
