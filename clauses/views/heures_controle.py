"""Contrôler une case avant de l'envoyer."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from clauses.forms.heures import CaseEnvoyee, cases_envoyees
from clauses.models import Affectation
from clauses.regles.controles import Niveau
from clauses.remarques import Remarque, remarques
from clauses.services.heures import Precontrole, precontroler_case
from comptes.droits import reserve_a
from comptes.models import Profil
from comptes.regles import Refus


@reserve_a(Profil.FACILITATEUR, Profil.ENTREPRISE)
@require_POST
def heures_controler(request: HttpRequest) -> HttpResponse:
    """Dit ce que les contrôles pensent d'une case pas encore envoyée. N'écrit rien."""
    envoyees = cases_envoyees(request.POST)
    if not envoyees:
        raise Http404
    envoyee = envoyees[0]
    trouvees = _remarques_avant_envoi(request, envoyee)
    if request.htmx:
        return render(request, "clauses/heures/remarques.html", {"remarques": trouvees, "est_envoyee": False})
    for remarque in trouvees:
        messages.info(request, f"{remarque.mot}\u00a0: {remarque.phrase}")
    if not trouvees:
        messages.info(request, "Rien à signaler\u00a0: ces heures peuvent être enregistrées.")
    return redirect(reverse("clauses:heures"))


def _remarques_avant_envoi(request: HttpRequest, envoyee: CaseEnvoyee) -> list[Remarque]:
    saisie = envoyee.saisie()
    if isinstance(saisie, Refus):
        return [Remarque(Niveau.BLOQUANT.value, saisie.phrase)]
    try:
        controle = precontroler_case(saisie=saisie, utilisateur=request.user)
    except Affectation.DoesNotExist as erreur:
        raise Http404 from erreur
    return _du_controle(controle, request.user.profil)


def _du_controle(controle: Precontrole, profil: str) -> list[Remarque]:
    """Un refus se dit seul : le reste ne compte qu'une fois la case gardée."""
    if controle.refus:
        return [Remarque(Niveau.BLOQUANT.value, controle.refus.phrase)]
    return remarques(controle.constats, profil)
