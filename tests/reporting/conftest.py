"""Un marché qui a de quoi être rapporté : douze personnes, sept mois d'heures, dont deux à vérifier."""

import copy
from datetime import date
from decimal import Decimal

import pytest

from clauses.cumuls import recalculer_tous
from clauses.models import EtatReleve
from tests.fabriques import (
    AffectationFactory,
    BeneficiaireFactory,
    ContratFactory,
    EligibiliteFactory,
    Paysage,
    ReleveHeuresFactory,
)

ARRETE_AU = date(2026, 10, 31)


@pytest.fixture(scope="module")
def _chantier_bati(base_du_fichier):
    """Le paysage, et douze personnes à 10 h par mois d'avril à octobre 2026 : validées jusqu'en août, à vérifier ensuite.

    Validées : 12 × 10 h × 5 mois = 600 h. À vérifier : 12 × 10 h × 2 mois = 240 h. Engagement : 1 000 h.
    Sept femmes et cinq hommes ; huit bénéficiaires du RSA, quatre jeunes.
    """
    paysage = Paysage()
    paysage.releve.delete()
    paysage.personnes = []
    for rang in range(12):
        beneficiaire = BeneficiaireFactory(
            structure=paysage.structure, sexe="F" if rang < 7 else "H", nom_naissance=f"Introuvable{rang:02d}"
        )
        eligibilite = EligibiliteFactory(
            operation=paysage.operation,
            beneficiaire=beneficiaire,
            regle=paysage.regle,
            decide_par=paysage.facilitateur,
            criteres_retenus=["RSA"] if rang < 8 else ["JEUNE"],
        )
        contrat = ContratFactory(beneficiaire=beneficiaire, employeur=paysage.entreprise)
        affectation = AffectationFactory(contrat=contrat, engagement=paysage.engagement, eligibilite=eligibilite)
        for mois in range(4, 11):
            ReleveHeuresFactory(
                affectation=affectation,
                mois=date(2026, mois, 1),
                heures=Decimal(10),
                etat=EtatReleve.VALIDE if mois <= 8 else EtatReleve.DECLARE,
                saisi_par=paysage.facilitateur,
            )
        paysage.personnes.append(beneficiaire)
    recalculer_tous()
    return paysage


@pytest.fixture
def chantier(_chantier_bati, db):
    """Le chantier, bâti une fois par fichier ; ce qu'un test y change ne se voit pas dans le suivant."""
    return copy.deepcopy(_chantier_bati)
