"""Lire et ranger une page de la grille : un nombre fixe de requêtes, un travail borné par la page, des totaux sur tout."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import pairwise
from uuid import UUID

from django.db.models import Count, DecimalField, Exists, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from clauses.explications import comptes_des_cases
from clauses.grille.cles import cle_de_ligne
from clauses.grille.ensemble import Grille, Groupe, Totaux
from clauses.grille.modele import TOUTES_NATURES, ZERO, Case, Demande, Ligne
from clauses.grille.pages import Effectif, Tranche, decouper, page_du_rang
from clauses.grille.portee import TITULAIRE, Compte, Portee
from clauses.grille.recues import lire_recues
from clauses.grille.resume import resumer
from clauses.models import (
    Affectation,
    Constat,
    EtatReleve,
    Imputation,
    NatureHeures,
    NiveauControle,
    Operation,
    RegleClause,
    ReleveHeures,
    Titulaire,
)
from clauses.models.heures import ETATS_EN_ATTENTE
from clauses.regles.choix import MoisACheval
from clauses.remarques import se_montre
from comptes.models import Utilisateur

LOT = f"{TITULAIRE}__lot"
# On ne lit que ce qui se montre ou ce que les règles demandent.
LUS = (
    "mode_execution",
    *(f"contrat__{champ}" for champ in ("type_contrat", "date_debut", "date_fin", "date_rupture")),
    "contrat__entreprise_utilisatrice",
    *(f"contrat__beneficiaire__{champ}" for champ in ("prenom", "nom_naissance", "nom_usage")),
    "contrat__employeur__nom",
    *(f"eligibilite__{champ}" for champ in ("reponse", "date_debut", "date_fin", "decision")),
    TITULAIRE,
)


def titulaires_de(operation: Operation, utilisateur: Utilisateur) -> list[Titulaire]:
    """Les titulaires dont cet utilisateur voit des heures à saisir ou reçues (`recoit`), par marché, lot et nom. Une requête."""
    affectations = Affectation.objects.pour(utilisateur).filter(**{TITULAIRE: OuterRef("pk")})
    recues = Imputation.objects.recues_par(utilisateur).filter(engagement__titulaire=OuterRef("pk"))
    au_prorata = RegleClause.objects.filter(
        marche=OuterRef("lot__marche"), est_courante=True, options__eligibilite__mois_a_cheval=MoisACheval.PRORATA.value
    )
    titulaires = (
        Titulaire.objects.filter(lot__marche__operation=operation)
        .annotate(saisit=Exists(affectations), recoit=Exists(recues), est_au_prorata=Exists(au_prorata))
        .select_related("lot__marche__operation", "entreprise")
    )
    return sorted((t for t in titulaires if t.saisit or t.recoit), key=rang_de_titulaire)


def construire_grille(
    demande: Demande, titulaires: Sequence[Titulaire], utilisateur: Utilisateur, aujourd_hui: date
) -> Grille:
    """Lit et range la page demandée, et ce qui se dit de toute l'opération. `titulaires` : ceux de `titulaires_de`."""
    portee = Portee(demande, titulaires, utilisateur, aujourd_hui)
    comptes = portee.compter()
    recues = lire_recues(demande, [t for t in portee.titulaires if t.recoit], utilisateur)
    retenues = {
        pk: [r for r in siennes if r.se_montre and r.est_a_l_etat(demande.etat)] for pk, siennes in recues.items()
    }
    effectifs = [
        Effectif(t.pk, comptes.get(t.pk, Compte()).trouvees, retenues.get(t.pk, ())) for t in portee.titulaires
    ]
    pages, tranches = decouper(effectifs, _page(demande, portee, effectifs))
    lignes = _lire_lignes(portee, tranches if demande.page is not None else [], utilisateur)
    resume = resumer(portee, comptes, recues, retenues)
    sommes, resume.a_verifier, resume.a_valider = portee.sommer()
    for titulaire, siennes in recues.items():
        for ligne in siennes:
            sommes[titulaire].ajouter(Totaux(ligne.avant, [case.validees for case in ligne.cases]))
    groupes = _grouper(
        portee, lignes, {t.titulaire: t for t in tranches}, sommes, len({t.lot.marche_id for t in titulaires}) > 1
    )
    totaux = Totaux()
    for des_siens in sommes.values():
        totaux.ajouter(des_siens)
    return Grille(demande, groupes, totaux, resume, pages, aujourd_hui)


