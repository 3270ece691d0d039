"""Les tableaux des salariés d'une entreprise et des pièces déposées."""

from datetime import date

import django_tables2 as tables
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from beneficiaires.periodes import Periode
from clauses.models import Affectation
from clauses.services.fenetres import fenetre_de
from clauses.tables import en_clair
from comptes.formats import dans_jours, date_longue
from comptes.listes import ColonneGabarit
from comptes.templatetags.etape import puce

LOT = "engagement__titulaire__lot"
# Le premier seuil des alertes : le temps de préparer la suite.
PROCHE_JOURS = 90
PERSONNE = ("contrat__beneficiaire__cle_tri", "contrat__date_debut", "pk")


def dessinee(titre: str, gabarit: str, **options) -> ColonneGabarit:
    return ColonneGabarit(
        template_name=f"clauses/preuves/colonnes/{gabarit}.html",
        verbose_name=titre,
        exclude_from_export=True,
        **options,
    )


class SalarieTable(tables.Table):
    """Une ligne par contrat et par lot : l'éligibilité se lit par opération. Jamais le critère."""

    libelle = "Salariés en insertion"
    empilable = True

    personne = dessinee("Personne", "salarie", order_by=PERSONNE)
    operation = dessinee("Opération", "operation", order_by=(f"{LOT}__marche__operation__nom", *PERSONNE))
    eligible = tables.Column(
        "Ses heures comptent", "pk", exclude_from_export=True, order_by=("eligibilite__date_fin", *PERSONNE)
    )
    pieces = dessinee("Pièces", "pieces", orderable=False)

    x_personne = en_clair("Personne", "contrat__beneficiaire__nom_complet")
    x_contrat = en_clair("Contrat", "contrat__get_type_contrat_display")
    x_debut = en_clair("Embauche", "contrat__date_debut")
    x_fin = en_clair("Fin", "contrat__derniere_date")
    x_operation = en_clair("Opération", f"{LOT}__marche__operation__nom")
    x_lot = en_clair("Lot", LOT)
    x_eligible = en_clair("Éligible jusqu’au", "pk")
    x_pieces = en_clair("Pièces déposées", "pieces")

    class Meta:
        order_by = ("personne",)

    def render_eligible(self, record: Affectation) -> SafeString:
        fenetre = fenetre_visible(record)
        if fenetre is None:
            return puce("attente", "Pas de décision favorable en cours")
        if fenetre.fin is None:
            return puce("valide", "Éligible pour toute l’opération")
        reste = fenetre.jours_restants(timezone.localdate())
        if reste < 0:
            return puce("refus", f"Éligible jusqu’au {date_longue(fenetre.fin)}, c’est fini")
        teinte = "attente" if reste <= PROCHE_JOURS else "valide"
        jusqu_au = puce(teinte, f"Éligible jusqu’au {date_longue(fenetre.fin)}")
        return (
            format_html('{}<span class="sous">{}</span>', jusqu_au, dans_jours(fenetre.fin, timezone.localdate()))
            if teinte == "attente"
            else jusqu_au
        )

    def value_x_eligible(self, record: Affectation) -> date | None:
        fenetre = fenetre_visible(record)
        return fenetre.fin if fenetre else None


def fenetre_visible(affectation: Affectation) -> Periode | None:
    """Les jours où les heures de cette personne comptent, pour son employeur ; None sans décision favorable ni fenêtre ouverte."""
    return fenetre_de(affectation) if affectation.eligibilite.est_eligible else None


class PreuveTable(tables.Table):
    """Les pièces reçues par le facilitateur."""

    libelle = "Pièces déposées"
    empilable = True

    personne = dessinee("Personne", "personne", order_by=("contrat__beneficiaire__cle_tri", "pk"))
    sorte = dessinee("Pièce", "sorte", order_by=("sorte", "mois", "pk"))
    deposante = dessinee("Déposée par", "deposante", order_by=("deposante__nom", "pk"))
    deposee_le = dessinee("Le", "le", order_by=("deposee_le", "pk"))
    etat = dessinee("État", "etat", order_by=("etat", "deposee_le"))

    x_personne = en_clair("Personne", "contrat__beneficiaire__nom_complet")
    x_sorte = en_clair("Pièce", "get_sorte_display")
    x_mois = en_clair("Mois", "mois")
    x_deposante = en_clair("Déposée par", "deposante__nom")
    x_le = en_clair("Déposée le", "deposee_le")
    x_etat = en_clair("État", "get_etat_display")
    x_motif = en_clair("Motif", "motif")

    class Meta:
        order_by = ("deposee_le",)
