"""Le contrat de travail d'une personne, et les engagements qu'il sert."""

import zlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django import forms
from django.core.exceptions import ValidationError

from beneficiaires.forms.champs import ChampMetier
from beneficiaires.models import Beneficiaire
from clauses.forms.champs import ChampBorne, ChampOrganisation
from clauses.models import Affectation, Contrat, Eligibilite, Engagement, ModeExecution, Operation
from clauses.regles.placements import MAXIMUM_HEURES_PAR_SEMAINE, lot_se_propose
from clauses.regles.section_comptage import mode_propose
from clauses.services.constats import (
    ConstatPlacement,
    decisions_favorables,
    engagements_ouverts,
    examiner_placement,
    operation_de,
)
from comptes.formats import enumeration
from comptes.formulaires import ChampDate
from comptes.models import Categorie, Organisation, Profil, Utilisateur

# Le champ où se lit chaque refus ; les autres se lisent au-dessus du formulaire.
CHAMPS_DES_REFUS = {
    "fin_absente": "date_fin",
    "fin_de_cdi": "date_fin",
    "annee_fin": "date_fin",
    "fin_avant_debut": "date_fin",
    "annee_embauche": "date_debut",
    "age_embauche": "date_debut",
    "contrat_double": "date_debut",
    "utilisatrice_absente": "entreprise_utilisatrice",
    "utilisatrice_double": "entreprise_utilisatrice",
    "eligibilite_absente": "engagements",
    "embauche_non_admise": "engagements",
    "apres_fenetre": "engagements",
}


@dataclass
class OperationAuChoix:
    """Une opération, la décision qui permet d'y placer la personne, et ses engagements avec leur état de case."""

    operation: Operation
    eligibilite: Eligibilite
    cases: list[tuple[Engagement, bool]] = field(default_factory=list)


class ChampEmployeur(ChampOrganisation):
    """Une entreprise, avec sa catégorie : elle décide du type de contrat et de la mise à disposition."""

    def label_from_instance(self, obj: Organisation) -> str:
        if obj.categorie == Categorie.ENTREPRISE:
            return super().label_from_instance(obj)
        sigle = obj.categorie.upper() if len(obj.categorie) <= len("GEIQ") else obj.get_categorie_display()
        return f"{obj.nom}, {sigle}"


class ChampHeuresHebdo(ChampBorne):
    """Des heures par semaine, montrées sans zéro inutile : « 35 », « 17,5 »."""

    bornes = (Decimal(1), MAXIMUM_HEURES_PAR_SEMAINE)
    trop_petit = "Indiquez au moins 1\u00a0h par semaine."
    trop_grand = "48\u00a0h par semaine au plus (code du travail, L3121-20)."


class ChampEngagements(forms.ModelMultipleChoiceField):
    """Des engagements cochés ; un identifiant abîmé reçoit la même phrase qu'un engagement qui n'est plus ouvert."""

    default_error_messages = {
        "required": "Cochez au moins un engagement\u00a0: c’est lui qui reçoit les heures.",
        "invalid_choice": "Un des engagements cochés n’est plus ouvert à cette personne. Vérifiez la liste.",
    }

    def _check_values(self, value):
        try:
            return super()._check_values(value)
        except ValidationError as erreur:
            raise ValidationError(self.error_messages["invalid_choice"], code="invalid_choice") from erreur


