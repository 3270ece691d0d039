"""Les métiers du répertoire ROME : plusieurs que l'on recherche, ou celui d'un contrat."""

from django import forms
from django.core.exceptions import ValidationError

from beneficiaires.metiers import trouver_metier
from beneficiaires.models import MetierRome
from comptes.ecriture import exiger
from comptes.regles import Refus

LIGNES_MINIMUM = 3
METIERS_MAXIMUM = 10
LONGUEUR_MAXIMUM = 200


class SaisieMetiers(forms.Widget):
    """Quelques lignes de texte libre avec la liste du répertoire en suggestions : se remplit au clavier, sans script.

    Le navigateur propose les métiers qui contiennent ce qui est tapé ; sans lui, un mot ou un code suffit.
    """

    template_name = "beneficiaires/champs/metiers.html"
    use_fieldset = True

    def get_context(self, name, value, attrs):
        contexte = super().get_context(name, value, attrs)
        lignes = [str(ligne) for ligne in value or []]
        lignes += [""] * max(LIGNES_MINIMUM - len(lignes), 1 if len(lignes) < METIERS_MAXIMUM else 0)
        contexte["widget"] |= {
            "lignes": lignes,
            "repertoire": MetierRome.objects.all(),
            "est_invalide": "aria-invalid" in contexte["widget"]["attrs"],
        }
        return contexte

    def value_from_datadict(self, data, files, name):
        lignes = data.getlist(name) if hasattr(data, "getlist") else data.get(name, [])
        return [ligne.strip()[:LONGUEUR_MAXIMUM] for ligne in lignes if ligne.strip()]

    def value_omitted_from_data(self, data, files, name):
        return name not in data

    def id_for_label(self, id_):
        return f"{id_}_0"


class ChampMetiers(forms.Field):
    """Rend des `MetierRome`, dans l'ordre tapé et sans répétition."""

    widget = SaisieMetiers

    def clean(self, value):
        if len(value) > METIERS_MAXIMUM:
            raise ValidationError(f"Gardez les {METIERS_MAXIMUM} métiers les plus recherchés.", code="trop")
        repertoire = {metier.code: metier for metier in MetierRome.objects.all()} if value else {}
        libelles = {code: metier.libelle for code, metier in repertoire.items()}
        trouves = [trouver_metier(texte, libelles) for texte in value]
        if refus := [reponse for reponse in trouves if isinstance(reponse, Refus)]:
            raise ValidationError([ValidationError(reponse.phrase, code=reponse.code) for reponse in refus])
        return [repertoire[code] for code in dict.fromkeys(trouves)]

    def has_changed(self, initial, data):
        return [str(metier) for metier in initial or []] != (data or [])


class SaisieMetier(forms.TextInput):
    """Une ligne de texte avec la liste du répertoire en suggestions. `en_tete` : les métiers proposés d'abord."""

    template_name = "beneficiaires/champs/metier.html"

    def __init__(self, attrs=None) -> None:
        super().__init__({"autocomplete": "off", "maxlength": str(LONGUEUR_MAXIMUM)} | (attrs or {}))
        self.en_tete: list[MetierRome] = []

    def get_context(self, name, value, attrs):
        contexte = super().get_context(name, value, attrs)
        liste = f"{contexte['widget']['attrs'].get('id', name)}_repertoire"
        contexte["widget"]["attrs"]["list"] = liste
        deja = {metier.pk for metier in self.en_tete}
        repertoire = [*self.en_tete, *(metier for metier in MetierRome.objects.all() if metier.pk not in deja)]
        contexte["widget"] |= {"liste": liste, "repertoire": repertoire}
        return contexte


class ChampMetier(forms.Field):
    """Rend le `MetierRome` désigné par un libellé, un mot ou un code, ou rien."""

    widget = SaisieMetier

    def prepare_value(self, value):
        """Un code gardé se montre avec son libellé ; ce qui a été tapé reste tel quel."""
        metier = MetierRome.objects.filter(code=value).first() if value and "\0" not in str(value) else None
        return str(metier) if metier else value

    def clean(self, value):
        texte = (value or "").strip()[:LONGUEUR_MAXIMUM]
        if not texte:
            return super().clean(None)
        repertoire = {metier.code: metier for metier in MetierRome.objects.all()}
        trouve = trouver_metier(texte, {code: metier.libelle for code, metier in repertoire.items()})
        if isinstance(trouve, Refus):
            exiger(trouve)
        return repertoire[trouve]
