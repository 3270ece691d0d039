"""La boucle mensuelle : ce que chaque entreprise doit déclarer, à qui on l'écrit, par quel lien elle répond."""

from typing import Self
from uuid import uuid4

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import Q

from clauses.models.marches import Marche
from clauses.regles.declarations import Etape, Role
from comptes.models import Organisation, Profil, Utilisateur

_ENTREPRISE = {"limit_choices_to": {"profil": Profil.ENTREPRISE}, "related_name": "+"}
_DU_COMPTE = {"on_delete": models.PROTECT, "null": True, "blank": True, "related_name": "+"}


class RoleContact(models.TextChoices):
    PREMIER = Role.PREMIER.value, "Premier contact"
    SECOND = Role.SECOND.value, "Second contact"
    DIRECTION = Role.DIRECTION.value, "Direction"


class ContactEntreprise(models.Model):
    """Qui reçoit les courriels d'une entreprise pour une structure. `en_echec_le` : un courriel à cette adresse est revenu."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    structure = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    entreprise = models.ForeignKey(Organisation, on_delete=models.CASCADE, **_ENTREPRISE)
    role = models.CharField(max_length=9, choices=RoleContact)
    nom = models.CharField("nom", max_length=120)
    fonction = models.CharField("fonction", max_length=120, blank=True)
    courriel = models.EmailField("courriel")
    en_echec_le = models.DateField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = "contact d’une entreprise"
        constraints = [
            models.UniqueConstraint(
                fields=["structure", "entreprise", "role"],
                name="contact_role_unique",
                violation_error_message="Ce contact est déjà enregistré.",
            ),
        ]

    def __str__(self) -> str:
        return f"Contact {str(self.pk)[:8]}"


class LienQuerySet(models.QuerySet["LienDeclaration"]):
    def qui_servent(self) -> Self:
        """Ni révoqués, ni déjà utilisés ; leur date dit s'ils valent encore."""
        return self.filter(revoque_le__isnull=True, utilise_le__isnull=True)


class LienDeclaration(models.Model):
    """Ce qui permet à une entreprise de déclarer un mois à une structure sans compte. L'adresse n'en porte que l'identifiant, signé."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    structure = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    entreprise = models.ForeignKey(Organisation, on_delete=models.CASCADE, **_ENTREPRISE)
    mois = models.DateField()
    contact = models.ForeignKey(ContactEntreprise, on_delete=models.SET_NULL, null=True, related_name="liens")
    cree_le = models.DateTimeField(auto_now_add=True)
    expire_le = models.DateField()
    utilise_le = models.DateTimeField(null=True, blank=True)
    revoque_le = models.DateTimeField(null=True, blank=True)
    revoque_par = models.ForeignKey(settings.AUTH_USER_MODEL, **_DU_COMPTE)

    objects = LienQuerySet.as_manager()

    class Meta:
        verbose_name = "lien de déclaration"
        indexes = [models.Index(fields=["structure", "entreprise", "mois"], name="lien_du_mois")]
        constraints = [
            models.UniqueConstraint(
                fields=["contact", "mois"],
                condition=Q(revoque_le__isnull=True, utilise_le__isnull=True),
                name="lien_qui_sert_unique",
            ),
            models.CheckConstraint(condition=Q(mois__day=1), name="lien_premier_du_mois"),
        ]

    def __str__(self) -> str:
        return f"Lien {str(self.pk)[:8]}"


class DeclarationQuerySet(models.QuerySet["Declaration"]):
    def pour(self, utilisateur: Utilisateur) -> Self:
        """Le facilitateur voit celles de sa structure, l'entreprise les siennes."""
        match utilisateur.profil:
            case Profil.FACILITATEUR:
                return self.filter(marche__operation__structure=utilisateur.organisation)
            case Profil.ENTREPRISE:
                return self.filter(entreprise=utilisateur.organisation)
            case _:
                return self.none()

    def du_mois(self, *, entreprise: object, structure: object, mois: object) -> Self:
        """Ce qu'un lien, ou un envoi, réunit : les marchés d'une entreprise chez une structure, un mois."""
        return self.filter(entreprise=entreprise, marche__operation__structure=structure, mois=mois)

    def ouvertes(self) -> Self:
        return self.filter(verrouillee_le__isnull=True)