class ContratForm(forms.ModelForm):
    """Crée ou modifie un contrat. Ce qui l'empêche est une erreur ; ce qui doit être su se confirme."""

    employeur = ChampEmployeur(Profil.ENTREPRISE, label="Employeur", help_text="Celui qui signe le contrat.")
    entreprise_utilisatrice = ChampEmployeur(
        Profil.ENTREPRISE,
        label="Entreprise utilisatrice",
        required=False,
        empty_label="Aucune",
        help_text="Si l’employeur est une ETTI, ETT, AI, EATT ou un GEIQ.",
    )
    heures_hebdo = ChampHeuresHebdo(
        label="Heures par semaine",
        help_text="35 pour un temps plein.",
        error_messages={"required": "Indiquez les heures par semaine."},
    )
    metier = ChampMetier(label="Métier (ROME)", required=False, help_text="Un mot ou un code suffit.")
    mode_execution = forms.ChoiceField(
        label="Comment les heures sont faites",
        required=False,
        choices=[("", "D’après le contrat et l’employeur"), *ModeExecution.choices],
        help_text="La règle du marché dit ce que chaque façon compte. Un stage ou un tutorat se choisit ici.",
    )
    est_hors_site = forms.BooleanField(
        label="Heures faites hors du site",
        required=False,
        help_text="En atelier ou sur un autre site. Elles comptent si le marché l’admet.",
    )
    engagements = ChampEngagements(queryset=Engagement.objects.none(), label="Engagements servis")
    confirme = forms.CharField(required=False)

    class Meta:
        model = Contrat
        fields = (
            "type_contrat",
            "employeur",
            "entreprise_utilisatrice",
            "metier",
            "date_debut",
            "date_fin",
            "heures_hebdo",
        )
        field_classes = {"date_debut": ChampDate, "date_fin": ChampDate}
        labels = {
            "date_debut": "Embauche le",
            "date_fin": "Fin prévue le",
        }
        error_messages = {
            "type_contrat": {"required": "Choisissez le type de contrat."},
            "date_debut": {"required": "Indiquez le jour de l’embauche."},
        }
        help_texts = {
            "date_debut": "Premier jour du contrat.",
            "date_fin": "Dernier jour. Vide pour un CDI.",
        }

    def __init__(self, *args, utilisateur: Utilisateur, beneficiaire: Beneficiaire, aujourd_hui: date, **kwargs):
        super().__init__(*args, **kwargs)
        self.aujourd_hui, self.beneficiaire = aujourd_hui, beneficiaire
        self.instance.beneficiaire = beneficiaire
        self.constats: list[ConstatPlacement] = []
        self._preparer_les_listes()
        self._preparer_les_engagements(utilisateur)

    def _preparer_les_listes(self) -> None:
        self.fields["type_contrat"].choices = [("", "Choisissez"), *Contrat._meta.get_field("type_contrat").choices]
        recherches = list(self.beneficiaire.metiers.all())
        self.fields["metier"].widget.en_tete = recherches
        if recherches:
            siens = enumeration([str(metier) for metier in recherches])
            self.fields["metier"].help_text = f"Un mot ou un code suffit. La personne recherche\u00a0: {siens}."

    def _preparer_les_engagements(self, utilisateur: Utilisateur) -> None:
        """Sépare ce qui peut se cocher (décision favorable, ou déjà affecté) des opérations où il faut d'abord décider."""
        ouverts = list(engagements_ouverts(utilisateur))
        decisions = decisions_favorables(self.beneficiaire)
        en_place: dict[object, Eligibilite] = {}
        embauche = self._embauche()
        if not self.instance._state.adding:
            affectations = self.instance.affectations.select_related(
                "eligibilite",
                "engagement__titulaire__entreprise",
                "engagement__titulaire__lot__marche__operation__maitre_ouvrage",
            )
            en_place = {affectation.engagement_id: affectation.eligibilite for affectation in affectations}
            connus = {engagement.pk for engagement in ouverts}
            ouverts += [a.engagement for a in affectations if a.engagement_id not in connus]
            self.initial.setdefault("engagements", list(en_place))
            self._reprendre_le_mode(affectations)
        self.par_operation: dict[object, OperationAuChoix] = {}
        self.lots_finis: dict[object, OperationAuChoix] = {}
        a_decider: dict[object, Operation] = {}
        permis = []
        for engagement in ouverts:
            operation = operation_de(engagement)
            eligibilite = en_place.get(engagement.pk) or decisions.get(operation.pk)
            se_propose = engagement.pk in en_place or lot_se_propose(engagement.titulaire.lot.periode, embauche)
            if eligibilite is None:
                if se_propose:
                    a_decider[operation.pk] = operation
                continue
            rangement = self.par_operation if se_propose else self.lots_finis
            groupe = rangement.setdefault(operation.pk, OperationAuChoix(operation, eligibilite))
            groupe.cases.append((engagement, False))
            permis.append(engagement.pk)
        self.a_decider = list(a_decider.values())
        self._cocher_d_office()
        self.fields["engagements"].queryset = Engagement.objects.filter(pk__in=permis).select_related(
            "titulaire__lot__marche__operation"
        )

    def _embauche(self) -> date:
        """Le jour d'embauche tapé ou gardé ; à défaut, aujourd'hui."""
        try:
            return self.fields["date_debut"].to_python(self["date_debut"].value()) or self.aujourd_hui
        except ValidationError:
            return self.aujourd_hui

    def _reprendre_le_mode(self, affectations: Iterable[Affectation]) -> None:
        """Le mode gardé, s'il n'est pas celui que disent le contrat et l'employeur."""
        propose = mode_propose(self.instance.type_contrat, self.instance.employeur.categorie)
        for affectation in affectations:
            if affectation.mode_execution != propose:
                self.initial.setdefault("mode_execution", affectation.mode_execution)
            self.initial.setdefault("est_hors_site", affectation.est_hors_site)

    def _cocher_d_office(self) -> None:
        """Qui vient d'une opération la trouve en tête, et son engagement coché s'il n'y en a qu'un."""
        demandee = str(self.initial.get("operation", ""))
        groupes = sorted(self.par_operation.items(), key=lambda couple: str(couple[0]) != demandee)
        self.par_operation = dict(groupes)
        if groupes and str(groupes[0][0]) == demandee and len(groupes[0][1].cases) == 1:
            self.initial.setdefault("engagements", [groupes[0][1].cases[0][0].pk])

    @property
    def choix_engagements(self) -> list[OperationAuChoix]:
        """Les opérations ouvertes à la personne, cases cochées comme elles ont été envoyées."""
        return self._cochees(self.par_operation.values())

    @property
    def choix_finis(self) -> list[OperationAuChoix]:
        """Les lots finis au jour de l'embauche : à part, pour un contrat ancien que l'on saisit après coup."""
        return self._cochees(self.lots_finis.values())

    @property
    def finis_ouverts(self) -> bool:
        """Un lot fini est coché : il se montre."""
        return any(coche for groupe in self.choix_finis for _, coche in groupe.cases)

    def _cochees(self, groupes: Iterable[OperationAuChoix]) -> list[OperationAuChoix]:
        coches = {str(cle) for cle in self["engagements"].value() or []}
        return [
            OperationAuChoix(groupe.operation, groupe.eligibilite, [(e, str(e.pk) in coches) for e, _ in groupe.cases])
            for groupe in groupes
        ]

    def clean(self) -> dict[str, object]:
        donnees = super().clean()
        self.constats = examiner_placement(
            contrat=self._contrat_tape(donnees),
            engagements=list(donnees.get("engagements") or []),
            aujourd_hui=self.aujourd_hui,
        )
        for constat in self.refus:
            champ = CHAMPS_DES_REFUS.get(constat.code)
            self.add_error(champ, ValidationError(constat.texte, code=constat.code))
        return donnees

    def _contrat_tape(self, donnees: dict[str, object]) -> Contrat:
        """Le contrat tel qu'il est tapé, même incomplet : l'instance, elle, n'est remplie qu'une fois tout contrôlé."""
        champs = {nom: donnees.get(nom) for nom in self.Meta.fields}
        contrat = Contrat(
            pk=self.instance.pk,
            beneficiaire=self.beneficiaire,
            date_rupture=self.instance.date_rupture,
            **champs,
        )
        contrat._state.adding = self.instance._state.adding
        return contrat

    @property
    def refus(self) -> list[ConstatPlacement]:
        return [constat for constat in self.constats if constat.est_un_refus]

    @property
    def avertissements(self) -> list[ConstatPlacement]:
        return [constat for constat in self.constats if not constat.est_un_refus]

    @property
    def signature(self) -> str:
        """Ce que l'on confirme : ces phrases-là. Une date qui change demande une nouvelle confirmation."""
        textes = "\n".join(constat.texte for constat in self.avertissements)
        return f"{zlib.crc32(textes.encode()):08x}" if textes else ""

    @property
    def est_confirme(self) -> bool:
        return self.data.get("confirme", "") == self.signature

    @property
    def est_juste(self) -> bool:
        """Le formulaire a été envoyé, et rien ne l'empêche d'être enregistré."""
        return self.is_bound and self.is_valid()

    @property
    def peut_enregistrer(self) -> bool:
        """Tout est juste, rien n'attend d'être confirmé, et l'on n'a pas seulement demandé à vérifier."""
        return self.est_juste and self.est_confirme and "verifier" not in self.data


class RuptureForm(forms.Form):
    """La fin anticipée d'un contrat."""

    date_rupture = ChampDate(label="Dernier jour travaillé", help_text="Ce jour compte encore.")
