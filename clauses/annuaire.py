"""Qui tient la fiche d'une organisation de l'annuaire, commun à toutes les structures."""

from functools import reduce
from operator import or_

from django.db.models import Exists, OuterRef, Q, QuerySet

from beneficiaires.models import Beneficiaire
from clauses.models import Contrat, Marche, Operation, Titulaire
from comptes.models import Adhesion, Organisation

# Ce qui cite une organisation : le modèle, son champ, et le chemin vers la structure qui l'a inscrite.
USAGES = (
    (Titulaire, "entreprise", "lot__marche__operation__structure"),
    (Operation, "maitre_ouvrage", "structure"),
    (Marche, "acheteur", "operation__structure"),
    (Contrat, "employeur", "beneficiaire__structure"),
    (Contrat, "entreprise_utilisatrice", "beneficiaire__structure"),
    (Beneficiaire, "prescripteur", "structure"),
)


def avec_gestion(organisations: QuerySet[Organisation], structure: Organisation) -> QuerySet[Organisation]:
    """Ajoute `a_des_membres` (ils tiennent eux-mêmes la fiche) et `est_modifiable`, pour cette structure.

    Une structure corrige les fiches dont elle se sert, et celles dont personne ne se sert encore ; jamais celle qui ne sert
    qu'à une autre.
    """
    return organisations.annotate(
        a_des_membres=Exists(Adhesion.objects.filter(organisation=OuterRef("pk"))),
        est_modifiable=Q(a_des_membres=False) & (_citee(structure) | ~_citee()),
    )


def _citee(structure: Organisation | None = None) -> Q:
    """Vrai si une ligne de cette structure, ou de n'importe laquelle, cite l'organisation."""
    citations = (
        modele.objects.filter(**{champ: OuterRef("pk")}, **({chemin: structure} if structure else {}))
        for modele, champ, chemin in USAGES
    )
    return reduce(or_, (Q(Exists(lignes)) for lignes in citations))
