"""Ce qu'un contrat de travail doit respecter pour lui-même : son type, ses dates, son employeur, les autres contrats.

La fenêtre d'éligibilité et le marché sont regardés par `contrats.controler_contrat`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from beneficiaires.periodes import Periode, ajouter_mois, decaler
from beneficiaires.regles import AGE_MINIMUM, age_au, controler_date
from clauses.regles.heures import controler_heures
from comptes.formats import date_longue, enumeration, mois_annee
from comptes.formats import heures as ecrire_heures
from comptes.formats import periode as ecrire_periode
from comptes.regles import Avertissement, Refus

Constat = Refus | Avertissement

# Code du travail, L3121-20 : 48 h par semaine au plus, tous contrats ensemble (L8261-1).
MAXIMUM_HEURES_PAR_SEMAINE: Final = Decimal(48)
# Au-delà, une date est sans doute mal tapée : ni un apprentissage ni un CDI n'annoncent une fin à plus de quatre ans.
DUREE_PLAUSIBLE_MOIS: Final = 48
ANTICIPATION_PLAUSIBLE_JOURS: Final = 365
# Plafond qui n'écarte aucun mois possible : 31 jours de 24 h.
_TOUT_LE_MOIS: Final = Decimal(744)


class FinContrat(StrEnum):
    """Ce qu'un type de contrat dit de sa fin."""

    OBLIGATOIRE = "obligatoire"
    SANS = "sans"
    FACULTATIVE = "facultative"


@dataclass(frozen=True, slots=True)
class RegleTypeContrat:
    """Un type de contrat : sa fin, et les employeurs qui peuvent le signer (None : tous)."""

    nom: str
    fin: FinContrat
    employeurs: frozenset[str] | None = None


_SIAE: Final = frozenset({"EI", "ACI", "AI", "ETTI"})
# Sources : code du travail, L1221-2 (CDI), L1242-7 (CDD), L1223-8 (chantier), L1251-6 et L5132-6 (missions),
# L5132-5, L5132-11-1 et L5132-15-1 (CDDI), L5132-5-1 (CDI inclusion), L5213-13-1 (CDD tremplin), L6222-7 et L6325-5 (alternance).
TYPES_CONTRAT: Final[Mapping[str, RegleTypeContrat]] = MappingProxyType(
    {
        "cdi": RegleTypeContrat("Un CDI", FinContrat.SANS),
        "cdi_chantier": RegleTypeContrat("Un CDI de chantier", FinContrat.FACULTATIVE),
        "cdi_inclusion": RegleTypeContrat("Un CDI inclusion", FinContrat.SANS, _SIAE),
        "cdd": RegleTypeContrat("Un CDD", FinContrat.OBLIGATOIRE),
        "cddu": RegleTypeContrat("Un CDD d’usage", FinContrat.OBLIGATOIRE),
        "cddi": RegleTypeContrat("Un CDDI", FinContrat.OBLIGATOIRE, frozenset({"EI", "ACI", "AI"})),
        "cdd_tremplin": RegleTypeContrat("Un CDD tremplin", FinContrat.OBLIGATOIRE, frozenset({"EA", "EATT"})),
        "ctti": RegleTypeContrat("Un CTTI", FinContrat.OBLIGATOIRE, frozenset({"ETTI"})),
        "interim": RegleTypeContrat(
            "Une mission d’intérim", FinContrat.OBLIGATOIRE, frozenset({"ETT", "ETTI", "EATT"})
        ),
        "apprentissage": RegleTypeContrat("Un contrat d’apprentissage", FinContrat.FACULTATIVE),
        "professionnalisation": RegleTypeContrat("Un contrat de professionnalisation", FinContrat.FACULTATIVE),
        "autre": RegleTypeContrat("Ce contrat", FinContrat.FACULTATIVE),
    }
)


@dataclass(frozen=True, slots=True)
class AutreContrat:
    """Un autre contrat de la même personne : ses jours, ses heures par semaine, et comment le nommer."""

    periode: Periode
    heures_hebdo: Decimal
    nom: str


@dataclass(frozen=True, slots=True)
class HeuresFaites:
    """Des heures déjà déclarées, sur un seul mois. `est_prorata` : leur marché compte un total à cheval au prorata des jours."""

    periode: Periode
    heures: Decimal
    nature: str = "travail"
    est_prorata: bool = False


