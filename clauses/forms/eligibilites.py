"""Choisir une opération et un marché, lire la réponse, puis la décider."""

from datetime import date

from django import forms

from beneficiaires.models import Beneficiaire, sans_nir
from beneficiaires.regles import controler_date
from clauses.forms.champs import ChoixParIdentifiant
from clauses.models import Eligibilite, Marche, Operation
from clauses.regles import JourAppreciation, ParametresRegle
from clauses.regles.choix import MesureDuree
from comptes.ecriture import exiger
from comptes.formulaires import ChampDate
from comptes.models import Utilisateur

MARCHE_ETRANGER = "Ce marché n’est pas dans cette opération\u00a0: choisissez-en un autre."


class EligibiliteForm(forms.Form):
    """En GET, il montre la réponse ; en POST (`decide`), il la décide. Un seul marché avec une règle : il est choisi d'office.

    Changer d'opération laisse dans l'adresse le marché de la précédente : montré, le bon le remplace ; décidé, il est refusé.
    """

    operation = ChoixParIdentifiant(
        label="Opération",
        queryset=Operation.objects.none(),
        empty_label="Choisissez une opération",
        error_messages={
            "required": "Choisissez l’opération pour laquelle vous décidez.",
            "invalid_choice": "Cette opération n’est pas dans la liste\u00a0: choisissez-en une autre.",
        },
    )
    marche = ChoixParIdentifiant(
        label="Marché",
        queryset=Marche.objects.none(),
        required=False,
        help_text="Cette opération a plusieurs marchés\u00a0: la règle de celui-ci s’applique.",
        error_messages={"invalid_choice": MARCHE_ETRANGER},
    )
    date_decision = ChampDate(label="Décidée le", help_text="Le jour de votre validation, aujourd’hui ou avant.")
    embauche_prevue = ChampDate(
        label="Embauche prévue le",
        required=False,
        help_text="Ce marché apprécie la situation au jour de l’embauche.",
    )
    fin_pass = ChampDate(
        label="Fin du PASS IAE",
        required=False,
        help_text="Ce marché donne aux contrats des SIAE la durée du PASS. Recopiez la date imprimée.",
    )
    motif = forms.CharField(
        label="Remarque",
        required=False,
        max_length=1000,
        validators=[sans_nir],
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Ce qui éclaire la décision, sans détail de santé. La personne peut la lire.",
    )
    reponse_vue = forms.CharField(required=False, max_length=12, widget=forms.HiddenInput)

    def __init__(
        self, donnees, *, beneficiaire: Beneficiaire, utilisateur: Utilisateur, aujourd_hui: date, decide: bool
    ) -> None:
        donnees = donnees.copy()
        donnees.setdefault("date_decision", aujourd_hui.strftime("%d/%m/%Y"))
        super().__init__(donnees)
        self.beneficiaire, self.aujourd_hui, self.decide = beneficiaire, aujourd_hui, decide
        self.fields["operation"].queryset = (
            Operation.objects.pour(utilisateur).filter(marches__regles__est_courante=True).distinct().order_by("nom")
        )
        self.operation_choisie = self._operation()
        marches = Marche.objects.filter(operation=self.operation_choisie, regles__est_courante=True)
        self.fields["marche"].queryset = marches.order_by("reference") if self.operation_choisie else marches.none()
        self.fields["marche"].label_from_instance = lambda marche: f"{marche.reference}, {marche.objet}"
        self.marches = list(self.fields["marche"].queryset)
        self.marche_choisi = self._marche()
        self._retirer_le_superflu()

    def _operation(self) -> Operation | None:
        try:
            return self.fields["operation"].clean(self.data.get("operation"))
        except forms.ValidationError:
            return None

    def _marche(self) -> Marche | None:
        """Le marché demandé ; à défaut celui de la décision en vigueur, ou le seul de l'opération."""
        if len(self.marches) == 1:
            return self.marches[0]
        demande = None
        try:
            demande = self.fields["marche"].clean(self.data.get("marche"))
        except forms.ValidationError:
            if self.decide:
                return None
        if demande is None and self.marches:
            courante = Eligibilite.objects.courantes().filter(
                beneficiaire=self.beneficiaire, operation=self.operation_choisie
            )
            choisi = courante.values_list("regle__marche", flat=True).first()
            return next((marche for marche in self.marches if marche.pk == choisi), self.marches[0])
        return demande

    def _retirer_le_superflu(self) -> None:
        """N'affiche que ce qui sert : le marché s'il y en a plusieurs, l'embauche si le marché en dépend."""
        if len(self.marches) < 2:
            del self.fields["marche"]
        else:
            self.fields["marche"].required = True
            if self.marche_choisi:
                self.data["marche"] = str(self.marche_choisi.pk)
        parametres = self._parametres()
        if parametres is None or parametres.date_appreciation != JourAppreciation.EMBAUCHE:
            del self.fields["embauche_prevue"]
        durees = parametres.durees_contrat.values() if parametres else ()
        if all(duree.mesure != MesureDuree.AGREMENT for duree in durees):
            del self.fields["fin_pass"]

    def _parametres(self) -> ParametresRegle | None:
        if self.marche_choisi is None:
            return None
        regle = self.marche_choisi.regles.filter(est_courante=True).select_related("marche").first()
        return None if regle is None else regle.parametres

    @property
    def choisi(self) -> bool:
        """Dit si une opération et son marché sont choisis : il y a alors une réponse à montrer."""
        return self.operation_choisie is not None and self.marche_choisi is not None

    def clean(self) -> dict[str, object]:
        donnees = super().clean()
        demande = self.data.get("marche")
        if self.decide and len(self.marches) == 1 and demande and demande != str(self.marche_choisi.pk):
            raise forms.ValidationError(MARCHE_ETRANGER, code="invalid_choice")
        return donnees

    def clean_embauche_prevue(self) -> date | None:
        jour = self.cleaned_data["embauche_prevue"]
        if jour is not None:
            exiger(controler_date(jour, "L’embauche"))
        return jour

    def clean_fin_pass(self) -> date | None:
        jour = self.cleaned_data["fin_pass"]
        if jour is not None:
            exiger(controler_date(jour, "La fin du PASS IAE"))
        return jour

    def clean_date_decision(self) -> date:
        jour = self.cleaned_data["date_decision"]
        exiger(controler_date(jour, "La décision"))
        if jour > self.aujourd_hui:
            raise forms.ValidationError(
                "Ce jour est à venir\u00a0: la décision se prend aujourd’hui, ou s’est prise avant."
            )
        return jour
