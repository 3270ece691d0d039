"""Qui se sert d'Étape : organisations, utilisateurs, et l'appartenance des uns aux autres."""

from functools import cached_property
from typing import Self
from uuid import uuid4

import pghistory
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from comptes.ecriture import exiger
from comptes.regles import controler_siret


class Profil(models.TextChoices):
    """Les quatre publics d'Étape : chacun a son accueil et ses droits."""

    FACILITATEUR = "facilitateur", "Facilitateur"
    PRESCRIPTEUR = "prescripteur", "Prescripteur"
    ACHETEUR = "acheteur", "Acheteur"
    ENTREPRISE = "entreprise", "Entreprise"


# Le profil sous lequel agit qui coordonne une structure : aucune organisation ne l'a, donc rien ne lui est ouvert qui ne le nomme.
COORDINATION = "coordination"


class Categorie(models.TextChoices):
    """Ce qu'est l'organisation, dans le vocabulaire de son profil."""

    # facilitateurs
    MAISON_EMPLOI = "maison_emploi", "Maison de l’emploi"
    PLIE = "plie", "PLIE"
    COLLECTIVITE = "collectivite", "Collectivité"
    ASSOCIATION = "association", "Association"
    # prescripteurs
    FRANCE_TRAVAIL = "france_travail", "France Travail"
    MISSION_LOCALE = "mission_locale", "Mission locale"
    CAP_EMPLOI = "cap_emploi", "Cap emploi"
    CCAS = "ccas", "CCAS"
    DEPARTEMENT = "departement", "Service du département"
    AUTRE_PRESCRIPTEUR = "autre_prescripteur", "Autre prescripteur"
    # acheteurs et maîtres d'ouvrage
    ETAT = "etat", "État"
    BAILLEUR = "bailleur", "Bailleur social"
    HOPITAL = "hopital", "Établissement de santé"
    AUTRE_PUBLIC = "autre_public", "Autre acheteur public"
    PROMOTEUR_PRIVE = "promoteur_prive", "Maître d’ouvrage privé"
    # entreprises et employeurs
    ENTREPRISE = "entreprise", "Entreprise"
    ETT = "ett", "Entreprise de travail temporaire (ETT)"
    ETTI = "etti", "Entreprise de travail temporaire d’insertion (ETTI)"
    AI = "ai", "Association intermédiaire (AI)"
    EI = "ei", "Entreprise d’insertion (EI)"
    ACI = "aci", "Atelier et chantier d’insertion (ACI)"
    GEIQ = "geiq", "GEIQ"
    EA = "ea", "Entreprise adaptée (EA)"
    EATT = "eatt", "Entreprise adaptée de travail temporaire (EATT)"
    ESAT = "esat", "ESAT"
    REGIE = "regie", "Régie de quartier"


CATEGORIES_PAR_PROFIL: dict[str, tuple[Categorie, ...]] = {
    Profil.FACILITATEUR: (Categorie.MAISON_EMPLOI, Categorie.PLIE, Categorie.COLLECTIVITE, Categorie.ASSOCIATION),
    Profil.PRESCRIPTEUR: (
        Categorie.FRANCE_TRAVAIL,
        Categorie.MISSION_LOCALE,
        Categorie.CAP_EMPLOI,
        Categorie.PLIE,
        Categorie.CCAS,
        Categorie.DEPARTEMENT,
        Categorie.ASSOCIATION,
        Categorie.AUTRE_PRESCRIPTEUR,
    ),
    Profil.ACHETEUR: (
        Categorie.ETAT,
        Categorie.COLLECTIVITE,
        Categorie.BAILLEUR,
        Categorie.HOPITAL,
        Categorie.AUTRE_PUBLIC,
        Categorie.PROMOTEUR_PRIVE,
    ),
    Profil.ENTREPRISE: (
        Categorie.ENTREPRISE,
        Categorie.ETT,
        Categorie.ETTI,
        Categorie.AI,
        Categorie.EI,
        Categorie.ACI,
        Categorie.GEIQ,
        Categorie.EA,
        Categorie.EATT,
        Categorie.ESAT,
        Categorie.REGIE,
    ),
}

