"""La sortie : les champs que sa nature demande, et ses missions."""

from django import forms
from django.forms import BaseFormSet

from beneficiaires.models import sans_nir
from clauses.models import Contrat
from comptes.formulaires import ChampDate
from comptes.models import Utilisateur
from parcours.forms.etapes import ChoixContrat
from parcours.models import MissionSortie, NatureSortie, Sortie

MISSIONS = frozenset({NatureSortie.INTERIM, NatureSortie.SAISONNIER})
_TEMPS = ("quotite_pourcent", "est_temps_choisi")
_EMPLOI = ("contrat", "employeur", "date_debut", "date_rupture", *_TEMPS, "est_atteste")
_A_TERME = ("contrat", "employeur", "date_debut", "date_fin", "date_rupture", *_TEMPS, "est_atteste")
# Ce que demande chaque nature, dans l'ordre ; les autres natures n'ont que la date de sortie.
CHAMPS_PAR_NATURE = {
    NatureSortie.CDI: _EMPLOI,
    NatureSortie.CDD: _A_TERME,
    NatureSortie.ALTERNANCE: _A_TERME,
    NatureSortie.CONTRAT_AIDE: _A_TERME,
    NatureSortie.INTERIM: ("plusieurs_employeurs_choisis", *_TEMPS, "est_atteste"),
    NatureSortie.SAISONNIER: (*_TEMPS, "est_atteste"),
    NatureSortie.CREATION: ("employeur", "date_debut", "date_rupture", *_TEMPS, "est_atteste"),
    NatureSortie.ASSOCIATION_INTERMEDIAIRE: ("employeur", "date_debut", "quotite_pourcent"),
    NatureSortie.AUTRE_SIAE: ("employeur", "date_debut"),
    NatureSortie.FORMATION_QUALIFIANTE: ("employeur", "date_debut", "date_fin", "date_rupture", "certification_le"),
    NatureSortie.AUTRE_FORMATION: ("employeur", "date_debut", "date_fin"),
}
_FORMATIONS = frozenset({NatureSortie.FORMATION_QUALIFIANTE, NatureSortie.AUTRE_FORMATION})
# Les natures comme on les choisit, de la plus fréquente à la plus rare.
GROUPES = (
    ("Emploi", ("cdi", "cdd", "alternance", "interim", "saisonnier", "contrat_aide", "creation")),
    ("Insertion et formation", ("autre_siae", "association_intermediaire", "formation_qualifiante", "autre_formation")),
    ("Autre", ("retraite", "demenagement", "sante", "abandon", "fin_du_parcours", "deces")),
)


