"""Les tableaux des parcours et des suivis."""

import django_tables2 as tables
from django.utils import timezone
from django.utils.html import format_html

from comptes.formats import ABSENT, date_courte
from comptes.templatetags.etape import puce
from parcours.lectures_chemin import PUCES_SORTIE, PUCES_SUIVI, etat_du_suivi
from parcours.models import Parcours, Phase, Suivi


class ParcoursTable(tables.Table):
    libelle = "Parcours"
    empilable = True

    personne = tables.Column(
        verbose_name="Personne",
        accessor="beneficiaire__nom_complet",
        linkify=("reporting:parcours_fiche", (tables.A("pk"),)),
        order_by=("beneficiaire__cle_tri", "-date_debut"),
    )
    phase = tables.Column(accessor="phase_en_cours", verbose_name="Phase", empty_values=(), orderable=False)
    dispositif = tables.Column(accessor="get_dispositif_display", order_by=("dispositif", "-date_debut"))
    referent = tables.Column(verbose_name="Référent", order_by=("referent__nom", "referent__prenom", "-date_debut"))
    date_debut = tables.Column(verbose_name="Entrée", attrs={"td": {"class": "insecable"}})
    sortie = tables.Column(accessor="date_fin", verbose_name="Sortie", order_by="date_fin")

    class Meta:
        model = Parcours
        fields = ("personne", "phase", "dispositif", "referent", "date_debut", "sortie")
        order_by = ("-date_debut",)
        default = ABSENT

    def value_phase(self, record: Parcours) -> str:
        if not record.est_ouvert:
            return "Sorti"
        return Phase(record.phase_en_cours).label if record.phase_en_cours else "Aucune phase ouverte"

    def render_phase(self, record: Parcours) -> str:
        teinte = "neutre" if not record.est_ouvert else "info" if record.phase_en_cours else "attente"
        return puce(teinte, self.value_phase(record))

    def render_referent(self, value) -> str:
        return value.get_full_name()

    def render_date_debut(self, value) -> str:
        return date_courte(value)

    def value_date_debut(self, value):
        return value

    def render_sortie(self, record: Parcours) -> str:
        return format_html(
            '<span class="insecable">{}</span><span class="sous">{}</span>',
            date_courte(record.date_fin),
            puce(PUCES_SORTIE[record.sortie.classe], record.sortie.get_classe_display()),
        )

    def value_sortie(self, value):
        return value


class SuiviTable(tables.Table):
    libelle = "Suivis après la sortie"
    empilable = True

    personne = tables.Column(
        verbose_name="Personne",
        accessor="sortie__parcours__beneficiaire__nom_complet",
        linkify=("parcours:suivi_repondre", (tables.A("pk"),)),
        order_by=("sortie__parcours__beneficiaire__cle_tri", "date_prevue"),
    )
    jalon = tables.Column(accessor="jalon_mois", verbose_name="Suivi à")
    date_prevue = tables.Column(verbose_name="Prévu le", attrs={"td": {"class": "insecable"}})
    sortie = tables.Column(accessor="sortie__get_classe_display", verbose_name="Sortie", orderable=False)
    referent = tables.Column(
        accessor="sortie__parcours__referent",
        verbose_name="Référent",
        order_by=("sortie__parcours__referent__nom", "date_prevue"),
    )
    reponse = tables.Column(verbose_name="Réponse", empty_values=(), order_by=("reponse", "date_prevue"))

    class Meta:
        model = Suivi
        fields = ("personne", "jalon", "date_prevue", "sortie", "referent", "reponse")
        order_by = ("date_prevue",)
        default = ABSENT

    def render_jalon(self, value) -> str:
        return f"{value}\u00a0mois"

    def value_jalon(self, value) -> int:
        return value

    def render_date_prevue(self, value) -> str:
        return date_courte(value)

    def value_date_prevue(self, value):
        return value

    def render_referent(self, value) -> str:
        return value.get_full_name()

    def value_reponse(self, record: Suivi) -> str:
        return record.get_reponse_display()

    def render_reponse(self, record: Suivi) -> str:
        teinte, mot = PUCES_SUIVI[etat_du_suivi(record, timezone.localdate())]
        if not record.reponse:
            return puce(teinte, mot)
        return format_html(
            '{}<span class="sous">le {}</span>', puce(teinte, record.get_reponse_display()), date_courte(record.fait_le)
        )
