"""Règles sur la personne : critères, âge, pièces, identifiant France Travail, freins, niveaux de formation.

Fonctions pures : ni Django, ni horloge. Les tables citent leur texte ; un marché y choisit ce qu'il accepte.
"""

import re
from calendar import isleap
from collections.abc import Iterable
from datetime import date
from typing import Final

from beneficiaires.criteres import CRITERES, ORGANISMES_AVIS, Critere
from beneficiaires.periodes import Duree, Periode, decaler, periode_depuis
from beneficiaires.referentiels import FREINS, NIVEAUX_FORMATION, Frein
from comptes.formats import date_longue
from comptes.regles import Avertissement, Refus

__all__ = [
    "CRITERES",
    "FREINS",
    "NIVEAUX_FORMATION",
    "ORGANISMES_AVIS",
    "Avertissement",
    "Critere",
    "Frein",
    "Refus",
    "age_au",
    "contient_nir",
    "controler_age",
    "controler_code_postal",
    "controler_date",
    "controler_identifiant_france_travail",
    "controler_jour_passe",
    "controler_naissance",
    "controler_niveau_formation",
    "controler_periode_situation",
    "controler_telephone",
    "date_limite_reponse",
    "normaliser_identifiant_france_travail",
    "normaliser_telephone",
    "preuve_suffisante",
    "tranche_age",
]

AGE_MINIMUM: Final = 16
AGE_MAXIMUM: Final = 100
ANNEE_MINIMUM: Final = 1900
ANNEE_MAXIMUM: Final = 2100
# Délai promis au prescripteur (guide : « Réponse promise sous 15 jours »).
DELAI_REPONSE_JOURS: Final = 15
TRANCHES_AGE: Final = (
    (25, "moins de 26 ans"),
    (49, "26 à 49 ans"),
    (AGE_MAXIMUM + 50, "50 ans et plus"),
)

# Le NIR : sexe, année, mois (01 à 12, ou un code de 20 à 99), département, commune, rang, puis la clé facultative.
_SEPARATEUR: Final = r"[\s.\-/]{0,3}"
_NIR: Final = re.compile(
    r"(?<![0-9])"
    + _SEPARATEUR.join(
        (r"[123478]", r"[0-9]{2}", r"(?:0[1-9]|1[0-2]|[2-9][0-9])", r"(?:[0-9]{2}|2[ABab])", r"[0-9]{3}", r"[0-9]{3}")
    )
    + rf"(?:{_SEPARATEUR}[0-9]{{2}})?(?![0-9])"
)
_SUITE_DE_CHIFFRES: Final = re.compile(r"(?<![0-9])[0-9](?:[\s.\-/]?[0-9AaBb]){12,14}(?![0-9])")
_NIR_COMPACT: Final = re.compile(r"[123478][0-9]{2}(?:0[1-9]|1[0-2]|[2-9][0-9])(?:[0-9]{2}|2[AB])[0-9]{6}([0-9]{2})?")


def age_au(naissance: date, jour: date) -> int:
    """Rend l'âge en années révolues. Né un 29 février : l'anniversaire tombe le 28 les années ordinaires.

    Lève ValueError si le jour précède la naissance.
    """
    if jour < naissance:
        raise ValueError("Le jour précède la naissance.")
    ne_un_29_fevrier = (naissance.month, naissance.day) == (2, 29)
    anniversaire = (2, 28) if ne_un_29_fevrier and not isleap(jour.year) else (naissance.month, naissance.day)
    return jour.year - naissance.year - ((jour.month, jour.day) < anniversaire)


def tranche_age(naissance: date, jour: date) -> str:
    """Rend « moins de 26 ans », « 26 à 49 ans » ou « 50 ans et plus ». Source : consolidation nationale AVE."""
    age = age_au(naissance, jour)
    return next(libelle for maximum, libelle in TRANCHES_AGE if age <= maximum)


def controler_naissance(naissance: date, aujourd_hui: date) -> Refus | None:
    """Contrôle que la personne a de 16 à 100 ans aujourd'hui. Source : plateforme les emplois de l'inclusion."""
    if naissance > aujourd_hui:
        return Refus("La date de naissance est dans le futur. Vérifiez l’année.", "naissance_future")
    age = age_au(naissance, aujourd_hui)
    if age < AGE_MINIMUM:
        return Refus(
            f"Née le {date_longue(naissance)}, la personne aurait {age}\u00a0ans\u00a0: "
            f"une clause s’adresse à des personnes d’au moins {AGE_MINIMUM}\u00a0ans. Vérifiez l’année.",
            "naissance_trop_jeune",
        )
    if age > AGE_MAXIMUM:
        return Refus(
            f"Née le {date_longue(naissance)}, la personne aurait {age}\u00a0ans. Vérifiez l’année.",
            "naissance_trop_agee",
        )
    return None


