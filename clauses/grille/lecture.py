"""Lire et ranger la grille d'une opération : quatre requêtes, une de plus s'il y a des heures refusées, une si tout ne compte pas."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from itertools import pairwise
from uuid import UUID

from django.db.models import Count, OuterRef, QuerySet, Subquery, Sum, prefetch_related_objects
from django.db.models.functions import Coalesce

from beneficiaires.periodes import Periode, mois_de
from clauses.explications import comptes_des_cases
from clauses.grille.modele import (
    NOMBRE_DE_MOIS,
    TOUTES_NATURES,
    VIDE,
    ZERO,
    Case,
    Demande,
    Grille,
    Groupe,
    Ligne,
    Totaux,
    cle_de_ligne,
)
from clauses.models import (
    Affectation,
    Constat,
    EtatReleve,
    NatureHeures,
    NiveauControle,
    Operation,
    RegleClause,
    ReleveHeures,
    Titulaire,
)
from clauses.models.heures import ETATS_EN_ATTENTE
from clauses.regles import periode_saisissable
from clauses.regles.choix import MoisACheval
from clauses.remarques import se_montre
from clauses.services.faits_heures import faits_de, lot_est_clos
from comptes.models import Utilisateur

# Une opération peut compter des centaines d'affectations : on ne lit que ce qui se montre ou ce que les règles demandent.
LOT = "engagement__titulaire__lot"
LUS = (
    "mode_execution",
    *(f"contrat__{champ}" for champ in ("type_contrat", "date_debut", "date_fin", "date_rupture")),
    *(f"contrat__beneficiaire__{champ}" for champ in ("prenom", "nom_naissance", "nom_usage")),
    "contrat__employeur__nom",
    *(f"eligibilite__{champ}" for champ in ("reponse", "date_debut", "date_fin", "decision")),
    "engagement__titulaire__entreprise__nom",
    *(f"{LOT}__{champ}" for champ in ("numero", "intitule", "date_debut", "date_fin", "clos_le")),
    *(f"{LOT}__marche__{champ}" for champ in ("reference", "date_debut", "date_fin")),
    *(f"{LOT}__marche__operation__{champ}" for champ in ("date_debut", "date_fin")),
)


def construire_grille(demande: Demande, utilisateur: Utilisateur, aujourd_hui: date) -> Grille:
    """Lit et range tout ce que la grille montre à cet utilisateur."""
    toutes = list(_affectations(demande.operation, utilisateur))
    titulaires = {a.engagement.titulaire_id: a.engagement.titulaire for a in toutes}
    affectations = [a for a in toutes if _est_demandee(a, demande)]
    ids, colonnes = [a.pk for a in affectations], demande.mois
    releves: defaultdict[tuple[UUID, str, date], list[ReleveHeures]] = defaultdict(list)
    for releve in _releves(ids, colonnes):
        releves[releve.affectation_id, releve.nature, releve.mois].append(releve)
    avant = _validees_avant(ids, colonnes[0])
    avec_formation = {affectation for affectation, nature, _ in releves if nature == NatureHeures.FORMATION}
    lignes = [
        _ligne(affectation, nature, colonnes, releves, avant, aujourd_hui)
        for affectation in affectations
        for nature in _natures(affectation, demande, avec_formation, avant)
    ]
    _remarquer(lignes, _constats(ids, colonnes[-1]), utilisateur)
    _dire_ce_qui_compte(lignes)
    return _ranger(demande, lignes, sorted(titulaires.values(), key=rang_de_titulaire), aujourd_hui)


def _affectations(operation: Operation, utilisateur: Utilisateur) -> QuerySet[Affectation]:
    operations = (
        Affectation.objects.filter(contrat=OuterRef("contrat"))
        .order_by()
        .values("contrat")
        .annotate(n=Count("engagement__titulaire__lot__marche__operation", distinct=True))
    )
    regle = RegleClause.objects.filter(marche=OuterRef(f"{LOT}__marche"), est_courante=True)
    return (
        Affectation.objects.pour(utilisateur)
        .filter(engagement__titulaire__lot__marche__operation=operation)
        .select_related(
            "contrat__beneficiaire",
            "contrat__employeur",
            "eligibilite",
            "engagement__titulaire__entreprise",
            "engagement__titulaire__lot__marche__operation",
        )
        .only(*LUS)
        .annotate(
            nombre_operations=Coalesce(Subquery(operations.values("n")), 1),
            mois_a_cheval=Subquery(regle.values("options__eligibilite__mois_a_cheval")[:1]),
        )
        .order_by("contrat__beneficiaire__cle_tri", "contrat__date_debut", "pk")
    )


def _est_demandee(affectation: Affectation, demande: Demande) -> bool:
    titulaire = affectation.engagement.titulaire
    return demande.lot in (None, titulaire.lot_id) and demande.titulaire in (None, titulaire.pk)


def _releves(ids: list[UUID], colonnes: list[date]) -> list[ReleveHeures]:
    releves = list(
        ReleveHeures.objects.filter(affectation__in=ids, mois__range=(colonnes[0], colonnes[-1]))
        .defer("saisi_le")
        .order_by("date_debut")
    )
    # Un refus dit qui l'a décidé ; les autres cases n'ont pas besoin de leur auteur.
    prefetch_related_objects([r for r in releves if r.etat == EtatReleve.REFUSE], "decide_par")
    return releves


def _validees_avant(ids: list[UUID], premier_mois: date) -> dict[tuple[UUID, str], Decimal]:
    """Les heures validées qui comptent, comme sur la page de l'opération, du marché et dans le bilan."""
    sommes = (
        ReleveHeures.objects.filter(affectation__in=ids, mois__lt=premier_mois, etat=EtatReleve.VALIDE)
        .order_by()
        .values_list("affectation", "nature")
        .annotate(somme=Sum("heures_comptees"))
    )
    return {(affectation, nature): somme for affectation, nature, somme in sommes}


