"""Organisations et comptes."""

from datetime import timedelta

from django.contrib.auth.hashers import make_password
from stdnum import luhn

from comptes.models import Adhesion, Organisation, Profil, Role, Utilisateur
from config.demonstration.atelier import Atelier
from config.demonstration.calendrier import moment
from config.demonstration.tables.organisations import AUTRES_ADHESIONS, COMPTES, MOT_DE_PASSE, ORGANISATIONS


def siret_invente(rang: int) -> str:
    """Donne un SIRET de clé juste dont le SIREN, en 999, n'est celui d'aucune entreprise."""
    base = f"999{rang:05}"
    siren = base + luhn.calc_check_digit(base)
    return f"{siren}0001" + luhn.calc_check_digit(f"{siren}0001")


def construire_organisations(atelier: Atelier) -> None:
    for rang, ligne in enumerate(ORGANISATIONS, start=1):
        atelier.organisations[ligne.cle] = Organisation(
            id=atelier.id("organisation", ligne.cle),
            nom=ligne.nom,
            profil=ligne.profil,
            categorie=ligne.categorie,
            siret=siret_invente(rang * 37),
            adresse=ligne.adresse,
            commune=ligne.commune,
            telephone=ligne.telephone,
            courriel=f"contact@{ligne.cle.replace('_', '-')}.example",
            couleur=ligne.couleur,
        )
    Organisation.objects.bulk_create(atelier.organisations.values())


def construire_comptes(atelier: Atelier) -> None:
    """Crée les comptes. Le mot de passe, le même pour tous, n'est chiffré qu'une fois : c'est lent exprès."""
    arrivee = moment(atelier.reference - timedelta(days=700), 9, 0)
    mot_de_passe = make_password(MOT_DE_PASSE, salt=f"demonstration{atelier.graine}")  # public : rien à protéger
    for ligne in COMPTES:
        atelier.comptes[ligne.cle] = Utilisateur(
            id=atelier.id("compte", ligne.cle),
            email=ligne.email,
            prenom=ligne.prenom,
            nom=ligne.nom,
            password=mot_de_passe,
            date_joined=arrivee,
        )
        if ligne.est_active and ligne.role != Role.COORDINATION:  # ni un membre suspendu ni une coordination n'écrivent
            atelier.comptes_par_organisation.setdefault(ligne.organisation, []).append(atelier.comptes[ligne.cle])
    Utilisateur.objects.bulk_create(atelier.comptes.values())
    Adhesion.objects.bulk_create(
        Adhesion(
            id=atelier.id("adhesion", ligne.cle),
            utilisateur=atelier.comptes[ligne.cle],
            organisation=atelier.organisations[ligne.organisation],
            role=ligne.role,
            est_active=ligne.est_active,
        )
        for ligne in COMPTES
    )
    for cle, organisation, role in AUTRES_ADHESIONS:
        Adhesion.objects.create(
            id=atelier.id("adhesion", cle, organisation),
            utilisateur=atelier.comptes[cle],
            organisation=atelier.organisations[organisation],
            role=role,
        )


def declarant(atelier: Atelier, entreprise: str) -> Utilisateur | None:
    """Donne le compte qui déclare pour cette entreprise, ou rien si elle n'en a pas."""
    if atelier.organisations[entreprise].profil != Profil.ENTREPRISE:
        return None
    return next(iter(atelier.comptes_par_organisation.get(entreprise, ())), None)
