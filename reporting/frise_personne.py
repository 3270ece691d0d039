"""La frise d'une personne : étapes, contrats, fenêtre de clause de chaque opération, agréments. Une rangée et une date par fenêtre.

Une clause, un PASS IAE et un PLIE ont chacun leur rangée, leur nom et leur fin : rien ne passe de l'un à l'autre.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from beneficiaires.periodes import Periode, ajouter_mois, decaler, lendemain, veille
from clauses.models import Affectation, Contrat, Eligibilite
from comptes.formats import date_courte, heures, quantite
from parcours.lectures import AgrementDuJour
from parcours.lectures_chemin import CONTRATS_COURTS, EtapeDuJour
from parcours.regles import fin_plie
from reporting.frise_etapes import ligne_de_l_etape, rangees_des_etapes
from reporting.frises import Frise, LigneFrise
from reporting.graphiques import Barre, Rangee, frise, legende, tient

MARGE_MOIS = 3


def frise_de(
    eligibilites: Sequence[Eligibilite],
    affectations: Sequence[Affectation],
    agrements: Sequence[AgrementDuJour],
    aujourd_hui: date,
    etapes: Sequence[EtapeDuJour] = (),
) -> Frise | None:
    """La frise, sa légende et son tableau, ou None quand il n'y a encore aucune date à montrer.

    `etapes` : celles qui ne sont pas des contrats de clause, déjà dans leur rangée.
    """
    contrats = sorted({a.contrat.pk: a.contrat for a in affectations}.values(), key=lambda c: c.date_debut)
    ouvertes = sorted((e for e in eligibilites if e.date_debut), key=lambda e: e.date_debut)
    ranges = sorted(agrements, key=lambda a: a.agrement.date_debut)
    bornes = _bornes(contrats, ouvertes, ranges, etapes, aujourd_hui)
    if bornes is None:
        return None
    rangees = list(rangees_des_etapes(etapes, aujourd_hui, bornes))
    rangees += _rangees_contrats(contrats, aujourd_hui, bornes)
    lignes = [ligne_de_l_etape(etape) for etape in etapes]
    lignes += [
        LigneFrise(f"Contrat {_nom(c)}", c.date_debut, c.derniere_date, _servis(affectations, c)) for c in contrats
    ]
    for eligibilite in ouvertes:
        validees = heures(sum((a.validees for a in affectations if a.eligibilite_id == eligibilite.pk), start=0))
        rangees.append(_rangee_clause(eligibilite, validees, aujourd_hui, bornes.fin))
        nom = f"Clause, {eligibilite.operation.nom}"
        lignes.append(LigneFrise(nom, eligibilite.date_debut, eligibilite.date_fin, f"{validees} validées"))
    for agrement in ranges:
        rangees.append(_rangee_agrement(agrement, aujourd_hui))
        lignes += _lignes_agrement(agrement)
    dessin = frise(
        rangees,
        debut=bornes.debut,
        fin=bornes.fin,
        aujourd_hui=aujourd_hui,
        conclusion=f"Frise de {quantite(len(rangees), 'rangée')}. Le tableau qui suit donne les mêmes dates.",
    )
    return Frise(dessin, legende(rangees), lignes)


def _bornes(
    contrats: Sequence[Contrat],
    ouvertes: Sequence[Eligibilite],
    agrements: Sequence[AgrementDuJour],
    etapes: Sequence[EtapeDuJour],
    aujourd_hui: date,
) -> Periode | None:
    debuts = [c.date_debut for c in contrats] + [e.date_debut for e in ouvertes] + [e.periode.debut for e in etapes]
    debuts += [a.agrement.date_debut for a in agrements]
    if not debuts:
        return None
    fins = [f for c in contrats if (f := c.derniere_date)] + [e.date_fin for e in ouvertes if e.date_fin]
    fins += [e.periode.fin for e in etapes if e.periode.fin]
    fins += [a.agrement.date_fin for a in agrements] + [p.fin for a in agrements for p in _demandees(a)]
    return Periode(
        ajouter_mois(min([*debuts, aujourd_hui]), -1), ajouter_mois(max([*fins, *debuts, aujourd_hui]), MARGE_MOIS)
    )


# Contrats ----------------------------------------------------------------------------------------------------------


def _rangees_contrats(contrats: Sequence[Contrat], aujourd_hui: date, bornes: Periode) -> Iterator[Rangee]:
    """Les contrats tenus en même temps ont chacun leur ligne : deux barres ne se recouvrent jamais."""
    lignes: list[list[Contrat]] = []
    for contrat in contrats:
        libre = next((ligne for ligne in lignes if (ligne[-1].derniere_date or bornes.fin) < contrat.date_debut), None)
        if libre is None:
            lignes.append([contrat])
        else:
            libre.append(contrat)
    for rang, ligne in enumerate(lignes):
        barres = tuple(barre for contrat in ligne for barre in _barres_contrat(contrat, aujourd_hui, bornes))
        yield Rangee("" if rang else "Contrats", barres, sous="en même temps" if rang else "")


def _barres_contrat(contrat: Contrat, aujourd_hui: date, bornes: Periode) -> list[Barre]:
    """La part faite et celle qui reste ; le nom va dans la plus longue s'il y tient, sinon à côté de la dernière."""
    faite, reste = _couper(Periode(contrat.date_debut, contrat.derniere_date or bornes.fin), aujourd_hui)
    parts = [(p, aspect) for p, aspect in ((faite, "contrat"), (reste, "contrat_avenir")) if p]
    barres = [Barre(p.debut, p.fin, aspect, _nom(contrat)) for p, aspect in parts]
    longue = max(barres, key=lambda b: b.fin - b.debut)
    nommee = longue if tient(longue, bornes.debut, bornes.fin) else barres[-1]
    return [barre if barre is nommee else replace(barre, texte="") for barre in barres]


