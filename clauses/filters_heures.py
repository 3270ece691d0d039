"""Les filtres des lignes d'heures. Un nombre d'une autre page mène ici, avec de quoi retrouver exactement ses lignes."""

import re

import django_filters
from django import forms
from django.db.models import QuerySet

from beneficiaires.periodes import premier_du_mois
from clauses.models import EtatReleve, Imputation, NatureHeures, Operation, ReleveHeures
from clauses.models.heures import ETATS_EN_ATTENTE
from comptes.formulaires import ChampDate

# Un état, ou ceux qui attendent le même geste.
ENSEMBLES = {"en_attente": ETATS_EN_ATTENTE, "a_verifier": (EtatReleve.DECLARE, EtatReleve.RECTIFIE)}
ETATS = [
    ("en_attente", "En attente de décision"),
    ("a_verifier", "À vérifier, rectifiés compris"),
    *EtatReleve.choices,
]
MOIS = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])(?:-[0-3][0-9])?")
LOT = "affectation__engagement__titulaire__lot"
LOT_QUI_RECOIT = "engagement__titulaire__lot"


class FiltreDate(django_filters.Filter):
    field_class = ChampDate


class FiltreCache(django_filters.UUIDFilter):
    """Un choix qui vient d'un lien, pas de la barre : il reste posé quand on change un autre filtre."""

    def __init__(self, field_name: str) -> None:
        super().__init__(field_name=field_name, widget=forms.HiddenInput)


class ReleveFilter(django_filters.FilterSet):
    """`debut` et `fin` choisissent des mois entiers : celui de la date donnée compte toujours en entier, comme dans les totaux."""

    releve = ""  # le chemin qui mène au relevé, depuis ce que l'on filtre

    operation = django_filters.ModelChoiceFilter(
        label="Opération",
        field_name=f"{LOT}__marche__operation",
        queryset=Operation.objects.none(),
        empty_label="Toutes",
    )
    etat = django_filters.ChoiceFilter(label="État", choices=ETATS, method="a_l_etat")
    nature = django_filters.ChoiceFilter(label="Heures", choices=NatureHeures.choices, empty_label="Toutes")
    debut = FiltreDate(label="Du mois du", method="depuis")
    fin = FiltreDate(label="Au mois du", method="jusqu_a")
    mois = django_filters.CharFilter(method="du_mois", max_length=10, widget=forms.HiddenInput)
    marche = FiltreCache(f"{LOT}__marche")
    lot = FiltreCache(LOT)
    titulaire = FiltreCache("affectation__engagement__titulaire")
    engagement = FiltreCache("affectation__engagement")
    affectation = FiltreCache("affectation")
    beneficiaire = FiltreCache("affectation__contrat__beneficiaire")

    class Meta:
        model = ReleveHeures
        fields = ["operation", "etat", "nature", "debut", "fin"]

    def __init__(self, *args, operations: QuerySet[Operation], **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.filters["operation"].queryset = operations.order_by("nom")

    def a_l_etat(self, lignes: QuerySet, _nom: str, valeur: str) -> QuerySet:
        return lignes.filter(**{f"{self.releve}etat__in": ENSEMBLES.get(valeur, [valeur])})

    def du_mois(self, lignes: QuerySet, _nom: str, valeur: str) -> QuerySet:
        """« 2026-10 » ou « 2026-10-01 » ; tout autre mois n'a aucune ligne."""
        trouve = MOIS.fullmatch(valeur)
        if not trouve or trouve[1] == "0000":
            return lignes.none()
        return lignes.filter(**{f"{self.releve}mois": f"{trouve[1]}-{trouve[2]}-01"})

    def depuis(self, lignes: QuerySet, _nom: str, valeur) -> QuerySet:
        return lignes.filter(**{f"{self.releve}mois__gte": premier_du_mois(valeur)})

    def jusqu_a(self, lignes: QuerySet, _nom: str, valeur) -> QuerySet:
        return lignes.filter(**{f"{self.releve}mois__lte": valeur})


class RecueFilter(ReleveFilter):
    """Les mêmes filtres pour les heures qu'une convention fait compter : l'opération, le marché, le lot sont ceux qui les reçoivent."""

    releve = "releve__"
    operation = django_filters.ModelChoiceFilter(
        field_name=f"{LOT_QUI_RECOIT}__marche__operation", queryset=Operation.objects.none()
    )
    nature = django_filters.ChoiceFilter(field_name="releve__nature", choices=NatureHeures.choices)
    marche = FiltreCache(f"{LOT_QUI_RECOIT}__marche")
    lot = FiltreCache(LOT_QUI_RECOIT)
    titulaire = FiltreCache("engagement__titulaire")
    engagement = FiltreCache("engagement")
    affectation = FiltreCache("releve__affectation")
    beneficiaire = FiltreCache("releve__affectation__contrat__beneficiaire")

    class Meta:
        model = Imputation
        fields = ["operation", "etat", "nature", "debut", "fin"]
