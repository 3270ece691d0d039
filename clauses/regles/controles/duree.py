"""La durée du travail : par jour, par semaine, par contrat ; dimanches et fériés ; moins de 18 ans."""

from decimal import Decimal
from typing import Final

from beneficiaires.periodes import Periode
from beneficiaires.regles import age_au
from clauses.regles.controles.calendrier import (
    JOURS_OUVRES_PAR_SEMAINE,
    SAMEDI,
    heures_du_contrat,
    jours_de,
    jours_ouvrables,
    nom_ferie,
    semaines,
)
from clauses.regles.controles.controle import USAGE, Controle
from clauses.regles.controles.faits import ZERO, Faits
from clauses.regles.controles.niveaux import Niveau
from clauses.regles.placements import MAXIMUM_HEURES_PAR_SEMAINE
from comptes.formats import date_longue, enumeration, heures, quantite

HEURES_PAR_JOUR: Final = Decimal(10)
HEURES_PAR_JOUR_MINEUR: Final = Decimal(8)
HEURES_PAR_SEMAINE_MINEUR: Final = Decimal(35)
MAJORITE: Final = 18
TEMPS_PLEIN_HEBDO: Final = Decimal(35)
PERIODE_COURTE_JOURS: Final = 7


def _plus_par_jour(faits: Faits, limite: Decimal, suite: str) -> str | None:
    total, jours = faits.en_tout
    ouvrables = 0 if jours is None else jours_ouvrables(jours)
    if not ouvrables or total <= limite * ouvrables:
        return None
    return (
        f"{_combien(faits, total)} pour {quantite(ouvrables, 'jour')} ouvrable{'s' if ouvrables > 1 else ''}\u00a0: c’est plus de "
        f"{heures(limite)} par jour{suite}."
    )


def _plus_par_semaine(faits: Faits, limite: Decimal, suite: str) -> str | None:
    total, jours = faits.en_tout
    if jours is None or total <= limite * semaines(jours):
        return None
    nombre = jours.nombre_jours()
    return f"{_combien(faits, total)} en {quantite(nombre, 'jour')}\u00a0: c’est plus de {heures(limite)} par semaine{suite}."


def _combien(faits: Faits, total: Decimal) -> str:
    avec = f", {heures(total)} avec les autres heures de la personne" if total != faits.heures else ""
    return f"{faits.quoi}{avec}"


def plus_de_10_h(faits: Faits) -> str | None:
    """Plus de dix heures par jour ouvrable, toutes opérations (L3121-18) ; rend la phrase, ou None."""
    return _plus_par_jour(faits, HEURES_PAR_JOUR, ", le maximum sans dérogation. Vérifiez le relevé d’heures")


def plus_de_48_h(faits: Faits) -> str | None:
    """Plus de quarante-huit heures par semaine en moyenne, toutes opérations (L3121-20) ; rend la phrase, ou None."""
    return _plus_par_semaine(faits, MAXIMUM_HEURES_PAR_SEMAINE, ", tous contrats ensemble. Vérifiez le relevé d’heures")


def _est_mineur(faits: Faits) -> bool:
    """Dit si la personne n'a pas encore dix-huit ans le dernier jour travaillé."""
    return faits.naissance is not None and age_au(faits.naissance, faits.fin_travail) < MAJORITE


def mineur_plus_de_8_h(faits: Faits) -> str | None:
    """Avant dix-huit ans, plus de huit heures par jour ouvrable (L3162-1) ; rend la phrase, ou None."""
    suite = ", le maximum avant 18\u00a0ans. Vérifiez le relevé, ou la dérogation de l’inspection du travail"
    return _plus_par_jour(faits, HEURES_PAR_JOUR_MINEUR, suite) if _est_mineur(faits) else None


def mineur_plus_de_35_h(faits: Faits) -> str | None:
    """Avant dix-huit ans, plus de trente-cinq heures par semaine (L3162-1) ; rend la phrase, ou None."""
    suite = ", le maximum avant 18\u00a0ans. Vérifiez le relevé, ou la dérogation de l’inspection du travail"
    return _plus_par_semaine(faits, HEURES_PAR_SEMAINE_MINEUR, suite) if _est_mineur(faits) else None


def sans_jour_ouvrable(faits: Faits) -> str | None:
    """Des heures de travail sur des dimanches et des fériés seulement (L3132-3, L3133-1) ; rend la phrase, ou None."""
    if faits.travail is None or faits.est_formation or jours_ouvrables(faits.travail):
        return None
    return (
        f"{faits.quoi}\u00a0: ces jours ne sont que des dimanches ou des jours fériés. "
        "Vérifiez les dates, ou l’accord qui permet d’y travailler."
    )


def ferie_periode_courte(faits: Faits) -> str | None:
    """Sur sept jours au plus, des heures qui supposent qu'un jour férié de semaine a été travaillé ; rend la phrase, ou None."""
    travail = faits.travail
    if travail is None or faits.est_formation or (travail.nombre_jours() or 0) > PERIODE_COURTE_JOURS:
        return None
    feries = [jour for jour in jours_de(travail) if jour.weekday() < SAMEDI and nom_ferie(jour)]
    ouvres = sum(1 for jour in jours_de(travail) if jour.weekday() < SAMEDI) - len(feries)
    limite = faits.contrat.heures_hebdo * ouvres / JOURS_OUVRES_PAR_SEMAINE
    if not feries or not ouvres or faits.heures <= limite:
        return None
    return (
        f"{faits.quoi}, dont {enumeration(f'le {date_longue(jour)}' for jour in feries)}, férié\u00a0: sans ce jour, le contrat fait "
        f"{heures(limite)}. Vérifiez que le jour férié n’est pas compté."
    )


