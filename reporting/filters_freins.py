"""Filtres des freins du territoire : quand ils ont été repérés, où habite la personne, dans quel dispositif."""

import django_filters as df

from clauses.filters_heures import FiltreDate
from parcours.models import Dispositif, Frein


class FreinFilter(df.FilterSet):
    debut = FiltreDate(label="Repéré à partir du", field_name="repere_le", lookup_expr="gte")
    fin = FiltreDate(label="Repéré jusqu’au", field_name="repere_le", lookup_expr="lte")
    commune = df.ChoiceFilter(label="Commune", field_name="parcours__beneficiaire__commune", empty_label="Toutes")
    dispositif = df.ChoiceFilter(
        label="Dispositif", field_name="parcours__dispositif", choices=Dispositif.choices, empty_label="Tous"
    )

    class Meta:
        model = Frein
        fields = ["debut", "fin", "commune", "dispositif"]

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        communes = self.queryset.order_by("parcours__beneficiaire__commune")
        communes = communes.values_list("parcours__beneficiaire__commune", flat=True).distinct()
        self.filters["commune"].extra["choices"] = [(commune, commune) for commune in communes]
