"""Les tableaux des lignes d'heures : déclarées, reçues par convention. Une colonne dessinée a son double en clair, caché, pour l'export."""

from decimal import Decimal

import django_tables2 as tables

from clauses.models import Imputation, ReleveHeures
from clauses.tables import N, en_clair
from comptes.formats import heures as ecrire_heures
from comptes.listes import ColonneGabarit

GABARITS = "clauses/heures/colonnes"
TITULAIRE = "affectation__engagement__titulaire"
CONTRAT = "releve__affectation__contrat"
PERSONNE = f"{CONTRAT}__beneficiaire"
ORIGINE = f"releve__{TITULAIRE}__lot"
ARRIVEE = "engagement__titulaire__lot"


def dessinee(titre: str, gabarit: str, **options) -> ColonneGabarit:
    return ColonneGabarit(
        template_name=f"{GABARITS}/{gabarit}.html", verbose_name=titre, exclude_from_export=True, **options
    )


class ReleveTable(tables.Table):
    libelle = "Lignes d’heures"
    empilable = True

    personne = dessinee(
        "Personne", "personne", order_by=("affectation__contrat__beneficiaire__cle_tri", "-mois"), footer="Total"
    )
    mois = dessinee("Mois", "mois", order_by=("mois", "date_debut"))
    lot = dessinee("Opération, lot, titulaire", "lot", order_by=(f"{TITULAIRE}__lot__marche__operation__nom", "mois"))
    etat = dessinee("État", "etat", order_by=("etat", "-mois"))
    heures = dessinee("Heures", "heures", order_by="heures", attrs=N | {"tf": {"class": "n"}})

    x_prenom = en_clair("Prénom", "affectation__contrat__beneficiaire__prenom")
    x_nom_usage = en_clair("Nom d’usage", "affectation__contrat__beneficiaire__nom_usage")
    x_nom = en_clair("Nom de naissance", "affectation__contrat__beneficiaire__nom_naissance")
    x_operation = en_clair("Opération", f"{TITULAIRE}__lot__marche__operation__nom")
    x_marche = en_clair("Marché", f"{TITULAIRE}__lot__marche__reference")
    x_lot = en_clair("Lot", f"{TITULAIRE}__lot__numero")
    x_titulaire = en_clair("Titulaire", f"{TITULAIRE}__entreprise__nom")
    x_employeur = en_clair("Employeur", "affectation__contrat__employeur__nom")
    x_contrat = en_clair("Type de contrat", "affectation__contrat__get_type_contrat_display")
    x_mois = en_clair("Mois", "mois")
    x_debut = en_clair("Du", "date_debut")
    x_fin = en_clair("Au", "date_fin")
    x_nature = en_clair("Nature", "get_nature_display")
    x_heures = en_clair("Heures", "heures")
    x_comptees = en_clair("Heures comptées", "qui_comptent")
    x_etat = en_clair("État", "get_etat_display")
    x_motif = en_clair("Motif", "motif")
    x_source = en_clair("Source", "get_source_display")
    x_declarant = en_clair("Déclaré par", "declarant__nom")
    x_saisi_le = en_clair("Saisi le", "saisi_le")
    x_decide_le = en_clair("Décidé le", "decide_le")
    x_origine = tables.Column("Exécutées sur", empty_values=(), visible=False, orderable=False)

    class Meta:
        model = ReleveHeures
        fields = ()
        order_by = "-mois"

    def __init__(self, *args, total: Decimal, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.columns["heures"].column._footer = ecrire_heures(total)

    def value_x_origine(self) -> str:
        """Des heures déclarées ici s'exécutent ici ; celles qu'une convention apporte suivent, dans le même fichier."""
        return ""


class RecueTable(tables.Table):
    """Les heures qu'une convention fait compter ici. À l'export, les colonnes de `ReleveTable`, dans le même ordre."""

    titre_id = "t-recues"
    empilable = True

    personne = dessinee(
        "Personne", "personne_recue", order_by=(f"{PERSONNE}__cle_tri", "-releve__mois"), footer="Total"
    )
    mois = dessinee("Mois", "mois_recu", order_by=("releve__mois", "releve__date_debut"))
    origine = dessinee("Exécutées sur", "origine", order_by=(f"{ORIGINE}__marche__operation__nom", "releve__mois"))
    lot = dessinee("Comptées sur", "lot_recu", order_by=(f"{ARRIVEE}__marche__operation__nom", "releve__mois"))
    heures = dessinee("Heures", "heures_recues", order_by="heures_comptees", attrs=N | {"tf": {"class": "n"}})

    x_prenom = en_clair("Prénom", f"{PERSONNE}__prenom")
    x_nom_usage = en_clair("Nom d’usage", f"{PERSONNE}__nom_usage")
    x_nom = en_clair("Nom de naissance", f"{PERSONNE}__nom_naissance")
    x_operation = en_clair("Opération", f"{ARRIVEE}__marche__operation__nom")
    x_marche = en_clair("Marché", f"{ARRIVEE}__marche__reference")
    x_lot = en_clair("Lot", f"{ARRIVEE}__numero")
    x_titulaire = en_clair("Titulaire", "engagement__titulaire__entreprise__nom")
    x_employeur = en_clair("Employeur", f"{CONTRAT}__employeur__nom")
    x_contrat = en_clair("Type de contrat", f"{CONTRAT}__get_type_contrat_display")
    x_mois = en_clair("Mois", "releve__mois")
    x_debut = en_clair("Du", "releve__date_debut")
    x_fin = en_clair("Au", "releve__date_fin")
    x_nature = en_clair("Nature", "releve__get_nature_display")
    x_heures = en_clair("Heures", "heures")
    x_comptees = en_clair("Heures comptées", "heures_comptees")
    x_etat = en_clair("État", "releve__get_etat_display")
    x_motif = en_clair("Motif", "releve__motif")
    x_source = en_clair("Source", "releve__get_source_display")
    x_declarant = en_clair("Déclaré par", "releve__declarant__nom")
    x_saisi_le = en_clair("Saisi le", "releve__saisi_le")
    x_decide_le = en_clair("Décidé le", "releve__decide_le")
    x_origine = en_clair("Exécutées sur", f"{ORIGINE}__marche__operation__nom")

    class Meta:
        model = Imputation
        fields = ()
        order_by = "-mois"
        prefix = "recues-"

    def __init__(self, *args, total: Decimal, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.columns["heures"].column._footer = ecrire_heures(total)

    def value_x_origine(self, record: Imputation) -> str:
        lot = record.releve.affectation.engagement.titulaire.lot
        return f"{lot.marche.operation.nom}, marché {lot.marche.reference}, lot {lot.numero}"
