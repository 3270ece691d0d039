"""Une étape hors d'un agrément : quel agrément, quelle date. Jamais l'éligibilité à une clause, qui a sa propre fenêtre.

Le PASS IAE se regarde pour un contrat de l'IAE, le PLIE pour toute étape d'un parcours suivi par un PLIE. Rien n'est refusé : c'est un
avertissement. Source : fiche A3, partie II (ne pas confondre l'agrément et la clause) ; plateforme pour le PASS IAE.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from beneficiaires.periodes import Periode, lendemain, veille
from comptes.formats import date_longue, heures, periode
from comptes.regles import Avertissement
from parcours.regles.agrements import TYPE_IAE, TYPE_PLIE

# Contrats de travail d'une structure de l'IAE (code du travail, L5132-3 et suivants).
CONTRATS_IAE: Final = frozenset({"cddi", "ctti", "cdi_inclusion"})
DISPOSITIF_PLIE: Final = "plie"


@dataclass(frozen=True, slots=True)
class AgrementDit:
    """Un agrément, ses jours et ses suspensions. `nom` : « PASS IAE 99999 24 00718 », « PLIE du Confluent »."""

    nom: str
    type_agrement: str
    periode: Periode
    suspensions: tuple[Periode, ...] = ()
    est_estime: bool = False


def agrements_attendus(type_etape: str, *, type_contrat: str, dispositif: str) -> tuple[str, ...]:
    """Rend les types d'agrément sous lesquels l'étape devrait se passer. `type_contrat` : vide si l'étape n'en a pas.

    Un parcours suspendu n'attend rien.
    """
    if type_etape == "suspension":
        return ()
    attendus = []
    if type_etape == "contrat_iae" or type_contrat in CONTRATS_IAE:
        attendus.append(TYPE_IAE)
    if dispositif == DISPOSITIF_PLIE:
        attendus.append(TYPE_PLIE)
    return tuple(attendus)


def parts_hors(tenue: Periode, fenetres: Sequence[Periode]) -> tuple[Periode, ...]:
    """Rend les jours de la période qui ne sont dans aucune fenêtre, en périodes qui se suivent."""
    restes = [tenue]
    for fenetre in fenetres:
        restes = [part for reste in restes for part in _retirer(reste, fenetre)]
    return tuple(sorted(restes, key=lambda part: part.debut))


def _retirer(tenue: Periode, fenetre: Periode) -> Iterator[Periode]:
    if not tenue.chevauche(fenetre):
        yield tenue
        return
    if tenue.debut < fenetre.debut:
        yield Periode(tenue.debut, veille(fenetre.debut))
    if fenetre.fin is not None and (tenue.fin is None or fenetre.fin < tenue.fin):
        yield Periode(lendemain(fenetre.fin), tenue.fin)


def avertir_hors_agrement(
    tenue: Periode,
    agrements: Sequence[AgrementDit],
    *,
    type_agrement: str,
    porte_une_clause: bool = False,
    eligible_jusqu_au: date | None = None,
) -> tuple[Avertissement, ...]:
    """Dit ce qui, dans cette étape, est hors des agréments de ce type ; vide si tout est couvert.

    `agrements` : tous ceux de la personne. `porte_une_clause` : l'étape est un contrat de clause ; la phrase dit alors que son
    éligibilité à la clause, elle, ne bouge pas (`eligible_jusqu_au` : son dernier jour, None s'il n'est pas connu).
    """
    siens = sorted((a for a in agrements if a.type_agrement == type_agrement), key=lambda a: a.periode.debut)
    phrases = [
        (f"hors_{type_agrement}", _hors(part, tenue, siens, type_agrement))
        for part in parts_hors(tenue, [a.periode for a in siens])
    ]
    phrases += [(f"suspendu_{type_agrement}", phrase) for phrase in _suspensions(tenue, siens)]
    suite = _clause(eligible_jusqu_au) if porte_une_clause else ""
    return tuple(Avertissement(phrase + suite, code) for code, phrase in phrases)


def _hors(part: Periode, tenue: Periode, agrements: Sequence[AgrementDit], type_agrement: str) -> str:
    if not agrements:
        nom = "PASS IAE" if type_agrement == TYPE_IAE else "agrément PLIE"
        return f"Aucun {nom} n’est enregistré pour cette étape."
    precedents = [a for a in agrements if a.periode.fin is not None and a.periode.fin < part.debut]
    if precedents:
        avant = max(precedents, key=lambda a: a.periode.fin or part.debut)
        verbe = f"commence le {date_longue(part.debut)}, " if part.debut == tenue.debut else "se poursuit "
        estimee = " (estimation)" if avant.est_estime else ""
        return f"L’étape {verbe}après la fin du {avant.nom}, le {date_longue(avant.periode.fin)}{estimee}."
    apres = agrements[0]
    return (
        f"L’étape commence le {date_longue(part.debut)}, avant le {apres.nom}, qui court à partir du "
        f"{date_longue(apres.periode.debut)}."
    )


def _suspensions(tenue: Periode, agrements: Sequence[AgrementDit]) -> Iterator[str]:
    for agrement in agrements:
        for suspension in sorted(agrement.suspensions, key=lambda s: s.debut):
            if suspension.chevauche(tenue):
                yield (
                    f"Le {agrement.nom} est suspendu {periode(suspension.debut, suspension.fin)}, pendant cette étape."
                )


def _clause(jusqu_au: date | None) -> str:
    borne = f", jusqu’au {date_longue(jusqu_au)} inclus" if jusqu_au else ""
    return f" L’éligibilité à la clause, elle, ne change pas{borne}."


def heures_hors(releves: Sequence[tuple[Periode, Decimal]], hors: Sequence[Periode]) -> Decimal:
    """Rend les heures des relevés qui ont au moins un jour hors des agréments. Un relevé : ses jours et ses heures."""
    return sum((h for tenue, h in releves if any(tenue.chevauche(part) for part in hors)), Decimal(0))


def avertir_des_heures(total: Decimal, *, type_agrement: str) -> Avertissement | None:
    """Dit les heures validées dont la période déborde de l'agrément ; None s'il n'y en a pas."""
    if not total:
        return None
    nom = "du PASS IAE" if type_agrement == TYPE_IAE else "du PLIE"
    return Avertissement(
        f"{heures(total)} validées sur des périodes en tout ou partie hors {nom}. Elles comptent pour la clause tant que "
        "l’éligibilité court.",
        f"heures_hors_{type_agrement}",
    )
