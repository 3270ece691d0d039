"""Un titulaire sur un lot, et d'où viennent ses heures dues : écrites, calculées, par tranches ou par bons de commande."""

from decimal import Decimal
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.html import format_html

from clauses.forms.champs import (
    HEURES_MAXIMALES,
    ChampEurosParHeure,
    ChampHeures,
    ChampMontant,
    ChampOrganisation,
    ChampPourCent,
    ChoixParIdentifiant,
)
from clauses.models import Arrondi, CalculCommandes, Engagement, ModeEngagement, RoleTitulaire, Titulaire
from clauses.regles.dues import arrondir, calculer_heures_dues, controler_formule, ecrire_formule
from clauses.regles.modes_dues import controler_mode, controler_nettoyage, ecrire_nettoyage, heures_nettoyage_exactes
from clauses.services.titulaires import controler_changement_de_mode
from comptes.formats import nombre
from comptes.models import Profil

TERMES = ("montant_ht_euros", "part_main_oeuvre", "taux_effort", "cout_horaire_euros")
TERMES_NETTOYAGE = ("heures_totales", "heures_reprises", "taux_effort")
TERMES_COMMANDES = ("ratio_heures", "ratio_euros", "calcul_commandes", "seuil_commande_euros")
# Ce que chaque mode demande ; le reste est oublié, même mal rempli.
CHAMPS_DU_MODE = {
    ModeEngagement.SAISI: ("heures_initiales",),
    ModeEngagement.FORMULE: TERMES,
    ModeEngagement.NETTOYAGE: TERMES_NETTOYAGE,
    ModeEngagement.TRANCHES: (),
    ModeEngagement.COMMANDES: TERMES_COMMANDES,
}
CHAMPS_DE_CALCUL = tuple(dict.fromkeys(("heures_initiales", *TERMES, *TERMES_NETTOYAGE, *TERMES_COMMANDES)))
EXPLICATION_MODES = {
    ModeEngagement.SAISI: "Le marché donne le nombre d’heures, ou ce titulaire n’en doit aucune.",
    ModeEngagement.FORMULE: "Montant HT × part de main-d’œuvre × effort d’insertion ÷ coût d’une heure.",
    ModeEngagement.TRANCHES: "Chaque tranche a ses heures\u00a0; une tranche optionnelle n’en doit qu’une fois affermie.",
    ModeEngagement.COMMANDES: "Tant d’heures pour tant d’euros commandés, dans un accord-cadre à bons de commande.",
    ModeEngagement.NETTOYAGE: "Personnel repris\u00a0: l’effort ne porte que sur les heures des agents nouvellement affectés.",
}
EXPLICATION_CALCULS = {
    CalculCommandes.PAR_COMMANDE: "Chaque bon compte pour lui-même\u00a0; un bon sous le seuil ne compte pas.",
    CalculCommandes.CUMUL: "7\u00a0h pour 10\u00a0000\u00a0€\u00a0: 7\u00a0h chaque fois que le cumul passe 10\u00a0000\u00a0€ de plus.",
    CalculCommandes.PRORATA: "Chaque euro compte, l’arrondi se fait sur le total.",
}


def a_calculer(saisie: QueryDict) -> QueryDict:
    """Rend la saisie, un mode calculé choisi : c'est ce que veut dire « Calculer ». La formule, à défaut."""
    copie = saisie.copy()
    if copie.get("mode") != ModeEngagement.NETTOYAGE.value:
        copie["mode"] = ModeEngagement.FORMULE.value
    return copie


class ChoixTitulaire(ChoixParIdentifiant):
    def label_from_instance(self, obj: Titulaire) -> str:
        return obj.entreprise.nom


