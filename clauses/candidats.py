"""Une candidature telle que celui qui la regarde peut la lire : le nom qu'il voit, où elle en est, ce qu'on attend de lui."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.conf import settings

from clauses.models import Candidature
from clauses.regles.candidatures import Cote, Statut, identite_visible, nom_montre, statut_de
from comptes.models import Utilisateur


@dataclass(frozen=True)
class CandidatureLue:
    """`nom` est entier ou réduit à une initiale ; l'entreprise ne lit rien d'autre de la personne que ce que la page montre."""

    candidature: Candidature
    nom: str
    nom_est_entier: bool
    statut: Statut
    cote: Cote


def lire_candidature(candidature: Candidature, utilisateur: Utilisateur, aujourd_hui: date) -> CandidatureLue:
    cote = Cote(utilisateur.profil)
    personne = candidature.beneficiaire
    est_visible = identite_visible(candidature.etat, cote)
    return CandidatureLue(
        candidature=candidature,
        nom=nom_montre(personne.prenom, personne.nom_usage or personne.nom_naissance, est_visible=est_visible),
        nom_est_entier=est_visible,
        statut=statut_de(candidature.faits, cote, aujourd_hui, jours=settings.SILENCE_CANDIDATURE_JOURS),
        cote=cote,
    )


def lire_candidatures(
    candidatures: Iterable[Candidature], utilisateur: Utilisateur, aujourd_hui: date
) -> list[CandidatureLue]:
    return [lire_candidature(candidature, utilisateur, aujourd_hui) for candidature in candidatures]
