"""Les situations qui ouvrent droit, et les pièces vues."""

from datetime import date

from django import forms
from django.db.models.functions import Lower

from beneficiaires import regles
from beneficiaires.criteres import CCAG_STRUCTURE, GEIQ
from beneficiaires.forms.personnes import ChoixUtilisateur, membres
from beneficiaires.models import Beneficiaire, Justificatif, Situation, choix_organismes, sans_nir
from beneficiaires.periodes import Periode
from comptes.ecriture import exiger
from comptes.formats import date_longue
from comptes.formulaires import ChampDate
from comptes.models import Utilisateur
from comptes.regles import Refus

# Ce que devient le début d'une situation quand une pièce est plus ancienne que lui.
AVANCER, GARDER = "avancer", "garder"


def criteres_par_liste() -> list[tuple[str, list[tuple[str, str]]]]:
    """Les critères rangés par liste, pour se retrouver parmi plus de trente."""
    listes = {
        "Liste de l’IAE, niveau 1": [],
        "Liste de l’IAE, niveau 2": [],
        "CCAG 2021, personnes éloignées de l’emploi": [],
        "CCAG 2021, personnes suivies par une structure": [],
        "Liste des GEIQ": [],
    }
    for critere in regles.CRITERES.values():
        if critere.niveau:
            nom = f"Liste de l’IAE, niveau {critere.niveau}"
        elif critere.source == GEIQ:
            nom = "Liste des GEIQ"
        elif critere.source == CCAG_STRUCTURE:
            nom = "CCAG 2021, personnes suivies par une structure"
        else:
            nom = "CCAG 2021, personnes éloignées de l’emploi"
        listes[nom].append((critere.code, critere.libelle))
    return list(listes.items())