class TitulaireForm(forms.ModelForm):
    """`instance.lot` est déjà posé."""

    entreprise = ChampOrganisation(Profil.ENTREPRISE, label="Entreprise")
    donneur_ordre = ChoixTitulaire(
        Titulaire.objects.none(),
        label="Sous-traitant de",
        required=False,
        empty_label="Aucun",
        help_text="Seulement pour un sous-traitant\u00a0: ses heures compteront pour ce titulaire.",
        error_messages={"invalid_choice": "Ce titulaire n’est pas inscrit sur ce lot. Choisissez-le dans la liste."},
    )

    class Meta:
        model = Titulaire
        fields = ["entreprise", "role", "donneur_ordre"]
        widgets = {"role": forms.RadioSelect(attrs={"class": "en-ligne"})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        autres = self.instance.lot.titulaires.exclude(pk=self.instance.pk).select_related("entreprise")
        self.fields["donneur_ordre"].queryset = autres
        self.fields["role"].choices = RoleTitulaire.choices

    def clean_entreprise(self):
        entreprise = self.cleaned_data["entreprise"]
        if self._autres().filter(entreprise=entreprise).exists():
            raise forms.ValidationError(f"{entreprise.nom} est déjà inscrite sur ce lot. Modifiez son inscription.")
        return entreprise

    def clean_role(self) -> str:
        role = self.cleaned_data["role"]
        if role == RoleTitulaire.MANDATAIRE:
            deja = self._autres().filter(role=role).select_related("entreprise").first()
            if deja:
                raise forms.ValidationError(
                    f"Ce lot a déjà un mandataire, {deja.entreprise.nom}. Les autres membres du groupement sont cotraitants."
                )
        return role

    def clean(self) -> dict[str, Any]:
        super().clean()
        donnees = self.cleaned_data
        if donnees.get("role") == RoleTitulaire.SOUS_TRAITANT and self._porte_une_part():
            self.add_error(
                "role", "Il porte une part des heures du lot. Partagez-les d’abord sans lui, en mettant sa part à 0."
            )
        if donnees.get("role") != RoleTitulaire.SOUS_TRAITANT:
            donnees["donneur_ordre"] = None
        elif not donnees.get("donneur_ordre") and "donneur_ordre" not in self.errors:
            self.add_error("donneur_ordre", self._donneur_absent())
        elif self._tourne_en_rond(donnees.get("donneur_ordre")):
            self.add_error(
                "donneur_ordre", "Cette entreprise est elle-même sous-traitante de celle-ci. Choisissez-en une autre."
            )
        return donnees

    def _porte_une_part(self) -> bool:
        parts = Engagement.objects.filter(titulaire=self.instance.pk, mode=ModeEngagement.PART_LOT)
        return not self.instance._state.adding and parts.filter(part_lot_pourcent__gt=0).exists()

    def _donneur_absent(self) -> str:
        if self.fields["donneur_ordre"].queryset.exists():
            return "Choisissez le titulaire qui lui sous-traite."
        return "Ce lot n’a pas encore de titulaire\u00a0: inscrivez-le d’abord, puis son sous-traitant."

    def _tourne_en_rond(self, donneur: Titulaire | None) -> bool:
        vus = set()
        while donneur is not None and donneur.pk not in vus:
            if donneur.pk == self.instance.pk:
                return True
            vus.add(donneur.pk)
            donneur = donneur.donneur_ordre
        return False

    def _autres(self):
        return self.instance.lot.titulaires.exclude(pk=self.instance.pk)


class EngagementForm(forms.ModelForm):
    """Les heures à l'attribution. Calculées, leurs termes sont gardés et le calcul s'écrit. `type_clause` : celui du marché."""

    mode = forms.ChoiceField(
        label="D’où vient le nombre d’heures\u00a0?",
        choices=lambda: [
            (mode.value, format_html("{}<small>{}</small>", mode.label, EXPLICATION_MODES[mode]))
            for mode in CHAMPS_DU_MODE
        ],
        widget=forms.RadioSelect(attrs={"class": "grandes"}),
    )
    calcul_commandes = forms.ChoiceField(
        label="Comment les bons de commande font-ils des heures\u00a0?",
        choices=lambda: [
            (calcul.value, format_html("{}<small>{}</small>", calcul.label, EXPLICATION_CALCULS[calcul]))
            for calcul in CalculCommandes
        ],
        required=False,
        widget=forms.RadioSelect(attrs={"class": "grandes"}),
    )

    class Meta:
        model = Engagement
        fields = ["mode", *CHAMPS_DE_CALCUL, "arrondi"]
        field_classes = {
            "heures_initiales": ChampHeures,
            "montant_ht_euros": ChampMontant,
            "part_main_oeuvre": ChampPourCent,
            "taux_effort": ChampPourCent,
            "cout_horaire_euros": ChampEurosParHeure,
            "ratio_heures": ChampHeures,
            "ratio_euros": ChampMontant,
            "seuil_commande_euros": ChampMontant,
            "heures_totales": ChampHeures,
            "heures_reprises": ChampHeures,
        }
        widgets = {"arrondi": forms.RadioSelect(attrs={"class": "en-ligne"})}
        labels = {
            "heures_initiales": "Heures dues à l’attribution",
            "montant_ht_euros": "Montant HT, en euros",
            "part_main_oeuvre": "Part de main-d’œuvre, en\u00a0%",
            "taux_effort": "Effort d’insertion, en\u00a0%",
            "cout_horaire_euros": "Coût d’une heure, en euros",
            "ratio_heures": "Heures",
            "ratio_euros": "Pour un montant HT commandé de, en euros",
            "seuil_commande_euros": "Seuil par bon, en euros HT",
            "heures_totales": "Heures du marché, sur toute sa durée",
            "heures_reprises": "Dont heures du personnel repris",
        }
        help_texts = {
            "heures_initiales": "Un sous-traitant qui ne doit rien lui-même\u00a0: écrivez 0.",
            "ratio_heures": "Exemple\u00a0: 7.",
            "ratio_euros": "Exemple\u00a0: 10\u00a0000.",
            "seuil_commande_euros": "Vide\u00a0: tous les bons comptent.",
            "heures_reprises": "Le personnel que la convention collective fait reprendre au titulaire sortant.",
        }

    def __init__(self, *args: Any, type_clause: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.type_clause = type_clause
        self.fields["heures_initiales"].required = False
        self.fields["arrondi"].choices = Arrondi.choices

    @property
    def calcul(self) -> str:
        """Le calcul écrit, quand le mode choisi se calcule et que ses termes sont justes."""
        donnees = getattr(self, "cleaned_data", None) or self.initial
        mode, arrondi = str(donnees.get("mode")), donnees.get("arrondi") or Arrondi.INFERIEUR
        if mode == ModeEngagement.FORMULE and not controler_formule(**self._termes(TERMES)):
            return ecrire_formule(**self._termes(TERMES), arrondi=arrondi)
        if mode == ModeEngagement.NETTOYAGE and not controler_nettoyage(**self._termes(TERMES_NETTOYAGE)):
            return ecrire_nettoyage(**self._termes(TERMES_NETTOYAGE), arrondi=arrondi)
        return ""

    def clean(self) -> dict[str, Any]:
        super().clean()
        donnees = self.cleaned_data
        mode = donnees.get("mode") or ModeEngagement.SAISI.value
        if refus := controler_mode(self.type_clause, mode):
            self.add_error("mode", refus.phrase)
        elif phrase := controler_changement_de_mode(self._en_base(), mode):
            self.add_error("mode", phrase)
        self._oublier_le_reste(mode)
        match mode:
            case ModeEngagement.FORMULE:
                self._appliquer_la_formule()
            case ModeEngagement.NETTOYAGE:
                self._appliquer_le_nettoyage()
            case ModeEngagement.COMMANDES:
                self._controler_les_commandes()
            case ModeEngagement.SAISI:
                if donnees.get("heures_initiales") is None and "heures_initiales" not in self.errors:
                    self.add_error("heures_initiales", "Indiquez les heures dues, ou choisissez la formule.")
        return donnees

    def _en_base(self) -> Engagement:
        """L'engagement tel qu'il est enregistré : `instance` porte peut-être déjà la saisie."""
        return Engagement.objects.filter(pk=self.instance.pk).first() or self.instance

    def _oublier_le_reste(self, mode: str) -> None:
        gardes = CHAMPS_DU_MODE.get(ModeEngagement(mode), ()) if mode in ModeEngagement.values else ()
        for champ in CHAMPS_DE_CALCUL:
            if champ not in gardes:
                self.errors.pop(champ, None)
                self.cleaned_data[champ] = "" if champ == "calcul_commandes" else None
        if "heures_initiales" not in gardes:
            self.cleaned_data["heures_initiales"] = Decimal(0)

    def _appliquer_la_formule(self) -> None:
        donnees, termes = self.cleaned_data, self._termes(TERMES)
        if any(terme in self.errors for terme in TERMES):
            return
        if refus := controler_formule(**termes):
            self.add_error(_terme_en_cause(termes), refus.phrase)
            return
        heures = calculer_heures_dues(**termes, arrondi=donnees.get("arrondi") or Arrondi.INFERIEUR)
        if heures > HEURES_MAXIMALES:
            self.add_error(
                "cout_horaire_euros", f"La formule donne {nombre(heures)}\u00a0h. Vérifiez chacun de ses termes."
            )
            return
        donnees["heures_initiales"] = heures

    def _appliquer_le_nettoyage(self) -> None:
        donnees, termes = self.cleaned_data, self._termes(TERMES_NETTOYAGE)
        if any(terme in self.errors for terme in TERMES_NETTOYAGE):
            return
        if refus := controler_nettoyage(**termes):
            self.add_error(REFUS_NETTOYAGE[refus.code], refus.phrase)
            return
        exactes = heures_nettoyage_exactes(**termes)
        donnees["heures_initiales"] = arrondir(exactes, donnees.get("arrondi") or Arrondi.INFERIEUR)

    def _controler_les_commandes(self) -> None:
        donnees = self.cleaned_data
        for champ in ("ratio_heures", "ratio_euros"):
            if not donnees.get(champ) and champ not in self.errors:
                self.add_error(champ, "Dites combien d’heures sont dues pour quel montant commandé.")
        if not donnees.get("calcul_commandes") and "calcul_commandes" not in self.errors:
            self.add_error("calcul_commandes", "Choisissez comment les bons de commande font des heures.")
        if donnees.get("calcul_commandes") != CalculCommandes.PAR_COMMANDE:
            self.errors.pop("seuil_commande_euros", None)
            donnees["seuil_commande_euros"] = None

    def _termes(self, termes: tuple[str, ...]) -> dict[str, Decimal | None]:
        donnees = getattr(self, "cleaned_data", None) or self.initial
        # Une saisie reprise d'un brouillon est encore du texte : elle n'est pas encore un nombre sûr.
        return {terme: donnees[terme] if isinstance(donnees.get(terme), Decimal) else None for terme in termes}


REFUS_NETTOYAGE = {
    "nettoyage_totales": "heures_totales",
    "nettoyage_reprises": "heures_reprises",
    "nettoyage_effort": "taux_effort",
}


def _terme_en_cause(termes: dict[str, Decimal | None]) -> str:
    """Rend le premier terme absent ou nul, celui que nomme le refus ; sinon la première part."""
    return next((nom for nom, valeur in termes.items() if valeur is None or valeur <= 0), "part_main_oeuvre")
