"""Filtres des listes de reporting."""

import django_filters
from django.db.models import QuerySet

from beneficiaires.filters import ChoixMembre, champ_nom, contenant
from clauses.filters import contenant_les_mots, recherche
from comptes.models import Utilisateur
from reporting.models import Alerte, Bilan, EtatBilan, SeuilAlerte, TypeAlerte


class BilanFilter(django_filters.FilterSet):
    q = recherche("Marché ou opération", "chercher")
    etat = django_filters.ChoiceFilter(label="État", choices=EtatBilan.choices)

    class Meta:
        model = Bilan
        fields = ["q", "etat"]

    def chercher(self, bilans: QuerySet[Bilan], nom: str, texte: str) -> QuerySet[Bilan]:
        return contenant_les_mots(bilans, texte, "marche__reference", "marche__operation__nom")


AGREMENTS = "agrements"
TYPES_D_ALERTE = [*TypeAlerte.choices, (AGREMENTS, "Fin de PASS IAE ou de PLIE")]
TRAITEES = "traitees"


class AlerteFilter(django_filters.FilterSet):
    """Sans choix d'état, la liste montre ce qui reste à traiter."""

    type = django_filters.ChoiceFilter(label="Échéance", choices=TYPES_D_ALERTE, method="du_type", empty_label="Toutes")
    seuil = django_filters.ChoiceFilter(label="Quand", choices=SeuilAlerte.choices, empty_label="Toutes")
    nom = champ_nom()
    referent = ChoixMembre(
        label="Personne suivie par", field_name="beneficiaire__referent", queryset=Utilisateur.objects.none()
    )
    etat = django_filters.ChoiceFilter(
        label="État", choices=[(TRAITEES, "Traitées")], method="laisser", empty_label="À traiter"
    )

    class Meta:
        model = Alerte
        fields = ["type", "seuil", "nom", "referent", "etat"]

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        referents = self.queryset.order_by().values("beneficiaire__referent")
        self.filters["referent"].queryset = Utilisateur.objects.filter(pk__in=referents).order_by("nom", "prenom")

    def filter_queryset(self, queryset: QuerySet[Alerte]) -> QuerySet[Alerte]:
        alertes = super().filter_queryset(queryset)
        return alertes.traitees() if self.form.cleaned_data.get("etat") == TRAITEES else alertes.ouvertes()

    def du_type(self, alertes: QuerySet[Alerte], nom: str, valeur: str) -> QuerySet[Alerte]:
        if valeur == AGREMENTS:
            return alertes.filter(agrement__isnull=False)
        return alertes.filter(type_alerte=valeur)

    def filtrer_nom(self, alertes: QuerySet[Alerte], nom: str, texte: str) -> QuerySet[Alerte]:
        return contenant(alertes, "beneficiaire__cle_recherche", texte)

    def laisser(self, alertes: QuerySet[Alerte], nom: str, valeur: str) -> QuerySet[Alerte]:
        return alertes
