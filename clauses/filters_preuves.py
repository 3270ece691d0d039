"""Les filtres des salariés d'une entreprise et des pièces déposées."""

import django_filters
from django.db.models import Q, QuerySet
from django.utils import timezone

from beneficiaires.filters import champ_nom, contenant
from clauses.models import Affectation, EtatPreuve, Operation, Preuve
from clauses.regles.preuves import LIBELLES_PREUVE
from comptes.models import Organisation, Utilisateur

SORTES = [(sorte.value, libelle) for sorte, libelle in LIBELLES_PREUVE.items()]
FINIS, TOUS, TOUTES = "finis", "tous", "toutes"
OPERATION = "engagement__titulaire__lot__marche__operation"


class SalarieFilter(django_filters.FilterSet):
    """Sans choix d'état, la liste montre les contrats en cours ou à venir."""

    nom = champ_nom()
    operation = django_filters.ModelChoiceFilter(
        label="Opération", field_name=OPERATION, queryset=Operation.objects.none(), empty_label="Toutes"
    )
    etat = django_filters.ChoiceFilter(
        label="Contrats", choices=[(FINIS, "Finis"), (TOUS, "Tous")], method="laisser", empty_label="En cours"
    )

    class Meta:
        model = Affectation
        fields = ["nom", "operation", "etat"]

    def __init__(self, *args: object, utilisateur: Utilisateur, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        employees = Affectation.objects.pour(utilisateur).order_by()
        self.filters["operation"].queryset = Operation.objects.filter(pk__in=employees.values(OPERATION)).order_by(
            "nom"
        )

    def filtrer_nom(self, affectations: QuerySet[Affectation], nom: str, texte: str) -> QuerySet[Affectation]:
        return contenant(affectations, "contrat__beneficiaire__cle_recherche", texte)

    def filter_queryset(self, queryset: QuerySet[Affectation]) -> QuerySet[Affectation]:
        affectations = super().filter_queryset(queryset)
        etat = self.form.cleaned_data.get("etat")
        if etat == TOUS:
            return affectations
        aujourd_hui = timezone.localdate()
        finis = Q(contrat__date_rupture__lt=aujourd_hui) | Q(
            contrat__date_rupture=None, contrat__date_fin__lt=aujourd_hui
        )
        return affectations.filter(finis) if etat == FINIS else affectations.exclude(finis)

    def laisser(self, affectations: QuerySet[Affectation], nom: str, valeur: str) -> QuerySet[Affectation]:
        return affectations


class PreuveFilter(django_filters.FilterSet):
    """Sans choix d'état, la liste montre ce qui attend le facilitateur."""

    nom = champ_nom()
    sorte = django_filters.ChoiceFilter(label="Pièce", choices=SORTES, empty_label="Toutes")
    deposante = django_filters.ModelChoiceFilter(
        label="Déposée par", queryset=Organisation.objects.none(), empty_label="Toutes"
    )
    etat = django_filters.ChoiceFilter(
        label="État",
        choices=[(e.value, e.label) for e in EtatPreuve if e != EtatPreuve.RECUE] + [(TOUTES, "Toutes")],
        method="laisser",
        empty_label="À regarder",
    )

    class Meta:
        model = Preuve
        fields = ["nom", "sorte", "deposante", "etat"]

    def __init__(self, *args: object, utilisateur: Utilisateur, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        deposantes = Preuve.objects.pour(utilisateur).order_by().values("deposante")
        self.filters["deposante"].queryset = Organisation.objects.filter(pk__in=deposantes).order_by("nom")

    def filtrer_nom(self, preuves: QuerySet[Preuve], nom: str, texte: str) -> QuerySet[Preuve]:
        return contenant(preuves, "contrat__beneficiaire__cle_recherche", texte)

    def filter_queryset(self, queryset: QuerySet[Preuve]) -> QuerySet[Preuve]:
        preuves = super().filter_queryset(queryset)
        etat = self.form.cleaned_data.get("etat")
        return preuves if etat == TOUTES else preuves.filter(etat=etat) if etat else preuves.a_regarder()

    def laisser(self, preuves: QuerySet[Preuve], nom: str, valeur: str) -> QuerySet[Preuve]:
        return preuves
