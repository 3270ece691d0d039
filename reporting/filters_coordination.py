"""Filtres des totaux d'une coordination : une structure, et le mois où l'on arrête les heures."""

from datetime import date

import django_filters as df
from django.db.models import QuerySet

from beneficiaires.periodes import ajouter_mois, mois_de
from clauses.models import Operation
from comptes.formats import mois_annee
from comptes.models import Organisation

MOIS_PROPOSES = 24


class TotauxFilter(df.FilterSet):
    """Rien n'est retiré des opérations lues : la structure choisie dit ce qui se montre, le mois jusqu'où l'on compte."""

    structure = df.ModelChoiceFilter(
        label="Structure", queryset=Organisation.objects.none(), method="laisser", empty_label="Toutes"
    )
    au = df.ChoiceFilter(label="Heures jusqu’à la fin de", method="laisser", empty_label=None)

    class Meta:
        model = Operation
        fields = ["structure", "au"]

    def __init__(self, *args: object, structures: QuerySet[Organisation], dernier: date, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.dernier = dernier
        self.filters["structure"].queryset = structures
        mois = [ajouter_mois(dernier.replace(day=1), -recul) for recul in range(MOIS_PROPOSES)]
        self.filters["au"].extra["choices"] = [(f"{m:%Y-%m}", mois_annee(m)) for m in mois]

    def laisser(self, queryset: QuerySet[Operation], _nom: str, _valeur: object) -> QuerySet[Operation]:
        return queryset

    @property
    def choisie(self) -> Organisation | None:
        return self._valeur("structure")

    @property
    def arrete_au(self) -> date:
        """Le dernier jour du mois choisi ; à défaut, celui du dernier mois clos."""
        lu = self._valeur("au")
        return mois_de(date.fromisoformat(f"{lu}-01")).fin if lu else self.dernier

    def _valeur(self, nom: str):
        """Une valeur refusée ne filtre rien : la page dit l’erreur."""
        self.form.is_valid()
        return self.form.cleaned_data.get(nom) if self.is_bound else None
