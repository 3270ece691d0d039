"""Le marché, sa règle d'éligibilité et ses lots."""

import re
from typing import Any

from django import forms
from django.utils.html import format_html

from beneficiaires.criteres import CRITERES, CRITERES_CCAG, CRITERES_CCAG_PERSONNE, CRITERES_CCAG_STRUCTURE
from clauses.accords_cadres import accords_cadres_possibles
from clauses.forms.accords_cadres import ChampAccordCadre
from clauses.forms.champs import ChampEurosParHeure, ChampHeures, ChampJour, ChampMontant, ChampOrganisation
from clauses.forms.operations import refuser_fin_avant_debut
from clauses.models import Lot, Marche, RegleClause
from clauses.regles.parametres import LIBELLES_MODELES, PointDepart, choix_appreciations, choix_points_depart
from clauses.services.marches import CHAMPS_DE_REGLE
from comptes.formats import date_longue
from comptes.models import Profil

MOTIF_CPV = re.compile(r"[0-9]{8}(-[0-9])?")
UNE_FENETRE = "I2"
EXPLICATION_MODELES = {
    "I3": "La lecture la plus courante\u00a0: chaque opération juge la situation de la personne, et ouvre sa propre fenêtre.",
    "I1": "Une personne sous clause depuis moins de 24\u00a0mois à l’attribution reste éligible, pour 24\u00a0mois depuis ce jour.",
    "I2": "24\u00a0mois en tout depuis le premier contrat de clause\u00a0; ensuite, plus rien ne compte, sur aucune opération.",
}


class MarcheForm(forms.ModelForm):
    acheteur = ChampOrganisation(Profil.ACHETEUR, label="Acheteur", help_text="Celui qui a signé le marché.")
    accord_cadre = ChampAccordCadre()

    class Meta:
        model = Marche
        fields = [
            "acheteur",
            "reference",
            "objet",
            "technique",
            "accord_cadre",
            "montant_ht_euros",
            "code_cpv",
            "type_clause",
            "base_juridique",
            "ccag",
            "document",
            "article",
            "date_attribution",
            "date_notification",
            "date_debut",
            "date_fin",
        ]
        field_classes = {
            "montant_ht_euros": ChampMontant,
            **dict.fromkeys(("date_attribution", "date_notification", "date_debut", "date_fin"), ChampJour),
        }
        widgets = {"objet": forms.Textarea(attrs={"rows": 2})}
        labels = {"montant_ht_euros": "Montant HT, en euros", "document": "Document qui porte la clause"}
        help_texts = {
            "reference": "Celle de l’acheteur. Exemple\u00a0: 2026-T0012.",
            "code_cpv": "Huit chiffres. Exemple\u00a0: 45211341.",
            "article": "Exemple\u00a0: 9.3. Il sera cité dans chaque décision d’éligibilité.",
            "date_attribution": "Le jour où la situation des personnes s’apprécie, sauf règle contraire.",
        }
        error_messages = {
            "reference": {"required": "Donnez la référence du marché."},
            "objet": {"required": "Dites en une phrase l’objet du marché."},
            "document": {"required": "Nommez le document\u00a0: CCAP, CCP, convention…"},
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["accord_cadre"].queryset = accords_cadres_possibles(self.instance)

    def clean_code_cpv(self) -> str:
        code = "".join(self.cleaned_data["code_cpv"].split())
        if code and not MOTIF_CPV.fullmatch(code):
            raise forms.ValidationError("Un code CPV compte huit chiffres, par exemple 45211341.")
        return code

    def clean(self) -> dict[str, Any]:
        super().clean()
        refuser_fin_avant_debut(self)
        donnees = self.cleaned_data
        attribution, notification = donnees.get("date_attribution"), donnees.get("date_notification")
        if attribution and notification and notification < attribution:
            phrase = (
                f"La notification, le {date_longue(notification)}, précède l’attribution, le {date_longue(attribution)}. "
                "Corrigez l’une des deux."
            )
            self.add_error("date_notification", phrase)
        meme = Marche.objects.filter(
            operation=self.instance.operation,
            acheteur=donnees.get("acheteur"),
            reference__iexact=donnees.get("reference", ""),
        )
        if meme.exclude(pk=self.instance.pk).exists():
            self.add_error("reference", "Cette opération a déjà un marché de cet acheteur sous cette référence.")
        return donnees


def _choix_criteres() -> list[tuple[str, list[tuple[str, str]]]]:
    """Les critères sous trois titres ; chaque code n'y est qu'une fois."""
    autres = tuple(code for code in CRITERES if code not in CRITERES_CCAG)
    groupes = (
        ("Personnes éloignées de l’emploi (CCAG)", CRITERES_CCAG_PERSONNE),
        ("Personnes accompagnées par une structure (CCAG)", CRITERES_CCAG_STRUCTURE),
        ("Autres critères de l’insertion par l’activité économique", autres),
    )
    return [(titre, [(code, CRITERES[code].libelle) for code in codes]) for titre, codes in groupes]


class RegleForm(forms.ModelForm):
    """La règle en français ordinaire. Elle ne s'enregistre pas elle-même : le service choisit la version."""

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
        choices=_choix_criteres,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Cochez au moins une situation\u00a0: sans elle, personne n’est éligible."},
    )
    duree_mois = forms.IntegerField(
        label="Durée, en mois",
        required=False,
        min_value=1,
        max_value=120,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "champ-court"}),
        help_text="24 par principe. Laissez vide si le marché compte toute la durée de l’opération.",
        error_messages={
            "invalid": "Écrivez un nombre entier de mois, par exemple 24.",
            "min_value": "La durée va de 1 à 120\u00a0mois.",
            "max_value": "La durée va de 1 à 120\u00a0mois.",
        },
    )
    mise_en_demeure_jours = forms.IntegerField(
        label="Délai de mise en demeure, en jours",
        required=False,
        min_value=0,
        max_value=365,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "champ-court"}),
        error_messages={
            "invalid": "Écrivez un nombre entier de jours, par exemple 15.",
            "min_value": "Le délai va de 0 à 365\u00a0jours.",
            "max_value": "Le délai va de 0 à 365\u00a0jours.",
        },
    )

    class Meta:
        model = RegleClause
        fields = list(CHAMPS_DE_REGLE)
        field_classes = {
            "diviseur_etp": ChampHeures,
            "plafond_mensuel_heures": ChampHeures,
            "penalite_euros_par_heure": ChampEurosParHeure,
        }
        widgets = {"texte": forms.Textarea(attrs={"rows": 4})}
        labels = {
            "validation_prealable": "Le facilitateur valide avant l’embauche",
            "diviseur_etp": "Un ETP fait, en heures",
            "plafond_mensuel_heures": "Au plus, par personne et par mois, en heures",
            "penalite_euros_par_heure": "Pénalité par heure non faite, en euros",
            "texte": "Texte de l’article",
        }
        help_texts = {
            "validation_prealable": "Coché, les heures faites avant la décision ne comptent pas.",
            "diviseur_etp": "1\u00a0607 par an. Il est écrit à côté de chaque nombre d’ETP.",
            "plafond_mensuel_heures": "Au-delà, une saisie d’heures est refusée.",
            "penalite_euros_par_heure": "Elle est seulement proposée dans le bilan\u00a0: l’acheteur décide.",
            "texte": "Recopiez l’article du marché\u00a0: il sera sous les yeux de qui décide.",
        }

    def clean_diviseur_etp(self):
        diviseur = self.cleaned_data["diviseur_etp"]
        if not 1 <= diviseur <= 3000:
            raise forms.ValidationError("Un ETP compte de 1 à 3\u00a0000\u00a0heures par an\u00a0; 1\u00a0607 d’usage.")
        return diviseur

    def clean_plafond_mensuel_heures(self):
        plafond = self.cleaned_data["plafond_mensuel_heures"]
        if not 1 <= plafond <= 744:
            raise forms.ValidationError("Le plafond va de 1 à 744\u00a0heures\u00a0: un mois n’en compte pas plus.")
        return plafond

    def clean(self) -> dict[str, Any]:
        super().clean()
        donnees = self.cleaned_data
        premier_contrat = donnees.get("point_depart") == PointDepart.PREMIER_CONTRAT
        if donnees.get("modele") == UNE_FENETRE and not premier_contrat and "point_depart" in donnees:
            self.add_error(
                "point_depart",
                "Une seule fenêtre pour tout le parcours se compte depuis le premier contrat de clause. Choisissez ce point de départ.",
            )
        elif donnees.get("modele") != UNE_FENETRE and premier_contrat:
            self.add_error("point_depart", "Ce point de départ va avec la lecture «\u00a0une seule fenêtre\u00a0».")
        return donnees


