"""Le tableau des déclarations d'un mois."""

import django_tables2 as tables

from clauses.tables import en_clair
from comptes.listes import ColonneGabarit

GABARITS = "clauses/declarations/colonnes"


def dessinee(titre: str, gabarit: str, **options) -> ColonneGabarit:
    return ColonneGabarit(
        template_name=f"{GABARITS}/{gabarit}.html", verbose_name=titre, exclude_from_export=True, **options
    )


class DeclarationTable(tables.Table):
    libelle = "Déclarations du mois"
    empilable = True

    entreprise = dessinee("Entreprise et marché", "entreprise", order_by="lue__declaration__entreprise__nom")
    etat = dessinee("État", "etat", order_by="rang")
    echeance = dessinee("Due le", "echeance", order_by="lue__declaration__echeance")
    personnes = dessinee("Personnes", "personnes", order_by="lue__faits__declarees", attrs={"cell": {"class": "n"}})
    heures = dessinee("Heures", "heures", order_by="lue__heures", attrs={"cell": {"class": "n"}})
    relances = dessinee("Courriels", "relances", order_by="relances")

    x_entreprise = en_clair("Entreprise", "lue__declaration__entreprise__nom")
    x_operation = en_clair("Opération", "lue__declaration__marche__operation__nom")
    x_marche = en_clair("Marché", "lue__declaration__marche__reference")
    x_mois = en_clair("Mois", "lue__declaration__mois")
    x_etat = en_clair("État", "lue__libelle")
    x_echeance = en_clair("Due le", "lue__declaration__echeance")
    x_attendues = en_clair("Personnes attendues", "lue__faits__personnes")
    x_declarees = en_clair("Personnes déclarées", "lue__faits__declarees")
    x_heures = en_clair("Heures déclarées", "lue__heures")
    x_relances = en_clair("Relances", "relances")

    class Meta:
        order_by = ("etat", "entreprise")
