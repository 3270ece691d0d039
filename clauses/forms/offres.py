"""Chercher une offre, en publier une, la retirer."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone

from beneficiaires.forms.champs import ChampMetier
from beneficiaires.lieux import Trouvaille, trouver_lieu
from clauses.forms.champs import ChampJour, ChoixParIdentifiant, interdire_nir
from clauses.forms.placements import ChampHeuresHebdo
from clauses.models import Engagement, Offre, TypeContrat
from clauses.recherche_offres import CriteresOffre
from clauses.regles.offres import controler_offre
from clauses.services.offres import CHAMPS_DES_REFUS, situer
from comptes.models import Profil, Utilisateur

RAYON_PAR_DEFAUT = 20
RAYONS = (5, 10, RAYON_PAR_DEFAUT, 50)


class ChampCommune(forms.CharField):
    """Une commune, par son nom ou son code postal. Rend une `Trouvaille`, vide si le référentiel ne la connaît pas."""

    def __init__(self, **options: Any) -> None:
        widget = forms.TextInput(attrs={"autocomplete": "off", "placeholder": "Nom ou code postal"})
        super().__init__(**{"label": "Commune", "max_length": 120, "widget": widget, **options})

    def clean(self, value: Any) -> tuple[str, Trouvaille]:
        texte = super().clean(value)
        return texte, trouver_lieu(texte) if texte else Trouvaille()


def une_seule(commune: tuple[str, Trouvaille]) -> tuple[str, Trouvaille]:
    """Refuse une commune qui a des homonymes, en disant comment écrire chacune."""
    if commune[1].propositions:
        phrase = f"Plusieurs communes s’écrivent ainsi. Recopiez la bonne\u00a0: {', '.join(commune[1].propositions)}."
        raise forms.ValidationError(phrase, code="homonymes")
    return commune


def champ_rayon() -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label="À moins de",
        required=False,
        coerce=int,
        empty_value=RAYON_PAR_DEFAUT,
        choices=[(km, f"{km}\u00a0km") for km in RAYONS],
    )


class RechercheOffreForm(forms.Form):
    """L'adresse garde la recherche ; elle ne dit rien d'une personne."""

    commune = ChampCommune(required=False)
    rayon = champ_rayon()
    metier = ChampMetier(label="Métier (ROME)", required=False)
    disponible_le = ChampJour(label="Disponible le", required=False)

    def criteres(self) -> CriteresOffre:
        if not self.is_valid():
            return CriteresOffre()
        texte, trouvaille = self.cleaned_data["commune"]
        return CriteresOffre(
            commune=texte,
            lieu=trouvaille.lieu,
            rayon_km=self.cleaned_data["rayon"],
            metier=self.cleaned_data["metier"],
            disponible_le=self.cleaned_data["disponible_le"],
        )

    @property
    def propositions(self) -> tuple[str, ...]:
        return self.cleaned_data["commune"][1].propositions if self.is_valid() else ()

    @property
    def inconnue(self) -> str:
        """La commune tapée, si le référentiel ne la connaît pas."""
        texte, trouvaille = self.cleaned_data["commune"] if self.is_valid() else ("", Trouvaille())
        return texte if trouvaille == Trouvaille() else ""


class ChampEngagement(ChoixParIdentifiant):
    """Un engagement sur un lot ouvert. Le facilitateur en voit de plusieurs entreprises : chacune est nommée."""

    def __init__(self, **options: Any) -> None:
        erreurs = {
            "required": "Choisissez le lot.",
            "invalid_choice": "Ce lot n’est pas dans la liste, ou il est clos.",
        }
        super().__init__(
            Engagement.objects.none(),
            **{"label": "Lot", "empty_label": "Choisissez", "error_messages": erreurs, **options},
        )
        self.nomme_l_entreprise = False

    def label_from_instance(self, obj: Engagement) -> str:
        lot = obj.titulaire.lot
        libelle = f"{lot.marche.operation.nom}, lot {lot.numero}, {lot.intitule}"
        return f"{obj.titulaire.entreprise.nom}\u00a0: {libelle}" if self.nomme_l_entreprise else libelle


def engagements_ouverts(utilisateur: Utilisateur) -> QuerySet[Engagement]:
    """Ceux pour lesquels cet utilisateur peut publier un besoin. Une opération partagée garde les siens dans la structure qui la porte."""
    engagements = Engagement.objects.pour(utilisateur)
    if utilisateur.profil == Profil.FACILITATEUR:
        engagements = engagements.filter(titulaire__lot__marche__operation__structure=utilisateur.organisation)
    return (
        engagements.filter(titulaire__lot__clos_le__isnull=True)
        .select_related("titulaire__entreprise", "titulaire__lot__marche__operation__structure")
        .order_by(
            "titulaire__entreprise__nom", "titulaire__lot__marche__operation__nom", "titulaire__lot__numero", "pk"
        )
    )


class OffreForm(forms.ModelForm):
    engagement = ChampEngagement(help_text="Les heures de cette mission iront à cet engagement.")
    metier = ChampMetier(label="Métier (ROME)", help_text="Un mot ou un code suffit.")
    commune = ChampCommune(
        label="Commune où l’on travaille",
        error_messages={"required": "Indiquez la commune\u00a0: les prescripteurs cherchent près de chez la personne."},
    )
    date_debut = ChampJour(label="Premier jour")
    date_fin = ChampJour(label="Dernier jour", required=False, help_text="Compris. Vide pour un CDI.")
    heures_hebdo = ChampHeuresHebdo(label="Heures par semaine", help_text="35 pour un temps plein.")

    class Meta:
        model = Offre
        fields = (
            "engagement",
            "metier",
            "commune",
            "type_contrat",
            "date_debut",
            "date_fin",
            "heures_hebdo",
            "postes",
            "conditions",
        )
        widgets = {
            "conditions": forms.Textarea(attrs={"rows": 4}),
            "postes": forms.NumberInput(attrs={"class": "champ-court", "min": "1", "inputmode": "numeric"}),
        }
        help_texts = {
            "conditions": "Horaires, permis, équipement, transport, expérience. Tous les prescripteurs le liront.",
        }

    def __init__(self, *args: Any, utilisateur: Utilisateur, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["type_contrat"].choices = [("", "Choisissez"), *TypeContrat.choices]
        champ = self.fields["engagement"]
        champ.nomme_l_entreprise = utilisateur.profil == Profil.FACILITATEUR
        champ.queryset = engagements_ouverts(utilisateur)
        champ.disabled = not self.instance._state.adding  # une offre garde son lot : ses candidatures y tiennent
        if champ.disabled:
            champ.queryset = Engagement.objects.filter(pk=self.instance.engagement_id)
            self.initial["commune"] = self._commune_ecrite()
        interdire_nir(self, "conditions")

    def _commune_ecrite(self) -> str:
        code = self.instance.code_commune
        return f"{self.instance.commune} ({code})" if code else self.instance.commune

    def clean_commune(self) -> str:
        texte, trouvaille = une_seule(self.cleaned_data["commune"])
        situer(self.instance, texte, trouvaille.lieu)
        return self.instance.commune

    def clean(self) -> dict[str, Any]:
        saisie = super().clean()
        if saisie.get("date_debut") and saisie.get("type_contrat") and "date_fin" in saisie:
            for refus in controler_offre(
                type_contrat=saisie["type_contrat"],
                debut=saisie["date_debut"],
                fin=saisie["date_fin"],
                aujourd_hui=timezone.localdate(),
            ):
                self.add_error(CHAMPS_DES_REFUS.get(refus.code), forms.ValidationError(refus.phrase, code=refus.code))
        return saisie
