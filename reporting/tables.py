"""Tableaux des listes de reporting."""

import django_tables2 as tables
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from comptes.formats import dans_jours, date_longue, taille
from comptes.templatetags.etape import puce
from reporting.models import Alerte, Bilan, EtatBilan, SeuilAlerte

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
        return format_html('{}<span class="sous">{}</span>', pastille, detail)


PUCES_DES_SEUILS = {
    SeuilAlerte.J90: ("neutre", "calendrier"),
    SeuilAlerte.J60: ("info", "calendrier"),
    SeuilAlerte.J30: ("attente", "horloge"),
    SeuilAlerte.DEPASSEE: ("refus", "triangle"),
}


class AlerteTable(tables.Table):
    """Les échéances, la plus proche d'abord ; ce qui est traité dit par qui, et ce qui a été fait."""

    personne = tables.Column(
        accessor="beneficiaire__nom_complet",
        verbose_name="Personne",
        linkify=("reporting:personne_fiche", (tables.A("beneficiaire_id"),)),
        order_by=("beneficiaire__cle_recherche", "date_echeance", "id"),
    )
    echeance = tables.Column(
        accessor="get_type_alerte_display", verbose_name="Échéance", order_by=("type_alerte", "date_echeance", "id")
    )
    date_echeance = tables.Column(verbose_name="Dernier jour", order_by=("date_echeance", "id"))
    seuil = tables.Column(verbose_name="Quand", orderable=False)
    referent = tables.Column(
        accessor="beneficiaire__referent__get_full_name",
        verbose_name="Suivie par",
        order_by=("beneficiaire__referent__nom", "beneficiaire__referent__prenom", "date_echeance", "id"),
    )
    suite = tables.Column(
        accessor="pk", verbose_name="Suite", orderable=False, exclude_from_export=True, attrs={"td": {"class": "suite"}}
    )
    note = tables.Column(verbose_name="Ce qui a été fait", visible=False)

    libelle = "Échéances"
    empilable = True

    class Meta:
        model = Alerte
        fields = ("personne", "echeance", "date_echeance", "seuil", "referent", "suite", "note")
        order_by = ("date_echeance",)

    def render_echeance(self, record: Alerte, value: str) -> str:
        return format_html('{}<span class="sous">{}</span>', value, record.objet_en_mots)

    def value_echeance(self, record: Alerte, value: str) -> str:
        return f"{value}, {record.objet_en_mots}" if record.objet_en_mots else value

    def render_date_echeance(self, record: Alerte, value) -> str:
        jours = dans_jours(value, timezone.localdate())
        return format_html('{}<span class="sous">{}</span>', date_longue(value), jours)

    def value_date_echeance(self, value):
        return value

    def render_seuil(self, record: Alerte) -> str:
        etat, symbole = PUCES_DES_SEUILS[record.seuil]
        return puce(etat, record.get_seuil_display(), symbole)

    def value_seuil(self, record: Alerte) -> str:
        return record.get_seuil_display()

    def render_suite(self, record: Alerte) -> str:
        if record.traitee_par:
            return format_html(
                '{}<span class="sous">{}, le {}</span>',
                record.note,
                record.traitee_par.get_full_name(),
                date_longue(timezone.localdate(record.close_le)),
            )
        adresse = reverse("reporting:alerte_traiter", args=[record.pk])
        filtres = self.request.GET.urlencode() if self.request else ""
        return format_html(
            '<a href="{}">Traiter<span class="visually-hidden"> {}, {}</span></a>',
            f"{adresse}?{filtres}" if filtres else adresse,
            record.get_type_alerte_display().lower(),
            record.beneficiaire.nom_complet,
        )