def _page(demande: Demande, portee: Portee, effectifs: Sequence[Effectif]) -> str | int | None:
    """La page de l'adresse ; quand elle n'en dit rien, celle de la ligne qu'elle nomme."""
    if demande.page or demande.ligne is None:
        return demande.page
    trouvee = portee.rang(demande.ligne)
    return page_du_rang(effectifs, *trouvee) if trouvee else ""


# Les lignes de la page ---------------------------------------------------------------------------------------------


def _lire_lignes(portee: Portee, tranches: Sequence[Tranche], utilisateur: Utilisateur) -> list[Ligne]:
    demande = portee.demande
    affectations = _affectations(portee, tranches)
    ids, colonnes = [a.pk for a in affectations], demande.mois
    releves: defaultdict[tuple[UUID, str, date], list[ReleveHeures]] = defaultdict(list)
    for releve in _releves(ids, colonnes):
        releves[releve.affectation_id, releve.nature, releve.mois].append(releve)
    avec_formation = {affectation for affectation, nature, _ in releves if nature == NatureHeures.FORMATION}
    lignes = [
        _ligne(portee, affectation, nature, releves)
        for affectation in affectations
        for nature in _natures(affectation, demande, avec_formation)
    ]
    lignes = [une for une in lignes if une.affectation.pk in demande.avec or une.est_a_l_etat(demande.etat)]
    for precedente, ligne in pairwise(lignes):
        # Une ligne de formation qui suit la ligne de travail du même contrat n'en répète pas le nom.
        ligne.suit_le_travail = precedente.affectation is ligne.affectation
    _remarquer(lignes, _constats(ids, colonnes[-1]), utilisateur)
    _dire_ce_qui_compte(lignes)
    return lignes


def _affectations(portee: Portee, tranches: Sequence[Tranche]) -> list[Affectation]:
    """Celles de la page, et celles d'un envoi que la page montrait peut-être avant lui."""
    a_lire = [t for t in tranches if t.debut < t.fin]
    page = portee.rangees([t.titulaire for t in a_lire]).filter(portee.trouvee)
    if a_lire:
        page = page[a_lire[0].debut : a_lire[0].debut + sum(t.fin - t.debut for t in a_lire)]
    if portee.demande.avec:
        ids = {*page.values_list("pk", flat=True), *portee.demande.avec}
        page = portee.rangees([t.pk for t in portee.titulaires]).filter(pk__in=ids)
    return portee.avec_titulaires(_completer(page, portee))


def _completer(affectations: QuerySet[Affectation], portee: Portee) -> QuerySet[Affectation]:
    """Ajoute ce que la grille montre ou calcule, dans la même requête."""
    operations = (
        Affectation.objects.filter(contrat=OuterRef("contrat"))
        .order_by()
        .values("contrat")
        .annotate(n=Count(f"{LOT}__marche__operation", distinct=True))
    )
    de_la_personne = (
        portee.visibles.filter(
            contrat__beneficiaire=OuterRef("contrat__beneficiaire"),
            **{f"{LOT}__marche__operation": portee.demande.operation},
        )
        .order_by()
        .values("contrat__beneficiaire")
        .annotate(n=Count("pk"))
    )
    return (
        affectations.select_related("contrat__beneficiaire", "contrat__employeur", "eligibilite", "engagement")
        .only(*LUS)
        .annotate(
            nombre_operations=Coalesce(Subquery(operations.values("n")), 1),
            nombre_ici=Coalesce(Subquery(de_la_personne.values("n")), 1),
            **{f"avant_{nature}": _validees_avant(portee.demande.mois[0], nature) for nature in NatureHeures.values},
        )
    )


