"""Tableaux des listes de reporting."""

import django_tables2 as tables
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from comptes.formats import date_longue, taille
from comptes.templatetags.etape import puce
from reporting.models import Bilan, EtatBilan

TEINTES = {
    EtatBilan.PRET: "valide",
    EtatBilan.ECHEC: "refus",
    EtatBilan.EN_COURS: "attente",
    EtatBilan.EN_ATTENTE: "attente",
}


class BilanTable(tables.Table):
    marche = tables.Column(verbose_name="Bilan", order_by=("marche__operation__nom", "-arrete_au"))
    arrete_au = tables.Column(verbose_name="Arrêté au")
    etat = tables.Column(verbose_name="État")
    cree_le = tables.Column(verbose_name="Demandé le")

    libelle = "Bilans"
    empilable = True

    class Meta:
        model = Bilan
        fields = ("marche", "arrete_au", "etat", "cree_le")
        order_by = "-cree_le"

    def render_marche(self, record: Bilan) -> str:
        return format_html(
            '<a href="{}">{}</a><span class="sous">{} · {}</span>',
            reverse("reporting:bilan_detail", args=[record.pk]),
            record.marche.operation.nom,
            record.marche.reference,
            record.marche.acheteur.nom,
        )

    def render_arrete_au(self, value) -> str:
        return date_longue(value)

    def render_cree_le(self, value) -> str:
        return date_longue(timezone.localdate(value))

    def render_etat(self, record: Bilan) -> str:
        pastille = puce(TEINTES[record.etat], record.get_etat_display())
        detail = f"PDF, {taille(record.taille_octets)}" if record.etat == EtatBilan.PRET else ""
        if visa := getattr(record, "visa", None):
            detail = f"{detail}. {visa.get_reponse_display()}"
        return format_html('{}<span class="sous">{}</span>', pastille, detail)
