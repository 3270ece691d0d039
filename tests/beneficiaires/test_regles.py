"""Critères, âges, pièces, identifiants et numéros de sécurité sociale."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beneficiaires.criteres import CRITERES_CCAG, CRITERES_GEIQ
from beneficiaires.regles import (
    CRITERES,
    FREINS,
    NIVEAUX_FORMATION,
    age_au,
    contient_nir,
    controler_age,
    controler_date,
    controler_identifiant_france_travail,
    controler_naissance,
    controler_niveau_formation,
    normaliser_identifiant_france_travail,
    preuve_suffisante,
    tranche_age,
)


def code(refus):
    return refus.code if refus else None


@pytest.mark.parametrize(
    ("naissance", "jour", "age"),
    [
        (date(2000, 5, 13), date(2026, 5, 12), 25),
        (date(2000, 5, 13), date(2026, 5, 13), 26),
        (date(2000, 2, 29), date(2026, 2, 27), 25),
        (date(2000, 2, 29), date(2026, 2, 28), 26),
        (date(2000, 2, 29), date(2024, 2, 28), 23),
        (date(2000, 2, 29), date(2024, 2, 29), 24),
        (date(2026, 5, 13), date(2026, 5, 13), 0),
    ],
)
def test_age(naissance, jour, age):
    """L'âge change le jour de l'anniversaire, le 28 février pour un 29 les années ordinaires."""
    assert age_au(naissance, jour) == age


def test_age_avant_la_naissance():
    """Un jour d'avant la naissance est une erreur de l'appelant."""
    with pytest.raises(ValueError, match="naissance"):
        age_au(date(2026, 5, 13), date(2026, 5, 12))


@pytest.mark.parametrize(
    ("jour", "tranche"),
    [
        (date(2025, 12, 31), "moins de 26 ans"),
        (date(2026, 1, 1), "26 à 49 ans"),
        (date(2049, 12, 31), "26 à 49 ans"),
        (date(2050, 1, 1), "50 ans et plus"),
        (date(2140, 1, 1), "50 ans et plus"),
    ],
)
def test_tranche_age(jour, tranche):
    """Les tranches changent aux 26e et 50e anniversaires."""
    assert tranche_age(date(2000, 1, 1), jour) == tranche


@pytest.mark.parametrize(
    ("naissance", "attendu"),
    [
        (date(2010, 11, 17), None),
        (date(2010, 11, 18), "naissance_trop_jeune"),
        (date(1926, 11, 17), None),
        (date(1925, 11, 18), None),
        (date(1925, 11, 17), "naissance_trop_agee"),
        (date(2026, 11, 17), "naissance_trop_jeune"),
        (date(2026, 11, 18), "naissance_future"),
        (date(1, 1, 1), "naissance_trop_agee"),
    ],
)
def test_naissance(naissance, attendu):
    """De 16 à 100 ans au 17 novembre 2026, bornes comprises."""
    assert code(controler_naissance(naissance, date(2026, 11, 17))) == attendu


@pytest.mark.parametrize(
    ("annee", "attendu"), [(1899, "annee"), (1900, None), (2100, None), (2101, "annee"), (26, "annee")]
)
def test_date_plausible(annee, attendu):
    """Une année à deux chiffres ou d'un autre siècle se corrige."""
    refus = controler_date(date(annee, 6, 1), "La date de début")
    assert code(refus) == attendu
    assert refus is None or refus.phrase.startswith(f"La date de début tombe en {annee}")


@pytest.mark.parametrize(
    ("texte", "attendu"),
    [
        ("1234567A", None),
        ("12345678901", None),
        ("12345678", None),
        (" 1234567a ", None),
        ("00000001", None),
        ("0000000X", None),
        ("1234567", "france_travail_forme"),
        ("1234567é", "france_travail_forme"),
        ("A1234567", "france_travail_forme"),
        ("123456789", "france_travail_forme"),
        ("1234567890A", "france_travail_forme"),
        ("", "france_travail_forme"),
        ("00000000", "france_travail_zeros"),
        ("00000000000", "france_travail_zeros"),
    ],
)
def test_identifiant_france_travail(texte, attendu):
    """Ancien identifiant à 8 caractères, nouveau à 11 chiffres ; des zéros ne désignent personne."""
    assert code(controler_identifiant_france_travail(texte)) == attendu


def test_identifiant_france_travail_normalise():
    """L'identifiant s'enregistre en capitales et sans espaces."""
    assert normaliser_identifiant_france_travail(" 1234 567a") == "1234567A"


@pytest.mark.parametrize(
    ("niveau", "attendu"), [(0, "niveau_formation"), (1, None), (8, None), (9, "niveau_formation")]
)
def test_niveau_formation(niveau, attendu):
    """Huit niveaux, de 1 à 8."""
    assert code(controler_niveau_formation(niveau)) == attendu
    assert len(NIVEAUX_FORMATION) == 8


