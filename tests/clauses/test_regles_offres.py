"""Les règles d'une offre : dates, ouverture, postes."""

from datetime import date

import pytest

from clauses.regles.offres import (
    LIBELLES_OFFRE,
    POSTES_AU_PLUS,
    EtatOffre,
    controler_offre,
    controler_ouverture,
    controler_postes,
    etat_selon_les_postes,
    postes_libres,
)

JOUR = date(2026, 11, 17)


@pytest.mark.parametrize(
    ("type_contrat", "debut", "fin", "codes"),
    [
        ("cdd", date(2026, 12, 1), date(2027, 2, 26), []),
        ("cdd", date(2026, 12, 1), None, ["fin_absente"]),
        ("cdi", date(2026, 12, 1), None, []),
        ("cdi", date(2026, 12, 1), date(2027, 2, 26), ["fin_de_cdi"]),
        ("cdd", date(2026, 12, 1), date(2026, 11, 30), ["fin_avant_debut"]),
        ("cdd", date(2026, 12, 1), date(2026, 12, 1), []),  # une journée
        ("cdd", date(2026, 10, 1), date(2026, 11, 16), ["mission_finie"]),
        ("cdd", date(2026, 11, 16), date(2026, 11, 16), ["mission_finie"]),  # une journée, hier
        ("cdd", date(2026, 10, 1), date(2026, 11, 17), []),  # son dernier jour compte
        ("cdd", date(2027, 11, 17), date(2027, 12, 1), []),
        ("cdd", date(2027, 11, 18), date(2027, 12, 1), ["embauche_lointaine"]),
        ("cdd", date(26, 12, 1), date(2027, 2, 26), ["annee_embauche"]),
        ("cdd", date(2026, 12, 1), date(2030, 12, 1), ["contrat_long"]),
        ("cdd", date(2026, 12, 1), date(2030, 11, 30), []),
        ("interim", date(2026, 12, 1), None, ["fin_absente"]),
    ],
)
def test_les_dates_d_une_offre(type_contrat, debut, fin, codes):
    refus = controler_offre(type_contrat=type_contrat, debut=debut, fin=fin, aujourd_hui=JOUR)
    assert [r.code for r in refus] == codes


def test_une_mission_finie_le_dit():
    refus = controler_offre(type_contrat="cdd", debut=date(2026, 10, 1), fin=date(2026, 10, 31), aujourd_hui=JOUR)
    assert [r.phrase for r in refus] == ["Cette mission a fini le 31 octobre 2026. Vérifiez ses dates."]


@pytest.mark.parametrize(
    ("etat", "fin", "code", "phrase"),
    [
        ("brouillon", None, "offre_brouillon", "Cette offre n’est pas encore publiée."),
        ("pourvue", None, "offre_pourvue", "Tous les postes de cette offre sont pourvus."),
        ("retiree", None, "offre_retiree", "L’entreprise a retiré cette offre."),
        ("publiee", date(2026, 11, 16), "offre_finie", "Cette mission a fini le 16 novembre 2026."),
    ],
)
def test_une_offre_fermee_dit_pourquoi(etat, fin, code, phrase):
    refus = controler_ouverture(etat, fin=fin, aujourd_hui=JOUR)
    assert (refus.code, refus.phrase) == (code, phrase)


def test_une_offre_reste_ouverte_jusqu_a_son_dernier_jour_compris():
    assert controler_ouverture("publiee", fin=JOUR, aujourd_hui=JOUR) is None
    assert controler_ouverture("publiee", fin=None, aujourd_hui=JOUR) is None


def test_les_etats_d_une_offre_et_le_plus_grand_nombre_de_postes():
    """Les valeurs sont celles que la base garde : les changer demanderait une migration."""
    assert {etat.value: libelle for etat, libelle in LIBELLES_OFFRE.items()} == {
        "brouillon": "Brouillon",
        "publiee": "Publiée",
        "pourvue": "Pourvue",
        "retiree": "Retirée",
    }
    assert set(LIBELLES_OFFRE) == set(EtatOffre)
    assert POSTES_AU_PLUS == 200


@pytest.mark.parametrize(
    ("etat", "postes", "retenues", "attendu"),
    [
        ("publiee", 2, 1, "publiee"),
        ("publiee", 2, 2, "pourvue"),
        ("pourvue", 2, 1, "publiee"),
        ("pourvue", 2, 2, "pourvue"),
        ("retiree", 2, 0, "retiree"),
        ("retiree", 1, 1, "retiree"),
        ("brouillon", 1, 1, "brouillon"),
    ],
)
def test_le_dernier_poste_pris_rend_l_offre_pourvue(etat, postes, retenues, attendu):
    assert etat_selon_les_postes(etat, postes=postes, retenues=retenues) == attendu


def test_une_offre_garde_autant_de_postes_que_de_retenues():
    assert controler_postes(2, 2) is None
    refus = controler_postes(1, 2)
    assert refus.code == "postes_pris"
    assert refus.phrase == "2\u00a0personnes sont déjà retenues\u00a0: gardez au moins ce nombre de postes."
    assert (
        controler_postes(0, 1).phrase == "1\u00a0personne est déjà retenue\u00a0: gardez au moins ce nombre de postes."
    )
    assert (postes_libres(3, 1), postes_libres(1, 2)) == (2, 0)