class SituationForm(forms.ModelForm):
    """Un critère et ses dates, contrôlés contre l'âge de la personne et ses autres situations."""

    date_debut = ChampDate(label="Depuis le", help_text="Le jour où la situation a commencé, pas celui de la pièce.")
    date_fin = ChampDate(
        label="Jusqu’au", required=False, help_text="Dernier jour inclus. Laissez vide si la situation dure encore."
    )

    class Meta:
        model = Situation
        fields = ["critere", "date_debut", "date_fin", "organisme_avis", "precision"]
        error_messages = {"critere": {"required": "Choisissez le critère."}}

    def __init__(self, *args, personne: Beneficiaire, aujourd_hui: date, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.personne, self.aujourd_hui = personne, aujourd_hui
        self.instance.beneficiaire = personne
        self.fields["critere"].choices = [("", "Choisissez"), *criteres_par_liste()]
        self.fields["organisme_avis"].choices = [("", "Aucun avis"), *choix_organismes()]
        self.fields["organisme_avis"].label = "Organisme qui donne l’avis motivé"
        self.fields["organisme_avis"].help_text = "Seulement pour «\u00a0Autre personne éloignée de l’emploi\u00a0»."
        self.fields[
            "precision"
        ].help_text = (
            "Ce que la pièce ne dit pas, en quelques mots. Rien sur la santé, la justice, l’origine ou les croyances."
        )
        self.fields["date_debut"].error_messages["required"] = "Écrivez depuis quand, par exemple 06/11/2025."

    def clean(self) -> dict[str, object]:
        donnees = super().clean()
        critere = regles.CRITERES.get(donnees.get("critere", ""))
        if critere:
            self._controler_avis(critere, donnees)
            if critere.sensible and donnees.get("precision"):
                self.add_error(
                    "precision", "Pour ce critère, Étape ne garde aucun détail\u00a0: laissez la précision vide."
                )
        debut, fin = donnees.get("date_debut"), donnees.get("date_fin")
        if fin and (refus := regles.controler_date(fin, "La date de fin")):
            self.add_error("date_fin", refus.phrase)
        elif debut and fin and fin < debut:
            self.add_error("date_fin", "La situation ne peut pas finir avant d’avoir commencé.")
        elif debut and critere:
            self._controler_dates(critere, Periode(debut, fin))
        return donnees

    def _controler_avis(self, critere: regles.Critere, donnees: dict[str, object]) -> None:
        if critere.exige_avis and not donnees.get("organisme_avis"):
            self.add_error(
                "organisme_avis", "Ce critère demande un avis motivé\u00a0: choisissez l’organisme qui le donne."
            )
        if not critere.exige_avis and donnees.get("organisme_avis"):
            self.add_error(
                "organisme_avis", "Ce critère ne demande pas d’avis\u00a0: choisissez «\u00a0Aucun avis\u00a0»."
            )

    def _controler_dates(self, critere: regles.Critere, periode: Periode) -> None:
        if refus := _refus_de_periode(self.instance, critere, periode, self.aujourd_hui):
            self.add_error("date_debut", refus.phrase)


def _refus_de_periode(
    situation: Situation, critere: regles.Critere, periode: Periode, aujourd_hui: date
) -> Refus | None:
    """Ce qui empêche cette situation de durer ainsi : les autres du même critère, la naissance, l'âge."""
    personne = situation.beneficiaire
    autres = personne.situations.filter(critere=critere.code).exclude(pk=situation.pk)
    refus = regles.controler_periode_situation(
        periode, personne.date_naissance, [Periode(s.date_debut, s.date_fin) for s in autres], aujourd_hui
    )
    return refus or regles.controler_age(critere, personne.date_naissance, periode.debut)


class JustificatifForm(forms.ModelForm):
    """Une pièce vue. `facultatif` : posé sous une situation nouvelle, il peut rester vide.

    Une pièce plus ancienne que le début noté de la situation demande si celle-ci durait déjà.
    """

    debut = forms.ChoiceField(label="La situation durait-elle déjà\u00a0?", required=False, widget=forms.RadioSelect)
    piece = forms.CharField(label="Pièce", required=False, max_length=120, validators=[sans_nir])
    date_piece = ChampDate(label="Date écrite sur la pièce")
    vu_le = ChampDate(label="Vue le")
    vu_par = ChoixUtilisateur(label="Vue par", queryset=Utilisateur.objects.none(), empty_label=None)

    class Meta:
        model = Justificatif
        fields = ["piece", "date_piece", "vu_le", "vu_par"]

    demande_le_debut = False

    def __init__(
        self, *args, utilisateur: Utilisateur, aujourd_hui: date, situation: Situation | None = None, **kwargs
    ) -> None:
        critere = regles.CRITERES[situation.critere] if situation else None
        initial = {"vu_le": aujourd_hui, "vu_par": utilisateur}
        if critere:
            initial["piece"] = critere.piece[0].upper() + critere.piece[1:]
        facultatif = situation is None
        super().__init__(
            *args, initial=initial, empty_permitted=facultatif, use_required_attribute=not facultatif, **kwargs
        )
        self.aujourd_hui, self.situation, self.facultatif = aujourd_hui, situation, facultatif
        if situation:
            self.fields["debut"].choices = [
                (AVANCER, "Oui\u00a0: elle commence à la date de la pièce"),
                (GARDER, f"Non\u00a0: elle commence bien le {date_longue(situation.date_debut)}"),
            ]
        else:
            del self.fields["debut"]
        self.fields["vu_par"].queryset = membres(utilisateur.organisation)
        self.fields["date_piece"].error_messages["required"] = "Écrivez la date portée sur la pièce."
        self.fields["vu_le"].error_messages["required"] = "Écrivez quel jour la pièce a été vue."

    def clean_date_piece(self) -> date:
        exiger(regles.controler_jour_passe(self.cleaned_data["date_piece"], "La date de la pièce", self.aujourd_hui))
        return self.cleaned_data["date_piece"]

    def clean_vu_le(self) -> date:
        exiger(regles.controler_jour_passe(self.cleaned_data["vu_le"], "La date où elle a été vue", self.aujourd_hui))
        return self.cleaned_data["vu_le"]

    def clean(self) -> dict[str, object]:
        donnees = super().clean()
        vue, datee = donnees.get("vu_le"), donnees.get("date_piece")
        if vue and datee and vue < datee:
            self.add_error("vu_le", "La pièce ne peut pas avoir été vue avant sa propre date.")
        if self.situation and not donnees.get("piece"):
            self.add_error("piece", "Dites quelle pièce vous avez vue.")
        elif self.situation and datee and self._est_deja_la(donnees["piece"], datee):
            self.add_error("piece", "Cette pièce, de cette date, est déjà enregistrée.")
        if self.situation and datee and datee < self.situation.date_debut:
            self._demander_le_debut(self.situation, datee)
        return donnees

    def _demander_le_debut(self, situation: Situation, datee: date) -> None:
        self.demande_le_debut = True
        reponse = self.cleaned_data.get("debut")
        if reponse == AVANCER:
            critere, periode = regles.CRITERES[situation.critere], Periode(datee, situation.date_fin)
            if refus := _refus_de_periode(situation, critere, periode, self.aujourd_hui):
                self.add_error("debut", refus.phrase)
        elif reponse != GARDER:
            phrase = (
                f"La pièce est du {date_longue(datee)}, avant le début noté de la situation, le "
                f"{date_longue(situation.date_debut)}. Avant ce jour, la situation ne compte pas\u00a0: dites si elle durait déjà."
            )
            self.add_error("debut", phrase)

    @property
    def debut_avance(self) -> date | None:
        """Le début de la situation que cette pièce prouve, si c'est ce qui a été répondu."""
        avance = self.demande_le_debut and self.cleaned_data["debut"] == AVANCER
        return self.cleaned_data["date_piece"] if avance else None

    def _est_deja_la(self, piece: str, jour: date) -> bool:
        pieces = self.situation.justificatifs.filter(date_piece=jour).values_list(Lower("piece"), flat=True)
        return piece.lower() in pieces
