"""Garder une recherche d'offres."""

from typing import Any

from django import forms

from beneficiaires.forms.champs import ChampMetiers
from beneficiaires.lieux import Trouvaille
from clauses.forms.offres import RAYON_PAR_DEFAUT, ChampCommune, champ_rayon, une_seule
from clauses.models import AlerteOffre
from clauses.services.offres import situer
from comptes.ecriture import enregistrer
from comptes.models import Utilisateur


class AlerteOffreForm(forms.Form):
    commune = ChampCommune(required=False, help_text="Vide\u00a0: partout.")
    rayon = champ_rayon()
    metiers = ChampMetiers(
        label="Métiers (ROME)", required=False, help_text="Un par ligne. Vide\u00a0: tous les métiers."
    )

    def clean_commune(self) -> tuple[str, Trouvaille]:
        return une_seule(self.cleaned_data["commune"])

    def garder(self, utilisateur: Utilisateur) -> AlerteOffre:
        """Enregistre l'alerte ; elle ne dira que ce qui se publie à partir de maintenant."""
        texte, trouvaille = self.cleaned_data["commune"]
        alerte = AlerteOffre(utilisateur=utilisateur, rayon_km=self.cleaned_data["rayon"])
        situer(alerte, texte, trouvaille.lieu)
        enregistrer(alerte)
        alerte.metiers.set(self.cleaned_data["metiers"])
        return alerte


def valeurs_de_l_adresse(parametres: Any) -> dict[str, Any]:
    """Ce qu'une recherche déjà faite remplit d'avance."""
    return {
        "commune": parametres.get("commune", ""),
        "rayon": parametres.get("rayon") or RAYON_PAR_DEFAUT,
        "metiers": [metier for metier in [parametres.get("metier", "")] if metier],
    }