def controler_type_contrat(type_contrat: str, *, date_fin: date | None, type_employeur: str | None) -> list[Constat]:
    """Contrôle la fin que demande le type de contrat (refus) et l'employeur qui le signe (avertissement).

    `type_employeur` : code de la catégorie, en minuscules ou en capitales (None : pas encore choisi). Lève KeyError si le type
    est inconnu.
    """
    regle = TYPES_CONTRAT[type_contrat]
    constats: list[Constat] = []
    if regle.fin == FinContrat.OBLIGATOIRE and date_fin is None:
        constats.append(Refus(f"{regle.nom} a une fin\u00a0: indiquez son dernier jour.", "fin_absente"))
    if regle.fin == FinContrat.SANS and date_fin is not None:
        texte = (
            f"{regle.nom} n’a pas de fin prévue\u00a0: laissez ce champ vide. "
            "S’il s’est arrêté, notez sa fin anticipée après l’avoir enregistré."
        )
        constats.append(Refus(texte, "fin_de_cdi"))
    if regle.employeurs and type_employeur is not None and type_employeur.upper() not in regle.employeurs:
        qui = _ou(sorted(regle.employeurs))
        texte = f"{regle.nom} se signe avec {qui}. Vérifiez le type de contrat ou l’employeur."
        constats.append(Avertissement(texte, "employeur_inhabituel"))
    return constats


def controler_dates_contrat(
    *, debut: date, fin: date | None, naissance: date | None, aujourd_hui: date
) -> list[Constat]:
    """Contrôle que les dates d'un contrat sont possibles (refus) et plausibles (avertissement).

    Refus : année hors du calendrier, fin avant l'embauche, moins de 16 ans à l'embauche. Avertissement : embauche dans plus
    d'un an, contrat de plus de 48 mois.
    """
    for jour, nom in ((debut, "L’embauche"), (fin, "La fin du contrat")):
        if jour is not None and (refus := controler_date(jour, nom)):
            return [Refus(refus.phrase, "annee_embauche" if jour is debut else "annee_fin")]
    if fin is not None and fin < debut:
        texte = f"Le contrat finit le {date_longue(fin)}, avant l’embauche du {date_longue(debut)}. Corrigez l’une des deux."
        return [Refus(texte, "fin_avant_debut")]
    if naissance is not None and (debut < naissance or age_au(naissance, debut) < AGE_MINIMUM):
        texte = f"Le {date_longue(debut)}, la personne n’a pas {AGE_MINIMUM}\u00a0ans. Vérifiez l’année de l’embauche."
        return [Refus(texte, "age_embauche")]
    constats: list[Constat] = []
    if debut > decaler(aujourd_hui, ANTICIPATION_PLAUSIBLE_JOURS):
        texte = f"L’embauche est dans plus d’un an, le {date_longue(debut)}. Vérifiez l’année."
        constats.append(Avertissement(texte, "embauche_lointaine"))
    if fin is not None and fin >= ajouter_mois(debut, DUREE_PLAUSIBLE_MOIS):
        texte = (
            f"Ce contrat dure plus de {DUREE_PLAUSIBLE_MOIS}\u00a0mois, jusqu’au {date_longue(fin)}. Vérifiez l’année."
        )
        constats.append(Avertissement(texte, "contrat_long"))
    return constats


def lot_se_propose(execution: Periode | None, jour: date) -> bool:
    """Dit si un contrat commencé ce jour-là peut faire des heures sur ce lot : il n'est pas fini. Sans dates, on ne sait pas : oui."""
    return execution is None or execution.fin is None or jour <= execution.fin


def controler_cumul(periode: Periode, heures_hebdo: Decimal, autres: Sequence[AutreContrat]) -> list[Constat]:
    """Signale chaque contrat de la personne qui court en même temps et mène à plus de 48 h par semaine avec celui-ci.

    Source : code du travail, L3121-20 et L8261-1. C'est un avertissement : un contrat peut avoir été rompu sans qu'on le sache.
    """
    constats: list[Constat] = []
    for autre in autres:
        commune = periode.intersection(autre.periode)
        total = heures_hebdo + autre.heures_hebdo
        if commune is not None and total > MAXIMUM_HEURES_PAR_SEMAINE:
            texte = (
                f"{autre.nom} court aussi {ecrire_periode(commune.debut, commune.fin)}\u00a0: cela fait "
                f"{ecrire_heures(total)} par semaine, {ecrire_heures(MAXIMUM_HEURES_PAR_SEMAINE)} au plus. "
                "Vérifiez les dates, ou notez la fin anticipée de l’autre contrat."
            )
            constats.append(Avertissement(texte, "contrats_simultanes"))
    return constats


