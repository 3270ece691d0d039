"""La bibliothèque de clauses : remplir, comparer, et ce que le produit livre."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clauses.regles.clausier import (
    ARTICLES_CCAG,
    CHAMPS,
    LIBELLES_RUBRIQUE,
    Ecart,
    Morceau,
    Rubrique,
    SorteEcart,
    champs_du_texte,
    comparer_versions,
    controler_redaction,
    en_texte,
    nom_de_version,
    remplir,
)
from clauses.regles.clausier_textes import PAR_CODE, REDACTIONS, redactions_pour

DUES = "Au moins {heures} sur {operation}."


def test_remplir():
    """Ce que l'on sait s'écrit ; ce qui manque se dit, marqué."""
    morceaux = remplir(DUES, {"heures": "833\u00a0h", "operation": ""})
    assert morceaux == (
        Morceau("Au moins "),
        Morceau("833\u00a0h"),
        Morceau(" sur "),
        Morceau("[à compléter\u00a0: l’opération]", manque=True),
        Morceau("."),
    )
    assert en_texte(morceaux) == "Au moins 833\u00a0h sur [à compléter\u00a0: l’opération]."


def test_remplir_sans_champ_ou_tout_en_champ():
    assert remplir("Rien à remplir.", {}) == (Morceau("Rien à remplir."),)
    assert remplir("{heures}", {"heures": "10\u00a0h"}) == (Morceau("10\u00a0h"),)
    assert remplir("", {}) == ()


def test_champs_du_texte():
    """Chacun une fois, dans l'ordre."""
    assert champs_du_texte("{lots}, {heures}, {lots}") == ("lots", "heures")


def test_controler_redaction():
    assert controler_redaction(DUES) is None
    assert controler_redaction("{salaire}").phrase.startswith(
        "Le champ {salaire} n’existe pas. Les champs sont\u00a0: {acheteur}, "
    )
    for seule in ("{heures", "heures}", "{Heures}", "{}"):
        assert controler_redaction(seule).phrase == "Une accolade est seule\u00a0: un champ s’écrit comme {heures}."
    assert controler_redaction("a" * 6000) is None
    assert controler_redaction("a" * 6001).code == "trop_long"


def test_comparer_versions():
    """Mot à mot : ce qui part, puis ce qui vient."""
    assert comparer_versions("dans les dix jours", "dans les quinze jours ouvrés") == (
        Ecart(SorteEcart.GARDE, "dans les "),
        Ecart(SorteEcart.RETIRE, "dix"),
        Ecart(SorteEcart.AJOUTE, "quinze"),
        Ecart(SorteEcart.GARDE, " jours"),
        Ecart(SorteEcart.AJOUTE, " ouvrés"),
    )
    # La ponctuation se compare à part : ajouter une virgule ne récrit pas le mot.
    assert comparer_versions("à {facilitateur} les", "à {facilitateur}, les") == (
        Ecart(SorteEcart.GARDE, "à {facilitateur}"),
        Ecart(SorteEcart.AJOUTE, ","),
        Ecart(SorteEcart.GARDE, " les"),
    )
    assert comparer_versions("pareil", "pareil") == (Ecart(SorteEcart.GARDE, "pareil"),)


@given(st.text(alphabet="ab \n", max_size=40), st.text(alphabet="ab \n", max_size=40))
def test_une_comparaison_redonne_les_deux_versions(avant, apres):
    """Gardé et retiré font l'ancienne ; gardé et ajouté font la nouvelle."""
    ecarts = comparer_versions(avant, apres)
    assert "".join(e.texte for e in ecarts if e.sorte != SorteEcart.AJOUTE) == avant
    assert "".join(e.texte for e in ecarts if e.sorte != SorteEcart.RETIRE) == apres


def test_nom_de_version():
    assert (nom_de_version(0), nom_de_version(2)) == ("modèle d’Étape", "version 2")


@pytest.mark.parametrize("ccag", ARTICLES_CCAG)
def test_chaque_ccag_a_ses_neuf_rubriques(ccag):
    """Dans l'ordre, sans renvoi à un article que le marché n'a pas."""
    redactions = redactions_pour(ccag)
    rubriques = [r.rubrique for r in redactions]
    assert list(dict.fromkeys(rubriques)) == list(Rubrique)
    renvoient = any("article_ccag" in champs_du_texte(r.texte) for r in redactions)
    assert renvoient is (ccag != "aucun")


def test_les_articles_des_ccag():
    """Travaux 20.1 ; les autres 16.1 ; celui de la maîtrise d'œuvre se dit à confirmer."""
    assert "20.1 du CCAG Travaux" in ARTICLES_CCAG["travaux"]
    assert all("16.1" in ARTICLES_CCAG[ccag] for ccag in ("fcs", "tic", "pi", "mi"))
    assert "à confirmer" in ARTICLES_CCAG["moe"]


def test_ce_que_le_produit_livre_se_tient():
    """Des codes uniques, des champs connus, une source à chacune, une pièce du marché ; les neuf rubriques ont un nom."""
    assert len(PAR_CODE) == len(REDACTIONS)
    assert set(LIBELLES_RUBRIQUE) == set(Rubrique)
    for redaction in REDACTIONS:
        assert controler_redaction(redaction.texte) is None, redaction.code
        assert redaction.sources, redaction.code
        assert redaction.piece in ("CCAP", "RC", "AE")
        assert redaction.ccags <= set(ARTICLES_CCAG)
    assert {champ for r in REDACTIONS for champ in champs_du_texte(r.texte)} == set(CHAMPS)


def test_aucun_montant_ni_delai_n_est_invente():
    """Pénalités et délais sont des champs : aucun texte ne les fixe."""
    for redaction in REDACTIONS:
        if redaction.rubrique == Rubrique.PENALITES:
            assert "€" not in redaction.texte
            assert "{delai}" in redaction.texte


@pytest.mark.parametrize(("avant", "apres"), [("a b " * 1500, "b a " * 1500), ("! " * 3000, "!? " * 2000)])
def test_deux_longs_textes_se_comparent_vite(avant, apres):
    """Des mots qui reviennent mille fois ne font attendre personne, et rien ne se perd."""
    debut = time.process_time()
    ecarts = comparer_versions(avant, apres)
    assert time.process_time() - debut < 3
    assert "".join(e.texte for e in ecarts if e.sorte != SorteEcart.AJOUTE) == avant
    assert "".join(e.texte for e in ecarts if e.sorte != SorteEcart.RETIRE) == apres
