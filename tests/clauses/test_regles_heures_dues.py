"""La section « heures_dues » d'une règle : ce qui s'en garde, ce qui s'en relit, ce qu'elle refuse et dans quels mots."""

from decimal import Decimal as D

import pytest

from clauses.regles.contradiction import Contradiction
from clauses.regles.dues import Arrondi, RegleAvenant
from clauses.regles.heures_dues import ParametresHeuresDues, controler_base_du_prorata
from clauses.regles.repartition import PorteeArrondi
from clauses.regles.rythme import SourceRythme

PLEINE = ParametresHeuresDues(
    regle_avenant=RegleAvenant.SEUIL,
    seuil_pourcent=D("12.5"),
    arrondi=Arrondi.PROCHE,
    portee_arrondi=PorteeArrondi.TOTAL,
    source_rythme=SourceRythme.PERSONNES,
    personnes_plausibles=3,
    heures_plausibles=D("151.67"),
)
GARDEE = {
    "regle_avenant": "seuil",
    "seuil_pourcent": "12.5",
    "arrondi": "proche",
    "portee_arrondi": "total",
    "source_rythme": "personnes",
    "personnes_plausibles": 3,
    "heures_plausibles": "151.67",
}


def test_chaque_reglage_se_garde_sous_son_nom():
    """Les nombres en texte, rien de perdu ; une règle qui ne dit rien des avenants le garde."""
    assert PLEINE.vers_json() == GARDEE
    assert ParametresHeuresDues().vers_json() == {
        "regle_avenant": None,
        "seuil_pourcent": None,
        "arrondi": "inferieur",
        "portee_arrondi": "lot",
        "source_rythme": "observe",
        "personnes_plausibles": None,
        "heures_plausibles": None,
    }


def test_chaque_reglage_se_relit():
    """Ce que la base a gardé redonne la même règle, réglage par réglage."""
    assert ParametresHeuresDues.depuis_json(GARDEE) == PLEINE
    assert ParametresHeuresDues.depuis_json({"portee_arrondi": "total"}).portee_arrondi == PorteeArrondi.TOTAL
    assert ParametresHeuresDues.depuis_json({"arrondi": "superieur"}).arrondi == Arrondi.SUPERIEUR


@pytest.mark.parametrize(
    "admis",
    [
        {"regle_avenant": RegleAvenant.SEUIL, "seuil_pourcent": D("0.01")},
        {"regle_avenant": RegleAvenant.SEUIL, "seuil_pourcent": D(100)},
        {"source_rythme": SourceRythme.PERSONNES, "personnes_plausibles": 1},
        {"source_rythme": SourceRythme.HEURES, "heures_plausibles": D("0.5")},
    ],
)
def test_les_bornes_elles_memes_sont_admises(admis):
    """Un seuil de 0,01 à 100 %, une personne, une demi-heure."""
    assert ParametresHeuresDues(**admis).vers_json()


@pytest.mark.parametrize(
    ("faux", "champ", "phrase"),
    [
        ({"regle_avenant": RegleAvenant.SEUIL}, "seuil_pourcent", "Indiquez le seuil, en pour cent du montant."),
        ({"seuil_pourcent": D(0)}, "seuil_pourcent", "Le seuil est supérieur à 0 et ne dépasse pas 100\u00a0%."),
        ({"seuil_pourcent": D("100.01")}, "seuil_pourcent", "Le seuil est supérieur à 0 et ne dépasse pas 100\u00a0%."),
        (
            {"source_rythme": SourceRythme.PERSONNES, "personnes_plausibles": 0},
            "personnes_plausibles",
            "Indiquez combien de personnes à temps plein le titulaire peut prendre.",
        ),
        (
            {"source_rythme": SourceRythme.HEURES, "heures_plausibles": D(0)},
            "heures_plausibles",
            "Indiquez combien d’heures le titulaire peut faire en un mois.",
        ),
    ],
)
def test_un_reglage_impossible_nomme_son_champ(faux, champ, phrase):
    """Le refus se pose sous le champ en cause, et dit quoi y écrire."""
    with pytest.raises(Contradiction) as refus:
        ParametresHeuresDues(**faux)
    assert (refus.value.champ, str(refus.value)) == (champ, phrase)


def test_un_prorata_sans_montant_dit_ou_l_indiquer():
    """Le montant se saisit dans la fiche du marché."""
    assert str(controler_base_du_prorata("prorata", None)) == (
        "Le prorata part du montant HT du marché, qui manque. "
        "Indiquez-le dans la fiche du marché, ou choisissez une autre règle."
    )