def test_table_des_criteres():
    """La table réunit les listes de l'IAE, du CCAG et des GEIQ, chaque critère avec sa pièce et sa source."""
    iae = "RSA ASS AAH DETLD CAP_BEP SENIOR JEUNE ASE DELD TH PI PSH_PR REF_DA ZRR QPV DETENTION_MJ FLE PM".split()
    ccag = "SIAE EA_ESAT GEIQ REGIE EPIDE_E2C CEJ JEUNE_CCAG ASI AI_VEUVAGE AUTRE_AVIS".split()
    geiq = "JEUNE_SQ MINIMA ELOIGNE_12 DE_45 RECONVERSION SIAE_CUI".split()
    assert set(CRITERES) == {*iae, *ccag, *geiq}
    assert {c for c in iae if CRITERES[c].niveau == 1} == {"RSA", "ASS", "AAH", "DETLD"}
    assert all(CRITERES[c].niveau == 2 for c in iae if c not in ("RSA", "ASS", "AAH", "DETLD"))
    assert all(CRITERES[c].niveau is None for c in (*ccag, *geiq))
    assert all(c.piece and c.source and c.libelle_court for c in CRITERES.values())
    assert {"TH", "AAH", "DETENTION_MJ", "ASI", "EA_ESAT"} <= {c.code for c in CRITERES.values() if c.sensible}
    mois = {c: CRITERES[c].validite_piece_mois for c in ("RSA", "ASE", "QPV", "TH", "SENIOR", "CAP_BEP", "FLE")}
    assert mois == {"RSA": 3, "ASE": 12, "QPV": 6, "TH": None, "SENIOR": None, "CAP_BEP": None, "FLE": 6}


def test_la_liste_des_geiq():
    """Les GEIQ ajoutent six critères ; RSA, ASS et AAH sont des minima sociaux, 12 et 24 mois de chômage plus d'un an sans emploi."""
    assert set(CRITERES_GEIQ).isdisjoint(CRITERES_CCAG)
    assert {c for c, critere in CRITERES.items() if "MINIMA" in critere.implique} == {"RSA", "ASS", "AAH"}
    assert {c for c, critere in CRITERES.items() if "ELOIGNE_12" in critere.implique} == {"DELD", "DETLD"}
    assert (CRITERES["JEUNE_SQ"].age_max, CRITERES["DE_45"].age_min) == (25, 45)
    assert all(set(critere.implique) <= set(CRITERES) for critere in CRITERES.values())


def test_la_liste_du_ccag():
    """Chaque critère du CCAG est dans la table, une seule fois ; ceux qui ne valent que pour l'IAE n'en sont pas."""
    assert len(set(CRITERES_CCAG)) == len(CRITERES_CCAG) == 20
    assert set(CRITERES_CCAG) <= set(CRITERES)
    assert {"SIAE", "EA_ESAT", "JEUNE_CCAG", "AUTRE_AVIS", "RSA"} <= set(CRITERES_CCAG)
    assert {"JEUNE", "CAP_BEP", "PI", "PSH_PR", "ASE", "ZRR", "FLE", "PM"}.isdisjoint(CRITERES_CCAG)


@pytest.mark.parametrize(
    ("critere", "jour", "attendu"),
    [
        ("JEUNE", date(2025, 12, 31), None),
        ("JEUNE", date(2026, 1, 1), "age_maximum"),
        ("SENIOR", date(2049, 12, 31), "age_minimum"),
        ("SENIOR", date(2050, 1, 1), None),
        ("RSA", date(2099, 1, 1), None),
    ],
)
def test_age_d_un_critere(critere, jour, attendu):
    """Moins de 26 ans s'arrête au 26e anniversaire ; 50 ans et plus commence au 50e."""
    assert code(controler_age(CRITERES[critere], date(2000, 1, 1), jour)) == attendu


def test_age_fixe_par_le_marche():
    """Le marché peut écrire d'autres bornes : moins de 30 ans, par exemple."""
    bornes = (None, 29)
    assert controler_age(CRITERES["JEUNE"], date(2000, 1, 1), date(2029, 12, 31), bornes) is None
    refus = controler_age(CRITERES["JEUNE"], date(2000, 1, 1), date(2030, 1, 1), bornes)
    assert "moins de 30\u00a0ans" in refus.phrase