def _remarquer(lignes: list[Ligne], constats: Iterable[Constat], utilisateur: Utilisateur) -> None:
    """Donne aux cases ouvertes du dernier mois ce que les contrôles en disent à cet utilisateur."""
    cases = {case.releve.pk: case for ligne in lignes for case in ligne.cases[-1:] if case.releve}
    for constat in constats:
        if constat.releve_id in cases and se_montre(constat.code, utilisateur.profil):
            cases[constat.releve_id].constats.append(constat)


def _dire_ce_qui_compte(lignes: list[Ligne]) -> None:
    """Donne aux cases dont tout ne compte pas leur phrase : déclarées, comptées, et pourquoi."""
    cases = {case.cle: case for ligne in lignes for case in ligne.cases if case.releves}
    affectations = {ligne.affectation.pk: ligne.affectation for ligne in lignes}
    for cle, phrase in comptes_des_cases({c: case.releves for c, case in cases.items()}, affectations).items():
        cases[cle].compte = phrase


def _constats(ids: list[UUID], dernier_mois: date) -> QuerySet[Constat]:
    """Ce que disent les contrôles des lignes ouvertes ; une simple information se lit dans leur histoire."""
    ouvertes = Constat.objects.filter(
        releve__affectation__in=ids, releve__mois=dernier_mois, releve__etat__in=ETATS_EN_ATTENTE
    )
    return ouvertes.exclude(niveau=NiveauControle.INFORMATION).order_by("code")


def _natures(affectation: Affectation, demande: Demande, avec_formation: set[UUID], avant: dict) -> list[str]:
    if demande.nature == TOUTES_NATURES:
        return NatureHeures.values
    if demande.nature:
        return [demande.nature]
    formation = affectation.pk in avec_formation or (affectation.pk, NatureHeures.FORMATION) in avant
    return NatureHeures.values if formation else [NatureHeures.TRAVAIL.value]


def _ligne(
    affectation: Affectation, nature: str, colonnes: list[date], releves: dict, avant: dict, aujourd_hui: date
) -> Ligne:
    ligne = Ligne(
        cle=cle_de_ligne(affectation.pk, nature),
        affectation=affectation,
        nature=nature,
        avant=avant.get((affectation.pk, nature), ZERO),
        lot_clos=lot_est_clos(affectation, aujourd_hui),
    )
    contrat, fenetre, execution = faits_de(affectation)
    est_prorata = affectation.mois_a_cheval == MoisACheval.PRORATA
    for mois in colonnes:
        part = periode_saisissable(mois, contrat, fenetre, execution, est_prorata=est_prorata)
        empechement = _empechement(mois, part, contrat, execution, ligne.lot_clos, aujourd_hui)
        if empechement:
            part = None
        presents = releves.get((affectation.pk, nature, mois), [])
        ligne.cases.append(
            Case(f"{ligne.cle}-{mois:%Y%m}", ligne, mois, part, empechement, presents, mois == colonnes[-1])
        )
    return ligne


