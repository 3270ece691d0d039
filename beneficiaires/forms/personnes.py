"""Créer et modifier la fiche d'une personne."""

from datetime import date

from django import forms
from django.db.models import Q, QuerySet

from beneficiaires import regles
from beneficiaires.forms.champs import ChampMetiers
from beneficiaires.forms.identite import (
    CHAMPS_CONTACT,
    CHAMPS_FORMATION,
    CHAMPS_IDENTITE,
    SANS_REMPLISSAGE,
    IdentiteForm,
)
from beneficiaires.models import Beneficiaire, ModeQpv, StatutQpv, sans_nir
from comptes.ecriture import exiger
from comptes.formats import date_longue
from comptes.formulaires import ChampDate
from comptes.models import Adhesion, Organisation, Profil, Utilisateur


def membres(structure: Organisation, en_poste: Utilisateur | None = None) -> QuerySet[Utilisateur]:
    """Les personnes qui peuvent suivre quelqu'un pour cette structure, et celle qui le suit déjà."""
    adherents = Adhesion.objects.au_travail().filter(organisation=structure).values("utilisateur")
    return Utilisateur.objects.filter(
        Q(pk__in=adherents, is_active=True) | Q(pk=en_poste.pk if en_poste else None)
    ).order_by("nom", "prenom")


class ChoixUtilisateur(forms.ModelChoiceField):
    def label_from_instance(self, utilisateur: Utilisateur) -> str:
        return utilisateur.get_full_name()


class BeneficiaireForm(IdentiteForm):
    """La fiche. `structure` est celle de l'utilisateur : elle ne se choisit pas."""

    qpv_verifie_le = ChampDate(label="Vérifié le", required=False)
    metiers = ChampMetiers(
        label="Métiers recherchés",
        required=False,
        help_text="Un métier par ligne\u00a0: tapez un mot ou un code ROME, puis choisissez dans la liste.",
    )
    referent = ChoixUtilisateur(label="Suivie par", queryset=Utilisateur.objects.none(), required=False)

    class Meta:
        model = Beneficiaire
        fields = [
            *CHAMPS_IDENTITE,
            *CHAMPS_CONTACT,
            "adresse",
            "qpv",
            "qpv_nom",
            "qpv_mode",
            "qpv_verifie_le",
            *CHAMPS_FORMATION,
            "metiers",
            "prescripteur",
            "referent",
            "note",
        ]
        widgets = {
            "qpv": forms.RadioSelect(attrs={"class": "en-ligne"}),
            "note": forms.Textarea(attrs={"rows": 4}),
        }

    def __init__(self, *args, structure: Organisation, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.instance.structure = structure
        self.fields["referent"].queryset = membres(structure, self.instance.referent)
        self.fields["referent"].empty_label = "Personne pour l’instant"
        self.fields["prescripteur"].queryset = Organisation.objects.du_profil(Profil.PRESCRIPTEUR)
        self.fields["prescripteur"].empty_label = "Aucun prescripteur"
        self.fields["qpv_mode"].choices = [("", "Pas encore établi"), *ModeQpv.choices]
        for nom in ("adresse", "qpv_nom", "note"):
            self.fields[nom].widget.attrs |= SANS_REMPLISSAGE
        for nom in ("adresse", "qpv_nom"):
            self.fields[nom].validators.append(sans_nir)

    def clean_identifiant_france_travail(self) -> str:
        identifiant = super().clean_identifiant_france_travail()
        autre = (
            Beneficiaire.objects.filter(structure=self.instance.structure, identifiant_france_travail=identifiant)
            .exclude(pk=self.instance.pk)
            .first()
        )
        if identifiant and autre:
            raise forms.ValidationError(
                f"{autre.nom_complet}, date de naissance {date_longue(autre.date_naissance)}, porte déjà cet identifiant "
                "dans votre structure. Si c’est la même personne, ouvrez sa fiche.",
                code="unique",
            )
        return identifiant

    def clean_qpv_verifie_le(self) -> date | None:
        jour = self.cleaned_data["qpv_verifie_le"]
        if jour:
            exiger(regles.controler_jour_passe(jour, "La date de vérification", self.aujourd_hui))
        return jour

    def clean(self) -> dict[str, object]:
        donnees = super().clean()
        qpv = donnees.get("qpv")
        if qpv == StatutQpv.OUI:
            if not donnees.get("qpv_mode"):
                self.add_error(
                    "qpv_mode",
                    "Dites comment le quartier prioritaire a été établi\u00a0: un bilan contrôlé le demande.",
                )
            if "qpv_verifie_le" not in self.errors and not donnees.get("qpv_verifie_le"):
                self.add_error("qpv_verifie_le", "Écrivez quel jour le quartier a été vérifié.")
        elif qpv == StatutQpv.INCONNU and any(donnees.get(nom) for nom in ("qpv_nom", "qpv_mode", "qpv_verifie_le")):
            self.add_error("qpv", "Vous dites comment le quartier a été établi\u00a0: choisissez aussi oui ou non.")
        return donnees
