"""Ce que la grille comprend de ce que l'on tape."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clauses.forms.heures import CaseEnvoyee, cases_envoyees, lire_heures, mois_au_choix
from clauses.grille import mois_par_defaut
from comptes.regles import Refus

CLE = "0123456789abcdef0123456789abcdef-t-202610"


@pytest.mark.parametrize(
    ("texte", "heures"),
    [
        ("35", "35"),
        ("7,5", "7.5"),
        ("7.5", "7.5"),
        ("7h30", "7.5"),
        ("7 h 30", "7.5"),
        ("7H05", "7.08"),
        ("7h30min", "7.5"),
        ("151,67 h", "151.67"),
        ("\u00a0140\u202f", "140"),
        (",5", "0.5"),
        ("0", "0"),
        ("-5", "-5"),
        ("−5", "-5"),
    ],
)
def test_les_facons_d_ecrire_des_heures(texte, heures):
    """Virgule, point, heures et minutes, espaces insécables : le même nombre ; le signe est lu, les règles le refusent."""
    assert lire_heures(texte) == Decimal(heures)


@pytest.mark.parametrize("texte", ["", "  ", "\u00a0"])
def test_rien_de_tape_vide_la_case(texte):
    assert lire_heures(texte) is None


@pytest.mark.parametrize("texte", ["abc", "1e", "NaN", "7h75", "12/5", "1.421,5", "=1+1", "h", "-", "٣٥", "9" * 50])
def test_ce_qui_n_est_pas_un_nombre_est_dit(texte):
    """La phrase répète ce qui a été tapé, sans s'étendre, et montre comment écrire."""
    refus = lire_heures(texte)
    assert isinstance(refus, Refus)
    assert refus.phrase.endswith("n’est pas un nombre d’heures. Écrivez par exemple 35, 35,5 ou 35h30.")
    assert len(refus.phrase) < 120


@pytest.mark.parametrize("texte", ["1e17", "1E+3", "1,5e2", "-2.5e-1", "1 e 17"])
def test_une_notation_scientifique_se_dit(texte):
    """« 1e17 » n'est pas « pas un nombre » : la phrase demande de l'écrire en chiffres."""
    refus = lire_heures(texte)
    assert isinstance(refus, Refus)
    assert refus.phrase == (
        f"«\u00a0{texte}\u00a0» est une notation scientifique. Écrivez le nombre avec ses chiffres, par exemple 35."
    )


@given(st.text(max_size=40))
def test_aucun_texte_ne_fait_tomber_la_lecture(texte):
    """Tout texte donne des heures, rien, ou une phrase."""
    assert lire_heures(texte) is None or isinstance(lire_heures(texte), Decimal | Refus)


@pytest.mark.parametrize(
    ("texte", "lu", "modifiee"),
    [
        ("7,5", "7,5", False),
        ("7h30", "7,5", False),
        ("7,50", "7,5", False),
        ("", "", False),
        ("8", "7,5", True),
        ("", "7,5", True),
        ("abc", "7,5", True),
    ],
)
def test_une_autre_ecriture_du_meme_nombre_n_est_pas_une_modification(texte, lu, modifiee):
    assert CaseEnvoyee(CLE, texte, 1, lu).est_modifiee is modifiee


def test_un_envoi_retouche_ne_trompe_pas_la_lecture():
    """Une clé ou une version forgée est ignorée, ou vaut « rien de lu » : au pire un conflit, jamais un écrasement."""
    assert cases_envoyees({"h-zz": "1", "lu-zz": "1:", "csrfmiddlewaretoken": "x"}) == []
    (case,) = cases_envoyees({f"h-{CLE}": "35", f"lu-{CLE}": "-1:zz"})
    assert (case.version_lue, case.valeur_lue) == (0, "zz")


@pytest.mark.parametrize(
    ("jour", "mois"),
    [
        (date(2026, 10, 31), date(2026, 10, 1)),
        (date(2026, 10, 25), date(2026, 10, 1)),
        (date(2026, 10, 24), date(2026, 9, 1)),
        (date(2027, 1, 3), date(2026, 12, 1)),
    ],
)
def test_le_mois_a_saisir(jour, mois):
    """À partir du 25, le mois qui finit ; avant, celui qui vient de finir."""
    assert mois_par_defaut(jour) == mois


def test_les_mois_au_choix_vont_du_mois_en_cours_au_debut_de_l_operation():
    assert mois_au_choix(date(2026, 8, 14), date(2026, 10, 3)) == [
        date(2026, 10, 1),
        date(2026, 9, 1),
        date(2026, 8, 1),
    ]
    assert len(mois_au_choix(date(2015, 1, 1), date(2026, 10, 3))) == 36
    assert date(2026, 9, 1) in mois_au_choix(date(2027, 1, 1), date(2026, 10, 3))
