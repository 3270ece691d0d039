"""Les phrases qui disent ce qui compte."""

from datetime import date
from decimal import Decimal

import pytest

from beneficiaires.periodes import Periode
from clauses.regles.comptage import LigneDeclaree, MotifEcart, compter
from clauses.regles.ecarts import LigneComptee, ecrire_compte, ecrire_raison
from clauses.regles.heures import NatureHeures
from clauses.regles.section_comptage import ModeCompte, ParametresComptage

MAI = Periode(date(2026, 5, 1), date(2026, 5, 31))


@pytest.mark.parametrize(
    ("fenetre", "comptees", "attendue"),
    [
        (Periode(date(2024, 5, 13), date(2026, 5, 12)), "54.19", "au prorata des jours jusqu’au 12/05/2026"),
        (Periode(date(2026, 5, 13), date(2028, 5, 12)), "85.81", "au prorata des jours à partir du 13/05/2026"),
        (Periode(date(2026, 5, 13), None), "85.81", "au prorata des jours à partir du 13/05/2026"),
        (
            Periode(date(2026, 5, 2), date(2026, 5, 12)),
            "49.68",
            "au prorata des jours à partir du 02/05/2026 jusqu’au 12/05/2026",
        ),
        # Une borne du mois même n'a rien partagé : elle ne se dit pas.
        (Periode(date(2026, 5, 1), date(2026, 5, 12)), "54.19", "au prorata des jours jusqu’au 12/05/2026"),
        (Periode(date(2026, 5, 13), date(2026, 5, 31)), "85.81", "au prorata des jours à partir du 13/05/2026"),
        (Periode(date(2024, 5, 13), date(2026, 5, 12)), "0", "mois à cheval sur la fenêtre"),
        (None, "0", "mois à cheval sur la fenêtre"),
    ],
)
def test_la_raison_d_un_mois_a_cheval(fenetre, comptees, attendue):
    """Une part comptée dit les jours qui l'ont donnée ; rien de compté dit seulement que le mois est à cheval."""
    raison = ecrire_raison(
        MotifEcart.A_CHEVAL,
        ModeCompte.DIRECTE,
        ParametresComptage(),
        LigneComptee(Decimal(140), Decimal(comptees), MAI, fenetre),
    )
    assert raison == attendue


def test_une_autre_raison_reste_la_sienne():
    """Un stage qui ne compte pas ne parle pas de prorata."""
    raison = ecrire_raison(
        MotifEcart.MODE, ModeCompte.STAGE, ParametresComptage(), LigneComptee(Decimal(140), Decimal(0), MAI, MAI)
    )
    assert raison == "les heures de stage ne comptent pas"


JUSQU_AU_12 = Periode(date(2024, 5, 13), date(2026, 5, 12))
EMBAUCHE_LE_3 = Periode(date(2026, 5, 3), None)
HUIT_DIXIEMES = {"directe": {"coefficient": "0.8"}}
HUIT_DIXIEMES_ET_PLAFOND = {"directe": {"coefficient": "0.8", "plafond_heures": "30"}}
PLAFOND = {"directe": {"plafond_heures": "30"}}


@pytest.mark.parametrize(
    ("motif", "modes", "fenetre", "contrat", "attendue"),
    [
        ("coefficient", HUIT_DIXIEMES, MAI, None, "coefficient d’embauche directe 0,8"),
        (
            "coefficient",
            HUIT_DIXIEMES,
            JUSQU_AU_12,
            None,
            "140 h × 12/31 = 54,19 h au prorata des jours jusqu’au 12/05/2026, × 0,8 = 43,35 h au coefficient d’embauche directe",
        ),
        (
            "coefficient",
            HUIT_DIXIEMES,
            JUSQU_AU_12,
            EMBAUCHE_LE_3,
            "140 h × 10/29 = 48,28 h au prorata des jours jusqu’au 12/05/2026, × 0,8 = 38,62 h au coefficient d’embauche directe",
        ),
        ("plafond", PLAFOND, MAI, None, "plafond d’embauche directe 30 h"),
        (
            "plafond",
            PLAFOND,
            JUSQU_AU_12,
            None,
            "140 h × 12/31 = 54,19 h au prorata des jours jusqu’au 12/05/2026, puis plafond d’embauche directe 30 h",
        ),
        (
            "plafond",
            HUIT_DIXIEMES_ET_PLAFOND,
            MAI,
            None,
            "140 h × 0,8 = 112 h au coefficient d’embauche directe, puis plafond d’embauche directe 30 h",
        ),
        (
            "plafond",
            HUIT_DIXIEMES_ET_PLAFOND,
            JUSQU_AU_12,
            None,
            "140 h × 12/31 = 54,19 h au prorata des jours jusqu’au 12/05/2026, × 0,8 = 43,35 h au coefficient d’embauche directe, "
            "puis plafond d’embauche directe 30 h",
        ),
        ("plafond", PLAFOND, None, None, "plafond d’embauche directe 30 h"),
        ("hors_site", HUIT_DIXIEMES, JUSQU_AU_12, None, "les heures hors du site ne comptent pas"),
    ],
)
def test_plusieurs_reductions_se_disent_toutes_avec_leur_calcul(motif, modes, fenetre, contrat, attendue):
    """140 h de mai au prorata (12 jours sur 31 : 54,19 h), au coefficient 0,8 (43,35 h), sous un plafond de 30 h : dans cet ordre.

    Embauchée le 3 mai, la personne n'a que 29 jours de contrat en mai, dont 10 dans sa fenêtre : 48,28 h.
    """
    raison = ecrire_raison(
        MotifEcart(motif),
        ModeCompte.DIRECTE,
        ParametresComptage.depuis_json({"modes": modes}),
        LigneComptee(Decimal(140), Decimal(30), MAI, fenetre, contrat),
    )
    assert raison.replace("\u00a0", " ") == attendue


