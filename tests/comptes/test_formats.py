"""Écritures françaises : les exemples viennent du guide de style, « ~ » y tient lieu d'espace insécable."""

from datetime import date, datetime
from decimal import Decimal

import pytest

from comptes import formats


def insecable(texte: str) -> str:
    return texte.replace("~", "\u00a0")


@pytest.mark.parametrize(
    ("valeur", "attendu"),
    [
        (0, "0"),
        (2580, "2~580"),
        (Decimal("1421.50"), "1~421,5"),
        (Decimal("1421.505"), "1~421,51"),
        (1_250_000, "1~250~000"),
        (-12, "−~12"),
        (Decimal("-0.001"), "0"),
        (0.1 + 0.2, "0,3"),
        (None, "–"),
    ],
)
def test_nombre(valeur, attendu):
    """Milliers séparés, virgule, pas de zéro inutile, vrai signe moins, jamais de « moins zéro »."""
    assert formats.nombre(valeur) == insecable(attendu)


@pytest.mark.parametrize(("valeur", "attendu"), [(Decimal("1421.5"), "1~421,5~h"), (-12, "−~12~h"), (None, "–")])
def test_heures(valeur, attendu):
    """Le nombre et son unité ne se séparent pas."""
    assert formats.heures(valeur) == insecable(attendu)


@pytest.mark.parametrize(
    ("valeur", "attendu"),
    [
        (43, "43~%"),
        (Decimal("42.5"), "43~%"),
        (0, "0~%"),
        (Decimal("0.2"), "moins de 1~%"),
        (Decimal("99.9"), "99~%"),
        (100, "100~%"),
        (103, "103~%"),
        (None, "–"),
    ],
)
def test_pourcent(valeur, attendu):
    """On n'annonce ni 100 % avant d'y être, ni 0 % quand quelque chose est fait."""
    assert formats.pourcent(valeur) == insecable(attendu)


def test_pourcent_avec_decimales():
    """Une décimale demandée est écrite telle quelle."""
    assert formats.pourcent(Decimal("14.28"), 1) == insecable("14,3~%")


def test_part():
    """2 580 h sur 6 000 h font 43 % ; rien sur rien ne fait rien."""
    assert formats.part(2580, 6000) == 43
    assert formats.part(0, 0) is None
    assert formats.part(None, 6000) is None


@pytest.mark.parametrize(
    ("valeur", "attendu"), [(1_250_000, "1~250~000~€"), (Decimal("60.5"), "60,50~€"), (0, "0~€"), (None, "–")]
)
def test_euros(valeur, attendu):
    """Les centimes vont par deux, et seulement s'il y en a."""
    assert formats.euros(valeur) == insecable(attendu)


def test_dates():
    """Le premier du mois s'écrit « 1er », les mois courts sont ceux de l'usage."""
    assert formats.date_longue(date(2028, 3, 1)) == "1er mars 2028"
    assert formats.date_longue(date(2026, 12, 29)) == "29 décembre 2026"
    assert formats.date_courte(date(2026, 12, 29)) == "29 déc. 2026"
    assert formats.date_courte(date(2028, 3, 1)) == "1er mars 2028"
    assert formats.date_chiffres(date(2026, 11, 6)) == "06/11/2026"
    assert formats.jour_et_date(date(2026, 11, 17)) == "mardi 17 novembre 2026"
    assert formats.mois_annee(date(2026, 10, 31)) == "octobre 2026"
    assert formats.mois(date(2026, 8, 1)) == "août"


@pytest.mark.parametrize(
    "ecrire", [formats.date_longue, formats.date_courte, formats.date_chiffres, formats.jour_et_date, formats.mois]
)
def test_date_absente(ecrire):
    """Une date inconnue s'écrit d'un tiret."""
    assert ecrire(None) == "–"


def test_heure():
    """« 14 h 30 », et « 9 h » tout court."""
    assert formats.heure(datetime(2026, 11, 18, 14, 30)) == insecable("14~h~30")
    assert formats.heure(datetime(2026, 11, 18, 9, 5)) == insecable("9~h~05")
    assert formats.heure(datetime(2026, 11, 18, 9, 0)) == insecable("9~h")