@pytest.mark.parametrize(
    ("critere", "date_piece", "jour", "attendu"),
    [
        ("RSA", date(2026, 1, 6), date(2026, 1, 6), None),
        ("RSA", date(2026, 1, 6), date(2026, 4, 5), None),
        ("RSA", date(2026, 1, 6), date(2026, 4, 6), "piece_perimee"),
        ("RSA", date(2026, 1, 7), date(2026, 1, 6), "piece_posterieure"),
        ("RSA", None, date(2026, 1, 6), "piece_sans_date"),
        ("RSA", date(2023, 11, 29), date(2024, 2, 28), None),
        ("RSA", date(2023, 11, 29), date(2024, 2, 29), "piece_perimee"),
        ("QPV", date(2025, 8, 31), date(2026, 2, 27), None),
        ("QPV", date(2025, 8, 31), date(2026, 2, 28), "piece_perimee"),
        ("ASE", date(2025, 1, 6), date(2026, 1, 5), None),
        ("ASE", date(2025, 1, 6), date(2026, 1, 6), "piece_perimee"),
        ("SENIOR", None, date(2026, 1, 6), None),
        ("TH", date(2010, 1, 1), date(2026, 1, 6), None),
    ],
)
def test_preuve_suffisante(critere, date_piece, jour, attendu):
    """Une attestation de trois mois datée du 6 janvier vaut jusqu'au 5 avril compris ; certaines pièces ne périment pas."""
    assert code(preuve_suffisante(CRITERES[critere], date_piece, jour)) == attendu


@pytest.mark.parametrize(
    "texte",
    [
        "185036912345678",
        "Son numéro : 1 85 03 69 123 456 78.",
        "n° 1850369123456",
        "1 85 03 69 123 456",
        "1-85-03-69-123-456-78",
        "2 99 12 2A 123 456 78",
        "299122b123456",
        "1\u00a085\u00a003\u00a069\u00a0123\u00a0456\u00a078",
        "1 8 5 0 3 6 9 1 2 3 4 5 6",
        "1 8 5 0 3 6 9 1 2 3 4 5 6 0 9",
        "2 9 9 1 2 2 a 1 2 3 4 5 6",
        "2 9 9 1 2 2 b 1 2 3 4 5 6 1 8",
        "2 9 9 1 2 2 A 1 2 3 4 5 6 8 8",  # 2A vaut 19 : un million de plus que 2B, qui vaut 18, donc 27 de plus modulo 97
        "nir 1850369123456/78",
        "né 1 85 27 99 123 456",
    ],
)
def test_nir_reconnu(texte):
    """Un numéro de sécurité sociale se reconnaît, quelle que soit sa ponctuation."""
    assert contient_nir(texte)


@pytest.mark.parametrize(
    "texte",
    [
        "",
        "SIRET 73282932000074",
        "SIRET 732 829 320 00074",
        "06 39 98 12 47",
        "06 39 98 12 47 puis 07 39 98 12 47",
        "06 39 98 12 47 / 07 39 98 12 47",
        "du 12/05/2026 au 13/06/2026",
        "FR76 3000 6000 0112 3456 7890 189",
        "12345678901",
        "PASS 99999 24 00718",
        "1850069123456",
        "9850369123456",
        "2 9 9 1 2 2 A 1 2 3 4 5 6 8 7",
        "1 8 5 0 3 6 9 1 2 3 4 5 6 0 8",  # une référence écrite chiffre à chiffre, dont la clé ne tombe pas juste
        "1 250 000 000 000 €",
        "RDV le 2 mars 2026 à 14 h 30, dossier 2026-114",
    ],
)
def test_nir_absent(texte):
    """SIRET, téléphones, dates, IBAN et identifiants ne sont pas des numéros de sécurité sociale."""
    assert not contient_nir(texte)


@given(st.text(max_size=200))
def test_chercher_un_nir_ne_tombe_jamais_en_panne(texte):
    """N'importe quel texte se lit sans erreur."""
    assert contient_nir(texte) in (True, False)


@given(
    st.integers(1, 2),
    st.integers(0, 99),
    st.integers(1, 12),
    st.integers(1, 95),
    st.integers(1, 999),
    st.integers(1, 999),
    st.sampled_from(["", " ", ".", "-", "\u00a0", "\u202f"]),
    st.booleans(),
)
def test_tout_nir_est_reconnu(sexe, annee, mois, departement, commune, rang, separateur, avec_cle):
    """Tout numéro bien formé se reconnaît au milieu d'une phrase."""
    groupes = [f"{sexe}", f"{annee:02}", f"{mois:02}", f"{departement:02}", f"{commune:03}", f"{rang:03}"]
    if avec_cle:
        groupes.append(f"{97 - int(''.join(groupes)) % 97:02}")
    assert contient_nir(f"voir {separateur.join(groupes)}, merci")


def test_freins():
    """Neuf freins, ceux de France Travail avec leur code 23 à 29."""
    codes = {frein.code: frein.code_france_travail for frein in FREINS.values()}
    assert codes == {
        "numerique": None,
        "sante": 25,
        "mobilite": 23,
        "precarite_financiere": 28,
        "contraintes_familiales": 24,
        "savoirs_de_base": 26,
        "administratif_juridique": 29,
        "logement": 27,
        "autre": None,
    }
    assert FREINS["sante"].sensible
