"""Le tableau de ce que les contrôles ont trouvé. Une colonne dessinée a son double en clair, caché, pour l'export."""

import django_tables2 as tables

from clauses.models import Constat
from clauses.regles.controles import CATALOGUE
from clauses.tables import en_clair
from comptes.listes import ColonneGabarit

GABARITS = "clauses/controles/colonnes"
PERSONNE = "releve__affectation__contrat__beneficiaire"
TITULAIRE = "releve__affectation__engagement__titulaire"


def dessinee(titre: str, gabarit: str, **options) -> ColonneGabarit:
    return ColonneGabarit(
        template_name=f"{GABARITS}/{gabarit}.html", verbose_name=titre, exclude_from_export=True, **options
    )


class ConstatTable(tables.Table):
    libelle = "Ce que les contrôles ont trouvé"
    empilable = True

    personne = dessinee("Personne et mois", "personne", order_by=(f"{PERSONNE}__cle_tri", "-releve__mois"))
    constat = dessinee("Constat", "constat", order_by=("code", "-constate_le"))
    niveau = dessinee("Niveau", "niveau", order_by=("niveau", "-constate_le"))
    lot = dessinee(
        "Opération, entreprise", "lot", order_by=(f"{TITULAIRE}__lot__marche__operation__nom", "-constate_le")
    )
    date = dessinee("Constaté", "date", order_by="constate_le")

    x_prenom = en_clair("Prénom", f"{PERSONNE}__prenom")
    x_nom = en_clair("Nom de naissance", f"{PERSONNE}__nom_naissance")
    x_mois = en_clair("Mois", "releve__mois")
    x_heures = en_clair("Heures", "releve__heures")
    x_etat = en_clair("État de la ligne", "releve__get_etat_display")
    x_operation = en_clair("Opération", f"{TITULAIRE}__lot__marche__operation__nom")
    x_marche = en_clair("Marché", f"{TITULAIRE}__lot__marche__reference")
    x_lot = en_clair("Lot", f"{TITULAIRE}__lot__numero")
    x_entreprise = en_clair("Entreprise", f"{TITULAIRE}__entreprise__nom")
    x_code = en_clair("Code", "code")
    x_version = en_clair("Version", "version")
    x_controle = en_clair("Contrôle", "code")
    x_niveau = en_clair("Niveau", "get_niveau_display")
    x_phrase = en_clair("Constat", "phrase")
    x_limite = en_clair("Limite", "limite")
    x_date = en_clair("Constaté le", "constate_le")

    class Meta:
        model = Constat
        fields = ()
        order_by = "-date"

    def value_x_controle(self, value: str) -> str:
        return CATALOGUE[value].nom if value in CATALOGUE else value