def _empechement(
    mois: date, part: Periode | None, contrat: Periode, execution: Periode | None, lot_clos: bool, aujourd_hui: date
) -> str:
    """Pourquoi rien ne se saisit ce mois-là, en deux mots ; rien si des heures peuvent se saisir."""
    entier = mois_de(mois)
    if not entier.chevauche(contrat):
        return "hors contrat"
    if lot_clos:
        return "lot clos"
    if execution is not None and not entier.chevauche(execution):
        return "hors du lot"
    if (part or entier).debut > aujourd_hui:
        return "à venir"
    return "" if part else "non éligible"


def _ranger(demande: Demande, lignes: list[Ligne], titulaires: list[Titulaire], aujourd_hui: date) -> Grille:
    par_titulaire: defaultdict[UUID, list[Ligne]] = defaultdict(list)
    for ligne in lignes:
        par_titulaire[ligne.affectation.engagement.titulaire_id].append(ligne)
    plusieurs_marches = len({titulaire.lot.marche_id for titulaire in titulaires}) > 1
    groupes, masquees = [], 0
    for titulaire in titulaires:
        siennes = par_titulaire.get(titulaire.pk, [])
        actives = [ligne for ligne in siennes if ligne.est_a_montrer]
        masquees += len(siennes) - len(actives)
        montrees = [ligne for ligne in actives if _a_l_etat(ligne, demande.etat)]
        if montrees:
            groupes.append(Groupe(titulaire, montrees, _totaliser(siennes), _nom(titulaire, plusieurs_marches)))
    grille = Grille(demande, groupes, _totaliser(lignes), titulaires, masquees, aujourd_hui)
    _distinguer(grille.lignes)
    return grille


def _a_l_etat(ligne: Ligne, etat: str) -> bool:
    if not etat:
        return True
    if etat == VIDE:
        return any(case.est_derniere and case.etat == VIDE and case.est_saisissable for case in ligne.cases)
    return any(case.etat == etat for case in ligne.cases)


def _totaliser(lignes: Iterable[Ligne]) -> Totaux:
    totaux = Totaux(ZERO, [ZERO] * NOMBRE_DE_MOIS)
    for ligne in lignes:
        totaux.avant += ligne.avant
        totaux.mois = [somme + case.validees for somme, case in zip(totaux.mois, ligne.cases, strict=True)]
    return totaux


def _distinguer(lignes: list[Ligne]) -> None:
    """Une personne qui a plusieurs lignes de même nature : chacune dit son titulaire, pour qui n'entend que le nom du champ.

    Une ligne de formation qui suit la ligne de travail du même contrat n'en répète pas le nom.
    """
    fois = Counter((ligne.affectation.contrat.beneficiaire_id, ligne.nature) for ligne in lignes)
    for ligne in lignes:
        if fois[ligne.affectation.contrat.beneficiaire_id, ligne.nature] > 1:
            ligne.precision = str(ligne.affectation.engagement.titulaire.entreprise.nom)
    for precedente, ligne in pairwise(lignes):
        ligne.suit_le_travail = precedente.affectation is ligne.affectation


def _nom(titulaire: Titulaire, avec_marche: bool) -> str:
    lot = titulaire.lot
    debut = f"{lot.marche.reference}, lot" if avec_marche else "Lot"
    return f"{debut} {lot.numero}, {titulaire.entreprise.nom}"


def rang_de_titulaire(titulaire: Titulaire) -> tuple:
    """Marché, puis lot (2 avant 10), puis entreprise."""
    lot = titulaire.lot
    numero = [(0, int(m), "") if m.isdigit() else (1, 0, m) for m in re.findall(r"[0-9]+|[^0-9]+", lot.numero)]
    return lot.marche.reference, numero, titulaire.entreprise.nom.casefold()
