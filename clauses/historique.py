"""L'histoire d'une case d'heures, lue dans le journal des changements : qui, quand, de quelle valeur à quelle autre."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from clauses.models import EtatReleve, LienDeclaration, ReleveHeures
from comptes.formats import heures as ecrire_heures
from comptes.models import Utilisateur

DECISIONS = {
    EtatReleve.DECLARE: "Refus retiré",
    EtatReleve.VERIFIE: "Vérifié",
    EtatReleve.VALIDE: "Validé",
    EtatReleve.REFUSE: "Refusé",
    EtatReleve.RECTIFIE: "Rouvert",
    EtatReleve.CONTESTE: "Contesté",
}


@dataclass(frozen=True, slots=True)
class LigneHistoire:
    """Un changement : ce qui s'est passé, par qui (vide si le compte n'est plus connu), et le motif donné."""

    moment: datetime
    texte: str
    auteur: str
    motif: str = ""


def histoire(releve: ReleveHeures) -> list[LigneHistoire]:
    """Rend les changements de la case, du plus récent au plus ancien, effacements compris. Deux ou trois requêtes."""
    evenements = list(
        ReleveHeures.pgh_event_model.objects.filter(
            affectation=releve.affectation_id, nature=releve.nature, mois=releve.mois
        )
        .select_related("pgh_context")
        .order_by("pgh_id")
    )
    noms = _noms(evenements)
    lignes, precedents = [], {}
    for evenement in evenements:
        precedent = precedents.get(evenement.pgh_obj_id)
        if precedent is not None and evenement.heures_bulletin != precedent.heures_bulletin:
            # Ce que porte un bulletin de paie n'est pas une histoire des heures : la page le dit au seul facilitateur.
            precedents[evenement.pgh_obj_id] = evenement
            continue
        texte, motif = _raconter(evenement, precedent)
        moment = evenement.saisi_le if precedent is None else evenement.pgh_created_at
        lignes.append(LigneHistoire(moment, texte, noms.get(_auteur(evenement, precedent), ""), motif))
        if precedent is None and evenement.decide_le:  # repris d'ailleurs, déjà décidé
            decision = DECISIONS[EtatReleve(evenement.etat)]
            lignes.append(
                LigneHistoire(evenement.decide_le, decision, noms.get(evenement.decide_par_id, ""), evenement.motif)
            )
        precedents[evenement.pgh_obj_id] = evenement
    return lignes[::-1]


def _raconter(evenement, precedent) -> tuple[str, str]:
    heures = ecrire_heures(evenement.heures)
    if evenement.pgh_label == "delete":
        return f"Case vidée\u00a0: {heures} effacées", ""
    if precedent is None:
        par = " par l’entreprise" if evenement.source == "entreprise" else ""
        return f"{heures} déclarées{par}", ""
    if evenement.heures != precedent.heures:
        rectifie = ", rectifiées" if evenement.etat == EtatReleve.RECTIFIE else ""
        return f"{heures} au lieu de {ecrire_heures(precedent.heures)}{rectifie}", ""
    if evenement.etat != precedent.etat:
        return DECISIONS[EtatReleve(evenement.etat)], evenement.motif
    return "Modifié", ""


def _auteur(evenement, precedent) -> UUID | None:
    if evenement.pgh_label == "delete":
        auteur = (evenement.pgh_context.metadata if evenement.pgh_context else {}).get("user")
        return UUID(str(auteur)) if auteur else None
    if precedent is not None and evenement.decide_le != precedent.decide_le and evenement.decide_par_id:
        return evenement.decide_par_id
    return evenement.saisi_par_id or evenement.saisi_par_lien_id


def _noms(evenements: Iterable) -> dict[UUID, str]:
    ids = {qui for e in evenements for qui in (e.saisi_par_id, e.decide_par_id, _auteur(e, None)) if qui}
    noms = {pk: compte.get_full_name() for pk, compte in Utilisateur.objects.in_bulk(ids).items()}
    if liens := {e.saisi_par_lien_id for e in evenements if e.saisi_par_lien_id}:
        lus = LienDeclaration.objects.select_related("entreprise").in_bulk(liens)
        noms |= {pk: f"{lien.entreprise.nom}, par lien" for pk, lien in lus.items()}
    return noms
