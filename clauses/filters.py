"""Les filtres des listes : opérations, entreprises. L'adresse de la page garde leur état."""

from functools import reduce
from operator import or_

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.db.models.functions import Lower
from django.utils import timezone

from beneficiaires.models import SansAccent
from clauses.models import Financement, Operation, Titulaire
from clauses.regles.rythme import CodeRythme
from comptes.models import CATEGORIES_PAR_PROFIL, Organisation, Profil

# Sans accents : « Élan » se range avant « Voltéo », quelle que soit la collation de la base.
PAR_NOM = SansAccent(Lower("nom"))
EN_COURS, A_VENIR, TERMINEES = "en_cours", "a_venir", "terminees"
ETATS = [(EN_COURS, "En cours"), (A_VENIR, "À venir"), (TERMINEES, "Terminées")]
RYTHMES = [
    (CodeRythme.RETARD.value, "En retard"),
    (CodeRythme.SURVEILLER.value, "À surveiller"),
    (CodeRythme.RYTHME.value, "Dans le rythme"),
    (CodeRythme.AVANCE.value, "En avance"),
    (CodeRythme.TENU.value, "Tenu"),
    (CodeRythme.A_VENIR.value, "À venir"),
    (CodeRythme.A_COMPLETER.value, "À compléter"),
]


def recherche(libelle: str, methode: str) -> django_filters.CharFilter:
    widget = forms.TextInput(attrs={"type": "search", "autocomplete": "off"})
    return django_filters.CharFilter(label=libelle, method=methode, widget=widget, max_length=100)


def contenant_les_mots(lignes: QuerySet, texte: str, *champs: str) -> QuerySet:
    """Les lignes où chaque mot tapé se trouve dans l'un de ces champs, sans tenir compte des accents ni des majuscules."""
    for mot in texte.split():
        lignes = lignes.filter(reduce(or_, (Q(**{f"{champ}__unaccent__icontains": mot}) for champ in champs)))
    return lignes


class OperationFilter(django_filters.FilterSet):
    """`rythme` ne se lit pas dans la base : la vue l'applique après avoir calculé l'avancement."""

    q = recherche("Rechercher", "chercher")
    maitre_ouvrage = django_filters.ModelChoiceFilter(
        label="Maître d’ouvrage", queryset=Organisation.objects.none(), empty_label="Tous"
    )
    financement = django_filters.ChoiceFilter(label="Financement", choices=Financement.choices)
    etat = django_filters.ChoiceFilter(label="État", choices=ETATS, method="a_l_etat", empty_label="Toutes")
    rythme = django_filters.ChoiceFilter(label="Rythme", choices=RYTHMES, method="laisser")
    entreprise = django_filters.ModelChoiceFilter(
        label="Entreprise", queryset=Organisation.objects.none(), method="avec_entreprise", empty_label="Toutes"
    )

    class Meta:
        model = Operation
        fields = ["q", "maitre_ouvrage", "financement", "etat", "rythme", "entreprise"]

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        # Les choix sont ceux qui mènent à au moins une opération visible.
        visibles = self.queryset.order_by().values("pk")
        titulaires = Titulaire.objects.filter(lot__marche__operation__in=visibles)
        self.filters["maitre_ouvrage"].queryset = Organisation.objects.filter(
            pk__in=self.queryset.order_by().values("maitre_ouvrage")
        ).order_by(PAR_NOM)
        entreprises = Organisation.objects.filter(pk__in=titulaires.values("entreprise"))
        self.filters["entreprise"].queryset = entreprises.order_by(PAR_NOM)

    def chercher(self, queryset: QuerySet[Operation], _nom: str, valeur: str) -> QuerySet[Operation]:
        """Chaque mot se trouve dans le nom, le programme, la commune, le maître d'ouvrage ou une référence de marché."""
        for mot in valeur.split():
            queryset = queryset.filter(
                Q(nom__unaccent__icontains=mot)
                | Q(programme__unaccent__icontains=mot)
                | Q(commune__unaccent__icontains=mot)
                | Q(maitre_ouvrage__nom__unaccent__icontains=mot)
                | Q(pk__in=Operation.objects.filter(marches__reference__icontains=mot).values("pk"))
            )
        return queryset

    def a_l_etat(self, queryset: QuerySet[Operation], _nom: str, valeur: str) -> QuerySet[Operation]:
        jour = timezone.localdate()
        match valeur:
            case "a_venir":
                return queryset.filter(date_debut__gt=jour)
            case "terminees":
                return queryset.filter(date_fin__lt=jour)
            case _:
                return queryset.filter(Q(date_fin__isnull=True) | Q(date_fin__gte=jour), date_debut__lte=jour)

    def laisser(self, queryset: QuerySet[Operation], _nom: str, _valeur: str) -> QuerySet[Operation]:
        return queryset

    def avec_entreprise(self, queryset: QuerySet[Operation], _nom: str, valeur: Organisation) -> QuerySet[Operation]:
        return queryset.filter(pk__in=Titulaire.objects.filter(entreprise=valeur).values("lot__marche__operation"))


class EntrepriseFilter(django_filters.FilterSet):
    q = recherche("Rechercher", "chercher")
    categorie = django_filters.ChoiceFilter(
        label="Catégorie",
        choices=[(categorie.value, categorie.label) for categorie in CATEGORIES_PAR_PROFIL[Profil.ENTREPRISE]],
        empty_label="Toutes",
    )

    class Meta:
        model = Organisation
        fields = ["q", "categorie"]

    def chercher(self, queryset: QuerySet[Organisation], _nom: str, valeur: str) -> QuerySet[Organisation]:
        """Chaque mot se trouve dans le nom ou la commune ; un SIRET se tape avec ou sans espaces."""
        chiffres = "".join(valeur.split())
        if chiffres.isdigit():
            return queryset.filter(siret__startswith=chiffres)
        return contenant_les_mots(queryset, valeur, "nom", "commune")
