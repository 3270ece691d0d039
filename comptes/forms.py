"""Formulaires du compte."""

from django import forms
from django.contrib.auth import password_validation

from comptes.models import Adhesion, Invitation, Organisation, Role, Utilisateur, roles_possibles

AIDE_ADMINISTRATEUR = "Un administrateur gère les membres de la structure, en plus de son travail."
AIDE_COORDINATION = " La coordination lit les totaux de la structure\u00a0: aucun nom, aucun dossier, et rien à écrire."


def _proposer_les_roles(champ: forms.ChoiceField, organisation: Organisation) -> None:
    roles = roles_possibles(organisation.profil)
    champ.choices = roles
    champ.help_text = AIDE_ADMINISTRATEUR + (AIDE_COORDINATION if Role.COORDINATION in dict(roles) else "")


class CoordonneesForm(forms.ModelForm):
    class Meta:
        model = Utilisateur
        fields = ["prenom", "nom", "telephone"]


class InvitationForm(forms.ModelForm):
    class Meta:
        model = Invitation
        fields = ["email", "role"]
        widgets = {"role": forms.RadioSelect}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        _proposer_les_roles(self.fields["role"], self.instance.organisation)

    def clean_email(self) -> str:
        return self.cleaned_data["email"].lower()


class MembreForm(forms.ModelForm):
    """Le rôle d'un membre, et s'il a accès : suspendre se défait, retirer non."""

    acces = forms.TypedChoiceField(
        label="Accès",
        choices=[("oui", "Ouvert"), ("non", "Suspendu")],
        coerce=lambda valeur: valeur == "oui",
        widget=forms.RadioSelect,
    )

    class Meta:
        model = Adhesion
        fields = ["role"]
        widgets = {"role": forms.RadioSelect}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        _proposer_les_roles(self.fields["role"], self.instance.organisation)
        self.initial["acces"] = "oui" if self.instance.est_active else "non"


class CompteInviteForm(forms.ModelForm):
    """Ce que demande une invitation à qui n'a pas encore de compte. L'adresse est celle de l'invitation."""

    password1 = forms.CharField(
        label="Mot de passe", strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )
    password2 = forms.CharField(
        label="Le mot de passe, encore une fois",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    class Meta:
        model = Utilisateur
        fields = ["prenom", "nom"]

    def clean(self) -> dict[str, object]:
        donnees = super().clean()
        premier, second = donnees.get("password1"), donnees.get("password2")
        if premier and second and premier != second:
            self.add_error("password2", "Les deux mots de passe ne sont pas les mêmes.")
        return donnees

    def _post_clean(self) -> None:
        super()._post_clean()  # le prénom et le nom sont maintenant dans l'instance : le mot de passe ne doit pas leur ressembler
        if premier := self.cleaned_data.get("password1"):
            try:
                password_validation.validate_password(premier, self.instance)
            except forms.ValidationError as refus:
                self.add_error("password1", refus)
