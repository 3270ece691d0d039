"""Le lien d'une invitation : il s'ouvre sans compte. Son jeton ne reste pas dans l'adresse : la session dit ce qu'il a ouvert."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from comptes.forms import CompteInviteForm
from comptes.invitations import accepter, compte_de, lire, lire_jeton
from comptes.models import Invitation, Utilisateur
from comptes.regles import Refus

CLE_SESSION = "invitation"


@login_not_required
@never_cache
@require_safe
def invitation_entrer(request: HttpRequest, jeton: str) -> HttpResponse:
    """L'ouvrir n'accepte rien : un filtre de courriel qui visite les adresses ne crée pas de compte."""
    invitation = lire_jeton(jeton, timezone.localdate())
    if isinstance(invitation, Refus):
        return _dire(request, invitation)
    request.session[CLE_SESSION] = invitation.pk.hex
    return redirect("comptes:invitation_accepter")


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invitation_accepter(request: HttpRequest) -> HttpResponse:
    if CLE_SESSION not in request.session:
        raise Http404
    invitation = lire(UUID(hex=request.session[CLE_SESSION]), timezone.localdate())
    if isinstance(invitation, Refus):
        return _dire(request, invitation)
    existe = compte_de(invitation.email) is not None
    form = None if existe else CompteInviteForm(request.POST or None, instance=_compte_a_creer(invitation))
    if request.method == "POST" and (existe or form.is_valid()):
        try:
            _accepter(invitation, form)
        except ValidationError as refus:
            return _dire(request, Refus(refus.messages[0], "invitation_refusee"))
        del request.session[CLE_SESSION]
        messages.success(request, f"Vous êtes membre de {invitation.organisation}. Connectez-vous pour commencer.")
        return redirect("account_login")
    return render(request, "comptes/invitation/accepter.html", {"invitation": invitation, "form": form})


def _compte_a_creer(invitation: Invitation) -> Utilisateur:
    return Utilisateur(email=invitation.email)


def _accepter(invitation: Invitation, form: CompteInviteForm | None) -> None:
    if form is None:
        accepter(invitation)
    else:
        saisie = form.cleaned_data
        accepter(invitation, prenom=saisie["prenom"], nom=saisie["nom"], mot_de_passe=saisie["password1"])


def _dire(request: HttpRequest, refus: Refus) -> HttpResponse:
    return render(request, "comptes/invitation/refus.html", {"refus": refus}, status=404)