def controler_date(jour: date, nom: str) -> Refus | None:
    """Contrôle qu'une date est plausible (de 1900 à 2100) ; `nom` complète la phrase : « La date de début »."""
    if ANNEE_MINIMUM <= jour.year <= ANNEE_MAXIMUM:
        return None
    return Refus(f"{nom} tombe en {jour.year}. Vérifiez l’année\u00a0: quatre chiffres, par exemple 2026.", "annee")


def controler_jour_passe(jour: date, nom: str, aujourd_hui: date) -> Refus | None:
    """Contrôle qu'un fait constaté n'est pas daté du futur ; `nom` ouvre la phrase : « La date de la pièce »."""
    if refus := controler_date(jour, nom):
        return refus
    if jour > aujourd_hui:
        return Refus(f"{nom} est dans le futur\u00a0: {date_longue(jour)}. Vérifiez le mois et l’année.", "futur")
    return None


def controler_periode_situation(
    periode: Periode, naissance: date, deja: Iterable[Periode], aujourd_hui: date
) -> Refus | None:
    """Contrôle les dates d'une situation : commencée, après la naissance, sans jour commun avec `deja`.

    `deja` : les périodes déjà enregistrées du même critère. La fin peut être à venir (une RQTH a la sienne).
    """
    if refus := controler_jour_passe(periode.debut, "La date de début", aujourd_hui):
        return refus
    if periode.debut < naissance:
        return Refus(f"La situation commence avant la naissance, le {date_longue(naissance)}.", "avant_naissance")
    for autre in deja:
        if periode.chevauche(autre):
            if autre.fin is None:
                return Refus(
                    f"Ce critère est déjà enregistré depuis le {date_longue(autre.debut)}, sans fin connue. "
                    "Ajoutez-lui une pièce, ou donnez-lui d’abord une date de fin.",
                    "chevauchement",
                )
            return Refus(
                f"Ce critère est déjà enregistré du {date_longue(autre.debut)} au {date_longue(autre.fin)}\u00a0: "
                "les deux périodes se recouvrent.",
                "chevauchement",
            )
    return None


def date_limite_reponse(envoyee_le: date) -> date:
    """Rend le dernier jour, inclus, où répondre à une orientation sans dépasser le délai promis."""
    return decaler(envoyee_le, DELAI_REPONSE_JOURS)


def normaliser_telephone(texte: str) -> str:
    """Rend le numéro sans espaces ni points ; « +33 6 39 98 12 47 » et « 0033… » deviennent « 0639981247 »."""
    compact = re.sub(r"[\s.\-/()]", "", texte)
    return re.sub(r"^(?:\+33|0033)0?(?=[1-9][0-9]{8}$)", "0", compact)


def controler_telephone(texte: str) -> Refus | None:
    """Contrôle un numéro : dix chiffres en France, ou un numéro étranger de 6 à 15 chiffres précédé de « + » (UIT, E.164)."""
    if re.fullmatch(r"0[1-9][0-9]{8}|\+[0-9]{6,15}", normaliser_telephone(texte)):
        return None
    return Refus(
        "Ce numéro n’est pas complet. Écrivez ses dix chiffres, par exemple 06\u00a039\u00a098\u00a012\u00a047, "
        "ou commencez par «\u00a0+\u00a0» s’il est étranger.",
        "telephone",
    )


def controler_code_postal(texte: str) -> Refus | None:
    """Contrôle un code postal français : cinq chiffres."""
    if re.fullmatch(r"[0-9]{5}", texte):
        return None
    return Refus("Le code postal compte cinq chiffres, par exemple 69100.", "code_postal")


def normaliser_identifiant_france_travail(texte: str) -> str:
    """Rend l'identifiant en capitales et sans espaces."""
    return re.sub(r"\s", "", texte).upper()