@pghistory.track()
class Declaration(models.Model):
    """Le mois d'une entreprise sur un marché : ouvert, dû, reçu, verrouillé. Les heures elles-mêmes sont dans les relevés."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    entreprise = models.ForeignKey(Organisation, on_delete=models.PROTECT, **_ENTREPRISE)
    marche = models.ForeignKey(Marche, on_delete=models.CASCADE, related_name="declarations")
    mois = models.DateField("mois")
    ouverte_le = models.DateField("ouverte le")
    echeance = models.DateField("due le")
    neant_le = models.DateTimeField("néant déclaré le", null=True, blank=True)
    recue_le = models.DateTimeField("reçue le", null=True, blank=True)
    recue_par = models.ForeignKey(settings.AUTH_USER_MODEL, **_DU_COMPTE)
    recue_lien = models.ForeignKey(LienDeclaration, **_DU_COMPTE)
    verrouillee_le = models.DateTimeField("verrouillée le", null=True, blank=True)
    verrouillee_par = models.ForeignKey(settings.AUTH_USER_MODEL, **_DU_COMPTE)
    # Rouverte après un verrou, pas encore reçue de nouveau ; chaque réouverture garde sa trace (Reouverture).
    est_a_reprendre = models.BooleanField(default=False)

    objects = DeclarationQuerySet.as_manager()

    class Meta:
        verbose_name = "déclaration"
        ordering = ["-mois", "entreprise__nom", "marche__reference"]
        indexes = [models.Index(fields=["mois", "marche"], name="declaration_du_mois")]
        constraints = [
            models.UniqueConstraint(fields=["entreprise", "marche", "mois"], name="declaration_unique"),
            models.CheckConstraint(condition=Q(mois__day=1), name="declaration_premier_du_mois"),
            models.CheckConstraint(
                condition=Q(recue_le__isnull=True, recue_par__isnull=True, recue_lien__isnull=True)
                | Q(recue_le__isnull=False, recue_par__isnull=False, recue_lien__isnull=True)
                | Q(recue_le__isnull=False, recue_par__isnull=True, recue_lien__isnull=False),
                name="declaration_recue_de_quelqu_un",
            ),
            models.CheckConstraint(
                condition=Q(verrouillee_le__isnull=True) | Q(recue_le__isnull=False),
                name="declaration_verrouillee_une_fois_recue",
            ),
        ]

    def __str__(self) -> str:
        return f"Déclaration {str(self.pk)[:8]}"


class Reouverture(models.Model):
    """Un mois verrouillé que quelqu'un a rouvert : quand, qui, pourquoi."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    declaration = models.ForeignKey(Declaration, on_delete=models.CASCADE, related_name="reouvertures")
    le = models.DateTimeField()
    par = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    motif = models.CharField("pourquoi", max_length=300)

    class Meta:
        verbose_name = "réouverture"
        ordering = ["-le"]

    def __str__(self) -> str:
        return f"Réouverture {str(self.pk)[:8]}"


class EtapeEnvoi(models.TextChoices):
    OUVERTURE = Etape.OUVERTURE.value, "Ouverture du mois"
    RELANCE = Etape.RELANCE.value, "Relance"
    DIRECTION = Etape.DIRECTION.value, "Courriel à la direction"
    FACILITATEUR = Etape.FACILITATEUR.value, "Courriel au facilitateur"
    COURRIER = Etape.COURRIER.value, "Projet de courrier prêt"
    DEMANDE = Etape.DEMANDE.value, "Lien renvoyé"


class EnvoiDeclaration(models.Model):
    """Un courriel de la boucle, un seul par étape et par adresse. `envoye_le` vide : à envoyer, ou en échec.

    `erreur` : la classe de l'erreur, jamais son texte. `revenu_le` : le jour où le serveur du destinataire l'a rendu.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    structure = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    entreprise = models.ForeignKey(Organisation, on_delete=models.CASCADE, **_ENTREPRISE)
    mois = models.DateField()
    etape = models.CharField(max_length=12, choices=EtapeEnvoi)
    numero = models.PositiveSmallIntegerField(default=0)
    courriel = models.EmailField()
    contact = models.ForeignKey(ContactEntreprise, on_delete=models.SET_NULL, null=True, related_name="envois")
    lien = models.ForeignKey(LienDeclaration, on_delete=models.CASCADE, null=True, related_name="envois")
    prevu_le = models.DateField()
    envoye_le = models.DateTimeField(null=True, blank=True)
    tentatives = models.PositiveSmallIntegerField(default=0)
    erreur = models.CharField(max_length=80, blank=True)
    revenu_le = models.DateField(null=True, blank=True)

    class Meta:
        verbose_name = "envoi d’une déclaration"
        ordering = ["prevu_le", "etape", "numero", "courriel"]
        indexes = [
            models.Index(fields=["prevu_le"], name="envoi_decl_a_partir", condition=Q(envoye_le__isnull=True)),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["structure", "entreprise", "mois", "etape", "numero", "courriel"],
                condition=~Q(etape=Etape.DEMANDE.value),
                name="envoi_decl_unique",
            ),
        ]

    def __str__(self) -> str:
        return f"Envoi {str(self.pk)[:8]}"
