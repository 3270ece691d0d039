"""Ce qui s'accepte comme preuve, quel mois elle prouve, jusqu'à quand elle se garde."""

from datetime import date

import pytest

from beneficiaires.periodes import Periode
from clauses.regles.preuves import (
    JPEG,
    OCTETS_MAXIMUM,
    PDF,
    PNG,
    SortePreuve,
    fin_de_conservation,
    mois_prouve,
    reconnaitre,
)
from comptes.regles import Refus

CONTRAT = Periode(date(2026, 3, 16), date(2026, 9, 10))


@pytest.mark.parametrize(
    ("entete", "attendu"),
    [
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3", PDF),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", JPEG),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", PNG),
    ],
    ids=["pdf", "jpeg", "png"],
)
def test_un_format_se_reconnait_a_ses_premiers_octets(entete, attendu):
    assert reconnaitre(entete, 2_000) == attendu


@pytest.mark.parametrize(
    ("entete", "octets", "code"),
    [
        (b"MZ\x90\x00\x03\x00\x00\x00", 2_000, "format_inconnu"),
        (b"\x7fELF\x02\x01\x01", 2_000, "format_inconnu"),
        (b'<svg xmlns="http://', 2_000, "format_inconnu"),
        (b"PK\x03\x04\x14\x00\x06\x00", 2_000, "format_inconnu"),
        (b"GIF89a\n%PDF-1.7", 2_000, "format_inconnu"),
        (b" %PDF-1.7", 2_000, "format_inconnu"),
        (b"\x00\x00\x00\x18ftypheic\x00\x00", 2_000, "heic"),
        (b"", 0, "vide"),
        (b"%PDF-1.7", OCTETS_MAXIMUM + 1, "trop_lourde"),
    ],
    ids=["exe", "elf", "svg", "docx", "gif-pdf", "pdf décalé", "heic", "vide", "lourd"],
)
def test_le_reste_est_refuse_avec_sa_raison(entete, octets, code):
    refus = reconnaitre(entete, octets)
    assert isinstance(refus, Refus)
    assert refus.code == code


def test_dix_mega_octets_tout_juste_passent():
    assert reconnaitre(b"%PDF-1.4", 10_000_000) == PDF


def test_un_contrat_ne_prouve_aucun_mois():
    assert mois_prouve(SortePreuve.CONTRAT, date(2026, 5, 1), contrat=CONTRAT, aujourd_hui=date(2026, 6, 1)) is None


@pytest.mark.parametrize(
    ("mois", "attendu"),
    [
        (date(2026, 3, 1), date(2026, 3, 1)),
        (date(2026, 9, 30), date(2026, 9, 1)),
        (date(2026, 2, 28), "hors_du_contrat"),
        (date(2026, 10, 1), "hors_du_contrat"),
        (date(2026, 12, 1), "mois_a_venir"),
        (None, "mois_absent"),
    ],
    ids=["mois d’embauche", "dernier mois", "avant", "après", "à venir", "aucun"],
)
def test_une_piece_prouve_un_mois_du_contrat(mois, attendu):
    """Contrat du 16 mars au 10 septembre 2026, lu le 29 novembre : mars et septembre comptent en entier."""
    prouve = mois_prouve(SortePreuve.BULLETIN, mois, contrat=CONTRAT, aujourd_hui=date(2026, 11, 29))
    assert (prouve.code if isinstance(prouve, Refus) else prouve) == attendu


def test_le_mois_en_cours_se_prouve_des_son_premier_jour():
    cdi = Periode(date(2026, 3, 16))
    assert mois_prouve(SortePreuve.RELEVE, date(2026, 11, 1), contrat=cdi, aujourd_hui=date(2026, 11, 1)) == date(
        2026, 11, 1
    )


@pytest.mark.parametrize(
    ("fin", "attendu"),
    [(date(2026, 3, 31), date(2028, 3, 31)), (date(2024, 2, 29), date(2026, 2, 28))],
)
def test_un_fichier_se_garde_deux_ans_apres_la_fin_du_contrat(fin, attendu):
    assert fin_de_conservation(fin) == attendu
