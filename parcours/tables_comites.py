"""Le tableau des séances du comité technique."""

import django_tables2 as tables
from django.utils import timezone

from comptes.formats import ABSENT, date_longue
from comptes.templatetags.etape import puce
from parcours.lectures_comite import etat_de
from parcours.models import ComiteTechnique


class ComiteTable(tables.Table):
    libelle = "Séances du comité technique"
    empilable = True

    date_seance = tables.Column(
        verbose_name="Séance du",
        linkify=("parcours:comite_detail", (tables.A("pk"),)),
        order_by=("date_seance", "cree_le"),
    )
    structure = tables.Column(
        accessor="structure__nom", verbose_name="Tenue par", order_by=("structure__nom", "-date_seance")
    )
    lieu = tables.Column(verbose_name="Lieu")
    points_vus = tables.Column(verbose_name="Points", attrs={"cell": {"class": "n"}})
    points_decides = tables.Column(verbose_name="Décidés", attrs={"cell": {"class": "n"}})
    etat = tables.Column(accessor="close_le", verbose_name="État", empty_values=())

    class Meta:
        model = ComiteTechnique
        fields = ("date_seance", "structure", "lieu", "points_vus", "points_decides", "etat")
        order_by = ("-date_seance",)
        default = ABSENT

    def render_date_seance(self, value) -> str:
        return date_longue(value)

    def render_etat(self, record: ComiteTechnique) -> str:
        return puce(*etat_de(record, timezone.localdate()))
