"""Une fois attribué : l'opération et le marché partent de ce que le projet dit déjà."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from clauses.models import BaseJuridique, Financement, Operation, ProjetMarche, TypeClause
from clauses.regles.projets import Geste, peut
from comptes.models import Utilisateur

BASES = {
    TypeClause.EXECUTION: BaseJuridique.L2112_2,
    TypeClause.EXECUTION_CRITERE: BaseJuridique.L2112_2,
    TypeClause.FORMATION: BaseJuridique.L2112_2,
    TypeClause.CRITERE: BaseJuridique.R2152_7,
    TypeClause.RESERVE_SIAE: BaseJuridique.L2113_13,
    TypeClause.RESERVE_EA_ESAT: BaseJuridique.L2113_12,
    TypeClause.RESERVE_MIXTE: BaseJuridique.L2113_14,
    TypeClause.RESERVE_ESS: BaseJuridique.L2113_15,
    TypeClause.VOLONTAIRE: BaseJuridique.PRIVE,
}


def projet_a_suivre(request: HttpRequest) -> ProjetMarche | None:
    """Le projet que l'adresse nomme (« ?projet=… ») ; introuvable s'il n'est pas à cette structure, ou plus à suivre."""
    numero = request.GET.get("projet")
    if not numero:
        return None
    try:
        pk = UUID(numero)
    except ValueError:
        raise Http404 from None
    projet = get_object_or_404(ProjetMarche.objects.pour(request.user), pk=pk)
    if not peut(projet.faits, Geste.CREER_OPERATION):
        raise Http404
    return projet


def valeurs_de_l_operation(projet: ProjetMarche | None) -> dict[str, Any]:
    if projet is None:
        return {}
    npnru = projet.calibrage.get("npnru")
    return {
        "nom": projet.objet[:200],
        "maitre_ouvrage": projet.acheteur_id,
        "commune": projet.commune,
        "financement": Financement.NPNRU if npnru else Financement.AUCUN,
    }


def valeurs_du_marche(operation: Operation, utilisateur: Utilisateur) -> dict[str, Any]:
    """Le premier marché d'une opération née d'un projet : son objet, son montant, et le dispositif de l'avis."""
    projet = ProjetMarche.objects.pour(utilisateur).filter(operation=operation).first()
    if projet is None or operation.marches.exists():
        return {}
    valeurs = {nom: getattr(projet, nom) for nom in ("objet", "montant_ht_euros", "code_cpv", "ccag")}
    avis = projet.avis.first()
    if avis is not None and avis.dispositif in TypeClause.values:
        valeurs |= {"type_clause": avis.dispositif}
        if base := BASES.get(TypeClause(avis.dispositif)):
            valeurs |= {"base_juridique": base}
    return {"acheteur": projet.acheteur_id, **valeurs}
