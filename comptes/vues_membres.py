"""Les membres d'une structure, tenus par qui l'administre."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from comptes.droits import administrateur_seul
from comptes.forms import InvitationForm, MembreForm
from comptes.invitations import annoncer, inviter, prolonger
from comptes.membres import changer_membre, retirer_membre
from comptes.models import Adhesion, Invitation


@administrateur_seul
def membre_liste(request: HttpRequest) -> HttpResponse:
    membres = Adhesion.objects.pour(request.user).select_related("utilisateur")
    contexte = {
        "membres": membres.order_by("-est_active", "utilisateur__nom", "utilisateur__prenom"),
        "invitations": Invitation.objects.pour(request.user),
        "aujourd_hui": timezone.localdate(),
    }
    return render(request, "comptes/membres/liste.html", contexte)


@administrateur_seul
def membre_inviter(request: HttpRequest) -> HttpResponse:
    form = InvitationForm(request.POST or None, instance=Invitation(organisation=request.user.organisation))
    if request.method == "POST" and form.is_valid():
        try:
            entree = inviter(organisation=request.user.organisation, par=request.user, **form.cleaned_data)
        except ValidationError as refus:
            form.add_error("email", refus.messages)
        else:
            _dire_l_envoi(request, entree)
            return redirect("comptes:membre_liste")
    return render(request, "comptes/membres/inviter.html", {"form": form})


def _dire_l_envoi(request: HttpRequest, entree: Invitation | Adhesion) -> None:
    fait = (
        "L’invitation est envoyée."
        if isinstance(entree, Invitation)
        else "Ce compte existait\u00a0: il a maintenant accès."
    )
    if annoncer(entree):
        messages.success(request, fait)
    elif isinstance(entree, Invitation):
        messages.error(
            request, "L’invitation est gardée, mais le courriel n’est pas parti. Renvoyez-la un peu plus tard."
        )
    else:
        messages.error(request, "L’accès est donné, mais le courriel n’est pas parti\u00a0: prévenez cette personne.")


@administrateur_seul
def membre_modifier(request: HttpRequest, pk: UUID) -> HttpResponse:
    adhesion = _membre(request, pk)
    form = MembreForm(request.POST or None, instance=adhesion)
    if request.method == "POST" and form.is_valid():
        try:
            changer_membre(adhesion, role=form.cleaned_data["role"], est_active=form.cleaned_data["acces"])
        except ValidationError as refus:
            form.add_error(None, refus.messages)
        else:
            messages.success(request, f"L’accès de {adhesion.utilisateur.get_full_name()} est enregistré.")
            return _suite(request, adhesion)
    return render(request, "comptes/membres/modifier.html", {"form": form, "membre": adhesion})


@administrateur_seul
def membre_retirer(request: HttpRequest, pk: UUID) -> HttpResponse:
    adhesion = _membre(request, pk)
    refus = None
    if request.method == "POST":
        try:
            retirer_membre(adhesion)
        except ValidationError as erreur:
            refus = erreur.messages[0]
        else:
            messages.success(request, f"{adhesion.utilisateur.get_full_name()} n’est plus membre de votre structure.")
            return _suite(request, adhesion)
    contexte = {"membre": adhesion, "refus": refus}
    return render(request, "comptes/membres/retirer.html", contexte, status=422 if refus else 200)


@administrateur_seul
@require_POST
def invitation_renvoyer(request: HttpRequest, pk: UUID) -> HttpResponse:
    invitation = get_object_or_404(Invitation.objects.pour(request.user).select_related("organisation"), pk=pk)
    prolonger(invitation)
    _dire_l_envoi(request, invitation)
    return redirect("comptes:membre_liste")


@administrateur_seul
@require_POST
def invitation_annuler(request: HttpRequest, pk: UUID) -> HttpResponse:
    get_object_or_404(Invitation.objects.pour(request.user), pk=pk).delete()
    messages.success(request, "L’invitation est annulée\u00a0: son lien ne s’ouvre plus.")
    return redirect("comptes:membre_liste")


def _membre(request: HttpRequest, pk: UUID) -> Adhesion:
    return get_object_or_404(Adhesion.objects.pour(request.user).select_related("utilisateur", "organisation"), pk=pk)


def _suite(request: HttpRequest, adhesion: Adhesion) -> HttpResponse:
    """Qui vient de changer son propre accès n'a peut-être plus la liste : son compte, lui, s'ouvre toujours."""
    return redirect("comptes:mon_compte" if adhesion.utilisateur_id == request.user.pk else "comptes:membre_liste")
