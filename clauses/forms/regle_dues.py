"""La règle du marché pour ses heures dues et pour ses pénalités."""

from typing import Any

from django import forms
from django.utils.html import format_html

from clauses.forms.champs import ChampEurosParHeure, ChampHeures, ChampMontant, ChampPourCent
from clauses.models import Marche
from clauses.regles.contradiction import Contradiction
from clauses.regles.dues import LIBELLES_ARRONDI, LIBELLES_REGLE_AVENANT, Arrondi, RegleAvenant
from clauses.regles.heures_dues import ParametresHeuresDues, controler_base_du_prorata
from clauses.regles.penalites import FaitsPenalite, ParametresPenalites
from clauses.regles.repartition import LIBELLES_PORTEE, PorteeArrondi
from clauses.regles.rythme import SourceRythme

EXPLICATION_AVENANTS = {
    RegleAvenant.FIGE: "Seules les heures qu’un avenant écrit changent le nombre dû.",
    RegleAvenant.PRORATA: "900\u00a0000\u00a0€ pour 750\u00a0h\u00a0: à 1\u00a0120\u00a0000\u00a0€, 933\u00a0h.",
    RegleAvenant.SEUIL: "Une petite variation du montant ne change rien\u00a0; au-delà du seuil, le prorata s’applique en entier.",
}
LIBELLES_RYTHME = {
    SourceRythme.OBSERVE: (
        "Ce que l’on a déjà vu",
        "Le meilleur rythme sur trois mois, et au moins une personne à temps plein (151,67\u00a0h) par titulaire.",
    ),
    SourceRythme.PERSONNES: ("Tant de personnes à temps plein", "151,67\u00a0h par mois et par personne."),
    SourceRythme.HEURES: ("Tant d’heures par mois", "Ce que le titulaire a dit pouvoir faire."),
}


class ChampEntier(forms.IntegerField):
    """Un petit nombre entier, tapé dans un champ court."""

    def __init__(self, *, unite: str, maximum: int, **kwargs: Any) -> None:
        bornes = f"Écrivez un nombre entier de {unite}, de 0 à {maximum}."
        super().__init__(
            required=False,
            min_value=0,
            max_value=maximum,
            widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "champ-court"}),
            error_messages={"invalid": bornes, "min_value": bornes, "max_value": bornes},
            **kwargs,
        )


