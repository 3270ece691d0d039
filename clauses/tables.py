"""Les tableaux des listes : opérations, entreprises. Une colonne dessinée a son double en clair, caché, pour l'export."""

import django_tables2 as tables

from clauses.filters import PAR_NOM
from comptes.listes import ColonneGabarit
from comptes.models import Organisation

N = {"th": {"class": "n"}, "td": {"class": "n"}}


def en_clair(titre: str, accessor: str) -> tables.Column:
    """Une colonne que seul l'export montre."""
    return tables.Column(titre, accessor=accessor, visible=False, orderable=False)


class OperationTable(tables.Table):
    libelle = "Opérations"
    empilable = True

    nom = ColonneGabarit(
        template_name="clauses/operations/colonne_nom.html",
        verbose_name="Opération",
        order_by="tri_nom",
        exclude_from_export=True,
    )
    fin = ColonneGabarit(
        template_name="clauses/operations/colonne_fin.html",
        verbose_name="Fin",
        order_by="tri_fin",
        exclude_from_export=True,
    )
    avancement = ColonneGabarit(
        template_name="clauses/operations/colonne_avancement.html",
        verbose_name="Heures validées sur heures dues",
        order_by="tri_part",
        exclude_from_export=True,
        attrs={"td": {"class": "col-jauge"}},
    )
    attendu = ColonneGabarit(
        template_name="clauses/operations/colonne_attendu.html",
        verbose_name="Attendu",
        order_by="tri_attendues",
        exclude_from_export=True,
        attrs=N,
    )
    rythme = ColonneGabarit(
        template_name="clauses/operations/colonne_rythme.html",
        verbose_name="Rythme",
        order_by="tri_rythme",
        exclude_from_export=True,
    )

    x_nom = en_clair("Opération", "operation__nom")
    x_maitre_ouvrage = en_clair("Maître d’ouvrage", "operation__maitre_ouvrage__nom")
    x_structure = en_clair("Portée par", "operation__structure__nom")
    x_financement = en_clair("Financement", "operation__get_financement_display")
    x_programme = en_clair("Programme", "operation__programme")
    x_commune = en_clair("Commune", "operation__commune")
    x_debut = en_clair("Début", "operation__date_debut")
    x_fin = en_clair("Fin prévue", "operation__date_fin")
    x_dues = en_clair("Heures dues", "avancement__dues")
    x_declarees = en_clair("Heures déclarées", "avancement__declarees")
    x_validees = en_clair("Heures validées", "avancement__validees")
    x_en_attente = en_clair("Heures à vérifier", "avancement__en_attente")
    x_refusees = en_clair("Heures refusées", "avancement__refusees")
    x_restantes = en_clair("Heures restantes", "avancement__restantes")
    x_attendues = en_clair("Heures attendues", "avancement__attendues")
    x_rythme = en_clair("Rythme", "rythme_ecrit")
    x_etp = en_clair("ETP", "avancement__etp")
    x_date = en_clair("Arrêté au", "avancement__a_la_date")

    class Meta:
        order_by = "rythme"


class EntrepriseTable(tables.Table):
    libelle = "Entreprises"
    empilable = True

    nom = ColonneGabarit(
        template_name="clauses/organisations/colonne_nom.html", verbose_name="Entreprise", exclude_from_export=True
    )
    categorie = tables.Column("Catégorie", accessor="get_categorie_display", order_by="categorie")
    siret = ColonneGabarit(
        template_name="clauses/organisations/colonne_siret.html", verbose_name="SIRET", exclude_from_export=True
    )
    operations = ColonneGabarit(
        template_name="clauses/organisations/colonne_operations.html",
        verbose_name="Opérations",
        order_by="nombre_operations",
        exclude_from_export=True,
        attrs=N,
    )
    gestion = ColonneGabarit(
        template_name="clauses/organisations/colonne_gestion.html",
        verbose_name="Fiche",
        orderable=False,
        exclude_from_export=True,
    )

    x_nom = en_clair("Entreprise", "nom")
    x_siret = en_clair("SIRET", "siret")
    x_adresse = en_clair("Adresse", "adresse")
    x_code_postal = en_clair("Code postal", "code_postal")
    x_commune = en_clair("Commune", "commune")
    x_telephone = en_clair("Téléphone", "telephone")
    x_courriel = en_clair("Courriel", "courriel")
    x_operations = en_clair("Opérations", "nombre_operations")

    def order_nom(self, entreprises, est_descendant: bool):
        return entreprises.order_by(PAR_NOM.desc() if est_descendant else PAR_NOM.asc()), True

    class Meta:
        model = Organisation
        fields = ()
        sequence = ("nom", "categorie", "siret", "operations", "gestion", "...")
        order_by = "nom"
