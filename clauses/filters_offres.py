"""Les filtres des besoins et des candidatures ; l'adresse de la page garde leur état."""

import django_filters
from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from clauses.filters import contenant_les_mots, recherche
from clauses.models import Candidature, Offre, Operation
from clauses.regles.candidatures import EN_COURS, LIBELLES_CANDIDATURE
from clauses.regles.offres import LIBELLES_OFFRE
from comptes.models import Organisation, Profil

SILENCE, A_DECIDER, A_PLACER = "silence", "en_cours", "a_placer"
ETATS_CANDIDATURE = [
    (A_DECIDER, "Sans décision"),
    (SILENCE, "Sans réponse depuis trop longtemps"),
    (A_PLACER, "Retenues, contrat à enregistrer"),
    *((etat.value, libelle) for etat, libelle in LIBELLES_CANDIDATURE.items() if etat not in EN_COURS),
]


class BesoinFilter(django_filters.FilterSet):
    operation = django_filters.ModelChoiceFilter(
        label="Opération",
        field_name="engagement__titulaire__lot__marche__operation",
        queryset=Operation.objects.none(),
        empty_label="Toutes",
    )
    entreprise = django_filters.ModelChoiceFilter(
        label="Entreprise",
        field_name="engagement__titulaire__entreprise",
        queryset=Organisation.objects.none(),
        empty_label="Toutes",
    )
    etat = django_filters.ChoiceFilter(
        label="État", choices=[(etat.value, libelle) for etat, libelle in LIBELLES_OFFRE.items()]
    )

    class Meta:
        model = Offre
        fields = ["operation", "entreprise", "etat"]

    def __init__(self, *args, profil: str, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        offres = self.queryset.order_by()
        self.filters["operation"].queryset = Operation.objects.filter(
            pk__in=offres.values("engagement__titulaire__lot__marche__operation")
        ).order_by("nom")
        if profil == Profil.ENTREPRISE:
            del self.filters["entreprise"]
        else:
            self.filters["entreprise"].queryset = Organisation.objects.filter(
                pk__in=offres.values("engagement__titulaire__entreprise")
            )


class CandidatureFilter(django_filters.FilterSet):
    etat = django_filters.ChoiceFilter(
        label="Où elle en est", choices=ETATS_CANDIDATURE, method="a_l_etat", empty_label="Toutes"
    )
    q = recherche("Métier ou entreprise", "chercher")

    class Meta:
        model = Candidature
        fields = ["etat", "q"]

    def a_l_etat(self, candidatures: QuerySet, nom: str, choix: str) -> QuerySet:
        if choix == A_DECIDER:
            return candidatures.en_cours()
        if choix == SILENCE:
            return candidatures.en_silence(timezone.localdate(), settings.SILENCE_CANDIDATURE_JOURS)
        return candidatures.a_placer() if choix == A_PLACER else candidatures.filter(etat=choix)

    def chercher(self, candidatures: QuerySet, nom: str, texte: str) -> QuerySet:
        return contenant_les_mots(
            candidatures, texte, "offre__metier__libelle", "offre__engagement__titulaire__entreprise__nom"
        )
