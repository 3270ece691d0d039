"""Filtres des listes : personnes, orientations reçues, orientations envoyées. L'adresse garde leur état."""

import django_filters as df
from django import forms
from django.db.models import QuerySet, TextChoices, Value
from django.db.models.functions import Lower
from django.utils import timezone

from beneficiaires.models import (
    Beneficiaire,
    EtatOrientation,
    Orientation,
    SansAccent,
    Situation,
    StatutQpv,
)
from beneficiaires.periodes import decaler
from beneficiaires.regles import CRITERES, DELAI_REPONSE_JOURS
from comptes.models import Organisation, Utilisateur


def contenant(lignes: QuerySet, cle: str, texte: str) -> QuerySet:
    """Les lignes dont la clé contient chaque mot tapé, sans tenir compte des accents ni des majuscules."""
    for mot in texte.split():
        lignes = lignes.filter(**{f"{cle}__contains": SansAccent(Lower(Value(mot)))})
    return lignes


def champ_nom(libelle: str = "Nom ou prénom") -> df.CharFilter:
    return df.CharFilter(
        label=libelle, method="filtrer_nom", widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"})
    )


class ChoixMembre(df.ModelChoiceFilter):
    """Un choix d'utilisateurs, par leur nom : leur écriture ordinaire ne dit rien d'eux."""

    class field_class(df.fields.ModelChoiceField):
        def label_from_instance(self, utilisateur: Utilisateur) -> str:
            return utilisateur.get_full_name()


class BeneficiaireFilter(df.FilterSet):
    nom = champ_nom()
    commune = df.ChoiceFilter(label="Commune", empty_label="Toutes")
    qpv = df.ChoiceFilter(label="Quartier prioritaire", choices=StatutQpv.choices)
    critere = df.ChoiceFilter(label="Situation en cours", method="filtrer_critere", empty_label="Toutes")
    pieces = df.ChoiceFilter(
        label="Pièces", method="filtrer_pieces", choices=[("a_voir", "À voir")], empty_label="Toutes"
    )
    prescripteur = df.ModelChoiceFilter(label="Orientée par", queryset=Organisation.objects.none())
    referent = ChoixMembre(label="Suivie par", queryset=Utilisateur.objects.none())

    class Meta:
        model = Beneficiaire
        fields = ["nom", "commune", "qpv", "critere", "pieces", "prescripteur", "referent"]

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        personnes = self.queryset.order_by()
        communes = personnes.values_list("commune", flat=True).distinct().order_by("commune")
        self.filters["commune"].extra["choices"] = [(commune, commune) for commune in communes]
        self.filters["critere"].extra["choices"] = [(code, c.libelle_court) for code, c in CRITERES.items()]
        self.filters["prescripteur"].queryset = Organisation.objects.filter(pk__in=personnes.values("prescripteur"))
        self.filters["referent"].queryset = Utilisateur.objects.filter(pk__in=personnes.values("referent")).order_by(
            "nom", "prenom"
        )

    def filtrer_nom(self, personnes: QuerySet, nom: str, texte: str) -> QuerySet:
        return contenant(personnes, "cle_recherche", texte)

    def filtrer_critere(self, personnes: QuerySet, nom: str, code: str) -> QuerySet:
        aujourd_hui = timezone.localdate()
        return personnes.filter(
            pk__in=Situation.objects.en_cours(aujourd_hui).filter(critere=code).values("beneficiaire")
        )

    def filtrer_pieces(self, personnes: QuerySet, nom: str, choix: str) -> QuerySet:
        """Celles dont une situation en cours n'a aucune pièce vue."""
        sans_piece = Situation.objects.en_cours(timezone.localdate()).filter(justificatifs__isnull=True)
        return personnes.filter(pk__in=sans_piece.values("beneficiaire"))


class Attente(TextChoices):
    """Depuis quand l'orientation attend."""

    DEPASSEE = "depassee", f"Plus de {DELAI_REPONSE_JOURS} jours"
    SEMAINE = "semaine", "Plus de 7\u00a0jours"
    RECENTE = "recente", "7\u00a0jours ou moins"


class EtatRecu(TextChoices):
    SANS_REPONSE = EtatOrientation.ENVOYEE.value, "Sans réponse"
    ACCEPTEE = EtatOrientation.ACCEPTEE.value, "Acceptée"
    REFUSEE = EtatOrientation.REFUSEE.value, "Refusée"


class OrientationFilter(df.FilterSet):
    """Les orientations reçues par une structure."""

    nom = champ_nom()
    prescripteur = df.ModelChoiceFilter(label="Prescripteur", queryset=Organisation.objects.none())
    etat = df.ChoiceFilter(label="État", choices=EtatRecu.choices)
    attente = df.ChoiceFilter(
        label="Sans réponse depuis", choices=Attente.choices, method="filtrer_attente", empty_label="Toutes"
    )

    class Meta:
        model = Orientation
        fields = ["nom", "prescripteur", "etat", "attente"]

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        if "prescripteur" in self.filters:
            auteurs = self.queryset.order_by().values("prescripteur")
            self.filters["prescripteur"].queryset = Organisation.objects.filter(pk__in=auteurs)

    def filtrer_nom(self, orientations: QuerySet, nom: str, texte: str) -> QuerySet:
        return contenant(orientations.avec_cle_recherche(), "cle_recherche", texte)

    def filtrer_attente(self, orientations: QuerySet, nom: str, attente: str) -> QuerySet:
        aujourd_hui = timezone.localdate()
        jours = DELAI_REPONSE_JOURS if attente == Attente.DEPASSEE else 7
        limite = decaler(aujourd_hui, -jours)
        sens = "gte" if attente == Attente.RECENTE else "lt"
        return orientations.sans_reponse().filter(**{f"envoyee_le__date__{sens}": limite})


class MesOrientationsFilter(OrientationFilter):
    """Les mêmes, vues du prescripteur : il n'a que les siennes."""

    prescripteur = None

    class Meta:
        model = Orientation
        fields = ["nom", "etat", "attente"]
