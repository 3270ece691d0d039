"""La règle d'un marché, en français ordinaire : ce qui se lit d'abord, puis les réglages plus rares."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.html import format_html

from beneficiaires.criteres import (
    CRITERES,
    CRITERES_CCAG,
    CRITERES_CCAG_PERSONNE,
    CRITERES_CCAG_STRUCTURE,
    CRITERES_GEIQ,
    ORGANISMES_AVIS,
)
from clauses.forms.champs import ChampHeures, interdire_nir
from clauses.models import RegleClause
from clauses.regles.choix import (
    DUREES_USUELLES,
    LIBELLES_CHANGEMENT_ENTREPRISE,
    LIBELLES_CHANGEMENT_OPERATION,
    LIBELLES_FAMILLE,
    LIBELLES_GLOBALISATION,
    LIBELLES_MOIS_A_CHEVAL,
    LIBELLES_PERIMETRE,
    LIBELLES_RENOUVELLEMENT,
    LIBELLES_UNITE,
    DureeContrat,
    EmbaucheAnterieure,
    FamilleContrat,
    MesureDuree,
    choix_appreciations,
    choix_embauches_anterieures,
    choix_points_depart,
    en_choix,
)
from clauses.regles.contradiction import Contradiction
from clauses.regles.parametres import LIBELLES_MODELES, ParametresRegle
from clauses.regles.section_eligibilite import (
    COLONNES_DE_PARAMETRES,
    PARAMETRES_EN_SECTION,
    controler_regle,
    lire_parametres,
    section_vers_json,
)
from clauses.services.faits import faits_du_marche
from comptes.formats import quantite

EXPLICATION_MODELES = {
    "I3": "La lecture la plus courante\u00a0: chaque opération juge la situation de la personne, et ouvre sa propre fenêtre.",
    "I1": "Une personne sous clause depuis moins de 24\u00a0mois à l’attribution reste éligible, pour 24\u00a0mois depuis ce jour.",
    "I2": "24\u00a0mois en tout depuis le premier contrat de clause\u00a0; ensuite, plus rien ne compte, sur aucune opération.",
}
COLONNES = ("modele", *COLONNES_DE_PARAMETRES, "diviseur_etp", "plafond_mensuel_heures", "texte")
SELON_LA_LECTURE = ("", "Selon la lecture choisie ci-dessus")
# Ce qui se règle sur une autre page de la section reste comme il est.
AILLEURS = ("ages", "pieces", "validites")
# Pliés avec les situations, pas avec les réglages rares.
AVEC_LES_SITUATIONS = ("organismes_avis", "criteres_minimum")
MESURES = {
    FamilleContrat.CDI: (MesureDuree.MOIS,),
    FamilleContrat.CDD: (MesureDuree.CONTRAT, MesureDuree.MOIS),
    FamilleContrat.ALTERNANCE: (MesureDuree.CONTRAT, MesureDuree.MOIS),
    FamilleContrat.INTERIM: (MesureDuree.MOIS,),
    FamilleContrat.SIAE: (MesureDuree.AGREMENT, MesureDuree.MOIS),
}
LIBELLES_MESURE = {
    MesureDuree.MOIS: "un nombre de mois",
    MesureDuree.CONTRAT: "la durée du contrat, au plus",
    MesureDuree.AGREMENT: "la durée du PASS IAE",
}


def choix_criteres() -> list[tuple[str, list[tuple[str, str]]]]:
    """Les critères sous quatre titres ; chaque code n'y est qu'une fois."""
    autres = tuple(code for code in CRITERES if code not in CRITERES_CCAG and code not in CRITERES_GEIQ)
    groupes = (
        ("Personnes éloignées de l’emploi (CCAG)", CRITERES_CCAG_PERSONNE),
        ("Personnes accompagnées par une structure (CCAG)", CRITERES_CCAG_STRUCTURE),
        ("Autres critères de l’insertion par l’activité économique", autres),
        ("Critères que les GEIQ ajoutent", CRITERES_GEIQ),
    )
    return [(titre, [(code, CRITERES[code].libelle) for code in codes]) for titre, codes in groupes]


class ChampEntier(forms.IntegerField):
    """Un petit nombre entier, dont les bornes se disent en une phrase."""

    def __init__(self, *, minimum: int, maximum: int, phrase: str, **kwargs: Any) -> None:
        kwargs = {"required": False, **kwargs}
        super().__init__(
            min_value=minimum,
            max_value=maximum,
            widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "champ-court"}),
            error_messages={"invalid": "Écrivez un nombre entier.", "min_value": phrase, "max_value": phrase},
            **kwargs,
        )


def _mois(**kwargs: Any) -> ChampEntier:
    champ = ChampEntier(minimum=1, maximum=120, phrase="La durée va de 1 à 120\u00a0mois.", **kwargs)
    champ.error_messages["invalid"] = "Écrivez un nombre entier de mois, par exemple 24."
    return champ


def _usage(duree: DureeContrat) -> str:
    """Rend « d’usage : la durée du contrat, 24 mois au plus »."""
    mois = quantite(duree.mois, "mois") if duree.mois else ""
    match duree.mesure:
        case MesureDuree.AGREMENT:
            return "d’usage\u00a0: la durée du PASS IAE"
        case MesureDuree.CONTRAT:
            return f"d’usage\u00a0: la durée du contrat, {mois} au plus"
        case _:
            return f"d’usage\u00a0: {mois}"


def _choix(label: str, libelles: Mapping[Any, str], **kwargs: Any) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label, choices=en_choix(libelles), required=False, widget=forms.RadioSelect, **kwargs
    )


class RegleForm(forms.ModelForm):
    """Qui compte, combien de temps. La règle ne s'enregistre pas elle-même : le service choisit la version."""

    modele = forms.ChoiceField(
        label="Comment le marché lit-il les 24\u00a0mois\u00a0?",
        choices=lambda: [
            (code, format_html("{}<small>{}</small>", libelle, EXPLICATION_MODELES[code]))
            for code, libelle in LIBELLES_MODELES.items()
        ],
        widget=forms.RadioSelect(attrs={"class": "grandes"}),
    )
    point_depart = forms.ChoiceField(
        label="Les mois se comptent depuis", choices=choix_points_depart, widget=forms.RadioSelect
    )
    date_appreciation = forms.ChoiceField(
        label="La situation de la personne s’apprécie", choices=choix_appreciations, widget=forms.RadioSelect
    )
    criteres = forms.MultipleChoiceField(
        label="Situations que le marché accepte",
        choices=choix_criteres,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Cochez au moins une situation\u00a0: sans elle, personne n’est éligible."},
    )
    duree_mois = _mois(
        label="Durée, en mois",
        help_text="24 par principe. Laissez vide si le marché compte toute la durée de l’opération.",
    )
    # Réglages plus rares.
    unite_duree = _choix("Ces mois se comptent", LIBELLES_UNITE)
    perimetre = forms.ChoiceField(
        label="Une fenêtre couvre", required=False, choices=[SELON_LA_LECTURE, *en_choix(LIBELLES_PERIMETRE)]
    )
    embauche_anterieure = forms.ChoiceField(
        label="Une embauche d’avant la notification est",
        required=False,
        choices=[SELON_LA_LECTURE, *choix_embauches_anterieures()],
    )
    embauche_anterieure_mois = _mois(
        label="Si elle doit être récente, mois au plus",
        help_text="3, 6 ou 12 d’usage.",
    )
    regularisation_jours = ChampEntier(
        label="Validation après l’embauche admise pendant, en jours",
        minimum=1,
        maximum=365,
        phrase="Le délai va de 1 à 365\u00a0jours.",
        help_text="Seulement si la validation peut suivre l’embauche. Vide\u00a0: sans délai.",
    )
    renouvellement = _choix("L’éligibilité se renouvelle", LIBELLES_RENOUVELLEMENT)
    renouvellement_mois = _mois(label="Mois ajoutés", help_text="12 d’usage. Avec un avis motivé.")
    renouvellements_maximum = ChampEntier(
        label="Nombre de fois, au plus", minimum=1, maximum=10, phrase="Le nombre de renouvellements va de 1 à 10."
    )
    organismes_avis = forms.MultipleChoiceField(
        label="Organismes dont l’avis motivé est admis",
        required=False,
        choices=list(ORGANISMES_AVIS.items()),
        widget=forms.CheckboxSelectMultiple,
        help_text="Aucune case cochée\u00a0: tous.",
    )
    changement_entreprise = _choix("Quand la personne change d’entreprise", LIBELLES_CHANGEMENT_ENTREPRISE)
    changement_operation = _choix("Quand elle passe à une autre opération", LIBELLES_CHANGEMENT_OPERATION)
    globalisation = _choix("Des heures faites sur un autre marché comptent", LIBELLES_GLOBALISATION)
    mois_a_cheval = _choix("Un mois à cheval sur la fin de la fenêtre", LIBELLES_MOIS_A_CHEVAL)
    criteres_minimum = ChampEntier(
        label="Situations demandées à la fois",
        minimum=1,
        maximum=5,
        phrase="Le nombre de situations va de 1 à 5.",
        help_text="1 d’usage.",
    )

    class Meta:
        model = RegleClause
        fields = list(COLONNES)
        field_classes = {"diviseur_etp": ChampHeures, "plafond_mensuel_heures": ChampHeures}
        widgets = {"texte": forms.Textarea(attrs={"rows": 4})}
        labels = {
            "validation_prealable": "Le facilitateur valide avant l’embauche",
            "diviseur_etp": "Un ETP fait, en heures",
            "plafond_mensuel_heures": "Au plus, par personne et par mois, en heures",
            "texte": "Texte de l’article",
        }
        help_texts = {
            "validation_prealable": "Coché, les heures faites avant la décision ne comptent pas.",
            "diviseur_etp": "1\u00a0607 par an. Il est écrit à côté de chaque nombre d’ETP.",
            "plafond_mensuel_heures": "Au-delà, une saisie d’heures est refusée.",
            "texte": "Recopiez l’article du marché\u00a0: il sera sous les yeux de qui décide.",
        }

    def __init__(self, *args: Any, instance: RegleClause, **kwargs: Any) -> None:
        self.section_gardee: Mapping[str, Any] = instance.options.get("eligibilite", {})
        kwargs["initial"] = self._valeurs_gardees(instance.parametres) | (kwargs.get("initial") or {})
        super().__init__(*args, instance=instance, **kwargs)
        interdire_nir(self, "texte")
        for famille, mesures in MESURES.items():
            usuelle = DUREES_USUELLES[famille]
            self.fields[f"duree_{famille}"] = forms.ChoiceField(
                label=LIBELLES_FAMILLE[famille],
                required=False,
                choices=[("", "la durée ci-dessus"), *((mesure.value, LIBELLES_MESURE[mesure]) for mesure in mesures)],
            )
            self.fields[f"duree_{famille}_mois"] = _mois(
                label=f"{LIBELLES_FAMILLE[famille]}, mois",
                help_text=_usage(usuelle),
            )

    def _valeurs_gardees(self, parametres: ParametresRegle) -> dict[str, Any]:
        """Les réglages rares tels que la règle les a ; ce que décide la lecture reste à elle tant que rien n'est écrit."""
        valeurs = {
            nom: getattr(parametres, nom) for nom in PARAMETRES_EN_SECTION if nom not in (*AILLEURS, "durees_contrat")
        }
        for nom in ("perimetre", "embauche_anterieure"):
            valeurs[nom] = self.section_gardee.get(nom, "")
        for famille, duree in parametres.durees_contrat.items():
            valeurs |= {f"duree_{famille}": duree.mesure.value, f"duree_{famille}_mois": duree.mois}
        return valeurs

    @property
    def durees_contrat(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """Les deux champs de chaque famille de contrats, pour le gabarit."""
        return [(self[f"duree_{famille}"], self[f"duree_{famille}_mois"]) for famille in MESURES]

    @property
    def rares_a_montrer(self) -> bool:
        """Dit si les réglages rares s'ouvrent d'eux-mêmes : l'un d'eux est écrit, ou refusé."""
        ailleurs = {*AILLEURS, *AVEC_LES_SITUATIONS}
        ecrits = any(nom in PARAMETRES_EN_SECTION and nom not in ailleurs for nom in self.section_gardee)
        return ecrits or any(nom in self.errors for nom in self.fields if nom not in {*COLONNES, *AVEC_LES_SITUATIONS})

    @property
    def avis_a_montrer(self) -> bool:
        """De même pour les avis motivés et le nombre de situations."""
        return any(nom in self.section_gardee or nom in self.errors for nom in AVEC_LES_SITUATIONS)

    def clean_diviseur_etp(self) -> Decimal:
        diviseur = self.cleaned_data["diviseur_etp"]
        if not 1 <= diviseur <= 3000:
            raise forms.ValidationError("Un ETP compte de 1 à 3\u00a0000\u00a0heures par an\u00a0; 1\u00a0607 d’usage.")
        return diviseur

    def clean_plafond_mensuel_heures(self) -> Decimal:
        plafond = self.cleaned_data["plafond_mensuel_heures"]
        if not 1 <= plafond <= 744:
            raise forms.ValidationError("Le plafond va de 1 à 744\u00a0heures\u00a0: un mois n’en compte pas plus.")
        return plafond

    def clean(self) -> dict[str, Any]:
        super().clean()
        self.parametres: ParametresRegle | None = None
        if self.errors:
            return self.cleaned_data
        try:
            parametres = self._parametres(self.cleaned_data)
        except Contradiction as refus:
            self.add_error(self._champ(refus.champ), refus.phrase)
        else:
            desaccords = controler_regle(parametres, faits_du_marche(self.instance.marche))
            for desaccord in desaccords:
                self.add_error(self._champ(desaccord.champ), desaccord.phrase)
            if not desaccords:
                self.parametres = parametres
        return self.cleaned_data

    def _champ(self, parametre: str) -> str | None:
        return parametre if parametre in self.fields else None

    def _parametres(self, donnees: Mapping[str, Any]) -> ParametresRegle:
        """La règle tapée, en valeurs ; lève Contradiction, sur le champ à corriger."""
        section = {nom: self.section_gardee[nom] for nom in AILLEURS if nom in self.section_gardee}
        section |= {nom: donnees[nom] for nom in PARAMETRES_EN_SECTION if donnees.get(nom) not in (None, "", [])}
        durees = {}
        for famille in MESURES:
            mesure, mois = donnees.get(f"duree_{famille}"), donnees.get(f"duree_{famille}_mois")
            if mesure == MesureDuree.MOIS and mois is None:
                raise Contradiction(f"duree_{famille}_mois", "Donnez le nombre de mois.")
            if not mesure and mois is not None:
                phrase = "Ce nombre de mois ne sert à rien sans son choix, à côté. Choisissez, ou videz-le."
                raise Contradiction(f"duree_{famille}_mois", phrase)
            if mesure:
                durees[famille] = {"mesure": mesure, "mois": None if mesure == MesureDuree.AGREMENT else mois}
        if durees:
            section["durees_contrat"] = durees
        if section.get("embauche_anterieure") != EmbaucheAnterieure.RECENTE:
            section.pop("embauche_anterieure_mois", None)
        return lire_parametres(
            modele=donnees["modele"],
            colonnes={nom: donnees[nom] for nom in COLONNES_DE_PARAMETRES},
            options={"eligibilite": section},
            document=self.instance.marche.document,
            article=self.instance.marche.article,
        )

    @property
    def valeurs(self) -> dict[str, Any]:
        """Les colonnes de la règle, telles qu'elles viennent d'être tapées."""
        return {nom: self.cleaned_data[nom] for nom in COLONNES}

    @property
    def section(self) -> dict[str, Any]:
        """La section « eligibilite » : seulement ce qui s'écarte de la lecture choisie."""
        return section_vers_json(self.parametres) if self.parametres else {}
