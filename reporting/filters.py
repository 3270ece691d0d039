"""Filtres des listes de reporting."""

import django_filters
from django.db.models import QuerySet

from clauses.filters import contenant_les_mots, recherche
from reporting.models import Bilan, EtatBilan


class BilanFilter(django_filters.FilterSet):
    q = recherche("Marché ou opération", "chercher")
    etat = django_filters.ChoiceFilter(label="État", choices=EtatBilan.choices)

    class Meta:
        model = Bilan
        fields = ["q", "etat"]

    def chercher(self, bilans: QuerySet[Bilan], nom: str, texte: str) -> QuerySet[Bilan]:
        return contenant_les_mots(bilans, texte, "marche__reference", "marche__operation__nom")