def test_le_calcul_ecrit_est_celui_qui_compte():
    """Le dernier nombre écrit est ce que rend `compter` pour la même ligne."""
    parametres = ParametresComptage.depuis_json({"modes": HUIT_DIXIEMES})
    declaree = LigneDeclaree(
        cle="mai",
        mode=ModeCompte.DIRECTE,
        nature=NatureHeures.TRAVAIL,
        heures=Decimal(140),
        periode=MAI,
        fenetre=JUSQU_AU_12,
        parametres=parametres,
        contrat_jours=EMBAUCHE_LE_3,
        est_prorata=True,
    )
    [compte] = compter([declaree], heures_dues=Decimal(0)).values()
    ligne = LigneComptee(Decimal(140), compte.comptees, MAI, JUSQU_AU_12, EMBAUCHE_LE_3)
    raison = ecrire_raison(compte.motif, ModeCompte.DIRECTE, parametres, ligne)
    assert compte.comptees == Decimal("38.62")
    assert "= 38,62\u00a0h au coefficient" in raison


@pytest.mark.parametrize(
    ("imputees", "raisons", "attendu"),
    [
        ("0", (), "120\u00a0h déclarées, 96\u00a0h comptées"),
        ("0", ("plafond", "", "plafond"), "120\u00a0h déclarées, 96\u00a0h comptées\u00a0: plafond"),
        ("0", ("un", "deux"), "120\u00a0h déclarées, 96\u00a0h comptées\u00a0: un\u00a0; deux"),
        (
            "24",
            (),
            "120\u00a0h déclarées, 96\u00a0h comptées\u00a0: 24\u00a0h comptent ailleurs, par convention",
        ),
    ],
)
def test_le_compte_dit_les_deux_nombres(imputees, raisons, attendu):
    """Déclarées, comptées, puis chaque raison une fois."""
    phrase = ecrire_compte(declarees=Decimal(120), comptees=Decimal(96), imputees=Decimal(imputees), raisons=raisons)
    assert phrase == attendu


def test_des_heures_globalisees_se_disent_comme_telles():
    """Sur le marché qui les reçoit, elles ne sont pas déclarées : elles viennent d'ailleurs."""
    phrase = ecrire_compte(declarees=Decimal(40), comptees=Decimal(20), quoi="globalisées", raisons=["coefficient 0,5"])
    assert phrase == "40\u00a0h globalisées, 20\u00a0h comptées\u00a0: coefficient 0,5"


def test_un_demi_centieme_du_coefficient_va_au_centieme_superieur():
    """0,31 h × 12/31 = 0,12 h ; × 0,875 = 0,105 h, écrites 0,11 h."""
    parametres = ParametresComptage.depuis_json({"modes": {"directe": {"coefficient": "0.875"}}})
    ligne = LigneComptee(Decimal("0.31"), Decimal("0.11"), MAI, JUSQU_AU_12)
    raison = ecrire_raison(MotifEcart.COEFFICIENT, ModeCompte.DIRECTE, parametres, ligne)
    assert raison.replace("\u00a0", " ").startswith("0,31 h × 12/31 = 0,12 h au prorata des jours jusqu’au 12/05/2026")
    assert "= 0,11 h au coefficient" in raison.replace("\u00a0", " ")