def controler_utilisatrice(
    *, employeur: str, type_employeur: str, met_a_disposition: bool, utilisatrice: str
) -> list[Constat]:
    """Contrôle l'entreprise utilisatrice : exigée d'une mise à disposition, distincte de l'employeur, sans objet sinon.

    `employeur`, `utilisatrice` : noms, `utilisatrice` vide s'il n'y en a pas. Source : code du travail, L1251-1, L5132-6,
    L5132-9, L5213-16-1 et L1253-1 ; L8241-2 pour le prêt de main-d'œuvre d'une entreprise ordinaire.
    """
    if met_a_disposition and not utilisatrice:
        article = "un" if type_employeur.upper() == "GEIQ" else "une"
        texte = (
            f"{employeur} est {article} {type_employeur.upper()}\u00a0: indiquez l’entreprise utilisatrice, "
            "celle où la personne travaille."
        )
        return [Refus(texte, "utilisatrice_absente")]
    if utilisatrice and utilisatrice == employeur:
        return [
            Refus("L’entreprise utilisatrice est l’employeur\u00a0: choisissez-en une autre.", "utilisatrice_double")
        ]
    if utilisatrice and not met_a_disposition:
        texte = (
            f"{employeur} emploie d’ordinaire ses salariés pour elle-même. Videz l’entreprise utilisatrice, "
            f"sauf si la personne est prêtée à {utilisatrice}."
        )
        return [Avertissement(texte, "utilisatrice_inattendue")]
    return []


def controler_lien_au_lot(
    *, employeur: str, utilisatrice: str, met_a_disposition: bool, entreprises_du_lot: Mapping[str, str], lot: str
) -> Avertissement | None:
    """Signale un contrat dont ni l'employeur ni l'entreprise utilisatrice n'est inscrit sur le lot ; None s'il l'est.

    `employeur`, `utilisatrice` : noms (vide s'il n'y en a pas). `entreprises_du_lot` : nom → rôle, de toutes les
    entreprises du lot, titulaires comme sous-traitantes. Une mise à disposition se juge sur l'entreprise servie.
    """
    servie = utilisatrice if met_a_disposition and utilisatrice else employeur
    if servie in entreprises_du_lot or employeur in entreprises_du_lot:
        return None
    inscrites = enumeration(entreprises_du_lot) or "aucune entreprise"
    return Avertissement(
        f"{servie} n’est ni titulaire ni sous-traitante de {lot} ({inscrites}). Inscrivez-la sur ce lot, "
        "ou vérifiez l’employeur\u00a0: sans ce lien, l’acheteur peut contester ces heures.",
        "employeur_hors_lot",
    )


def controler_rupture(rupture: date, *, debut: date, fin: date | None, aujourd_hui: date) -> Refus | None:
    """Contrôle une fin anticipée : dernier jour travaillé, entre l'embauche et la fin prévue, connue à ce jour ou proche."""
    if refus := controler_date(rupture, "La fin anticipée"):
        return refus
    if rupture < debut:
        return Refus(
            f"La fin anticipée ne peut pas précéder l’embauche du {date_longue(debut)}.", "rupture_avant_embauche"
        )
    if fin is not None and rupture >= fin:
        return Refus(
            f"Le contrat finit déjà le {date_longue(fin)}\u00a0: une fin anticipée est plus tôt. "
            "Pour le prolonger, modifiez sa fin prévue.",
            "rupture_apres_fin",
        )
    if rupture > decaler(aujourd_hui, ANTICIPATION_PLAUSIBLE_JOURS):
        return Refus("La fin anticipée est dans plus d’un an. Vérifiez l’année.", "rupture_lointaine")
    return None


def controler_heures_gardees(
    faites: Sequence[HeuresFaites], *, contrat: Periode, fenetre: Periode | None, aujourd_hui: date
) -> Refus | None:
    """Contrôle que les heures déjà déclarées tiennent encore dans les dates d'un contrat ou d'une fenêtre qui changent.

    Chacune est jugée par `controler_heures`, comme si on la saisissait aujourd'hui ; le refus nomme les mois.
    """
    sorties = [
        faite
        for faite in faites
        if faite.heures
        and controler_heures(
            heures=faite.heures,
            nature=faite.nature,
            periode=faite.periode,
            contrat=contrat,
            fenetre=fenetre,
            lot=None,
            lot_clos=False,
            aujourd_hui=max(aujourd_hui, faite.periode.debut),
            plafond_mensuel=_TOUT_LE_MOIS,
            est_prorata=faite.est_prorata,
        )
    ]
    if not sorties:
        return None
    mois: dict[str, Decimal] = {}
    for faite in sorted(sorties, key=lambda f: f.periode.debut):
        nom = mois_annee(faite.periode.debut)
        mois[nom] = mois.get(nom, Decimal(0)) + faite.heures
    detail = enumeration(f"{ecrire_heures(total)} en {nom}" for nom, total in mois.items())
    return Refus(
        f"Des heures déjà déclarées sortiraient de ces dates\u00a0: {detail}. "
        "Corrigez-les d’abord dans la grille des heures, ou gardez ces jours.",
        "heures_hors_dates",
    )


def _ou(noms: Sequence[str]) -> str:
    """Rend « une ETTI », « une EI, une ACI ou une AI »."""
    ecrits = [f"{'un' if nom == 'ACI' else 'une'} {nom}" for nom in noms]
    return f"{', '.join(ecrits[:-1])} ou {ecrits[-1]}" if len(ecrits) > 1 else ecrits[0]
