"""La frise d'une personne : contrats, fenêtre de clause de chaque opération, agréments. Une rangée et une date par fenêtre."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from beneficiaires.periodes import Periode, ajouter_mois
from clauses.models import Affectation, Eligibilite, TypeContrat
from comptes.formats import date_courte, heures
from parcours.models import Agrement
from reporting.graphiques import Barre, Rangee, frise

MARGE_MOIS = 3
# Mots courts des types de contrat : la barre d'une frise n'a pas la place du libellé entier.
COURTS = {TypeContrat.CTTI: "CTTI", TypeContrat.CDDI: "CDDI", TypeContrat.INTERIM: "Intérim", TypeContrat.CDDU: "CDDU"}


@dataclass(frozen=True)
class LigneFrise:
    """La même chose en tableau : élément, bornes comprises, détail."""

    element: str
    debut: date
    fin: date | None
    detail: str


@dataclass(frozen=True)
class FrisePersonne:
    svg: str
    lignes: list[LigneFrise]


def frise_de(
    eligibilites: Sequence[Eligibilite],
    affectations: Sequence[Affectation],
    agrements: Sequence[Agrement],
    aujourd_hui: date,
) -> FrisePersonne | None:
    """La frise et son tableau, ou None quand il n'y a encore aucune date à montrer."""
    contrats = {a.contrat.pk: a.contrat for a in affectations}.values()
    ouvertes = [e for e in eligibilites if e.date_debut]
    dates = [c.date_debut for c in contrats] + [e.date_debut for e in ouvertes] + [a.date_debut for a in agrements]
    if not dates:
        return None
    fins = [f for c in contrats if (f := c.derniere_date)] + [e.date_fin for e in ouvertes if e.date_fin]
    fins += [a.date_fin for a in agrements]
    debut = ajouter_mois(min([*dates, aujourd_hui]), -1)
    fin = ajouter_mois(max([*fins, *dates, aujourd_hui]), MARGE_MOIS)
    lignes: list[LigneFrise] = []
    rangees: list[Rangee] = []
    if contrats:
        barres = []
        for contrat in sorted(contrats, key=lambda c: c.date_debut):
            texte = f"{COURTS.get(contrat.type_contrat, contrat.get_type_contrat_display())}, {contrat.employeur.nom}"
            lignes.append(
                LigneFrise(
                    f"Contrat {texte}", contrat.date_debut, contrat.derniere_date, _servis(affectations, contrat)
                )
            )
            barres.append(Barre(contrat.date_debut, contrat.derniere_date or fin, "contrat", texte))
        rangees.append(Rangee("Contrats", tuple(barres)))
    for eligibilite in sorted(ouvertes, key=lambda e: e.date_debut):
        validees = sum((a.validees for a in affectations if a.eligibilite_id == eligibilite.pk), start=0)
        rangees.append(_rangee_clause(eligibilite, heures(validees), aujourd_hui, fin))
        lignes.append(
            LigneFrise(
                f"Clause, {eligibilite.operation.nom}",
                eligibilite.date_debut,
                eligibilite.date_fin,
                f"{heures(validees)} validées",
            )
        )
    for agrement in sorted(agrements, key=lambda a: a.date_debut):
        nom = agrement.get_type_agrement_display()
        estime = " (estimation)" if agrement.est_estime else ""
        barre = Barre(agrement.date_debut, agrement.date_fin, "agrement", agrement.numero)
        rangees.append(Rangee(nom, (barre,), date_courte(agrement.date_fin) + estime))
        lignes.append(LigneFrise(nom, agrement.date_debut, agrement.date_fin, f"{agrement.numero}{estime}"))
    svg = frise(
        rangees,
        debut=debut,
        fin=fin,
        aujourd_hui=aujourd_hui,
        conclusion=f"Frise de {len(rangees)} rangées. Le tableau qui suit donne les mêmes dates.",
    )
    return FrisePersonne(svg, lignes)


def _rangee_clause(eligibilite: Eligibilite, validees: str, aujourd_hui: date, bout: date) -> Rangee:
    fin = eligibilite.date_fin or bout
    ecrite = date_courte(eligibilite.date_fin) if eligibilite.date_fin else "fin de l’opération"
    texte = f"{validees} validées"
    if fin < aujourd_hui:
        barres: tuple[Barre, ...] = (Barre(eligibilite.date_debut, fin, "clause", texte),)
        ecrite = f"finie le {ecrite}"
    elif eligibilite.date_debut > aujourd_hui:
        barres = (Barre(eligibilite.date_debut, fin, "clause_avenir", "à venir"),)
    else:
        reste = Periode(eligibilite.date_debut, fin).jours_restants(aujourd_hui)
        barres = (
            Barre(eligibilite.date_debut, aujourd_hui, "clause", texte),
            Barre(aujourd_hui, fin, "clause_avenir", f"encore {reste}\xa0jours"),
        )
    return Rangee("Clause", barres, ecrite, sous=eligibilite.operation.nom)


def _servis(affectations: Sequence[Affectation], contrat) -> str:
    noms = [a.engagement.titulaire.lot.marche.operation.nom for a in affectations if a.contrat_id == contrat.pk]
    return "pour " + ", ".join(noms)
