"""Ce que la base elle-même refuse ou range."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError

from beneficiaires.models import Beneficiaire, Consultation, Justificatif, Situation
from tests.fabriques import (
    BeneficiaireFactory,
    JustificatifFactory,
    Paysage,
    SituationFactory,
    StructureFactory,
    UtilisateurFactory,
)

pytestmark = pytest.mark.django_db


def test_les_noms_se_rangent_comme_dans_un_annuaire():
    """Accents, majuscules et noms d'usage ne changent pas le rang : Eloise, Élodie et elsa se suivent."""
    structure = StructureFactory()
    for nom, usage, prenom in [
        ("Zidane", "", "Ali"),
        ("Étienne", "", "Élodie"),
        ("etienne", "", "Eloïse"),
        ("Zorro", "Dumas", "Anne"),
    ]:
        BeneficiaireFactory(structure=structure, nom_naissance=nom, nom_usage=usage, prenom=prenom)
    rang = [personne.nom_complet for personne in Beneficiaire.objects.filter(structure=structure)]
    assert rang == ["Anne Dumas", "Élodie Étienne", "Eloïse etienne", "Ali Zidane"]


def test_une_meme_piece_ne_s_enregistre_pas_deux_fois():
    """La même pièce, du même jour, pour la même situation : refusée, même écrite en capitales."""
    piece = JustificatifFactory(piece="Attestation RSA", date_piece=date(2026, 1, 6))
    double = Justificatif(
        situation=piece.situation,
        piece="ATTESTATION RSA",
        date_piece=date(2026, 1, 6),
        vu_le=date(2026, 2, 1),
        vu_par=piece.vu_par,
    )
    with pytest.raises(ValidationError, match="déjà enregistrée"):
        double.full_clean()


def test_une_consultation_par_personne_utilisateur_et_heure():
    """La base refuse une seconde ligne dans la même heure."""
    personne, utilisateur = BeneficiaireFactory(), UtilisateurFactory()
    Consultation.objects.create(beneficiaire=personne, utilisateur=utilisateur)
    with pytest.raises(IntegrityError):
        Consultation.objects.create(beneficiaire=personne, utilisateur=utilisateur)


def test_les_situations_suivent_les_droits_de_la_personne():
    """La structure et le prescripteur de la personne voient ses situations ; les autres, aucune."""
    paysage = Paysage()
    situation = SituationFactory(beneficiaire=paysage.beneficiaire)
    assert list(Situation.objects.pour(paysage.facilitateur)) == [situation]
    assert list(Situation.objects.pour(paysage.compte_prescripteur)) == [situation]
    for compte in (paysage.autre_facilitateur, paysage.compte_acheteur, paysage.compte_entreprise):
        assert not Situation.objects.pour(compte).exists()