def plus_que_le_contrat(faits: Faits) -> str | None:
    """Des heures de travail au-delà des heures hebdomadaires du contrat × les semaines ; rend la phrase, ou None."""
    if faits.travail is None or faits.est_formation:
        return None
    limite = heures_du_contrat(faits.contrat.heures_hebdo, faits.travail)
    if faits.heures <= limite:
        return None
    return (
        f"{faits.quoi}\u00a0: le contrat est de {heures(faits.contrat.heures_hebdo)} par semaine, soit {heures(limite)} sur ces jours. "
        "Vérifiez le relevé, ou les heures supplémentaires au bulletin."
    )


def formation_au_dela(faits: Faits) -> str | None:
    """Des heures de formation au-delà des heures du contrat sur la même période ; rend la phrase, ou None."""
    if faits.travail is None or not faits.est_formation:
        return None
    limite = heures_du_contrat(faits.contrat.heures_hebdo, faits.travail)
    if faits.heures <= limite:
        return None
    return (
        f"{faits.quoi}\u00a0: c’est plus de formation que les {heures(limite)} du contrat sur ces jours. "
        "Vérifiez l’attestation de l’organisme de formation."
    )


def deux_operations(faits: Faits) -> str | None:
    """Un même contrat déclaré sur plusieurs opérations, au-delà de ses heures ; rend la phrase, ou None."""
    ailleurs = [a for a in faits.simultanees if a.contrat == faits.contrat.cle and a.ligne != faits.ligne]
    if faits.travail is None or not ailleurs:
        return None
    memes = [a for a in faits.simultanees if a.contrat == faits.contrat.cle]
    total = faits.heures + sum((a.heures for a in memes), ZERO)
    jours = Periode(
        min([faits.travail.debut, *(a.periode.debut for a in memes)]),
        max([faits.fin_travail, *(a.periode.fin or a.periode.debut for a in memes)]),
    )
    limite = heures_du_contrat(faits.contrat.heures_hebdo, jours)
    if total <= limite:
        return None
    noms = enumeration(dict.fromkeys(a.operation for a in ailleurs))
    return (
        f"{faits.quoi}, et {heures(total - faits.heures)} du même contrat avec {noms}\u00a0: {heures(total)} en tout, "
        f"{heures(limite)} au contrat. Une heure ne compte qu’une fois\u00a0: vérifiez le partage."
    )


def deux_temps_pleins(faits: Faits) -> str | None:
    """Deux contrats à temps plein déclarés les mêmes jours pour une personne ; rend la phrase, ou None."""
    if faits.travail is None or faits.contrat.heures_hebdo < TEMPS_PLEIN_HEBDO:
        return None
    autres = [a for a in faits.simultanees if a.contrat != faits.contrat.cle and a.heures_hebdo >= TEMPS_PLEIN_HEBDO]
    if not autres:
        return None
    noms = enumeration(dict.fromkeys(a.employeur for a in autres))
    return (
        f"{faits.quoi}\u00a0: la personne est aussi déclarée ces jours-là à temps plein chez {noms}. "
        "Vérifiez les dates des deux contrats."
    )


CONTROLES = (
    Controle(
        "plus_de_10_h", "Plus de 10 h par jour", "10 h par jour ouvrable", "Code du travail, L3121-18", plus_de_10_h
    ),
    Controle("plus_de_48_h", "Plus de 48 h par semaine", "48 h par semaine", "Code du travail, L3121-20", plus_de_48_h),
    Controle(
        "mineur_plus_de_8_h",
        "Moins de 18 ans\u00a0: plus de 8 h par jour",
        "8 h par jour ouvrable",
        "Code du travail, L3162-1",
        mineur_plus_de_8_h,
    ),
    Controle(
        "mineur_plus_de_35_h",
        "Moins de 18 ans\u00a0: plus de 35 h par semaine",
        "35 h par semaine",
        "Code du travail, L3162-1",
        mineur_plus_de_35_h,
    ),
    Controle(
        "sans_jour_ouvrable",
        "Dimanches et fériés seulement",
        "un jour ouvrable au moins",
        "Code du travail, L3132-3 et L3133-1",
        sans_jour_ouvrable,
    ),
    Controle(
        "ferie_periode_courte",
        "Jour férié dans une période courte",
        "les heures du contrat sans le jour férié, sur 7 jours au plus",
        "Code du travail, L3133-1",
        ferie_periode_courte,
        Niveau.INFORMATION,
    ),
    Controle(
        "plus_que_le_contrat",
        "Plus que les heures du contrat",
        "heures par semaine du contrat × semaines",
        USAGE,
        plus_que_le_contrat,
    ),
    Controle(
        "formation_au_dela",
        "Formation au-delà du contrat",
        "les heures du contrat sur la période",
        USAGE,
        formation_au_dela,
    ),
    Controle(
        "deux_operations",
        "Même contrat sur deux opérations",
        "les heures du contrat, toutes opérations",
        "Usage\u00a0: une heure ne compte qu’une fois",
        deux_operations,
        reserve=True,
    ),
    Controle(
        "deux_temps_pleins",
        "Deux temps pleins les mêmes jours",
        "un contrat de 35 h par semaine à la fois",
        "Code du travail, L8261-1",
        deux_temps_pleins,
        reserve=True,
    ),
)