def _nom(contrat: Contrat) -> str:
    return f"{CONTRATS_COURTS.get(contrat.type_contrat, contrat.get_type_contrat_display())}, {contrat.employeur.nom}"


def _servis(affectations: Sequence[Affectation], contrat: Contrat) -> str:
    noms = [a.engagement.titulaire.lot.marche.operation.nom for a in affectations if a.contrat_id == contrat.pk]
    return "pour " + ", ".join(noms)


# Clauses -----------------------------------------------------------------------------------------------------------


def _rangee_clause(eligibilite: Eligibilite, validees: str, aujourd_hui: date, bout: date) -> Rangee:
    fin = eligibilite.date_fin or bout
    ecrite = date_courte(eligibilite.date_fin) if eligibilite.date_fin else "fin de l’opération"
    faite, reste = _couper(Periode(eligibilite.date_debut, fin), aujourd_hui)
    barres = []
    if faite:
        barres.append(Barre(faite.debut, faite.fin, "clause", f"{validees} validées"))
    if reste:
        jours = Periode(reste.debut, fin).jours_restants(aujourd_hui)
        barres.append(
            Barre(reste.debut, fin, "clause_avenir", f"encore {quantite(jours, 'jour')}" if faite else "à venir")
        )
    return Rangee(
        "Clause", tuple(barres), ecrite if reste or not faite else f"finie le {ecrite}", sous=eligibilite.operation.nom
    )


# Agréments ---------------------------------------------------------------------------------------------------------


def _rangee_agrement(agrement: AgrementDuJour, aujourd_hui: date) -> Rangee:
    fin = date_courte(agrement.agrement.date_fin)
    demandees = _demandees(agrement)
    barres = [*_barres_agrement(agrement, aujourd_hui)]
    barres += [Barre(max(p.debut, agrement.agrement.date_fin), p.fin, "demande") for p in demandees]
    nom = agrement.agrement.get_type_agrement_display()
    return Rangee(
        nom,
        tuple(barres),
        f"{fin}, estimée" if agrement.agrement.est_estime else fin,
        sous=agrement.nom.removeprefix(nom).strip() if agrement.agrement.est_pass else agrement.nom,
        fin_sous=f"demandé au {date_courte(demandees[-1].fin)}" if demandees else "",
    )


