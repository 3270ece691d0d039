"""Le rythme : les demi-centièmes, les bornes des réglages, ce que dit chaque libellé."""

from datetime import date
from decimal import Decimal as D

import pytest

from beneficiaires.periodes import Periode
from clauses.regles.rythme import (
    CodeRythme,
    RythmePlausible,
    attendu_au,
    date_hors_d_atteinte,
    etp,
    evaluer_besoin,
    evaluer_rythme,
    projeter,
    rythme_plausible,
)

ANNEE = Periode(date(2026, 1, 1), date(2026, 12, 31))


def test_un_demi_centieme_s_arrondit_au_dessus():
    """1 h sur 200 jours : 0,005 h le premier jour, écrit 0,01 ; 0,025 etp s'écrit 0,03."""
    deux_cents_jours = Periode(date(2026, 1, 1), date(2026, 7, 19))
    assert deux_cents_jours.nombre_jours() == 200
    assert attendu_au(D(1), deux_cents_jours, date(2026, 1, 1)) == D("0.01")
    assert etp(D("0.005"), D(1)) == D("0.01")
    assert etp(D("0.025"), D(1)) == D("0.03")


def test_un_diviseur_d_un_est_admis():
    """Le diviseur est un réglage : un seul nombre positif suffit, zéro est refusé."""
    assert etp(D(3), D("0.5")) == 6
    with pytest.raises(ValueError, match=r"^Le diviseur d’ETP est un nombre d’heures positif\.$"):
        etp(D(3), D(0))


@pytest.mark.parametrize(
    ("validees", "attendues", "dues", "code", "libelle"),
    [
        (D(1), D(1), D(1), CodeRythme.TENU, "Tenu à 100 %"),
        (D("1006"), D(900), D(1000), CodeRythme.TENU, "Tenu à 101 %"),
        (D("87.4"), D(100), D(1000), CodeRythme.RETARD, "En retard de 13 h"),
        (D(0), D(0), D(0), CodeRythme.A_VENIR, "À venir"),
    ],
)
def test_les_libelles_s_ecrivent_sans_decimale(validees, attendues, dues, code, libelle):
    """100,6 % se lit 101 %, 12,6 h de retard se lisent 13 h ; une seule heure due, faite, est tenue."""
    rythme = evaluer_rythme(validees=validees, a_verifier=D(0), attendues=attendues, dues=dues)
    assert (rythme.code, rythme.libelle.replace("\u00a0", " ")) == (code, libelle)


def test_tout_est_fait_il_ne_faut_plus_rien_par_mois():
    """110 h validées pour 100 dues : zéro par mois, et pas de date limite."""
    projection = projeter(
        validees=D(110), heures_dues=D(100), derniers_mois=[D(10)], periode_execution=ANNEE, arrete_le=date(2026, 6, 30)
    )
    assert (projection.necessaires_par_mois, projection.date_cible) == (0, None)
    assert projection.heures_a_la_fin == 170


def test_sans_date_de_fin_rien_ne_se_projette():
    """Ni projection ni besoin sans fin connue."""
    sans_fin = Periode(date(2026, 1, 1))
    commun = {"validees": D(0), "heures_dues": D(10), "periode_execution": sans_fin, "arrete_le": date(2026, 6, 30)}
    with pytest.raises(ValueError, match=r"^Une projection demande une date de fin\.$"):
        projeter(**commun, derniers_mois=[])
    with pytest.raises(ValueError, match=r"^Une projection demande une date de fin\.$"):
        evaluer_besoin(**commun, rythme=RythmePlausible(D(10), "réglage"))


@pytest.mark.parametrize(
    ("manquantes", "rythme", "jour"),
    [
        # Une demi-heure à une demi-heure par mois : un mois avant la fin.
        (D("0.5"), D("0.5"), date(2026, 11, 30)),
        # 0,15 mois font 4,5 jours, comptés 5.
        (D(15), D(100), date(2026, 12, 26)),
        (D(0), D(100), None),
        (D(10), D(0), None),
    ],
)
def test_le_dernier_jour_utile(manquantes, rythme, jour):
    """Un petit rythme compte, un demi-jour compte pour un."""
    assert date_hors_d_atteinte(manquantes, rythme, date(2026, 12, 31)) == jour


@pytest.mark.parametrize(
    ("reglage", "heures", "origine"),
    [
        ({"source": "heures", "heures": D("0.5")}, D("0.5"), "0,5 h par mois, réglage du marché"),
        ({"source": "personnes", "personnes": 1}, D("151.67"), "1 personne à temps plein, réglage du marché"),
        ({"source": "personnes", "personnes": 3}, D("455.01"), "3 personnes à temps plein, réglage du marché"),
        # Un rythme vu égal au plancher ne l'emporte pas sur lui.
        ({"mensuelles": [D("455.01")]}, D("151.67"), "1 personne à temps plein"),
        ({"mensuelles": [D("455.04")]}, D("151.68"), "meilleur rythme vu sur trois mois"),
        ({"titulaires": 2}, D("303.34"), "2 personnes à temps plein"),
    ],
)
def test_le_rythme_plausible_dit_d_ou_il_vient(reglage, heures, origine):
    """Le nombre et sa phrase : réglage du marché, meilleur rythme vu, ou une personne par titulaire."""
    rythme = rythme_plausible(**({"mensuelles": []} | reglage))
    assert (rythme.heures_par_mois, rythme.origine.replace("\u00a0", " ")) == (heures, origine)


@pytest.mark.parametrize(
    ("reglage", "phrase"),
    [
        ({"source": "heures", "heures": D(0)}, "Indiquez combien d’heures le titulaire peut faire en un mois."),
        (
            {"source": "personnes", "personnes": 0},
            "Indiquez combien de personnes à temps plein le titulaire peut prendre.",
        ),
    ],
)
def test_un_rythme_sans_nombre_se_refuse(reglage, phrase):
    """Zéro heure ou zéro personne n'est pas un rythme."""
    with pytest.raises(ValueError, match=f"^{phrase}$"):
        rythme_plausible(mensuelles=[], **reglage)


def test_un_quart_de_temps_plein_s_ecrit_au_dixieme_superieur():
    """37,9175 h à faire en un mois, le quart de 151,67 : 0,25 etp, écrit 0,3 ; une personne, et le rythme qui a servi."""
    rythme = RythmePlausible(D("151.67"), "1 personne à temps plein")
    besoin = evaluer_besoin(
        validees=D(0),
        heures_dues=D("37.9175"),
        periode_execution=ANNEE,
        arrete_le=date(2026, 11, 30),
        rythme=rythme,
    )
    assert (besoin.mois_restants, besoin.personnes, besoin.etp) == (1, 1, D("0.3"))
    assert besoin.rythme == rythme
