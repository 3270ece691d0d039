"""L'histoire d'un frein et de ses actions, lue dans le journal des changements : qui, quand, quoi."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from comptes.formats import date_longue
from comptes.models import Utilisateur
from parcours.models import Action, EtatFrein, Frein, ReponseService, ResultatAction


@dataclass(frozen=True)
class LigneHistoire:
    """Un changement : ce qui s'est passé, par qui (vide si le compte n'est plus connu)."""

    moment: datetime
    texte: str
    auteur: str


def histoire_du_frein(frein: Frein) -> list[LigneHistoire]:
    """Rend les changements du frein et de ses actions, du plus récent au plus ancien. Trois requêtes."""
    evenements = [
        *((_raconter_frein, e) for e in _journal(Frein, pgh_obj=frein.pk)),
        *((_raconter_action, e) for e in _journal(Action, frein=frein.pk)),
    ]
    noms = _noms([e for _, e in evenements])
    lignes, precedents = [], {}
    for raconter, evenement in evenements:
        texte = raconter(evenement, precedents.get(evenement.pgh_obj_id))
        if texte:
            lignes.append(LigneHistoire(evenement.pgh_created_at, texte, noms.get(_auteur(evenement), "")))
        precedents[evenement.pgh_obj_id] = evenement
    return sorted(lignes, key=lambda ligne: ligne.moment, reverse=True)


def _journal(modele: type, **filtre: object) -> list:
    return list(modele.pgh_event_model.objects.filter(**filtre).select_related("pgh_context").order_by("pgh_id"))


def _raconter_frein(evenement, precedent) -> str:
    if precedent is None or evenement.etat != precedent.etat:
        rouvert = precedent is not None and precedent.etat == EtatFrein.LEVE
        mot = "Rouvert" if rouvert else EtatFrein(evenement.etat).label
        return f"{mot}, depuis le {date_longue(evenement.date_etat)}"
    if evenement.date_etat != precedent.date_etat:
        return f"Date corrigée\u00a0: depuis le {date_longue(evenement.date_etat)}"
    if (evenement.situations, evenement.objectifs) != (precedent.situations, precedent.objectifs):
        return "Situations ou objectifs changés"
    return "Précision changée" if evenement.precision != precedent.precision else ""


def _raconter_action(evenement, precedent) -> str:
    nom = f"«\u00a0{evenement.intitule}\u00a0»"
    if evenement.pgh_label == "delete":
        return f"Action {nom} retirée"
    if precedent is None:
        return f"Action {nom}, à partir du {date_longue(evenement.date_debut)}"
    if evenement.reponse != precedent.reponse:
        return f"{nom}, orientation\u00a0: {ReponseService(evenement.reponse).label.lower()}"
    if evenement.resultat != precedent.resultat:
        return f"{nom}, résultat\u00a0: {ResultatAction(evenement.resultat).label.lower()}"
    return f"Action {nom} modifiée"


def _auteur(evenement) -> UUID | None:
    auteur = (evenement.pgh_context.metadata if evenement.pgh_context else {}).get("user")
    return UUID(str(auteur)) if auteur else None


def _noms(evenements: list) -> dict[UUID, str]:
    ids = {qui for evenement in evenements if (qui := _auteur(evenement))}
    return {pk: compte.get_full_name() for pk, compte in Utilisateur.objects.in_bulk(ids).items()}