def _barres_agrement(agrement: AgrementDuJour, aujourd_hui: date) -> Iterator[Barre]:
    """Du début à la fin, sans trou ni recouvrement : suspendu, prolongé, utilisé ou à venir."""
    faits = agrement.faits
    entier = Periode(faits.debut, faits.fin)
    ajout = _debut_de_l_ajout(agrement)
    curseur = faits.debut
    suspendus = [c for s in faits.suspensions if (c := s.periode.intersection(entier))]
    for suspendu in [*sorted(suspendus, key=lambda s: s.debut), Periode(lendemain(faits.fin), lendemain(faits.fin))]:
        if curseur < suspendu.debut:
            yield from _courant(Periode(curseur, veille(suspendu.debut)), ajout, aujourd_hui)
        if suspendu.debut <= faits.fin:
            yield Barre(suspendu.debut, suspendu.fin, "suspendu", "suspendu")
        curseur = lendemain(suspendu.fin)


def _courant(tenue: Periode, ajout: date, aujourd_hui: date) -> Iterator[Barre]:
    """Une part qui court : jusqu'à l'ajout elle est utilisée ou à venir, ensuite elle vient d'une prolongation."""
    if tenue.debut < ajout:
        faite, reste = _couper(Periode(tenue.debut, min(tenue.fin, veille(ajout))), aujourd_hui)
        if faite:
            yield Barre(faite.debut, faite.fin, "agrement")
        if reste:
            yield Barre(reste.debut, reste.fin, "agrement_avenir")
    if ajout <= tenue.fin:
        yield Barre(max(tenue.debut, ajout), tenue.fin, "prolonge", "prolongé ou renouvelé")


def _debut_de_l_ajout(agrement: AgrementDuJour) -> date:
    """Le premier jour dû à une prolongation ou à un renouvellement ; le lendemain de la fin s'il n'y en a pas."""
    faits = agrement.faits
    if faits.renouvellements:
        return min(lendemain(fin_plie(faits.debut, regle=faits.regle_plie)), lendemain(faits.fin))
    jours = sum((p.periode.fin - p.periode.debut).days for p in faits.prolongations if p.est_accordee)
    return max(lendemain(decaler(faits.fin, -jours)), faits.debut)


def _demandees(agrement: AgrementDuJour) -> list[Periode]:
    """Les prolongations demandées qui iraient au-delà de la fin du jour."""
    demandees = (p.periode for p in agrement.faits.prolongations if p.etat == "demandee")
    return [periode for periode in demandees if periode.fin > agrement.agrement.date_fin]


def _lignes_agrement(agrement: AgrementDuJour) -> Iterator[LigneFrise]:
    faits = agrement.faits
    detail = "fin estimée" if agrement.agrement.est_estime else "fin écrite sur le document"
    yield LigneFrise(agrement.nom, faits.debut, faits.fin, detail)
    for suspension in faits.suspensions:
        yield LigneFrise(
            f"{agrement.nom}, suspendu", suspension.periode.debut, suspension.periode.fin, suspension.motif
        )
    mots = {"demandee": "prolongation demandée", "accordee": "prolongé", "refusee": "prolongation refusée"}
    for p in faits.prolongations:
        yield LigneFrise(f"{agrement.nom}, {mots[p.etat]}", p.periode.debut, p.periode.fin, p.motif)
    if faits.renouvellements:
        mois = sum(r.mois for r in faits.renouvellements)
        yield LigneFrise(f"{agrement.nom}, renouvelé", _debut_de_l_ajout(agrement), faits.fin, f"de {mois} mois")


def _couper(tenue: Periode, aujourd_hui: date) -> tuple[Periode | None, Periode | None]:
    """La part faite, aujourd'hui compris, et celle qui reste."""
    if tenue.fin <= aujourd_hui:
        return tenue, None
    if tenue.debut > aujourd_hui:
        return None, tenue
    return Periode(tenue.debut, aujourd_hui), Periode(lendemain(aujourd_hui), tenue.fin)
