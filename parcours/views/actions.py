"""Les actions sur un frein : en ajouter, les changer, les clore, noter ce que le service a répondu."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from beneficiaires.referentiels import FREINS
from comptes.droits import facilitateur_seul, reserve_a
from comptes.models import Profil
from parcours.forms.actions import ActionForm, ClotureForm, ReponseForm
from parcours.models import Action, Frein, ServiceInsertion
from parcours.offre.lecture import ServiceLu
from parcours.recherche_offre import trouver_service
from parcours.services.actions import enregistrer_action, noter_reponse, supprimer_action
from parcours.views.freins import adresse_du_frein

lecteurs_du_dossier = reserve_a(Profil.FACILITATEUR, Profil.PRESCRIPTEUR)


@facilitateur_seul
def action_creer(request: HttpRequest, pk: UUID) -> HttpResponse:
    """`?service=` : l'identifiant d'un service en service, dont le nom et la structure se reprennent."""
    freins = Frein.objects.pour(request.user).select_related("parcours__beneficiaire")
    frein = get_object_or_404(freins, pk=pk)
    action = Action(frein=frein, auteur=request.user)
    service = _service(request)
    est_sensible = FREINS[frein.rubrique].sensible
    initial = {"date_debut": timezone.localdate(), "mobilisee_par": frein.parcours.beneficiaire.prescripteur_id}
    if service is not None and not est_sensible:
        action.service_id = service.identifiant
        initial |= {"intitule": service.nom[:160], "structure": service.structure_nom[:160]}
    form = ActionForm(request.POST or None, instance=action, initial=initial)
    if form.is_valid() and _garder(form, lambda: _creer(request, form.instance)):
        return redirect(adresse_du_frein(frein.parcours, frein.rubrique))
    contexte = {"service": service, "service_tu": service is not None and est_sensible}
    return _montrer(request, form, action, "Ajouter une action", "Ajouter l’action", **contexte)


def _service(request: HttpRequest) -> ServiceInsertion | ServiceLu | None:
    identifiant = request.GET.get("service", "")
    return trouver_service(identifiant) if identifiant else None


def _creer(request: HttpRequest, action: Action) -> None:
    en_cours = enregistrer_action(action=action, aujourd_hui=timezone.localdate())
    suite = " Le frein est maintenant en cours de levée." if en_cours else ""
    messages.success(request, f"Action ajoutée.{suite}")


@facilitateur_seul
def action_modifier(request: HttpRequest, pk: UUID) -> HttpResponse:
    action = _action(request, pk)
    form = ActionForm(request.POST or None, instance=action)
    if form.is_valid() and _garder(
        form, lambda: enregistrer_action(action=form.instance, aujourd_hui=timezone.localdate())
    ):
        messages.success(request, "Action enregistrée.")
        return _revenir(action)
    return _montrer(request, form, action, "Modifier l’action", "Enregistrer les changements", est_nouvelle=False)


@facilitateur_seul
def action_clore(request: HttpRequest, pk: UUID) -> HttpResponse:
    action = _action(request, pk)
    aujourd_hui = timezone.localdate()
    form = ClotureForm(request.POST or None, instance=action, aujourd_hui=aujourd_hui)
    if form.is_valid() and _garder(form, lambda: enregistrer_action(action=form.instance, aujourd_hui=aujourd_hui)):
        messages.success(request, "Action close. Si le frein ne gêne plus, dites-le levé.")
        return _revenir(action)
    return _montrer(request, form, action, "Clore l’action", "Clore l’action", est_courte=True)


@lecteurs_du_dossier
def action_repondre(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Le facilitateur, ou le prescripteur qui mobilise l'action, note la réponse du service."""
    action = _action(request, pk)
    organisation = request.user.organisation
    if request.user.profil == Profil.PRESCRIPTEUR and action.mobilisee_par_id != organisation.pk:
        raise PermissionDenied
    if not action.attend_reponse or not action.frein.parcours.est_ouvert:
        messages.info(request, "Cette orientation n’attend pas de réponse.")
        return _revenir(action)
    aujourd_hui = timezone.localdate()
    form = ReponseForm(request.POST or None, instance=action, aujourd_hui=aujourd_hui)
    if form.is_valid() and _garder(form, lambda: noter_reponse(action=form.instance, aujourd_hui=aujourd_hui)):
        messages.success(request, "Réponse notée.")
        return _revenir(action)
    return _montrer(request, form, action, "Noter la réponse du service", "Noter la réponse", est_courte=True)


@facilitateur_seul
def action_supprimer(request: HttpRequest, pk: UUID) -> HttpResponse:
    action = _action(request, pk)
    refus = ""
    if request.method == "POST":
        try:
            supprimer_action(action=action)
        except ValidationError as erreur:
            refus = " ".join(erreur.messages)
        else:
            messages.success(request, "Action retirée.")
            return _revenir(action)
    contexte = _contexte(request, action) | {"refus": refus}
    return render(request, "parcours/freins/action_retirer.html", contexte, status=422 if refus else 200)


def _action(request: HttpRequest, pk: UUID) -> Action:
    actions = Action.objects.pour(request.user).select_related("frein__parcours__beneficiaire", "mobilisee_par")
    return get_object_or_404(actions, pk=pk)


def _garder(form: BaseForm, garder: Callable[[], object]) -> bool:
    """Essaie l'écriture ; un refus se lit dans le formulaire."""
    try:
        garder()
    except ValidationError as erreur:
        form.add_error(None, _lisible(form, erreur))
        return False
    return True


def _lisible(form: BaseForm, erreur: ValidationError) -> ValidationError | list[str]:
    """Un refus sur un champ que ce formulaire ne montre pas se lit au-dessus des autres."""
    if hasattr(erreur, "error_dict") and set(erreur.error_dict) - set(form.fields):
        return erreur.messages
    return erreur


def _revenir(action: Action) -> HttpResponse:
    return redirect(adresse_du_frein(action.frein.parcours, action.frein.rubrique))


def _contexte(request: HttpRequest, action: Action) -> dict[str, object]:
    return {
        "action": action,
        "frein": action.frein,
        "beneficiaire": action.frein.parcours.beneficiaire,
        "est_facilitateur": request.user.profil == Profil.FACILITATEUR,
        "est_nouvelle": action._state.adding,
    }


def _montrer(
    request: HttpRequest, form: BaseForm, action: Action, titre: str, bouton: str, **suite: object
) -> HttpResponse:
    contexte = {"form": form, "titre": titre, "bouton": bouton, "est_courte": False, "service_tu": False}
    return render(request, "parcours/freins/action.html", contexte | _contexte(request, action) | suite)
