"""Retrouver un métier d'après ce qui a été tapé."""

import pytest

from beneficiaires.ecritures import simplifier
from beneficiaires.metiers import trouver_metier
from beneficiaires.models import MetierRome
from comptes.regles import Refus

REPERTOIRE = {
    "F1703": "Maçonnerie",
    "F1701": "Construction en béton",
    "F1601": "Application et décoration en plâtre, stuc et staff",
    "K2204": "Nettoyage de locaux",
    "K2303": "Nettoyage des espaces urbains",
    "A1203": "Aménagement et entretien des espaces verts",
}


@pytest.mark.parametrize(
    ("tape", "code"),
    [
        ("Maçonnerie (F1703)", "F1703"),
        ("f1703", "F1703"),
        ("maconnerie", "F1703"),
        ("MAÇONNERIE", "F1703"),
        ("béton", "F1701"),
        ("espaces verts", "A1203"),
        ("Nettoyage de locaux (K2204)", "K2204"),
    ],
)
def test_un_mot_ou_un_code_suffit(tape, code):
    """Le choix de la liste, un code, un libellé sans accent ou un morceau qui ne désigne qu'un métier."""
    assert trouver_metier(tape, REPERTOIRE) == code


@pytest.mark.parametrize(
    ("tape", "code", "propose"),
    [
        ("nettoyage", "metier_ambigu", ("K2204", "K2303")),
        ("maçonnerye", "metier_ambigu", ("F1703",)),
        ("construire en béton", "metier_ambigu", ("F1701",)),
        ("menagement", "metier_inconnu", ()),
        ("astronaute", "metier_inconnu", ()),
        ("Z9999", "metier_inconnu", ()),
        ("()", "metier_inconnu", ()),
    ],
)
def test_un_mot_qui_ne_designe_pas_un_metier_est_refuse(tape, code, propose):
    """Le refus cite ce qui a été tapé et propose les plus proches, s'il y en a."""
    refus = trouver_metier(tape, REPERTOIRE)
    assert isinstance(refus, Refus)
    assert refus.code == code
    assert f"«\u00a0{tape}\u00a0»" in refus.phrase
    assert {autre for autre, libelle in REPERTOIRE.items() if libelle in refus.phrase} == set(propose)


@pytest.mark.parametrize(
    ("texte", "simple"),
    [("Élodie Le-Cœur", "elodie le coeur"), ("  O’BRIEN ", "o brien"), ("Łukasz Straße", "lukasz strasse")],
)
def test_simplifier(texte, simple):
    """Accents, ligatures, casse et ponctuation disparaissent."""
    assert simplifier(texte) == simple


@pytest.mark.django_db
def test_le_repertoire_s_ecrit_en_francais():
    """Apostrophes courbes et ligatures : « d’œuvre », pas « d'oeuvre »."""
    libelles = dict(MetierRome.objects.values_list("code", "libelle"))
    assert libelles["H2205"] == "Première transformation de bois d’œuvre"
    assert not [libelle for libelle in libelles.values() if "'" in libelle or "oeu" in libelle]
