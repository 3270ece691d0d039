"""Fabriques des comptes, des organisations et des personnes. Les noms sont inventés."""

from datetime import date

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from beneficiaires.models import Beneficiaire, EtatOrientation, Justificatif, Orientation, Sexe, Situation
from comptes.models import Adhesion, Categorie, Organisation, Profil, Utilisateur

MOT_DE_PASSE = "une-phrase-de-passe-14"


class OrganisationFactory(DjangoModelFactory):
    class Meta:
        model = Organisation

    nom = factory.Sequence(lambda n: f"Organisation {n}")
    profil = Profil.ENTREPRISE
    categorie = Categorie.ENTREPRISE
    commune = "Villerive"


class StructureFactory(OrganisationFactory):
    nom = factory.Sequence(lambda n: f"Maison de l’emploi {n}")
    profil = Profil.FACILITATEUR
    categorie = Categorie.MAISON_EMPLOI


class AcheteurFactory(OrganisationFactory):
    nom = factory.Sequence(lambda n: f"Ville de Test {n}")
    profil = Profil.ACHETEUR
    categorie = Categorie.COLLECTIVITE


class PrescripteurFactory(OrganisationFactory):
    nom = factory.Sequence(lambda n: f"Mission locale {n}")
    profil = Profil.PRESCRIPTEUR
    categorie = Categorie.MISSION_LOCALE


class EntrepriseFactory(OrganisationFactory):
    nom = factory.Sequence(lambda n: f"Entreprise {n}")


class UtilisateurFactory(DjangoModelFactory):
    class Meta:
        model = Utilisateur
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"compte{n}@etape.example")
    prenom = "Claire"
    nom = factory.Sequence(lambda n: f"Compte{n}")
    password = factory.django.Password(MOT_DE_PASSE)


class AdhesionFactory(DjangoModelFactory):
    class Meta:
        model = Adhesion

    utilisateur = factory.SubFactory(UtilisateurFactory)
    organisation = factory.SubFactory(StructureFactory)


def creer_utilisateur(organisation: Organisation, **champs: object) -> Utilisateur:
    """Un compte qui agit pour cette organisation."""
    return AdhesionFactory(organisation=organisation, utilisateur__prenom="Claire", **champs).utilisateur


class BeneficiaireFactory(DjangoModelFactory):
    class Meta:
        model = Beneficiaire

    structure = factory.SubFactory(StructureFactory)
    prenom = factory.Sequence(lambda n: f"Prénom{n}")
    nom_naissance = factory.Sequence(lambda n: f"Nomdetest{n}")
    date_naissance = date(1990, 4, 8)
    sexe = Sexe.FEMME
    commune = "Villerive"


class SituationFactory(DjangoModelFactory):
    class Meta:
        model = Situation

    beneficiaire = factory.SubFactory(BeneficiaireFactory)
    critere = "RSA"
    date_debut = date(2025, 1, 1)


class JustificatifFactory(DjangoModelFactory):
    class Meta:
        model = Justificatif

    situation = factory.SubFactory(SituationFactory)
    piece = "Attestation RSA"
    date_piece = date(2026, 1, 6)
    vu_le = date(2026, 1, 9)
    vu_par = factory.SubFactory(UtilisateurFactory)


class OrientationFactory(DjangoModelFactory):
    class Meta:
        model = Orientation

    prescripteur = factory.SubFactory(PrescripteurFactory)
    auteur = factory.SubFactory(UtilisateurFactory)
    structure = factory.SubFactory(StructureFactory)
    etat = EtatOrientation.ENVOYEE
    envoyee_le = factory.LazyFunction(timezone.now)
    prenom = factory.Sequence(lambda n: f"Candidat{n}")
    nom_naissance = factory.Sequence(lambda n: f"Oriente{n}")
    date_naissance = date(2003, 5, 21)
    sexe = Sexe.HOMME
    commune = "Villerive"