class SortieForm(forms.ModelForm):
    """Ce que la nature ne demande pas revient à sa valeur par défaut : une sortie corrigée ne garde pas de reste."""

    contrat = ChoixContrat(
        label="Contrat déjà enregistré",
        queryset=Contrat.objects.none(),
        required=False,
        empty_label="Aucun\u00a0: je l’écris",
        help_text="Son employeur et ses dates sont repris là où vous n’écrivez rien.",
    )

    class Meta:
        model = Sortie
        fields = (
            "date_sortie",
            "contrat",
            "employeur",
            "date_debut",
            "date_fin",
            "date_rupture",
            "quotite_pourcent",
            "est_temps_choisi",
            "est_atteste",
            "plusieurs_employeurs_choisis",
            "certification_le",
        )
        field_classes = dict.fromkeys(
            ("date_sortie", "date_debut", "date_fin", "date_rupture", "certification_le"), ChampDate
        )
        widgets = {"quotite_pourcent": forms.TextInput(attrs={"inputmode": "numeric", "class": "champ-court"})}
        labels = {
            "date_sortie": "Sortie du parcours le",
            "date_debut": "Commence le",
            "date_fin": "Fin prévue",
            "date_rupture": "Quitté le",
            "quotite_pourcent": "Temps de travail, en\u00a0% d’un temps plein",
            "est_temps_choisi": "S’il est partiel, ce temps est choisi par la personne",
            "est_atteste": "Une pièce vue l’atteste (contrat, bulletin)",
            "plusieurs_employeurs_choisis": "Travailler pour plusieurs entreprises est son choix",
            "certification_le": "Certification obtenue le",
        }
        help_texts = {"date_rupture": "Seulement si c’est déjà fini avant l’heure."}
        error_messages = {
            "date_sortie": {"required": "Indiquez le jour de la sortie."},
            "quotite_pourcent": {"invalid": "Écrivez un nombre entier, de 1 à 100."},
        }

    def __init__(self, *args, nature: NatureSortie, utilisateur: Utilisateur, **kwargs):
        super().__init__(*args, **kwargs)
        self.instance.nature = nature
        demandes = {"date_sortie", *CHAMPS_PAR_NATURE.get(nature, ())}
        self.oublies = [nom for nom in self.fields if nom not in demandes]
        for nom in self.oublies:
            del self.fields[nom]
        if "contrat" in self.fields:
            siens = Contrat.objects.pour(utilisateur).filter(beneficiaire=self.instance.parcours.beneficiaire_id)
            self.fields["contrat"].queryset = siens.select_related("employeur")
        if "employeur" in self.fields:
            self.fields["employeur"].label = "Organisme" if nature in _FORMATIONS else "Employeur"
            if nature == NatureSortie.CREATION:
                self.fields["employeur"].label = "Entreprise créée"
            self.fields["employeur"].validators.append(sans_nir)

    def clean(self) -> dict[str, object]:
        donnees = super().clean()
        contrat = donnees.get("contrat")
        if contrat is not None:
            repris = {
                "employeur": contrat.employeur.nom,
                "date_debut": contrat.date_debut,
                "date_fin": contrat.date_fin,
                "date_rupture": contrat.date_rupture,
            }
            for nom, valeur in repris.items():
                if nom in self.fields and nom not in self.errors and not donnees.get(nom):
                    donnees[nom] = valeur
        debut, fin, rupture = (donnees.get(nom) for nom in ("date_debut", "date_fin", "date_rupture"))
        if debut and fin and fin < debut:
            self.add_error("date_fin", "La fin prévue ne peut pas précéder le début.")
        if debut and rupture and rupture < debut:
            self.add_error("date_rupture", "On ne quitte pas un emploi avant de l’avoir commencé.")
        return donnees

    def _post_clean(self) -> None:
        super()._post_clean()
        for nom in self.oublies:
            champ = Sortie._meta.get_field(nom)
            setattr(self.instance, nom, champ.get_default())


class MissionForm(forms.Form):
    """Une mission ou une saison ; une ligne vide ne compte pas."""

    employeur = forms.CharField(label="Entreprise", required=False, max_length=160, validators=[sans_nir])
    date_debut = ChampDate(label="Du", required=False)
    date_fin = ChampDate(label="Au, inclus", required=False)

    def has_changed(self) -> bool:
        """Une ligne renvoyée telle qu'elle était compte comme les autres."""
        return True

    def clean(self) -> dict[str, object]:
        donnees = super().clean()
        if self.errors or not any(donnees.values()):
            return donnees
        for nom, phrase in (
            ("employeur", "Nommez l’entreprise."),
            ("date_debut", "Indiquez le premier jour."),
            ("date_fin", "Indiquez le dernier jour, même prévu."),
        ):
            if not donnees.get(nom):
                self.add_error(nom, phrase)
        if not self.errors and donnees["date_fin"] < donnees["date_debut"]:
            self.add_error("date_fin", "La mission ne peut pas finir avant d’avoir commencé.")
        return donnees


class _MissionsFormSet(BaseFormSet):
    @property
    def missions(self) -> list[MissionSortie]:
        """Les missions écrites, dans l'ordre des dates."""
        ecrites = [form.cleaned_data for form in self.forms if form.is_valid() and any(form.cleaned_data.values())]
        return sorted((MissionSortie(**donnees) for donnees in ecrites), key=lambda m: (m.date_debut, m.date_fin))


MissionsFormSet = forms.formset_factory(MissionForm, formset=_MissionsFormSet, extra=4, max_num=40, absolute_max=40)


def missions_du_formulaire(donnees, sortie: Sortie, nature: NatureSortie) -> _MissionsFormSet | None:
    """Les lignes des missions quand la nature en demande, sinon None."""
    if nature not in MISSIONS:
        return None
    gardees = [] if sortie._state.adding else list(sortie.missions.values("employeur", "date_debut", "date_fin"))
    return MissionsFormSet(donnees, initial=gardees, prefix="missions")
