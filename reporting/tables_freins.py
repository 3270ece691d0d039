"""Les personnes derrière un chiffre des freins du territoire."""

import django_tables2 as tables

from comptes.formats import ABSENT, date_courte
from parcours.models import Frein


class FreinsPersonnesTable(tables.Table):
    libelle = "Personnes"
    empilable = True

    personne = tables.Column(
        accessor="parcours__beneficiaire__nom_complet",
        verbose_name="Personne",
        linkify=("parcours:frein_detail", (tables.A("pk"),)),
        order_by=("parcours__beneficiaire__cle_tri", "pk"),
    )
    commune = tables.Column(accessor="parcours__beneficiaire__commune", verbose_name="Commune")
    dispositif = tables.Column(
        accessor="parcours__get_dispositif_display",
        verbose_name="Dispositif",
        order_by=("parcours__dispositif", "pk"),
    )
    etat = tables.Column(accessor="get_etat_display", verbose_name="État", order_by=("etat", "pk"))
    repere_le = tables.Column(verbose_name="Repéré le", order_by=("repere_le", "pk"))
    leve_le = tables.Column(verbose_name="Levé le", order_by=("leve_le", "pk"))
    jours = tables.Column(
        accessor="jours_de_levee",
        verbose_name="Jours pour le lever",
        orderable=False,
        attrs={"cell": {"class": "n"}},
    )

    class Meta:
        model = Frein
        fields = ("personne", "commune", "dispositif", "etat", "repere_le", "leve_le", "jours")
        order_by = ("personne",)
        default = ABSENT

    def render_repere_le(self, value) -> str:
        return date_courte(value)

    def render_leve_le(self, value) -> str:
        return date_courte(value)
