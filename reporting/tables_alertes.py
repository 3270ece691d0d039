"""Le tableau des échéances, la plus proche d'abord."""

from collections.abc import Mapping

import django_tables2 as tables
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from comptes.formats import dans_jours, date_longue
from comptes.templatetags.etape import puce
from reporting.alertes.mots import DATES, objet_en_mots, page_du_sujet, sujet
from reporting.models import Alerte, SeuilAlerte

PUCES_DES_SEUILS = {
    SeuilAlerte.J90: ("neutre", "calendrier"),
    SeuilAlerte.J60: ("info", "calendrier"),
    SeuilAlerte.J30: ("attente", "horloge"),
    SeuilAlerte.DEPASSEE: ("refus", "triangle"),
    SeuilAlerte.A_FAIRE: ("attente", "main"),
}


class AlerteTable(tables.Table):
    """Ce qui est traité dit par qui, et ce qui a été fait ; ce qui est reporté, pourquoi et jusqu'à quand."""

    personne = tables.Column(
        accessor="pk",
        verbose_name="Qui ou quoi",
        order_by=("beneficiaire__cle_tri", "operation__nom", "date_echeance", "id"),
    )
    echeance = tables.Column(
        accessor="get_type_alerte_display", verbose_name="Échéance", order_by=("type_alerte", "date_echeance", "id")
    )
    date_echeance = tables.Column(verbose_name="Date", order_by=("date_echeance", "id"))
    seuil = tables.Column(verbose_name="Quand", orderable=False)
    referent = tables.Column(accessor="suivie_par_qui", verbose_name="Suivie par", empty_values=())
    suite = tables.Column(
        accessor="pk", verbose_name="Suite", orderable=False, exclude_from_export=True, attrs={"td": {"class": "suite"}}
    )
    choix = tables.Column(accessor="pk", verbose_name="Choisir", orderable=False, exclude_from_export=True)
    note = tables.Column(verbose_name="Ce qui a été fait", visible=False)

    libelle = "Échéances"
    empilable = True

    class Meta:
        model = Alerte
        fields = ("personne", "echeance", "date_echeance", "seuil", "referent", "suite", "choix", "note")
        order_by = ("date_echeance",)

    def __init__(self, *args: object, libelles: Mapping[str, str], se_choisit: bool = True, **kwargs: object) -> None:
        super().__init__(*args, **kwargs, exclude=() if se_choisit else ("choix",))
        self.libelles = libelles

    def render_personne(self, record: Alerte) -> SafeString:
        return format_html('<a href="{}">{}</a>', page_du_sujet(record), sujet(record))

    def value_personne(self, record: Alerte) -> str:
        return sujet(record)

    def render_echeance(self, record: Alerte, value: str) -> SafeString:
        return format_html('{}<span class="sous">{}</span>', value, objet_en_mots(record))

    def value_echeance(self, record: Alerte, value: str) -> str:
        return ", ".join(filter(None, (value, objet_en_mots(record))))

    def render_date_echeance(self, record: Alerte, value) -> SafeString:
        quoi = DATES.get(record.type_alerte)
        jours = dans_jours(value, timezone.localdate())
        return format_html('{}<span class="sous">{}</span>', date_longue(value), f"{quoi}, {jours}" if quoi else jours)

    def value_date_echeance(self, value):
        return value

    def render_seuil(self, record: Alerte) -> SafeString:
        etat, symbole = PUCES_DES_SEUILS[record.seuil]
        return puce(etat, self.libelles[record.seuil], symbole)

    def value_seuil(self, record: Alerte) -> str:
        return self.libelles[record.seuil]

    def render_referent(self, record: Alerte) -> str:
        qui = record.suivie_par_qui
        return qui.get_full_name() if qui else "personne"

    def order_referent(self, alertes, is_descending: bool):
        qui = [Coalesce(f"responsable__{nom}", f"beneficiaire__referent__{nom}") for nom in ("nom", "prenom")]
        ordre = [champ.desc(nulls_last=True) if is_descending else champ.asc(nulls_last=True) for champ in qui]
        return alertes.order_by(*ordre, "date_echeance", "id"), True

    def render_suite(self, record: Alerte) -> SafeString:
        if record.traitee_par:
            return format_html(
                '{}<span class="sous">{}, le {}</span>',
                record.note,
                record.traitee_par.get_full_name(),
                date_longue(timezone.localdate(record.close_le)),
            )
        lien = format_html(
            '<a href="{}">Traiter<span class="visually-hidden"> {}, {}</span></a>',
            self._avec_filtres(reverse("reporting:alerte_traiter", args=[record.pk])),
            record.get_type_alerte_display().lower(),
            sujet(record),
        )
        if record.reportee_au and record.reportee_au > timezone.localdate():
            return format_html(
                '{}<span class="sous">Reportée au {} par {}\u00a0: {}</span>',
                lien,
                date_longue(record.reportee_au),
                record.reportee_par.get_full_name(),
                record.motif_report,
            )
        return lien

    def render_choix(self, record: Alerte) -> SafeString:
        return format_html(
            '<input class="form-check-input" type="checkbox" name="alerte" value="{}" aria-label="Choisir {}, {}">',
            record.pk,
            record.get_type_alerte_display().lower(),
            sujet(record),
        )

    def _avec_filtres(self, adresse: str) -> str:
        filtres = self.request.GET.urlencode() if self.request else ""
        return f"{adresse}?{filtres}" if filtres else adresse
