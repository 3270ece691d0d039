"""Les heures dues : la formule du marché, et ce que deviennent les heures après un avenant."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from comptes.formats import euros, nombre, pourcent
from comptes.formats import heures as ecrire_heures
from comptes.regles import Refus

CENT: Final = Decimal(100)
PLUS_PETIT_TERME: Final = Decimal("0.01")
MONTANT_MAXIMUM_EUROS: Final = Decimal(10**12)


class Arrondi(StrEnum):
    """L'arrondi à l'heure entière que choisit le marché."""

    INFERIEUR = "inferieur"
    PROCHE = "proche"
    SUPERIEUR = "superieur"


class RegleAvenant(StrEnum):
    """Ce que fait un avenant de montant aux heures dues."""

    FIGE = "fige"
    PRORATA = "prorata"
    SEUIL = "seuil"


_MODES: Final = {
    Arrondi.INFERIEUR: ROUND_FLOOR,
    Arrondi.PROCHE: ROUND_HALF_UP,
    Arrondi.SUPERIEUR: ROUND_CEILING,
}
LIBELLES_ARRONDI: Final[Mapping[Arrondi, str]] = MappingProxyType(
    {
        Arrondi.INFERIEUR: "À l’heure inférieure",
        Arrondi.PROCHE: "À l’heure la plus proche",
        Arrondi.SUPERIEUR: "À l’heure supérieure",
    }
)
LIBELLES_REGLE_AVENANT: Final[Mapping[RegleAvenant, str]] = MappingProxyType(
    {
        RegleAvenant.FIGE: "Heures figées, sauf si l’avenant en fixe",
        RegleAvenant.PRORATA: "Au prorata du montant",
        RegleAvenant.SEUIL: "Au prorata, au-delà d’un seuil",
    }
)


def choix_arrondis() -> list[tuple[str, str]]:
    """Rend les arrondis pour une liste de choix."""
    return [(arrondi.value, libelle) for arrondi, libelle in LIBELLES_ARRONDI.items()]


def choix_regles_avenant() -> list[tuple[str, str]]:
    """Rend les règles d'avenant pour une liste de choix."""
    return [(regle.value, libelle) for regle, libelle in LIBELLES_REGLE_AVENANT.items()]


def controler_formule(
    *,
    montant_ht_euros: Decimal | None,
    part_main_oeuvre: Decimal | None,
    taux_effort: Decimal | None,
    cout_horaire_euros: Decimal | None,
) -> Refus | None:
    """Contrôle les quatre termes de la formule (parts en pour cent) ; le refus nomme le premier terme à corriger."""
    termes = (montant_ht_euros, part_main_oeuvre, taux_effort, cout_horaire_euros)
    noms = ("le montant HT", "la part de main-d’œuvre", "l’effort d’insertion", "le coût d’une heure")
    for terme, nom in zip(termes, noms, strict=True):
        if terme is None or not terme.is_finite():
            return Refus(f"Il manque {nom} pour calculer les heures dues.", "formule_incomplete")
        if terme < PLUS_PETIT_TERME:
            return Refus(f"Pour calculer les heures dues, {nom} doit être supérieur à zéro.", "formule_negative")
    if montant_ht_euros is not None and montant_ht_euros > MONTANT_MAXIMUM_EUROS:
        return Refus("Ce montant dépasse mille milliards d’euros. Vérifiez le nombre de zéros.", "formule_montant")
    for terme, nom in zip(termes[1:3], noms[1:3], strict=True):
        if terme is not None and terme > CENT:
            return Refus(f"{nom.capitalize()} ne dépasse pas 100\u00a0%.", "formule_part")
    return None


def calculer_heures_exactes(
    *, montant_ht_euros: Decimal, part_main_oeuvre: Decimal, taux_effort: Decimal, cout_horaire_euros: Decimal
) -> Decimal:
    """Rend les heures dues avant arrondi : montant HT × part de main-d'œuvre × effort ÷ coût d'une heure.

    Entrée : euros HT, deux **pour cent** (50 pour 50 %), euros par heure. Lève ValueError si un terme est hors bornes.
    Source : MEF du Sud 77, formule reprise par les facilitateurs (1 000 000 € × 50 % × 5 % ÷ 30 € = 833,33 h).
    """
    refus = controler_formule(
        montant_ht_euros=montant_ht_euros,
        part_main_oeuvre=part_main_oeuvre,
        taux_effort=taux_effort,
        cout_horaire_euros=cout_horaire_euros,
    )
    if refus is not None:
        raise ValueError(refus.phrase)
    return montant_ht_euros * part_main_oeuvre * taux_effort / (CENT * CENT * cout_horaire_euros)


def calculer_heures_dues(
    *,
    montant_ht_euros: Decimal,
    part_main_oeuvre: Decimal,
    taux_effort: Decimal,
    cout_horaire_euros: Decimal,
    arrondi: Arrondi | str = Arrondi.INFERIEUR,
) -> Decimal:
    """Rend les heures dues, arrondies à l'heure comme le marché le dit (par défaut : inférieure). Parts en pour cent."""
    exactes = calculer_heures_exactes(
        montant_ht_euros=montant_ht_euros,
        part_main_oeuvre=part_main_oeuvre,
        taux_effort=taux_effort,
        cout_horaire_euros=cout_horaire_euros,
    )
    return arrondir(exactes, arrondi)


