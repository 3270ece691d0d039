"""Un objectif dans l'objectif : tant d'heures pour les habitants des quartiers, un public ou un métier."""

import re
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.html import format_html

from beneficiaires.criteres import CRITERES
from clauses.forms.champs import ChampHeures, ChampPourCent, ChoixParIdentifiant, interdire_nir
from clauses.heures_dues import parametres_heures_dues
from clauses.models import Engagement, Lot, NatureObjectif, SousObjectif
from clauses.regles.objectifs import controler_objectif, heures_objectif
from clauses.services.marches import regle_courante

MOTIF_ROME = re.compile(r"[A-Z][0-9]{4}")
EXPLICATIONS = {
    NatureObjectif.QPV: "Les heures des personnes qui y habitent. C’est le second compteur du NPNRU.",
    NatureObjectif.PUBLIC: "Les heures des personnes éligibles à ce titre.",
    NatureObjectif.METIER: "Les heures faites dans ce métier.",
}


class ChoixLot(ChoixParIdentifiant):
    def label_from_instance(self, obj: Lot) -> str:
        return f"Lot {obj.numero}, {obj.intitule}"


class SousObjectifForm(forms.ModelForm):
    """`instance.marche` est déjà posé."""

    nature = forms.ChoiceField(
        label="Pour qui, ou pour quoi\u00a0?",
        choices=lambda: [
            (n.value, format_html("{}<small>{}</small>", n.label, EXPLICATIONS[n])) for n in NatureObjectif
        ],
        widget=forms.RadioSelect(attrs={"class": "grandes"}),
    )
    lot = ChoixLot(Lot.objects.none(), label="Sur", required=False, empty_label="Tout le marché")
    criteres = forms.MultipleChoiceField(
        label="Public",
        required=False,
        choices=lambda: [(code, critere.libelle) for code, critere in CRITERES.items()],
        widget=forms.CheckboxSelectMultiple,
    )
    metiers = forms.CharField(
        label="Codes des métiers (ROME)",
        required=False,
        max_length=200,
        help_text="Un ou plusieurs codes, séparés par des espaces. Exemple\u00a0: F1703 F1704.",
    )

    class Meta:
        model = SousObjectif
        fields = ["nature", "intitule", "lot", "heures", "part_pourcent"]
        field_classes = {"heures": ChampHeures, "part_pourcent": ChampPourCent}
        labels = {"heures": "Heures", "part_pourcent": "Ou part des heures dues, en\u00a0%"}
        help_texts = {"intitule": "Exemple\u00a0: heures des habitants des quartiers prioritaires."}
        error_messages = {"intitule": {"required": "Donnez un intitulé à cet objectif."}}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        interdire_nir(self, "intitule")
        self.fields["lot"].queryset = self.instance.marche.lots.all()
        nature = self.instance.nature
        if self.instance.codes and nature == NatureObjectif.PUBLIC:
            self.initial.setdefault("criteres", self.instance.codes)
        if self.instance.codes and nature == NatureObjectif.METIER:
            self.initial.setdefault("metiers", " ".join(self.instance.codes))

    def clean_metiers(self) -> list[str]:
        codes = self.cleaned_data["metiers"].upper().replace(",", " ").split()
        faux = [code for code in codes if not MOTIF_ROME.fullmatch(code)]
        if faux:
            raise forms.ValidationError(
                f"«\u00a0{faux[0]}\u00a0» n’est pas un code ROME\u00a0: une lettre et quatre chiffres."
            )
        return list(dict.fromkeys(codes))

    def clean(self) -> dict[str, Any]:
        super().clean()
        donnees = self.cleaned_data
        self._controler_les_codes(donnees)
        heures, part = donnees.get("heures"), donnees.get("part_pourcent")
        if "heures" in self.errors or "part_pourcent" in self.errors:
            return donnees
        if heures is not None and part is not None:
            self.add_error("part_pourcent", "Écrivez des heures, ou une part des heures dues, pas les deux.")
        elif not heures and not part:
            self.add_error("heures", "Écrivez des heures, ou une part des heures dues, plus grandes que zéro.")
        elif refus := controler_objectif(self._visees(heures, part), self._dues(donnees.get("lot"))):
            self.add_error("heures" if heures else "part_pourcent", refus.phrase)
        return donnees

    def _controler_les_codes(self, donnees: dict[str, Any]) -> None:
        nature = donnees.get("nature")
        codes = {NatureObjectif.PUBLIC: donnees.get("criteres"), NatureObjectif.METIER: donnees.get("metiers")}.get(
            nature
        )
        if nature != NatureObjectif.METIER:
            self.errors.pop("metiers", None)
        if nature == NatureObjectif.PUBLIC and not codes:
            self.add_error("criteres", "Cochez au moins un public.")
        if nature == NatureObjectif.METIER and not codes and "metiers" not in self.errors:
            self.add_error("metiers", "Écrivez au moins un code de métier.")
        self.instance.codes = list(codes or [])

    def _visees(self, heures: Decimal | None, part: Decimal | None) -> Decimal:
        arrondi = parametres_heures_dues(regle_courante(self.instance.marche)).arrondi
        return heures_objectif(
            heures=heures, part_pourcent=part, heures_dues=self._dues(self.cleaned_data.get("lot")), arrondi=arrondi
        )

    def _dues(self, lot: Lot | None) -> Decimal:
        engagements = Engagement.objects.filter(titulaire__lot__marche=self.instance.marche)
        if lot is not None:
            engagements = engagements.filter(titulaire__lot=lot)
        return sum(engagements.values_list("heures_dues", flat=True), Decimal(0))
