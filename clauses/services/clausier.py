"""Publier une version d'une rédaction, et citer des rédactions dans un avis."""

from collections.abc import Sequence

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from clauses.clausier import bibliotheque, clause_courante
from clauses.models import AvisFacilitateur, ClauseCitee, VersionClause
from clauses.models.clausier import DEPASSEE
from comptes.ecriture import enregistrer
from comptes.models import Profil, Utilisateur


@transaction.atomic
def publier_version(*, code: str, titre: str, texte: str, motif: str, lue: int, par: Utilisateur) -> VersionClause:
    """Publie la version suivante. `lue` : le numéro que l'auteur avait sous les yeux ; dépassé, rien n'est écrit.

    Lève ValidationError si rien ne change, ou si une autre version est parue entre-temps.
    """
    if par.profil != Profil.FACILITATEUR:
        raise PermissionDenied
    courante = clause_courante(code, par.organisation)
    texte = texte.replace("\r\n", "\n").strip()
    if lue != courante.numero:
        raise ValidationError(DEPASSEE, code="version_depassee")
    if (titre.strip(), texte) == (courante.titre, courante.texte):
        raise ValidationError("Rien n’a changé\u00a0: il n’y a pas de version à publier.", code="version_identique")
    version = VersionClause(
        structure=par.organisation,
        code=code,
        numero=lue + 1,
        titre=titre.strip(),
        texte=texte,
        motif=motif.strip(),
        par=par,
        le=timezone.now(),
    )
    enregistrer(version)
    return version


def citer(*, avis: AvisFacilitateur, codes: Sequence[str]) -> list[ClauseCitee]:
    """Recopie dans l'avis la version courante de chaque rédaction choisie, dans l'ordre de la bibliothèque."""
    projet = avis.projet
    choisies = [c for c in bibliotheque(ccag=projet.ccag, structure=projet.structure) if c.redaction.code in codes]
    citees = [
        ClauseCitee(
            avis=avis,
            rang=rang,
            code=clause.redaction.code,
            numero=clause.numero,
            titre=clause.titre,
            texte=clause.texte,
        )
        for rang, clause in enumerate(choisies, 1)
    ]
    for citee in citees:
        enregistrer(citee)
    return citees