def _validees_avant(premier_mois: date, nature: str) -> Subquery:
    """Les heures validées qui comptent, comme sur la page de l'opération, du marché et dans le bilan ; None s'il n'y en a pas."""
    sommes = (
        ReleveHeures.objects.filter(
            affectation=OuterRef("pk"), mois__lt=premier_mois, etat=EtatReleve.VALIDE, nature=nature
        )
        .order_by()
        .values("affectation")
        .annotate(somme=Sum("heures_comptees"))
    )
    return Subquery(sommes.values("somme"), output_field=DecimalField())


def _releves(ids: list[UUID], colonnes: list[date]) -> QuerySet[ReleveHeures]:
    """Avec l'auteur de la décision : un refus dit qui l'a prise."""
    return (
        ReleveHeures.objects.filter(affectation__in=ids, mois__range=(colonnes[0], colonnes[-1]))
        .select_related("decide_par")
        .defer("saisi_le")
        .order_by("date_debut")
    )


def _natures(affectation: Affectation, demande: Demande, avec_formation: set[UUID]) -> list[str]:
    if demande.nature == TOUTES_NATURES:
        return NatureHeures.values
    if demande.nature:
        return [demande.nature]
    formation = affectation.pk in avec_formation or affectation.avant_formation is not None
    return NatureHeures.values if formation else [NatureHeures.TRAVAIL.value]


def _ligne(portee: Portee, affectation: Affectation, nature: str, releves: Mapping) -> Ligne:
    calendrier = portee.calendrier(affectation)
    ligne = Ligne(
        cle=cle_de_ligne(affectation.pk, nature),
        affectation=affectation,
        nature=nature,
        avant=getattr(affectation, f"avant_{nature}") or ZERO,
        lot_clos=calendrier.lot_clos,
        # Plusieurs lignes pour une personne : chacune dit son titulaire, pour qui n'entend que le nom du champ.
        precision=str(affectation.engagement.titulaire.entreprise.nom) if affectation.nombre_ici > 1 else "",
    )
    colonnes = portee.demande.mois
    for mois in colonnes:
        part, empechement = calendrier.part(mois)
        presents = releves.get((affectation.pk, nature, mois), [])
        ligne.cases.append(
            Case(f"{ligne.cle}-{mois:%Y%m}", ligne, mois, part, empechement, presents, mois == colonnes[-1])
        )
    return ligne


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


# Les groupes de la page -----------------------------------------------------------------------------------------------


def _grouper(
    portee: Portee,
    lignes: Sequence[Ligne],
    tranches: Mapping[UUID, Tranche],
    sommes: Mapping[UUID, Totaux],
    avec_marche: bool,
) -> list[Groupe]:
    par_titulaire: defaultdict[UUID, list[Ligne]] = defaultdict(list)
    for ligne in lignes:
        par_titulaire[ligne.affectation.engagement.titulaire_id].append(ligne)
    groupes = []
    for titulaire in portee.titulaires:
        groupe = Groupe(titulaire, _nom(titulaire, avec_marche), sommes[titulaire.pk], par_titulaire[titulaire.pk])
        if tranche := tranches.get(titulaire.pk):
            groupe.recues, groupe.est_suite = list(tranche.recues), tranche.est_suite
        if groupe.lignes or groupe.recues:
            groupes.append(groupe)
    return groupes


def _nom(titulaire: Titulaire, avec_marche: bool) -> str:
    lot = titulaire.lot
    debut = f"{lot.marche.reference}, lot" if avec_marche else "Lot"
    return f"{debut} {lot.numero}, {titulaire.entreprise.nom}"


def rang_de_titulaire(titulaire: Titulaire) -> tuple:
    """Marché, puis lot (2 avant 10), puis entreprise."""
    lot = titulaire.lot
    numero = [(0, int(m), "") if m.isdigit() else (1, 0, m) for m in re.findall(r"[0-9]+|[^0-9]+", lot.numero)]
    return lot.marche.reference, numero, titulaire.entreprise.nom.casefold()
