"""L'entreprise demande, sans nommer personne, si une embauche compterait : une réponse indicative, rien n'est gardé."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from clauses.forms.pre_reponses import PreReponseForm
from clauses.models import Marche, RegleClause
from clauses.regles.pre_reponse import pre_repondre
from clauses.services.faits import faits_du_marche
from comptes.droits import reserve_a
from comptes.models import Profil


@reserve_a(Profil.ENTREPRISE)
def pre_reponse(request: HttpRequest, pk: UUID) -> HttpResponse:
    marche = get_object_or_404(Marche.objects.pour(request.user).select_related("operation__structure"), pk=pk)
    regle = RegleClause.objects.filter(marche=marche, est_courante=True).select_related("marche").first()
    contexte = {"marche": marche, "operation": marche.operation, "regle": regle}
    if regle is None:
        return render(request, "clauses/pre_reponse.html", contexte)
    form = PreReponseForm(request.POST or None, parametres=regle.parametres)
    if form.is_valid():
        contexte["reponse"] = pre_repondre(
            parametres=regle.parametres,
            marche=faits_du_marche(marche),
            aujourd_hui=timezone.localdate(),
            **form.cleaned_data,
        )
    contexte["form"] = form
    return render(request, "clauses/pre_reponse.html", contexte, status=422 if form.errors else 200)