# Employeurs qui mettent la personne à disposition : le contrat doit nommer l'entreprise utilisatrice (domaine § 2.2).
CATEGORIES_MISE_A_DISPOSITION = frozenset({Categorie.ETT, Categorie.ETTI, Categorie.AI, Categorie.EATT, Categorie.GEIQ})


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    def du_profil(self, profil: str) -> Self:
        return self.filter(profil=profil)


def valider_siret(valeur: str) -> None:
    """Refuse un SIRET de mauvaise longueur ou de mauvaise clé, avec la phrase de la règle."""
    exiger(controler_siret(valeur))


@pghistory.track()
class Organisation(models.Model):
    """Structure facilitatrice, prescripteur, acheteur ou entreprise. Un même SIRET n'existe qu'une fois par profil."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    nom = models.CharField("nom", max_length=160)
    profil = models.CharField("profil", max_length=12, choices=Profil)
    categorie = models.CharField("catégorie", max_length=20, choices=Categorie)
    siret = models.CharField("SIRET", max_length=14, blank=True, validators=[valider_siret])
    adresse = models.CharField("adresse", max_length=200, blank=True)
    code_postal = models.CharField("code postal", max_length=5, blank=True)
    commune = models.CharField("commune", max_length=100, blank=True)
    telephone = models.CharField("téléphone", max_length=20, blank=True)
    courriel = models.EmailField("courriel", blank=True)
    couleur = models.CharField(
        "couleur des bilans",
        max_length=7,
        blank=True,
        validators=[RegexValidator(r"^#[0-9a-fA-F]{6}$", "Écrivez la couleur comme #0f5c48.")],
    )
    cree_le = models.DateTimeField(auto_now_add=True)

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        verbose_name = "organisation"
        ordering = ["nom"]
        constraints = [
            models.UniqueConstraint(
                fields=["siret", "profil"],
                condition=~Q(siret=""),
                name="organisation_siret_unique",
                violation_error_message="Une organisation de ce profil porte déjà ce SIRET.",
            ),
        ]

    def __str__(self) -> str:
        return self.nom

    def clean(self) -> None:
        # L'objet des courriels porte ce nom : sur deux lignes, aucun ne partirait.
        self.nom = " ".join(self.nom.splitlines())
        if self.profil and self.categorie not in CATEGORIES_PAR_PROFIL[self.profil]:
            raise ValidationError({"categorie": "Cette catégorie n’existe pas pour ce profil."})

    @property
    def met_a_disposition(self) -> bool:
        return self.categorie in CATEGORIES_MISE_A_DISPOSITION


class UtilisateurManager(BaseUserManager["Utilisateur"]):
    def create_user(self, email: str, password: str | None = None, **champs: object) -> "Utilisateur":
        utilisateur = self.model(email=self.normalize_email(email).lower(), **champs)
        utilisateur.set_password(password)
        utilisateur.save(using=self._db)
        return utilisateur

    def create_superuser(self, email: str, password: str | None = None, **champs: object) -> "Utilisateur":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **champs)

    def get_by_natural_key(self, email: str | None) -> "Utilisateur":
        return self.get(email__iexact=email)


class Utilisateur(AbstractBaseUser, PermissionsMixin):
    """Une personne qui se connecte, reconnue à son adresse électronique."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    email = models.EmailField("adresse électronique", unique=True)
    prenom = models.CharField("prénom", max_length=80)
    nom = models.CharField("nom", max_length=80)
    telephone = models.CharField("téléphone", max_length=20, blank=True)
    is_active = models.BooleanField("compte actif", default=True)
    is_staff = models.BooleanField("accès à l’administration technique", default=False)
    date_joined = models.DateTimeField("créé le", default=timezone.now)

    objects = UtilisateurManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["prenom", "nom"]

    class Meta:
        verbose_name = "utilisateur"

    def __str__(self) -> str:
        # Aucune donnée de personne dans __str__ : il finit dans les journaux et les pages d'erreur.
        return f"Utilisateur {str(self.pk)[:8]}"

    def get_full_name(self) -> str:
        return f"{self.prenom} {self.nom}"

    def get_short_name(self) -> str:
        return self.prenom

    @cached_property
    def adhesion(self) -> "Adhesion | None":
        """L'adhésion sous laquelle la personne agit ; le middleware la remplace par celle choisie dans la session."""
        return self.adhesions.en_cours().select_related("organisation").order_by("cree_le").first()

    @property
    def organisation(self) -> Organisation | None:
        return self.adhesion.organisation if self.adhesion else None

    @property
    def profil(self) -> str:
        """Profil sous lequel la personne agit, vide sans adhésion en cours : elle ne voit alors rien."""
        return self.adhesion.profil if self.adhesion and self.is_active else ""


