"""Changer l'état d'un frein et dire ce qu'il est. Une ligne par rubrique et par parcours ; elle naît la première fois qu'on en parle."""

from collections.abc import Sequence
from datetime import date

from django.db import transaction

from comptes.ecriture import enregistrer, exiger
from comptes.regles import Refus
from parcours.models import Frein, Parcours
from parcours.regles.freins import EtatFrein, FaitsFrein, changer_etat, corriger_jour
from parcours.regles.referentiel_freins import controler_codes
from parcours.services.verrou import parcours_modifiable

# Le champ où se lit chaque refus.
CHAMPS = {
    "frein_futur": "jour",
    "frein_avant_parcours": "jour",
    "frein_desordre": "jour",
    "frein_meme_etat": "etat",
    "frein_aborde": "etat",
    "frein_non_repere": "etat",
    "frein_leve": "etat",
    "frein_a_reperer": "etat",
    "code_etranger": "situations",
}


def frein_de(parcours: Parcours, rubrique: str) -> Frein:
    """Le frein de cette rubrique, ou un nouveau, « non abordé », qui n'est pas encore gardé."""
    frein = Frein.objects.filter(parcours=parcours, rubrique=rubrique).first()
    return frein or Frein(parcours=parcours, rubrique=rubrique, date_etat=parcours.date_debut)


@transaction.atomic
def changer_etat_frein(*, parcours: Parcours, rubrique: str, vers: EtatFrein, jour: date, aujourd_hui: date) -> Frein:
    """Fait passer un frein dans un autre état. Lève ValidationError avec la raison quand la règle s'y oppose."""
    parcours = parcours_modifiable(parcours)
    frein = frein_de(parcours, rubrique)
    _appliquer(
        frein,
        changer_etat(frein.faits, vers, jour=jour, debut_parcours=parcours.date_debut, aujourd_hui=aujourd_hui),
    )
    if vers == EtatFrein.SANS_OBJET:
        _effacer_les_details(frein)
    enregistrer(frein)
    return frein


@transaction.atomic
def decrire_frein(
    *,
    parcours: Parcours,
    rubrique: str,
    etat: EtatFrein,
    jour: date,
    situations: Sequence[int],
    objectifs: Sequence[int],
    precision: str,
    aujourd_hui: date,
) -> Frein | None:
    """Garde tout ce qui est dit d'un frein. `jour` date le changement d'état, ou corrige la date de l'état courant.

    Rend None quand rien n'est dit d'un frein non abordé : aucune ligne ne naît. Lève ValidationError, par champ, sur un refus.
    """
    parcours = parcours_modifiable(parcours)
    frein = frein_de(parcours, rubrique)
    exiger(controler_codes(rubrique, situations, objectifs), champs=CHAMPS)
    if etat == EtatFrein.NON_ABORDE and frein.faits.etat == EtatFrein.NON_ABORDE:
        exiger(_controler_non_aborde(situations, objectifs, precision), champs=CHAMPS)
        return None
    bornes = {"debut_parcours": parcours.date_debut, "aujourd_hui": aujourd_hui}
    if etat != frein.faits.etat:
        _appliquer(frein, changer_etat(frein.faits, etat, jour=jour, **bornes))
    elif jour != frein.date_etat:
        _appliquer(frein, corriger_jour(frein.faits, jour, **bornes))
    frein.situations, frein.objectifs, frein.precision = sorted(situations), sorted(objectifs), precision
    if etat == EtatFrein.SANS_OBJET:
        _effacer_les_details(frein)
    enregistrer(frein)
    return frein


def _controler_non_aborde(situations: Sequence[int], objectifs: Sequence[int], precision: str) -> Refus | None:
    if situations or objectifs or precision:
        return Refus("Une case est cochée\u00a0: dites que ce frein est repéré, ou décochez-la.", "frein_a_reperer")
    return None


def _appliquer(frein: Frein, faits: FaitsFrein | Refus) -> None:
    if isinstance(faits, Refus):
        exiger(faits, champs=CHAMPS)
        return
    frein.etat, frein.date_etat = faits.etat.value, faits.depuis
    frein.repere_le, frein.leve_le = faits.repere_le, faits.leve_le


def _effacer_les_details(frein: Frein) -> None:
    """Ce qui n'est pas un frein n'a ni situation ni objectif ; le journal garde ce qui avait été dit."""
    frein.situations, frein.objectifs, frein.precision = [], [], ""
