"""Les tableaux des offres ouvertes, des besoins d'une entreprise ou d'une structure, et des candidatures."""

from datetime import date, datetime

import django_tables2 as tables
from django.utils import timezone

from clauses.candidats import CandidatureLue, lire_candidature
from clauses.models import Candidature, Offre
from clauses.tables import en_clair
from comptes.listes import ColonneGabarit
from comptes.models import Utilisateur

TITULAIRE = "engagement__titulaire"
LOT = f"{TITULAIRE}__lot"
N = {"cell": {"class": "n"}}


def dessinee(titre: str, gabarit: str, **options) -> ColonneGabarit:
    return ColonneGabarit(
        template_name=f"clauses/{gabarit}.html", verbose_name=titre, exclude_from_export=True, **options
    )


class OffreTable(tables.Table):
    """Ce qu'un prescripteur lit d'une offre ouverte : rien d'autre de l'opération."""

    libelle = "Offres ouvertes"
    empilable = True

    metier = dessinee("Offre", "offres/colonne_metier", order_by=("metier__libelle", "-publiee_le"))
    lieu = dessinee("Où", "offres/colonne_lieu", order_by=("distance", "commune", "-publiee_le"))
    dates = dessinee("Quand", "offres/colonne_dates", order_by=("date_debut", "-publiee_le"))
    postes = dessinee("Postes libres", "offres/colonne_libres", order_by=("libres", "-publiee_le"), attrs=N)
    publiee = dessinee("Publiée", "offres/colonne_publiee", order_by=("publiee_le", "pk"))

    x_metier = en_clair("Métier", "metier__libelle")
    x_rome = en_clair("Code ROME", "metier__code")
    x_entreprise = en_clair("Entreprise", f"{TITULAIRE}__entreprise__nom")
    x_commune = en_clair("Commune", "commune")
    x_distance = en_clair("Distance (km)", "distance")
    x_debut = en_clair("Premier jour", "date_debut")
    x_fin = en_clair("Dernier jour", "date_fin")
    x_contrat = en_clair("Contrat", "get_type_contrat_display")
    x_heures = en_clair("Heures par semaine", "heures_hebdo")
    x_libres = en_clair("Postes libres", "libres")
    x_conditions = en_clair("Conditions", "conditions")

    class Meta:
        model = Offre
        fields = ()


class BesoinTable(tables.Table):
    """Les offres d'une entreprise, ou de toutes celles des opérations d'une structure, avec ce qui y attend."""

    libelle = "Besoins"
    empilable = True

    metier = dessinee("Offre", "offres/colonne_besoin", order_by=("metier__libelle", "-cree_le"))
    operation = dessinee(
        "Opération", "offres/colonne_lot", order_by=(f"{LOT}__marche__operation__nom", f"{LOT}__numero")
    )
    dates = dessinee("Quand", "offres/colonne_dates", order_by=("date_debut", "-cree_le"))
    postes = dessinee("Postes pris", "offres/colonne_postes", order_by=("postes", "-cree_le"), attrs=N)
    candidats = dessinee("Candidats", "offres/colonne_candidats", order_by=("-a_repondre", "-cree_le"))
    etat = dessinee("État", "offres/colonne_etat", order_by=("etat", "-cree_le"))

    x_metier = en_clair("Métier", "metier__libelle")
    x_entreprise = en_clair("Entreprise", f"{TITULAIRE}__entreprise__nom")
    x_operation = en_clair("Opération", f"{LOT}__marche__operation__nom")
    x_lot = en_clair("Lot", f"{LOT}__numero")
    x_commune = en_clair("Commune", "commune")
    x_debut = en_clair("Premier jour", "date_debut")
    x_fin = en_clair("Dernier jour", "date_fin")
    x_postes = en_clair("Postes", "postes")
    x_retenues = en_clair("Personnes retenues", "retenues")
    x_a_repondre = en_clair("Candidatures sans décision", "a_repondre")
    x_etat = en_clair("État", "get_etat_display")

    class Meta:
        model = Offre
        fields = ()


class ColonneLue(ColonneGabarit):
    """Une colonne dont le gabarit lit la candidature comme peut la lire celui qui regarde la page."""

    def render(self, record: Candidature, table: "CandidatureTable", **_):
        return super().render(record=table.lue(record), table=table)


def lue(titre: str, gabarit: str, **options) -> ColonneLue:
    return ColonneLue(
        template_name=f"clauses/candidatures/{gabarit}.html", verbose_name=titre, exclude_from_export=True, **options
    )


class CandidatureTable(tables.Table):
    """Les candidatures d'une partie. Le nom de la personne ne se trie pas : son rang dirait ce que l'initiale cache."""

    libelle = "Candidatures"
    empilable = True

    personne = lue("Personne", "colonne_personne", orderable=False)
    offre = lue("Offre", "colonne_offre", order_by=("offre__metier__libelle", "-envoyee_le", "pk"))
    envoyee = lue("Envoyée", "colonne_envoyee", order_by=("envoyee_le", "pk"))
    suite = lue("Où elle en est", "colonne_suite", order_by=("rang_attente", "envoyee_le", "pk"))

    x_personne = en_clair("Personne", "pk")
    x_metier = en_clair("Offre", "offre__metier__libelle")
    x_entreprise = en_clair("Entreprise", "offre__entreprise__nom")
    x_prescripteur = en_clair("Proposée par", "prescripteur__nom")
    x_envoyee = en_clair("Envoyée le", "envoyee_le")
    x_etat = en_clair("État", "pk")
    x_phrase = en_clair("Où elle en est", "pk")

    class Meta:
        model = Candidature
        fields = ()

    def __init__(self, *args, utilisateur: Utilisateur, aujourd_hui: date, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.utilisateur, self.aujourd_hui = utilisateur, aujourd_hui

    def lue(self, record: Candidature) -> CandidatureLue:
        if not hasattr(record, "lue"):
            record.lue = lire_candidature(record, self.utilisateur, self.aujourd_hui)
        return record.lue

    def value_x_personne(self, record: Candidature) -> str:
        return self.lue(record).nom

    def value_x_envoyee(self, value: datetime) -> date:
        return timezone.localdate(value)

    def value_x_etat(self, record: Candidature) -> str:
        return self.lue(record).statut.mot

    def value_x_phrase(self, record: Candidature) -> str:
        return self.lue(record).statut.phrase