@pytest.mark.parametrize(
    ("debut", "fin", "attendu"),
    [
        (date(2026, 3, 2), date(2027, 6, 30), "du 2 mars 2026 au 30 juin 2027"),
        (date(2026, 3, 2), date(2026, 12, 29), "du 2 mars au 29 décembre 2026"),
        (date(2025, 10, 6), date(2025, 10, 10), "du 6 au 10 octobre 2025"),
        (date(2026, 1, 1), date(2026, 1, 1), "le 1er janvier 2026"),
        (date(2026, 3, 2), None, "depuis le 2 mars 2026"),
        (None, date(2028, 3, 1), "jusqu’au 1er mars 2028"),
        (None, None, "–"),
    ],
)
def test_periode(debut, fin, attendu):
    """Une période ne répète ni le mois ni l'année."""
    assert formats.periode(debut, fin) == attendu


@pytest.mark.parametrize(
    ("jour", "depuis", "dans"),
    [
        (date(2026, 11, 5), "depuis 12~jours", "il y a 12~jours"),
        (date(2026, 11, 16), "depuis hier", "hier"),
        (date(2026, 11, 17), "depuis aujourd’hui", "aujourd’hui"),
        (date(2026, 11, 18), "depuis aujourd’hui", "demain"),
        (date(2026, 12, 29), "depuis aujourd’hui", "dans 42~jours"),
        (None, "–", "–"),
    ],
)
def test_ecarts_en_jours(jour, depuis, dans):
    """Ce qui attend et ce qui vient, comptés depuis le mardi 17 novembre 2026."""
    aujourd_hui = date(2026, 11, 17)
    assert formats.depuis_jours(jour, aujourd_hui) == insecable(depuis)
    assert formats.dans_jours(jour, aujourd_hui) == insecable(dans)


@pytest.mark.parametrize(
    ("n", "mots", "attendu"),
    [
        (0, "personne", "0~personne"),
        (1, "personne", "1~personne"),
        (Decimal("1.5"), "heure", "1,5~heure"),
        (2, "personne suivie", "2~personnes suivies"),
        (2, "mois", "2~mois"),
        (3, "travail,travaux", "3~travaux"),
        (1214, "titulaire", "1~214~titulaires"),
    ],
)
def test_quantite(n, mots, attendu):
    """En français, le pluriel commence à deux."""
    assert formats.quantite(n, mots) == insecable(attendu)


def test_enumeration():
    """Des virgules, puis « et »."""
    assert formats.enumeration([]) == ""
    assert formats.enumeration(["a"]) == "a"
    assert formats.enumeration(["a", "b", "c"]) == "a, b et c"


def test_elision():
    """« 4 cases d’octobre », « 4 cases de mai »."""
    assert formats.de("octobre") == "d’octobre"
    assert formats.de("août") == "d’août"
    assert formats.de("mai") == "de mai"
    assert formats.de("Yasmine Boudiaf") == "de Yasmine Boudiaf"
    assert formats.de("Yves") == "d’Yves"
    assert formats.de("Yvonne") == "d’Yvonne"
    assert formats.de("") == "de "


@pytest.mark.parametrize(
    ("octets", "attendu"),
    [(1, "1~octet"), (640, "640~octets"), (214_000, "214~ko"), (999_700, "1~Mo"), (1_234_567, "1,2~Mo"), (None, "–")],
)
def test_taille(octets, attendu):
    """Le poids d'un fichier."""
    assert formats.taille(octets) == insecable(attendu)


def test_numeros():
    """SIRET et téléphone se lisent par groupes ; ce qui n'en est pas reste tel quel."""
    assert formats.siret("12345678900012") == insecable("123~456~789~00012")
    assert formats.siret("123") == "123"
    assert formats.telephone("0639981247") == insecable("06~39~98~12~47")
    assert formats.telephone("+33 6 39 98 12 47") == "+33 6 39 98 12 47"


def test_parts_de_jauge():
    """La jauge de la maquette : 2 580 h validées et 302 h à vérifier sur 6 000 h, 3 000 h attendues."""
    parts = formats.parts_de_jauge(dues=6000, validees=2580, a_verifier=302, attendues=3000)
    assert (parts.valide, parts.attente, parts.attendu) == ("43%", "5%", "50%")


def test_parts_de_jauge_pleine():
    """Au-delà de 100 %, la barre est pleine et rien ne dépasse."""
    parts = formats.parts_de_jauge(dues=4000, validees=4120, a_verifier=50, attendues=4500)
    assert (parts.valide, parts.attente, parts.attendu) == ("100%", "0%", "100%")


def test_parts_de_jauge_sans_engagement():
    """Sans heures dues, une piste vide, sans attendu."""
    parts = formats.parts_de_jauge(dues=0, validees=12, a_verifier=3, attendues=0)
    assert (parts.valide, parts.attente, parts.attendu) == ("0%", "0%", "")
