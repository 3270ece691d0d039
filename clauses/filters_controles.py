"""Les filtres de ce que les contrôles ont trouvé. Sans date choisie, les 90 derniers jours."""

from datetime import date

import django_filters
from django.db.models import QuerySet

from beneficiaires.periodes import decaler
from clauses.filters_heures import FiltreCache, FiltreDate
from clauses.models import Constat, EtatReleve, NiveauControle, Operation, Titulaire
from clauses.regles.controles import SUJETS
from comptes.formats import date_chiffres
from comptes.models import Organisation, Utilisateur

JOURS_MONTRES = 90
LOT = "releve__affectation__engagement__titulaire__lot"
TITULAIRE = "releve__affectation__engagement__titulaire"
CODES = [(sujet, [(c.code, c.nom) for c in controles]) for sujet, controles in SUJETS.items()]
NIVEAUX = [(n.value, n.label) for n in NiveauControle if n != NiveauControle.INACTIF]


class ConstatFilter(django_filters.FilterSet):
    """`debut` et `fin` bornent le jour du constat, compris."""

    operation = django_filters.ModelChoiceFilter(
        label="Opération",
        field_name=f"{LOT}__marche__operation",
        queryset=Operation.objects.none(),
        empty_label="Toutes",
    )
    entreprise = django_filters.ModelChoiceFilter(
        label="Entreprise",
        field_name=f"{TITULAIRE}__entreprise",
        queryset=Organisation.objects.none(),
        empty_label="Toutes",
    )
    code = django_filters.ChoiceFilter(label="Contrôle", choices=CODES, empty_label="Tous")
    niveau = django_filters.ChoiceFilter(label="Niveau", choices=NIVEAUX, empty_label="Tous")
    etat = django_filters.ChoiceFilter(
        label="État de la ligne", field_name="releve__etat", choices=EtatReleve.choices, empty_label="Tous"
    )
    debut = FiltreDate(label="Constaté depuis le", method="depuis")
    fin = FiltreDate(label="Constaté jusqu’au", method="jusqu_a")
    releve = FiltreCache("releve")

    class Meta:
        model = Constat
        fields = ["operation", "entreprise", "code", "niveau", "etat", "debut", "fin"]

    def __init__(self, donnees, *args, utilisateur: Utilisateur, aujourd_hui: date, **options) -> None:
        par_defaut = {"debut": date_chiffres(decaler(aujourd_hui, -JOURS_MONTRES))}
        super().__init__(par_defaut | {nom: donnees[nom] for nom in donnees}, *args, **options)
        operations = Operation.objects.pour(utilisateur)
        self.filters["operation"].queryset = operations.order_by("nom")
        titulaires = Titulaire.objects.filter(lot__marche__operation__in=operations.order_by().values("pk"))
        self.filters["entreprise"].queryset = Organisation.objects.filter(
            pk__in=titulaires.order_by().values("entreprise")
        ).order_by("nom")

    def depuis(self, constats: QuerySet[Constat], _nom: str, valeur: date) -> QuerySet[Constat]:
        return constats.filter(constate_le__date__gte=valeur)

    def jusqu_a(self, constats: QuerySet[Constat], _nom: str, valeur: date) -> QuerySet[Constat]:
        return constats.filter(constate_le__date__lte=valeur)
