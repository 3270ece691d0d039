"""Ce que chacun reçoit hors du site : sortes d'échéances du courriel, désabonnement sans connexion, agenda."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from comptes.droits import facilitateur_seul
from reporting.forms_alertes import CourrielForm
from reporting.models import AbonnementCourriel, Agenda, TypeAlerte
from reporting.rappels.agenda import adresse_de, ecrire_agenda, fermer_agenda, lecteur_de, ouvrir_agenda
from reporting.rappels.desabonnement import lire_demande
from reporting.rappels.recapitulatif import couper

# Une adresse d'agenda se devine d'autant moins qu'on s'arrête vite.
ESSAIS_MAXIMUM, ESSAIS_SECONDES = 20, 600


@facilitateur_seul
def mes_echeances(request: HttpRequest) -> HttpResponse:
    # Aucune case cochée est une réponse : un formulaire vide reste un envoi.
    form = CourrielForm(request.POST) if request.method == "POST" else _choix_actuel(request)
    if form.is_valid():
        voulus = form.cleaned_data["types"]
        AbonnementCourriel.objects.update_or_create(
            utilisateur=request.user, defaults={"types_coupes": [t for t in TypeAlerte.values if t not in voulus]}
        )
        messages.success(request, "Vos choix sont enregistrés.")
        return redirect("reporting:mes_echeances")
    return _page(request, form)


@facilitateur_seul
@require_POST
@never_cache
def agenda_changer(request: HttpRequest) -> HttpResponse:
    """Ouvre une adresse neuve, montrée cette seule fois, ou retire celle qui sert."""
    if request.POST.get("action") == "retirer":
        fermer_agenda(request.user)
        messages.success(request, "L’adresse de votre agenda est retirée\u00a0: elle ne répond plus.")
        return redirect("reporting:mes_echeances")
    return _page(request, _choix_actuel(request), adresse_de(ouvrir_agenda(request.user)))


def _choix_actuel(request: HttpRequest) -> CourrielForm:
    abonnement = AbonnementCourriel.objects.filter(pk=request.user.pk).first()
    coupes = abonnement.types_coupes if abonnement else []
    return CourrielForm(initial={"types": [t for t in TypeAlerte.values if t not in coupes]})


def _page(request: HttpRequest, form: CourrielForm, adresse: str = "") -> HttpResponse:
    agenda = Agenda.objects.filter(pk=request.user.pk).first()
    return render(
        request, "reporting/compte/mes_echeances.html", {"form": form, "agenda": agenda, "adresse_agenda": adresse}
    )


@login_not_required
@csrf_exempt
@never_cache
@require_http_methods(["GET", "POST"])
def desabonnement(request: HttpRequest, jeton: str) -> HttpResponse:
    """Le jeton vaut la connexion, pour cela seulement. Un logiciel de courriel l'envoie seul (RFC 8058) : ni session, ni témoin."""
    demande = lire_demande(jeton)
    if demande is None:
        raise Http404
    if request.method == "POST":
        couper(demande.utilisateur_id, demande.types)
    fait = request.method == "POST"
    return render(request, "reporting/compte/desabonnement.html", {"demande": demande, "fait": fait})


@login_not_required
@require_safe
def agenda(request: HttpRequest, cle: str) -> HttpResponse:
    """Le fichier, pour qui a l'adresse ; 404 sans dire pourquoi, et plus de réponse à qui en essaie trop."""
    essais = f"agenda-essais:{request.META.get('REMOTE_ADDR', '')}"
    if cache.get(essais, 0) >= ESSAIS_MAXIMUM:
        return HttpResponse(
            "Trop d’essais. Attendez quelques minutes.", status=429, content_type="text/plain; charset=utf-8"
        )
    lecteur = lecteur_de(cle)
    if lecteur is None:
        cache.add(essais, 0, ESSAIS_SECONDES)
        cache.incr(essais)
        raise Http404
    reponse = HttpResponse(ecrire_agenda(lecteur), content_type="text/calendar; charset=utf-8")
    reponse["Cache-Control"] = "no-store, private"
    reponse["Content-Disposition"] = 'inline; filename="echeances.ics"'
    return reponse
