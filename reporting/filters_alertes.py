"""Les filtres de la liste des échéances : sorte, tranche, personne, responsable, état."""

from collections.abc import Mapping

import django_filters
from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce

from beneficiaires.filters import champ_nom, contenant
from beneficiaires.models import Orientation
from comptes.models import Utilisateur
from reporting.models import AGREMENTS, FINS, TACHES, Alerte, SeuilAlerte, TypeAlerte

# Les groupes que montre l'accueil, et qui ne sont pas une sorte.
GROUPES = {
    "agrements": ("Fin de PASS IAE ou de PLIE", AGREMENTS),
    "autres_fins": ("Fin de contrat, de marché ou de situation", FINS[3:]),
    "taches": ("Toutes les tâches à faire", TACHES),
}
SORTES = [
    ("Ce qui finit", [(t.value, t.label) for t in FINS]),
    ("À faire", [(t.value, t.label) for t in TACHES]),
    ("Ensemble", [(code, libelle) for code, (libelle, _) in GROUPES.items()]),
]
TRAITEES, REPORTEES = "traitees", "reportees"
MOI, PERSONNE = "moi", "personne"


class AlerteFilter(django_filters.FilterSet):
    """Sans choix d'état, la liste montre ce qui reste à traiter."""

    type = django_filters.ChoiceFilter(label="Échéance", choices=SORTES, method="du_type", empty_label="Toutes")
    seuil = django_filters.ChoiceFilter(label="Quand", choices=SeuilAlerte.choices, empty_label="Toutes")
    nom = champ_nom()
    referent = django_filters.ChoiceFilter(label="Suivie par", method="du_responsable", empty_label="Tout le monde")
    etat = django_filters.ChoiceFilter(
        label="État",
        choices=[(REPORTEES, "Reportées"), (TRAITEES, "Traitées")],
        method="laisser",
        empty_label="À traiter",
    )

    class Meta:
        model = Alerte
        fields = ["type", "seuil", "nom", "referent", "etat"]

    def __init__(self, *args: object, utilisateur: Utilisateur, libelles: Mapping[str, str], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.utilisateur = utilisateur
        self.filters["seuil"].extra["choices"] = list(libelles.items())
        equipe = utilisateur.organisation.adhesions.au_travail().values("utilisateur")
        membres = Utilisateur.objects.filter(Q(pk__in=_responsables(self.queryset)) | Q(pk__in=equipe))
        autres = [(str(m.pk), m.get_full_name()) for m in membres.order_by("nom", "prenom") if m != utilisateur]
        self.filters["referent"].extra["choices"] = [(MOI, "Moi"), *autres, (PERSONNE, "Sans responsable")]

    def filter_queryset(self, queryset: QuerySet[Alerte]) -> QuerySet[Alerte]:
        alertes = super().filter_queryset(queryset)
        etat = self.form.cleaned_data.get("etat")
        return (
            alertes.traitees() if etat == TRAITEES else alertes.reportees() if etat == REPORTEES else alertes.ouvertes()
        )

    def du_type(self, alertes: QuerySet[Alerte], nom: str, valeur: str) -> QuerySet[Alerte]:
        types = GROUPES[valeur][1] if valeur in GROUPES else [TypeAlerte(valeur)]
        return alertes.filter(type_alerte__in=types)

    def du_responsable(self, alertes: QuerySet[Alerte], nom: str, valeur: str) -> QuerySet[Alerte]:
        if valeur == PERSONNE:
            return alertes.filter(responsable=None, beneficiaire__referent=None)
        return alertes.de(self.utilisateur if valeur == MOI else Utilisateur.objects.get(pk=valeur))

    def filtrer_nom(self, alertes: QuerySet[Alerte], nom: str, texte: str) -> QuerySet[Alerte]:
        """Le nom d'une personne suivie, ou d'une personne orientée qui attend une réponse."""
        orientations = contenant(Orientation.objects.avec_cle_recherche(), "cle_recherche", texte)
        suivies = contenant(alertes, "beneficiaire__cle_recherche", texte)
        return alertes.filter(
            Q(pk__in=suivies.order_by().values("pk"))
            | Q(type_alerte=TypeAlerte.ORIENTATION, objet__in=orientations.order_by().values("pk"))
        )

    def laisser(self, alertes: QuerySet[Alerte], nom: str, valeur: str) -> QuerySet[Alerte]:
        return alertes


def _responsables(alertes: QuerySet[Alerte]) -> QuerySet:
    qui = Coalesce("responsable", "beneficiaire__referent")
    return alertes.order_by().annotate(qui=qui).exclude(qui=None).values("qui").distinct()