class LotForm(forms.ModelForm):
    class Meta:
        model = Lot
        fields = ["numero", "intitule", "montant_ht_euros", "date_debut", "date_fin"]
        field_classes = {"montant_ht_euros": ChampMontant, "date_debut": ChampJour, "date_fin": ChampJour}
        labels = {"montant_ht_euros": "Montant HT, en euros"}
        help_texts = {
            "numero": "Un seul lot\u00a0? Écrivez 1.",
            "intitule": "Exemple\u00a0: gros œuvre.",
            "date_debut": "Vide\u00a0: celui du marché.",
            "date_fin": "Vide\u00a0: celle du marché.",
        }
        error_messages = {
            "numero": {"required": "Donnez un numéro au lot."},
            "intitule": {"required": "Donnez un intitulé au lot."},
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["numero"].widget.attrs["class"] = "champ-court"

    def clean_numero(self) -> str:
        numero = self.cleaned_data["numero"]
        if self.instance.marche.lots.filter(numero__iexact=numero).exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError(f"Ce marché a déjà un lot {numero}. Donnez un autre numéro.")
        return numero

    def clean(self) -> dict[str, Any]:
        super().clean()
        refuser_fin_avant_debut(self)
        donnees, marche = self.cleaned_data, self.instance.marche
        debut, fin = donnees.get("date_debut"), donnees.get("date_fin")
        if debut and not fin and marche.date_fin and debut > marche.date_fin:
            phrase = f"Ce lot commence après la fin du marché, le {date_longue(marche.date_fin)}\u00a0: donnez sa propre fin."
            self.add_error("date_fin", phrase)
        if fin and not debut and marche.date_debut and fin < marche.date_debut:
            phrase = f"Ce lot finit avant le début du marché, le {date_longue(marche.date_debut)}\u00a0: donnez son propre début."
            self.add_error("date_debut", phrase)
        return donnees


class CloreLotForm(forms.Form):
    clos_le = ChampJour(
        label="Clos le",
        help_text="À partir de ce jour, plus aucune heure ne se saisit ni ne se corrige sur ce lot.",
        error_messages={"required": "Indiquez le jour où le lot est clos."},
    )
