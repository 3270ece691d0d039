"""Les échéances : tranches avant une fin, délais des tâches à faire, report, et les dates que l'on attend d'une pièce ou d'une réponse.

Les tranches ne se recouvrent pas : passée, 30 jours ou moins, 31 à 60, 61 à 90 ; chaque structure peut déplacer les trois bornes.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Final

from beneficiaires.periodes import Duree, Periode, ajouter_mois, decaler, dernier_mois_clos, mois_de, periode_depuis
from beneficiaires.regles import date_limite_reponse
from comptes.formats import date_longue
from comptes.regles import Refus

JOUR_MAXIMUM: Final = 365
REPORT_MAXIMUM_JOURS: Final = 90
# Un mois sans heures se signale tant qu'il est l'un des six derniers mois finis.
MOIS_REGARDES: Final = 6
# Une orientation restée sans réponse se signale pendant trois ans.
ANNEES_SANS_REPONSE: Final = 3


@dataclass(frozen=True, slots=True)
class SeuilsEcheances:
    """Combien de jours avant une fin commence chaque tranche, la plus pressée d'abord."""

    proche: int = 30
    moyen: int = 60
    loin: int = 90

    @property
    def libelles(self) -> Mapping[str, str]:
        """Rend le nom de chaque tranche, par code : « 30 jours ou moins », « 31 à 60 jours »."""
        return MappingProxyType(
            {
                "passee": "Passée",
                "j30": f"{self.proche}\u00a0jours ou moins" if self.proche > 1 else "1\u00a0jour ou moins",
                "j60": _entre(self.proche, self.moyen),
                "j90": _entre(self.moyen, self.loin),
            }
        )


@dataclass(frozen=True, slots=True)
class DelaisEcheances:
    """Quand une tâche se signale. En jours, sauf le rythme, en pour cent de l'attendu.

    `decision` : avant l'embauche ; `heures` : après la fin du mois ; `suivi` : avant son jour ; `orientation` : après l'envoi ;
    `piece` : avant son dernier jour utile ; `rythme` : sous cette part de l'attendu.
    """

    decision: int = 15
    heures: int = 10
    suivi: int = 15
    orientation: int = 15
    piece: int = 15
    rythme: int = 90


SEUILS_ECHEANCES: Final = SeuilsEcheances()
DELAIS_ECHEANCES: Final = DelaisEcheances()


@dataclass(frozen=True, slots=True)
class TrancheEcheance:
    """Les dates de fin d'une tranche, bornes comprises ; `du` à None : toutes les dates d'avant."""

    code: str
    libelle: str
    du: date | None
    au: date

    def contient(self, date_fin: date) -> bool:
        """Dit si cette date de fin est dans la tranche."""
        return (self.du is None or self.du <= date_fin) and date_fin <= self.au


def bornes_echeance(aujourd_hui: date, seuils: SeuilsEcheances = SEUILS_ECHEANCES) -> tuple[TrancheEcheance, ...]:
    """Rend les quatre tranches, de la plus pressée à la plus lointaine, en dates de fin comprises.

    Une fin aujourd'hui même est dans la première tranche à venir : le dernier jour compte encore. Au-delà du dernier seuil, aucune.
    """
    jours = {
        "passee": (None, -1),
        "j30": (0, seuils.proche),
        "j60": (seuils.proche + 1, seuils.moyen),
        "j90": (seuils.moyen + 1, seuils.loin),
    }
    return tuple(
        TrancheEcheance(
            code,
            seuils.libelles[code],
            None if premier is None else decaler(aujourd_hui, premier),
            decaler(aujourd_hui, dernier),
        )
        for code, (premier, dernier) in jours.items()
    )


def tranche_echeance(
    date_fin: date, aujourd_hui: date, seuils: SeuilsEcheances = SEUILS_ECHEANCES
) -> TrancheEcheance | None:
    """Rend la tranche de cette date de fin, ou None au-delà du dernier seuil."""
    return next((tranche for tranche in bornes_echeance(aujourd_hui, seuils) if tranche.contient(date_fin)), None)


def controler_seuils(*, proche: int, moyen: int, loin: int) -> Refus | None:
    """Contrôle les trois seuils d'une structure : de 1 à 365 jours, du plus proche au plus lointain."""
    if not all(1 <= jours <= JOUR_MAXIMUM for jours in (proche, moyen, loin)):
        return Refus(f"Chaque seuil va de 1 à {JOUR_MAXIMUM}\u00a0jours.", "seuil_hors_bornes")
    if not proche < moyen < loin:
        return Refus(
            f"Les seuils vont du plus lointain au plus proche\u00a0: {loin}, {moyen} puis {proche}\u00a0jours ne se suivent pas.",
            "seuils_desordonnes",
        )
    return None


def controler_report(reportee_au: date, aujourd_hui: date) -> Refus | None:
    """Contrôle le jour où une échéance reportée reviendra : demain au plus tôt, dans 90 jours au plus tard."""
    if reportee_au <= aujourd_hui:
        return Refus("Une échéance se reporte à demain au plus tôt.", "report_passe")
    limite = decaler(aujourd_hui, REPORT_MAXIMUM_JOURS)
    if reportee_au > limite:
        return Refus(
            f"Une échéance se reporte de {REPORT_MAXIMUM_JOURS}\u00a0jours au plus\u00a0: jusqu’au {date_longue(limite)}.",
            "report_trop_long",
        )
    return None


def mois_regardes(aujourd_hui: date) -> tuple[Periode, ...]:
    """Rend les six derniers mois entièrement passés, le plus récent d'abord : ceux dont les heures peuvent manquer."""
    dernier = dernier_mois_clos(aujourd_hui)
    return tuple(mois_de(ajouter_mois(dernier, -recul)) for recul in range(MOIS_REGARDES))


def limites_des_reponses(aujourd_hui: date) -> tuple[tuple[date, date], ...]:
    """Rend, pour chaque jour d'envoi possible d'une orientation encore signalée, (ce jour, dernier jour pour y répondre)."""
    premier = ajouter_mois(aujourd_hui, -12 * ANNEES_SANS_REPONSE)
    nombre = Periode(premier, aujourd_hui).nombre_jours() or 0
    envois = (decaler(aujourd_hui, -recul) for recul in range(nombre))
    return tuple((envoi, date_limite_reponse(envoi)) for envoi in envois)


def fins_des_pieces(
    durees_mois: Collection[int], *, premiere: date, derniere: date
) -> tuple[tuple[int, date, date], ...]:
    """Rend (durée en mois, date de la pièce, dernier jour où elle vaut) de toute pièce dont ce dernier jour est entre les deux bornes.

    Une pièce de trois mois datée du 6 janvier vaut jusqu'au 5 avril, comme dans `preuve_suffisante`.
    """
    lignes = []
    for mois in sorted(durees_mois):
        jour, jusque = ajouter_mois(premiere, -mois), decaler(ajouter_mois(derniere, -mois), 4)
        while jour <= jusque:
            fin = periode_depuis(jour, Duree(mois=mois)).fin
            if fin is not None and premiere <= fin <= derniere:
                lignes.append((mois, jour, fin))
            jour = decaler(jour, 1)
    return tuple(lignes)


def _entre(borne: int, au: int) -> str:
    """« 31 à 60 jours » ; « 31 jours » quand il n'y en a qu'un."""
    return f"{au}\u00a0jours" if borne + 1 == au else f"{borne + 1} à {au}\u00a0jours"