def controler_identifiant_france_travail(texte: str) -> Refus | None:
    """Contrôle l'identifiant : 7 chiffres et un chiffre ou une lettre (ancien), ou 11 chiffres (nouveau).

    Un identifiant fait de zéros est un bouche-trou : refusé. Source : plateforme les emplois de l'inclusion.
    """
    compact = normaliser_identifiant_france_travail(texte)
    if not re.fullmatch(r"[0-9]{7}[0-9A-Z]|[0-9]{11}", compact):
        return Refus(
            "L’identifiant France Travail compte 8 caractères (7 chiffres puis un chiffre ou une lettre) "
            "ou 11 chiffres. Laissez le champ vide si vous ne l’avez pas.",
            "france_travail_forme",
        )
    if not compact.strip("0"):
        return Refus(
            "Cet identifiant n’est fait que de zéros\u00a0: il ne désigne personne. "
            "Laissez le champ vide si vous ne l’avez pas.",
            "france_travail_zeros",
        )
    return None


def controler_niveau_formation(niveau: int) -> Refus | None:
    """Contrôle que le niveau va de 1 à 8. Source : décret 2019-14, cadre national des certifications."""
    if niveau in NIVEAUX_FORMATION:
        return None
    return Refus("Le niveau de formation va de 1 (savoirs de base) à 8 (doctorat).", "niveau_formation")


def controler_age(
    critere: Critere,
    naissance: date,
    jour: date,
    bornes: tuple[int | None, int | None] | None = None,
) -> Refus | None:
    """Contrôle que l'âge au jour dit entre dans les bornes du critère, comprises (None : pas de borne).

    `bornes` remplace celles de la table quand le marché en fixe d'autres. Rend None si le critère n'a pas de borne.
    """
    minimum, maximum = (critere.age_min, critere.age_max) if bornes is None else bornes
    age = age_au(naissance, jour)
    if minimum is not None and age < minimum:
        return Refus(
            f"{critere.libelle}\u00a0: la personne a {age}\u00a0ans le {date_longue(jour)}, "
            f"il en faut au moins {minimum}.",
            "age_minimum",
        )
    if maximum is not None and age > maximum:
        return Refus(
            f"{critere.libelle}\u00a0: la personne a {age}\u00a0ans le {date_longue(jour)}, "
            f"il faut moins de {maximum + 1}\u00a0ans.",
            "age_maximum",
        )
    return None


def preuve_suffisante(critere: Critere, date_piece: date | None, jour: date) -> Refus | None:
    """Contrôle qu'une pièce prouve le critère au jour dit.

    Entrée : la date écrite sur la pièce (None si elle manque). Une pièce valable trois mois, datée du 6 janvier,
    vaut jusqu'au 5 avril inclus. Une pièce sans durée de validité n'a besoin que d'avoir été vue : date non exigée.
    Source : arrêté du 4 septembre 2025 (IAE), repris par les facilitateurs faute de texte propre à la clause.
    """
    if critere.validite_piece_mois is None:
        return None
    if date_piece is None:
        return Refus(f"{critere.libelle}\u00a0: à compléter, la date de la pièce ({critere.piece}).", "piece_sans_date")
    if date_piece > jour:
        return Refus(
            f"{critere.libelle}\u00a0: la pièce est datée du {date_longue(date_piece)}, "
            f"après le {date_longue(jour)}. Demandez une pièce antérieure.",
            "piece_posterieure",
        )
    validite = periode_depuis(date_piece, Duree(mois=critere.validite_piece_mois))
    if not validite.contient(jour) and validite.fin is not None:
        return Refus(
            f"{critere.libelle}\u00a0: la pièce du {date_longue(date_piece)} valait jusqu’au "
            f"{date_longue(validite.fin)} inclus ({critere.validite_piece_mois}\u00a0mois). "
            "Demandez-en une plus récente.",
            "piece_perimee",
        )
    return None


def contient_nir(texte: str) -> bool:
    """Dit si un texte libre contient ce qui ressemble à un numéro de sécurité sociale (13 ou 15 chiffres).

    Espaces, points, tirets admis. Un SIRET (14 chiffres), un téléphone ou un IBAN n'y ressemblent pas.
    Source : décret 2019-341 : aucun texte n'autorise un outil de clause à le conserver.
    """
    if _NIR.search(texte):
        return True
    for suite in _SUITE_DE_CHIFFRES.findall(texte):
        compact = re.sub(r"[\s.\-/]", "", suite).upper()
        trouve = _NIR_COMPACT.fullmatch(compact)
        if trouve and (trouve.group(1) is None or _cle_nir_juste(compact)):
            return True
    return False


def _cle_nir_juste(compact: str) -> bool:
    """Clé = 97 − (13 premiers chiffres modulo 97) ; 2A compte 19 et 2B compte 18 (Corse)."""
    corps = compact[:13].replace("2A", "19").replace("2B", "18")
    return corps.isdigit() and int(compact[13:]) == 97 - int(corps) % 97