class Role(models.TextChoices):
    MEMBRE = "membre", "Membre"
    ADMINISTRATEUR = "administrateur", "Administrateur de la structure"
    COORDINATION = "coordination", "Coordination (totaux seulement)"


def roles_possibles(profil: str) -> list[tuple[str, str]]:
    """Les rôles qu'un administrateur peut donner dans une organisation de ce profil : seuls les facilitateurs ont une coordination."""
    return [choix for choix in Role.choices if choix[0] != Role.COORDINATION or profil == Profil.FACILITATEUR]


def controler_role(role: str, organisation: Organisation) -> None:
    if role not in dict(roles_possibles(organisation.profil)):
        raise ValidationError({"role": "Ce rôle n’existe pas dans cette organisation."})


class AdhesionQuerySet(models.QuerySet["Adhesion"]):
    def en_cours(self) -> Self:
        return self.filter(est_active=True)

    def au_travail(self) -> Self:
        """Ceux qui tiennent des dossiers : en cours, coordination exceptée."""
        return self.en_cours().exclude(role=Role.COORDINATION)

    def coordinations(self) -> Self:
        """Celles qui ne lisent que les totaux d'une structure facilitatrice."""
        return self.en_cours().filter(role=Role.COORDINATION, organisation__profil=Profil.FACILITATEUR)

    def pour(self, utilisateur: Utilisateur) -> Self:
        return self.filter(organisation=utilisateur.organisation)

    def administrateurs(self) -> Self:
        """Ceux qui peuvent administrer aujourd'hui : adhésion en cours et compte actif."""
        return self.en_cours().filter(role=Role.ADMINISTRATEUR, utilisateur__is_active=True)


@pghistory.track()
class Adhesion(models.Model):
    """Un utilisateur agit pour une organisation. Retirer l'accès désactive l'adhésion, sans effacer ce qui a été fait."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    utilisateur = models.ForeignKey(Utilisateur, on_delete=models.PROTECT, related_name="adhesions")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="adhesions")
    role = models.CharField("rôle", max_length=14, choices=Role, default=Role.MEMBRE)
    est_active = models.BooleanField("active", default=True)
    cree_le = models.DateTimeField(auto_now_add=True)

    objects = AdhesionQuerySet.as_manager()

    class Meta:
        verbose_name = "adhésion"
        constraints = [
            models.UniqueConstraint(
                F("utilisateur"),
                F("organisation"),
                name="adhesion_unique",
                violation_error_message="Cette personne appartient déjà à cette organisation.",
            ),
        ]

    def __str__(self) -> str:
        return f"Adhésion {str(self.pk)[:8]}"

    def clean(self) -> None:
        controler_role(self.role, self.organisation)

    @property
    def profil(self) -> str:
        return COORDINATION if self.role == Role.COORDINATION else self.organisation.profil


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def en_attente(self) -> Self:
        return self.filter(acceptee_le__isnull=True)

    def pour(self, utilisateur: Utilisateur) -> Self:
        return self.en_attente().filter(organisation=utilisateur.organisation)


@pghistory.track()
class Invitation(models.Model):
    """Une adresse invitée à rejoindre une organisation : le compte n'existe qu'une fois le lien accepté. L'annuler la supprime."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="invitations")
    email = models.EmailField("adresse électronique")
    role = models.CharField("rôle", max_length=14, choices=Role, default=Role.MEMBRE)
    invite_par = models.ForeignKey(Utilisateur, on_delete=models.PROTECT, related_name="+")
    expire_le = models.DateField("dernier jour du lien")
    acceptee_le = models.DateTimeField("acceptée le", null=True, blank=True)
    cree_le = models.DateTimeField(auto_now_add=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = "invitation"
        ordering = ["email"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "email"],
                condition=Q(acceptee_le__isnull=True),
                name="invitation_en_attente_unique",
                violation_error_message="Cette adresse a déjà une invitation en attente\u00a0: renvoyez-la depuis la liste.",
            ),
        ]

    def __str__(self) -> str:
        return f"Invitation {str(self.pk)[:8]}"

    def clean(self) -> None:
        controler_role(self.role, self.organisation)