class HeuresDuesForm(forms.Form):
    """Section « heures_dues ». Elle ne s'enregistre pas elle-même : le service choisit la version de la règle."""

    regle_avenant = forms.ChoiceField(
        label="Un avenant change le montant\u00a0: que deviennent les heures\u00a0?",
        required=False,
        choices=lambda: (
            [
                (
                    "",
                    format_html(
                        "{}<small>{}</small>", "Le marché ne le dit pas", "À chaque avenant, vous choisissez le calcul."
                    ),
                )
            ]
            + [
                (
                    regle.value,
                    format_html("{}<small>{}</small>", LIBELLES_REGLE_AVENANT[regle], EXPLICATION_AVENANTS[regle]),
                )
                for regle in RegleAvenant
            ]
        ),
        widget=forms.RadioSelect(attrs={"class": "grandes"}),
    )
    seuil_pourcent = ChampPourCent(
        label="Seuil, en\u00a0% du montant",
        required=False,
        help_text="La variation se compare au montant qui a servi la dernière fois aux heures.",
    )
    arrondi = forms.ChoiceField(
        label="Les heures calculées s’arrondissent",
        choices=lambda: [(arrondi.value, LIBELLES_ARRONDI[arrondi]) for arrondi in Arrondi],
        widget=forms.RadioSelect(attrs={"class": "en-ligne"}),
    )
    portee_arrondi = forms.ChoiceField(
        label="Ce qui s’arrondit",
        choices=lambda: [(portee.value, LIBELLES_PORTEE[portee]) for portee in PorteeArrondi],
        widget=forms.RadioSelect(attrs={"class": "en-ligne"}),
    )
    source_rythme = forms.ChoiceField(
        label="Ce que le titulaire peut faire en un mois",
        choices=lambda: [
            (source.value, format_html("{}<small>{}</small>", *LIBELLES_RYTHME[source])) for source in SourceRythme
        ],
        widget=forms.RadioSelect(attrs={"class": "grandes"}),
        help_text="Sert à dire à partir de quel jour les heures dues deviennent hors d’atteinte.",
    )
    personnes_plausibles = ChampEntier(unite="personnes", maximum=500, label="Personnes à temps plein")
    heures_plausibles = ChampHeures(label="Heures par mois", required=False)

    def __init__(self, *args: Any, marche: Marche, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.marche = marche
        self.parametres: ParametresHeuresDues | None = None

    def clean(self) -> dict[str, Any]:
        super().clean()
        donnees = self.cleaned_data
        regle = donnees.get("regle_avenant") or None
        if regle != RegleAvenant.SEUIL:
            _oublier(self, "seuil_pourcent")
        for champ, source in (
            ("personnes_plausibles", SourceRythme.PERSONNES),
            ("heures_plausibles", SourceRythme.HEURES),
        ):
            if donnees.get("source_rythme") != source:
                _oublier(self, champ)
        if refus := controler_base_du_prorata(regle, self.marche.montant_ht_euros):
            self.add_error(refus.champ, str(refus))
        if not self.errors:
            self.parametres = _construire(self, lambda: ParametresHeuresDues.depuis_json(donnees))
        return donnees


class PenalitesForm(forms.Form):
    """Ce que le marché prévoit ; plusieurs pénalités peuvent s'ajouter. L'acheteur décide."""

    euros_par_heure = ChampEurosParHeure(label="Par heure non faite, en euros", required=False)
    smic_coefficient = ChampEurosParHeure(
        label="Ou tant de fois le SMIC horaire brut", required=False, help_text="Exemple\u00a0: 2."
    )
    smic_horaire_euros = ChampEurosParHeure(
        label="SMIC horaire brut du marché, en euros",
        required=False,
        help_text="Vide\u00a0: celui du 1er janvier de l’année de l’arrêté.",
    )
    pourcent_montant = ChampPourCent(
        label="Part du montant HT du marché, si des heures manquent, en\u00a0%", required=False
    )
    euros_par_jour_retard = ChampMontant(label="Par jour de retard d’un document, en euros", required=False)
    euros_par_document = ChampMontant(label="Par document manquant, en euros", required=False)
    plafond_euros = ChampMontant(label="Au plus, en euros", required=False)
    plafond_pourcent = ChampPourCent(label="Au plus, en\u00a0% du montant HT du marché", required=False)
    mise_en_demeure_jours = ChampEntier(
        unite="jours",
        maximum=365,
        label="Délai de mise en demeure, en jours",
        help_text="La pénalité n’est proposée qu’après une mise en demeure restée sans réponse.",
    )
    exoneration_si_demarches = forms.BooleanField(
        label="Aucune pénalité pour les heures si l’entreprise prouve ses démarches",
        required=False,
        help_text="Par exemple\u00a0: aucun candidat ne lui a été présenté dans le délai.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.parametres: ParametresPenalites | None = None

    def clean(self) -> dict[str, Any]:
        super().clean()
        if not self.errors:
            self.parametres = _construire(self, lambda: ParametresPenalites(**self.cleaned_data))
        return self.cleaned_data


class FaitsPenaliteForm(forms.Form):
    """Ce qui manque au calcul d'une proposition : elle se montre, rien ne s'enregistre."""

    manquantes = ChampHeures(label="Heures non faites", required=False)
    retard = ChampEntier(unite="jours", maximum=3660, label="Jours de retard de documents")
    documents = ChampEntier(unite="documents", maximum=1000, label="Documents manquants")
    demarches = forms.BooleanField(label="L’entreprise a prouvé ses démarches", required=False)

    def faits(self) -> FaitsPenalite:
        donnees = self.cleaned_data
        return FaitsPenalite(
            jours_de_retard=donnees.get("retard") or 0,
            documents_manquants=donnees.get("documents") or 0,
            demarches_prouvees=donnees.get("demarches", False),
        )


def _construire(form: forms.Form, construire: Any) -> Any:
    """Fait les paramètres ; une contradiction devient une erreur sur son champ."""
    try:
        return construire()
    except Contradiction as refus:
        form.add_error(refus.champ, str(refus))
        return None


def _oublier(form: forms.Form, champ: str) -> None:
    form.errors.pop(champ, None)
    form.cleaned_data[champ] = None