def ecrire_formule(
    *,
    montant_ht_euros: Decimal,
    part_main_oeuvre: Decimal,
    taux_effort: Decimal,
    cout_horaire_euros: Decimal,
    arrondi: Arrondi | str = Arrondi.INFERIEUR,
) -> str:
    """Rend le calcul en toutes lettres : « 1 000 000 € × 50 % × 5 % ÷ 30 €/h = 833,33 h, arrondi à 833 h ».

    Mêmes termes que `calculer_heures_dues`. Un résultat déjà entier ne dit pas d'arrondi.
    """
    exactes = calculer_heures_exactes(
        montant_ht_euros=montant_ht_euros,
        part_main_oeuvre=part_main_oeuvre,
        taux_effort=taux_effort,
        cout_horaire_euros=cout_horaire_euros,
    )
    termes = f"{euros(montant_ht_euros)} × {pourcent(part_main_oeuvre, 2)} × {pourcent(taux_effort, 2)}"
    calcul = f"{termes} ÷ {euros(cout_horaire_euros)}/h = {ecrire_heures(exactes)}"
    dues = arrondir(exactes, arrondi)
    return calcul if dues == exactes else f"{calcul}, arrondi à {ecrire_heures(dues)}"


def arrondir(heures: Decimal, arrondi: Arrondi | str) -> Decimal:
    """Arrondit à l'heure entière ; une demi-heure va à l'heure supérieure quand l'arrondi est « proche »."""
    return heures.quantize(Decimal(1), rounding=_MODES[Arrondi(arrondi)])


@dataclass(frozen=True, slots=True)
class FaitAvenant:
    """Un avenant : sa date, ce qu'il ajoute ou retire en euros HT, et les heures qu'il fixe lui-même s'il en fixe."""

    nom: str
    date: date
    variation_euros: Decimal = Decimal(0)
    heures_fixees: Decimal | None = None


@dataclass(frozen=True, slots=True)
class LigneHistorique:
    """L'effet d'un avenant : heures avant et après, montant après, et pourquoi (`raison`)."""

    nom: str
    date: date
    montant_euros: Decimal
    heures_avant: Decimal
    heures_apres: Decimal
    raison: str

    @property
    def variation_heures(self) -> Decimal:
        """Rend la différence d'heures, négative quand l'avenant en retire."""
        return self.heures_apres - self.heures_avant

    @property
    def phrase(self) -> str:
        """Rend « 750 → 933 h, avenant 1, 12/03/2026 »."""
        heures = f"{nombre(self.heures_apres)}\u00a0h"
        if self.variation_heures:
            heures = f"{nombre(self.heures_avant)} → {heures}"
        return f"{heures}, {self.nom}, {self.date:%d/%m/%Y}"


def heures_apres_avenants(
    *,
    montant_initial_euros: Decimal,
    heures_initiales: Decimal,
    avenants: Sequence[FaitAvenant],
    regle: RegleAvenant | str = RegleAvenant.FIGE,
    seuil_pourcent: Decimal | None = None,
    arrondi: Arrondi | str = Arrondi.INFERIEUR,
) -> tuple[LigneHistorique, ...]:
    """Rend l'historique des heures dues, un avenant par ligne, dans l'ordre des dates ; vide sans avenant.

    `heures_initiales` : de préférence exactes (avant arrondi), le prorata part d'elles. « Seuil » : la variation se compare au
    montant qui a servi la dernière fois aux heures, et ne s'applique qu'**au-delà** du seuil. Des heures écrites dans l'avenant
    l'emportent sur toute règle. Lève ValueError sans montant de départ (prorata, seuil) ou sans seuil.
    """
    regle = RegleAvenant(regle)
    if regle != RegleAvenant.FIGE and montant_initial_euros <= 0:
        raise ValueError("Le prorata demande un montant de départ.")
    if regle == RegleAvenant.SEUIL and seuil_pourcent is None:
        raise ValueError("La règle du seuil demande un seuil en pour cent.")
    montant = montant_de_base = montant_initial_euros
    exactes, courantes = heures_initiales, arrondir(heures_initiales, arrondi)
    lignes: list[LigneHistorique] = []
    for avenant in sorted(avenants, key=lambda a: a.date):
        montant += avenant.variation_euros
        avant, raison = courantes, "heures inchangées"
        if avenant.heures_fixees is not None:
            exactes = courantes = avenant.heures_fixees
            montant_de_base, raison = montant, "heures écrites dans l’avenant"
        elif regle != RegleAvenant.FIGE and avenant.variation_euros:
            part = (montant - montant_de_base) / montant_de_base * CENT
            ecrite = f"{'+' if part > 0 else ''}{nombre(part, 1)}\u00a0% du montant"
            if regle == RegleAvenant.SEUIL and abs(part) <= (seuil_pourcent or Decimal(0)):
                raison = f"{ecrite}, sous le seuil de {nombre(seuil_pourcent)}\u00a0%\u00a0: heures inchangées"
            else:
                exactes = max(exactes * montant / montant_de_base, Decimal(0))
                courantes, montant_de_base = arrondir(exactes, arrondi), montant
                raison = f"prorata, {ecrite}"
        lignes.append(LigneHistorique(avenant.nom, avenant.date, montant, avant, courantes, raison))
        if montant_de_base <= 0 and regle != RegleAvenant.FIGE:
            raise ValueError("Le montant du lot devient nul ou négatif après cet avenant.")
    return tuple(lignes)
