"""Tableaux : personnes, orientations reçues, orientations envoyées."""

import django_tables2 as tables
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe

from beneficiaires.models import Beneficiaire, Orientation, Sexe, StatutQpv
from beneficiaires.regles import CRITERES, age_au
from beneficiaires.suites import suite_de
from comptes.formats import ABSENT, date_courte
from comptes.templatetags.etape import puce


def nee(sexe: str) -> str:
    return "née" if sexe == Sexe.FEMME else "né"


class BeneficiaireTable(tables.Table):
    """L'export donne en clair, colonne par colonne, ce que l'écran réunit dans une case."""

    libelle = "Personnes suivies"
    empilable = True

    personne = tables.Column(
        verbose_name="Nom",
        accessor="nom_complet",
        linkify=("reporting:personne_fiche", (tables.A("pk"),)),
        order_by=("cle_tri", "id"),
    )
    age = tables.Column(verbose_name="Âge", accessor="date_naissance", attrs={"cell": {"class": "n"}})
    commune = tables.Column(verbose_name="Habite")
    qpv = tables.Column(verbose_name="Quartier prioritaire", visible=False)
    metiers = tables.Column(verbose_name="Métiers recherchés", accessor="pk", orderable=False)
    prescripteur = tables.Column(verbose_name="Orientée par", order_by=("prescripteur__nom", "cle_tri"))
    referent = tables.Column(verbose_name="Suivie par", order_by=("referent__nom", "referent__prenom", "cle_tri"))
    cree_le = tables.Column(verbose_name="Créée le", attrs={"td": {"class": "insecable"}})

    class Meta:
        model = Beneficiaire
        fields = ("personne", "age", "commune", "qpv", "metiers", "prescripteur", "referent", "cree_le")
        order_by = ("personne",)
        default = ABSENT

    def render_personne(self, record: Beneficiaire) -> str:
        if not record.nom_usage or record.nom_usage == record.nom_naissance:
            return record.nom_complet
        return f"{record.nom_complet}, {nee(record.sexe)} {record.nom_naissance}"

    def render_age(self, value) -> str:
        return f"{age_au(value, timezone.localdate())}\u00a0ans"

    def order_age(self, queryset, est_decroissant):
        """Le plus jeune d'abord : la date de naissance va dans l'autre sens."""
        return queryset.order_by("date_naissance" if est_decroissant else "-date_naissance", "id"), True

    def value_age(self, value) -> int:
        return age_au(value, timezone.localdate())

    def render_commune(self, record: Beneficiaire) -> str:
        if record.qpv != StatutQpv.OUI:
            return record.commune
        quartier = f"QPV {record.qpv_nom}" if record.qpv_nom else "QPV"
        return format_html('{}<span class="sous">{}</span>', record.commune, quartier)

    def value_commune(self, record: Beneficiaire) -> str:
        return record.commune

    def value_qpv(self, record: Beneficiaire) -> str:
        return record.get_qpv_display()

    def render_metiers(self, record: Beneficiaire) -> str:
        return format_html_join(mark_safe("<br>"), "{}", ((m.libelle,) for m in record.metiers.all())) or ABSENT

    def value_metiers(self, record: Beneficiaire) -> str:
        return ", ".join(str(metier) for metier in record.metiers.all())

    def render_prescripteur(self, value) -> str:
        return value.nom

    def render_referent(self, value) -> str:
        return value.get_full_name()

    def render_cree_le(self, value) -> str:
        return date_courte(timezone.localdate(value))

    def value_cree_le(self, value):
        return timezone.localdate(value)


class OrientationTable(tables.Table):
    """Les orientations reçues, celles qui attendent d'abord, la plus ancienne en tête."""

    libelle = "Orientations reçues"
    empilable = True

    personne = tables.Column(
        accessor="nom_complet",
        order_by=("nom_usage", "nom_naissance", "prenom"),
    )
    prescripteur = tables.Column(order_by=("prescripteur__nom", "-envoyee_le"))
    situations = tables.Column(verbose_name="Situations", empty_values=(), orderable=False)
    envoyee_le = tables.Column(verbose_name="Envoyée le", attrs={"td": {"class": "insecable"}})
    suite = tables.Column(verbose_name="Où elle en est", empty_values=(), order_by=("rang_attente", "envoyee_le"))

    class Meta:
        model = Orientation
        fields = ("personne", "prescripteur", "situations", "envoyee_le", "suite")
        default = ABSENT

    def render_personne(self, record: Orientation) -> str:
        age = age_au(record.date_naissance, timezone.localdate())
        adresse = reverse("beneficiaires:orientation_detail", args=[record.pk])
        return format_html(
            '<a href="{}">{}</a><span class="sous">{}\u00a0ans, {}</span>',
            adresse,
            record.nom_complet,
            age,
            record.commune,
        )

    def value_personne(self, record: Orientation) -> str:
        return record.nom_complet

    def render_prescripteur(self, record: Orientation) -> str:
        return format_html('{}<span class="sous">{}</span>', record.prescripteur.nom, record.auteur.get_full_name())

    def value_prescripteur(self, record: Orientation) -> str:
        return record.prescripteur.nom

    def render_situations(self, record: Orientation) -> str:
        return ", ".join(CRITERES[c.critere].libelle_court for c in record.criteres.all()) or ABSENT

    def render_envoyee_le(self, value) -> str:
        return date_courte(timezone.localdate(value))

    def value_envoyee_le(self, value):
        return timezone.localdate(value)

    def render_suite(self, record: Orientation) -> str:
        suite = suite_de(record, timezone.localdate())
        return format_html('{}<span class="sous">{}</span>', puce(suite.teinte, suite.mot, suite.symbole), suite.phrase)

    def value_suite(self, record: Orientation) -> str:
        return suite_de(record, timezone.localdate()).mot


class MesOrientationsTable(OrientationTable):
    """Les mêmes, vues du prescripteur : à qui elles sont allées, et ce qu'elles sont devenues."""

    libelle = "Personnes orientées"

    structure = tables.Column(verbose_name="Orientée vers", order_by=("structure__nom", "-envoyee_le"))

    class Meta:
        model = Orientation
        fields = ("personne", "structure", "situations", "envoyee_le", "suite")
        sequence = fields
        exclude = ("prescripteur",)
        default = ABSENT
