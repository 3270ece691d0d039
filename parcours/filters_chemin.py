"""Les filtres des parcours et des suivis. Sans choix, ce qui est ouvert, ce qui est à faire."""

from datetime import date

import django_filters as df
from django.db.models import QuerySet, TextChoices

from beneficiaires.filters import ChoixMembre, champ_nom, contenant
from comptes.models import Utilisateur
from parcours.models import Dispositif, Parcours, Phase, ReponseSuivi, Suivi

SANS_PHASE = "aucune"


class EtatParcours(TextChoices):
    OUVERT = "ouvert", "Ouverts"
    CLOS = "clos", "Clos"


class EtatSuivis(TextChoices):
    A_FAIRE = "a_faire", "À faire"
    A_VENIR = "a_venir", "À venir"
    FAIT = "fait", "Faits"
    NON_JOINT = "non_joint", "Non joints"


def _avec_etat(donnees, defaut: str) -> dict[str, object]:
    return {"etat": defaut} | {nom: donnees[nom] for nom in donnees}


class ParcoursFilter(df.FilterSet):
    """« État » vide dans l'adresse montre tout ; absent, il vaut « ouverts »."""

    nom = champ_nom()
    etat = df.ChoiceFilter(label="État", choices=EtatParcours.choices, method="filtrer_etat", empty_label="Tous")
    phase = df.ChoiceFilter(
        label="Phase en cours",
        choices=[*Phase.choices, (SANS_PHASE, "Aucune")],
        method="filtrer_phase",
        empty_label="Toutes",
    )
    dispositif = df.ChoiceFilter(label="Dispositif", choices=Dispositif.choices, empty_label="Tous")
    referent = ChoixMembre(label="Référent", queryset=Utilisateur.objects.none(), empty_label="Tous")

    class Meta:
        model = Parcours
        fields = ["nom", "etat", "phase", "dispositif", "referent"]

    def __init__(self, donnees, *args, **options) -> None:
        super().__init__(_avec_etat(donnees, EtatParcours.OUVERT), *args, **options)
        referents = self.queryset.order_by().values("referent")
        self.filters["referent"].queryset = Utilisateur.objects.filter(pk__in=referents).order_by("nom", "prenom")

    def filtrer_nom(self, parcours: QuerySet, nom: str, texte: str) -> QuerySet:
        return contenant(parcours, "beneficiaire__cle_recherche", texte)

    def filtrer_etat(self, parcours: QuerySet, nom: str, etat: str) -> QuerySet:
        return parcours.filter(date_fin__isnull=etat == EtatParcours.OUVERT)

    def filtrer_phase(self, parcours: QuerySet, nom: str, phase: str) -> QuerySet:
        if phase == SANS_PHASE:
            return parcours.filter(phase_en_cours__isnull=True)
        return parcours.filter(phase_en_cours=phase)


class SuiviFilter(df.FilterSet):
    """« État » vide dans l'adresse montre tout ; absent, il vaut « à faire »."""

    nom = champ_nom()
    etat = df.ChoiceFilter(label="État", choices=EtatSuivis.choices, method="filtrer_etat", empty_label="Tous")
    referent = ChoixMembre(
        label="Référent",
        field_name="sortie__parcours__referent",
        queryset=Utilisateur.objects.none(),
        empty_label="Tous",
    )

    class Meta:
        model = Suivi
        fields = ["nom", "etat", "referent"]

    def __init__(self, donnees, *args, aujourd_hui: date, **options) -> None:
        super().__init__(_avec_etat(donnees, EtatSuivis.A_FAIRE), *args, **options)
        self.aujourd_hui = aujourd_hui
        referents = self.queryset.order_by().values("sortie__parcours__referent")
        self.filters["referent"].queryset = Utilisateur.objects.filter(pk__in=referents).order_by("nom", "prenom")

    def filtrer_nom(self, suivis: QuerySet, nom: str, texte: str) -> QuerySet:
        return contenant(suivis, "sortie__parcours__beneficiaire__cle_recherche", texte)

    def filtrer_etat(self, suivis: QuerySet, nom: str, etat: str) -> QuerySet:
        match etat:
            case EtatSuivis.A_FAIRE:
                return suivis.filter(reponse="", date_prevue__lte=self.aujourd_hui)
            case EtatSuivis.A_VENIR:
                return suivis.filter(reponse="", date_prevue__gt=self.aujourd_hui)
            case EtatSuivis.NON_JOINT:
                return suivis.filter(reponse=ReponseSuivi.NON_JOINT)
        return suivis.exclude(reponse="").exclude(reponse=ReponseSuivi.NON_JOINT)
