"""Retrouver ou inscrire les acheteurs et les entreprises que nomme un fichier DECP."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q

from clauses.decp import IdentiteLue
from comptes.formats import siret as ecrire_siret
from comptes.models import Categorie, Organisation, Profil

Partie = tuple[IdentiteLue, str]
Cle = tuple[str, str]
CATEGORIES = {Profil.ACHETEUR: Categorie.AUTRE_PUBLIC, Profil.ENTREPRISE: Categorie.ENTREPRISE}
MOTS = {Profil.ACHETEUR: "Acheteur", Profil.ENTREPRISE: "Entreprise"}


@dataclass(frozen=True, slots=True)
class Annuaire:
    """Les organisations connues de ces marchés."""

    organisations: dict[Cle, Organisation]

    def trouver(self, identite: IdentiteLue, profil: str) -> Organisation | None:
        return self.organisations.get(cle_de(identite, profil))

    def nommer(self, identite: IdentiteLue, profil: str) -> str:
        """Rend le nom connu de l'annuaire, sinon celui sous lequel elle y entrerait."""
        connue = self.trouver(identite, profil)
        return connue.nom if connue else nom_propose(identite, profil)


def cle_de(identite: IdentiteLue, profil: str) -> Cle:
    """Rend ce qui reconnaît l'organisation : son SIRET, sinon son nom."""
    return profil, identite.siret or nom_propose(identite, profil).casefold()


def nom_propose(identite: IdentiteLue, profil: str) -> str:
    """Rend le nom publié ; les DECP ne le disent presque jamais : l'identifiant en tient alors lieu."""
    return identite.nom or f"{MOTS[profil]} {identite.type_identifiant} {ecrire_siret(identite.identifiant)}"


def ouvrir_annuaire(parties: Iterable[Partie]) -> Annuaire:
    """Lit d'une requête les organisations déjà inscrites parmi celles-ci."""
    toutes = set(parties)
    sirets = {identite.siret for identite, _ in toutes if identite.siret}
    noms = {nom_propose(identite, profil) for identite, profil in toutes if not identite.siret}
    if not toutes:
        return Annuaire({})
    connues = Organisation.objects.filter(profil__in=CATEGORIES).filter(Q(siret__in=sirets) | Q(siret="", nom__in=noms))
    # Deux de même nom sans SIRET : la plus ancienne l'emporte, écrite en dernier.
    return Annuaire({_cle(organisation): organisation for organisation in connues.order_by("-cree_le")})


def inscrire_inconnus(annuaire: Annuaire, parties: Iterable[Partie]) -> None:
    """Inscrit d'un coup les organisations qui manquent à l'annuaire, et les y ajoute."""
    nouvelles: dict[Cle, Organisation] = {}
    for identite, profil in parties:
        if annuaire.trouver(identite, profil) is None:
            nouvelles.setdefault(
                cle_de(identite, profil),
                Organisation(
                    nom=nom_propose(identite, profil),
                    profil=profil,
                    categorie=CATEGORIES[profil],
                    siret=identite.siret,
                ),
            )
    if not nouvelles:
        return
    for organisation in nouvelles.values():
        organisation.clean_fields()
    # Une autre structure peut inscrire la même au même instant : son SIRET est alors pris, et c'est elle qui reste.
    Organisation.objects.bulk_create(nouvelles.values(), ignore_conflicts=True)
    inscrites = Organisation.objects.filter(
        Q(profil__in=CATEGORIES, siret__in=[o.siret for o in nouvelles.values() if o.siret])
        | Q(pk__in=[o.pk for o in nouvelles.values()])
    )
    annuaire.organisations.update({_cle(organisation): organisation for organisation in inscrites})


def _cle(organisation: Organisation) -> Cle:
    return organisation.profil, organisation.siret or organisation.nom.casefold()
