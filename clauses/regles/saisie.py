"""Des heures que l'on tape, et ce qui empêche de les garder.

Chaque refus est une phrase complète : quoi, quand, pourquoi, et que faire. `heures.controler_heures` rend le premier ; le catalogue
des contrôles (`clauses.regles.controles`) les reprend un par un, avec les mêmes phrases.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from beneficiaires.periodes import Periode, lendemain, mois_de, reste_apres, veille
from comptes.formats import date_longue, mois_annee
from comptes.formats import heures as ecrire_heures
from comptes.formats import periode as ecrire_periode

# 151,67 h font un temps plein ; au-delà de 220 h, un mois n'est plus plausible (réglage du marché).
PLAFOND_MENSUEL_HEURES: Final = Decimal(220)
HEURES_DU_MOIS_LE_PLUS_LONG: Final = Decimal(31 * 24)
# Code du travail, L3121-18 et L3121-19 : dix heures par jour, douze par dérogation.
MAXIMUM_HEURES_PAR_JOUR: Final = Decimal(12)


class NatureHeures(StrEnum):
    """Travail ou formation : deux cases, deux comptes."""

    TRAVAIL = "travail"
    FORMATION = "formation"


@dataclass(frozen=True, slots=True)
class Saisie:
    """Ce que l'on sait d'heures que l'on tape : leur nombre, leur période, et ce qui les borne.

    `contrat`, `fenetre`, `lot` : jours du contrat de travail, de l'éligibilité (None : pas encore ouverte), d'exécution du lot
    (None : sans dates). `deja_declarees_mois` : heures du mois déjà déclarées pour la personne, celles-ci exclues ;
    `tait_les_autres` : sans les chiffrer, l'entreprise n'a pas à savoir ce qui est fait chez une autre. `est_prorata` : le marché
    compte au prorata des jours un total à cheval, au lieu de demander de le partager.
    Lève ValueError si la période n'a pas de fin ou couvre deux mois.
    """

    heures: Decimal
    nature: NatureHeures
    periode: Periode
    contrat: Periode
    fenetre: Periode | None
    lot: Periode | None
    lot_clos: bool
    aujourd_hui: date
    deja_declarees_mois: Decimal = Decimal(0)
    tait_les_autres: bool = False
    plafond_mensuel: Decimal = PLAFOND_MENSUEL_HEURES
    est_prorata: bool = False

    def __post_init__(self) -> None:
        if self.periode.fin is None or not mois_de(self.periode.debut).contient(self.periode.fin):
            raise ValueError("Des heures se déclarent mois par mois.")

    @property
    def mois(self) -> str:
        """« avril 2026 »."""
        return mois_annee(self.periode.debut)

    @property
    def travail(self) -> Periode | None:
        """Les jours de la période qui sont dans le contrat ; None s'il n'y en a pas."""
        return self.periode.intersection(self.contrat)

    @property
    def quoi(self) -> str:
        """« 100 h du 1er au 31 mai 2026 »."""
        return f"{ecrire_heures(self.heures)} {ecrire_periode(self.periode.debut, self.periode.fin)}"


# Les refus : une phrase, ou None. Le premier arrête la saisie ; les suivants supposent qu'aucun refus du nombre n'a parlé. ----


def _heures_illisibles(saisie: Saisie) -> str | None:
    if saisie.heures.is_finite():
        return None
    return "Ce n’est pas un nombre d’heures. Écrivez par exemple 35 ou 35,5."


def _heures_negatives(saisie: Saisie) -> str | None:
    if saisie.heures >= 0:
        return None
    return "Un nombre d’heures ne peut pas être négatif. Pour corriger un mois, saisissez son nouveau total."


def _heures_impossibles(saisie: Saisie) -> str | None:
    if saisie.heures <= HEURES_DU_MOIS_LE_PLUS_LONG:
        return None
    return "Un mois entier ne compte que 744\u00a0h. Vérifiez le nombre saisi."


def _heures_decimales(saisie: Saisie) -> str | None:
    if saisie.heures == saisie.heures.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP):
        return None
    return "Les heures s’écrivent avec deux décimales au plus, par exemple 35,25."


def _lot_clos(saisie: Saisie) -> str | None:
    if not saisie.lot_clos:
        return None
    return f"Le lot est clos\u00a0: il ne reçoit plus d’heures pour {saisie.mois}. Rouvrez le lot pour corriger ses heures."


def _heures_futures(saisie: Saisie) -> str | None:
    if saisie.periode.debut <= saisie.aujourd_hui:
        return None
    return (
        f"{saisie.mois.capitalize()} n’a pas commencé\u00a0: nous sommes le {date_longue(saisie.aujourd_hui)}. "
        "Les heures se déclarent une fois faites."
    )


def _avant_embauche(saisie: Saisie) -> str | None:
    return _pas_de_contrat(saisie) if _est_avant(saisie.periode, saisie.contrat) else None


def _apres_contrat(saisie: Saisie) -> str | None:
    return _pas_de_contrat(saisie) if _est_avant(saisie.contrat, saisie.periode) else None


def _pas_de_contrat(saisie: Saisie) -> str:
    return (
        f"Pas de contrat {ecrire_periode(saisie.periode.debut, saisie.periode.fin)}\u00a0: il court "
        f"{_bornes(saisie.contrat)}. Vérifiez le mois, ou les dates du contrat."
    )


def _hors_lot(saisie: Saisie) -> str | None:
    if saisie.lot is None or saisie.periode.chevauche(saisie.lot):
        return None
    return (
        f"Le lot ne s’exécute pas {ecrire_periode(saisie.periode.debut, saisie.periode.fin)}\u00a0: il court "
        f"{_bornes(saisie.lot)}. Vérifiez le mois, ou les dates du lot."
    )


def _eligibilite_absente(saisie: Saisie) -> str | None:
    if not saisie.heures or saisie.fenetre is not None:
        return None
    return f"{saisie.quoi}\u00a0: l’éligibilité n’est pas ouverte. Faites-la valider avant de déclarer des heures."


def _avant_fenetre(saisie: Saisie) -> str | None:
    if not saisie.heures or saisie.fenetre is None or not _est_avant(_jours_travailles(saisie), saisie.fenetre):
        return None
    return (
        f"{saisie.quoi}\u00a0: l’éligibilité ne commence que le {date_longue(saisie.fenetre.debut)}. "
        "Ces heures ne comptent pas."
    )


def _apres_fenetre(saisie: Saisie) -> str | None:
    if not saisie.heures or saisie.fenetre is None or not _est_avant(saisie.fenetre, _jours_travailles(saisie)):
        return None
    return (
        f"{saisie.quoi}\u00a0: l’éligibilité s’est arrêtée le {date_longue(saisie.fenetre.fin)} inclus. "
        "Ces heures ne comptent plus pour la clause."
    )


def _a_cheval(saisie: Saisie) -> str | None:
    """Les jours sans contrat ne comptent pas comme un débordement ; un marché qui compte au prorata accepte le total entier."""
    if saisie.est_prorata:
        return None
    travail, fenetre = _jours_travailles(saisie), saisie.fenetre
    if not saisie.heures or fenetre is None or fenetre.contient_periode(travail):
        return None
    commune = travail.intersection(fenetre)
    if commune is None:
        return None
    parts = [commune]
    if travail.debut < commune.debut:
        parts.insert(0, Periode(travail.debut, veille(commune.debut)))
    if commune.fin is not None and (apres := reste_apres(travail, commune.fin)):
        parts.append(apres)
    decoupe = " / ".join(_jours(part) for part in parts)
    deborde_apres = fenetre.fin is not None and (travail.fin is None or travail.fin > fenetre.fin)
    borne = (
        f"l’éligibilité s’arrête le {date_longue(fenetre.fin)} inclus"
        if deborde_apres
        else f"l’éligibilité commence le {date_longue(fenetre.debut)}"
    )
    return (
        f"{saisie.quoi}\u00a0: {borne}, ce total est à cheval. Partagez-le\u00a0: {decoupe}\u00a0; "
        f"seules les heures {ecrire_periode(commune.debut, commune.fin)} comptent."
    )


def _plafond_mensuel(saisie: Saisie) -> str | None:
    deja = saisie.deja_declarees_mois
    if not saisie.heures or saisie.heures + deja <= saisie.plafond_mensuel:
        return None
    avec = f", avec les {ecrire_heures(deja)} déjà déclarées" if deja else ""
    if saisie.tait_les_autres:
        avec = ", avec celles déjà déclarées sur un autre contrat"
    de_quoi = " de formation" if saisie.nature == NatureHeures.FORMATION else ""
    return (
        f"{ecrire_heures(saisie.heures)}{de_quoi} en {saisie.mois}{avec}\u00a0: c’est plus que les "
        f"{ecrire_heures(saisie.plafond_mensuel)} plausibles en un mois. Vérifiez le relevé d’heures."
    )


def _plafond_journalier(saisie: Saisie) -> str | None:
    jours = None if saisie.travail is None else saisie.travail.nombre_jours()
    if jours is None or saisie.heures <= jours * MAXIMUM_HEURES_PAR_JOUR:
        return None
    return (
        f"{ecrire_heures(saisie.heures)} en {jours}\u00a0jour{'s' if jours > 1 else ''} de contrat\u00a0: c’est plus de "
        f"{ecrire_heures(MAXIMUM_HEURES_PAR_JOUR)} par jour. Vérifiez le nombre d’heures ou les dates du contrat."
    )


# Dans l'ordre où ils parlent. Le catalogue des contrôles (clauses.regles.controles) en fait des contrôles ; leurs phrases sont ici.
REFUS_DU_NOMBRE: Final[Mapping[str, Callable[[Saisie], str | None]]] = MappingProxyType(
    {
        "heures_illisibles": _heures_illisibles,
        "heures_negatives": _heures_negatives,
        "heures_impossibles": _heures_impossibles,
        "heures_decimales": _heures_decimales,
    }
)
REFUS_DE_SAISIE: Final[Mapping[str, Callable[[Saisie], str | None]]] = MappingProxyType(
    {
        **REFUS_DU_NOMBRE,
        "lot_clos": _lot_clos,
        "heures_futures": _heures_futures,
        "avant_embauche": _avant_embauche,
        "apres_contrat": _apres_contrat,
        "hors_lot": _hors_lot,
        "eligibilite_absente": _eligibilite_absente,
        "avant_fenetre": _avant_fenetre,
        "apres_fenetre": _apres_fenetre,
        "a_cheval": _a_cheval,
        "plafond_mensuel": _plafond_mensuel,
        "plafond_journalier": _plafond_journalier,
    }
)


def _jours_travailles(saisie: Saisie) -> Periode:
    """Les jours de contrat de la période ; la période entière quand le contrat n'en touche aucun (un autre refus le dit)."""
    return saisie.travail or saisie.periode


def _est_avant(une: Periode, autre: Periode) -> bool:
    """Dit si la première période finit avant que l'autre commence."""
    return une.fin is not None and une.fin < autre.debut


def _bornes(tenue: Periode) -> str:
    return ecrire_periode(tenue.debut, tenue.fin)


def _jours(part: Periode) -> str:
    """Rend « 1–12 » : les jours du mois, comme on partage un relevé."""
    if part.fin is None or part.fin < lendemain(part.debut):
        return str(part.debut.day)
    return f"{part.debut.day}–{part.fin.day}"
