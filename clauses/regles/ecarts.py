"""Dire ce que comptent des heures quand ce n'est pas ce qui est déclaré : les deux nombres, et pourquoi."""

from collections.abc import Iterable
from decimal import Decimal

from beneficiaires.periodes import Periode
from clauses.regles.comptage import MotifEcart, ecrire_motif
from clauses.regles.section_comptage import ModeCompte, ParametresComptage
from comptes.formats import date_chiffres, heures


def ecrire_raison(
    motif: MotifEcart,
    mode: ModeCompte,
    parametres: ParametresComptage,
    *,
    periode: Periode,
    fenetre: Periode | None,
    comptees: Decimal,
) -> str:
    """Rend la raison d'un écart ; d'un mois à cheval dont une part compte, les jours qui l'ont donnée.

    « au prorata des jours jusqu’au 12/05/2026 ». Les autres raisons sont celles d'`ecrire_motif`. Source : marché (mois à cheval).
    """
    if motif != MotifEcart.A_CHEVAL or fenetre is None or not comptees:
        return ecrire_motif(motif, mode, parametres)
    bornes = []
    if periode.debut < fenetre.debut:
        bornes.append(f"à partir du {date_chiffres(fenetre.debut)}")
    if fenetre.fin is not None and (periode.fin is None or periode.fin > fenetre.fin):
        bornes.append(f"jusqu’au {date_chiffres(fenetre.fin)}")
    return " ".join(["au prorata des jours", *bornes])


def ecrire_compte(
    *, declarees: Decimal, comptees: Decimal, imputees: Decimal = Decimal(0), raisons: Iterable[str] = ()
) -> str:
    """Rend « 120 h déclarées, 96 h comptées : plafond de formation 20 % » ; heures en heures, raisons sans doublon.

    `imputees` : celles qui comptent sur un autre marché, par convention. Source : domaine § 2.2 et 2.4.
    """
    pourquoi = list(dict.fromkeys(raison for raison in raisons if raison))
    if imputees:
        pourquoi.append(f"{heures(imputees)} comptent sur un autre marché, par convention")
    compte = f"{heures(declarees)} déclarées, {heures(comptees)} comptées"
    return "\u00a0: ".join([compte, "\u00a0; ".join(pourquoi)]) if pourquoi else compte
