"""Les freins d'une personne : les lire tous, changer un état d'un geste, en décrire un, lire son histoire."""

from datetime import date
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from beneficiaires.models import Beneficiaire
from beneficiaires.referentiels import FREINS
from beneficiaires.services.consultations import noter_consultation
from comptes.droits import facilitateur_seul, reserve_a
from comptes.formats import date_longue
from comptes.models import Profil
from parcours.forms.freins import FreinForm
from parcours.historique_freins import histoire_du_frein
from parcours.lectures_freins import frein_suivi, freins_suivis
from parcours.models import EtatFrein, Frein, Parcours
from parcours.regles.freins import EtatFrein as EtatDeLaRegle
from parcours.services.freins import changer_etat_frein, decrire_frein, frein_de

lecteurs_du_dossier = reserve_a(Profil.FACILITATEUR, Profil.PRESCRIPTEUR)


@lecteurs_du_dossier
def frein_liste(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Les neuf freins du parcours ouvert, sinon du dernier. Le prescripteur les lit, sans rien y changer."""
    personne = get_object_or_404(Beneficiaire.objects.pour(request.user).select_related("prescripteur"), pk=pk)
    noter_consultation(beneficiaire=personne, utilisateur=request.user)
    tous = list(Parcours.objects.pour(request.user).filter(beneficiaire=personne))
    parcours = next((p for p in tous if p.est_ouvert), tous[0] if tous else None)
    if parcours is not None:
        parcours.beneficiaire = personne
    contexte = _contexte(request, parcours) | {
        "beneficiaire": personne,
        "suivis": freins_suivis(parcours, timezone.localdate()) if parcours else [],
        "seuil": settings.FREIN_BLOQUE_JOURS,
    }
    return render(request, "parcours/freins/liste.html", contexte)


def _contexte(request: HttpRequest, parcours: Parcours | None) -> dict[str, object]:
    est_facilitateur = request.user.profil == Profil.FACILITATEUR
    return {
        "parcours": parcours,
        "est_facilitateur": est_facilitateur,
        "peut_ecrire": est_facilitateur and parcours is not None and parcours.est_ouvert,
        "aujourd_hui": timezone.localdate(),
    }


@facilitateur_seul
@require_POST
def frein_etat(request: HttpRequest, pk: UUID, rubrique: str) -> HttpResponse:
    """Un geste : l'état change à la date d'aujourd'hui. Avec htmx, seule la ligne du frein revient."""
    parcours = _parcours(request, pk, rubrique)
    vers, aujourd_hui, refus = request.POST.get("vers", ""), timezone.localdate(), ""
    if vers not in EtatFrein.values:
        refus = "Cet état n’existe pas. Rechargez la page et recommencez."
    else:
        try:
            changer_etat_frein(
                parcours=parcours,
                rubrique=rubrique,
                vers=EtatDeLaRegle(vers),
                jour=aujourd_hui,
                aujourd_hui=aujourd_hui,
            )
        except ValidationError as erreur:
            refus = " ".join(erreur.messages)
    phrase = refus or f"{FREINS[rubrique].libelle}\u00a0: {EtatFrein(vers).label.lower()} depuis aujourd’hui."
    if not request.htmx:
        (messages.error if refus else messages.success)(request, phrase)
        return redirect(adresse_du_frein(parcours, rubrique))
    suivi = next(s for s in freins_suivis(parcours, aujourd_hui) if s.rubrique == rubrique)
    contexte = _contexte(request, parcours) | {"suivi": suivi, "dit": phrase, "refus": bool(refus)}
    return render(request, "parcours/freins/ligne.html", contexte, status=422 if refus else 200)


def adresse_du_frein(parcours: Parcours, rubrique: str) -> str:
    """La page des freins de la personne, à la hauteur de celui-ci."""
    return f"{reverse('parcours:frein_liste', args=[parcours.beneficiaire_id])}#frein-{rubrique}"


@facilitateur_seul
def frein_modifier(request: HttpRequest, pk: UUID, rubrique: str) -> HttpResponse:
    """Son état et sa date, ses situations et ses objectifs, par des cases."""
    parcours = _parcours(request, pk, rubrique)
    if not parcours.est_ouvert:
        messages.info(request, f"Ce parcours est fini depuis le {date_longue(parcours.date_fin)}\u00a0: il se lit.")
        return redirect(adresse_du_frein(parcours, rubrique))
    frein, aujourd_hui = frein_de(parcours, rubrique), timezone.localdate()
    form = FreinForm(request.POST or None, frein=frein, initial={"jour": _jour_propose(frein, aujourd_hui)})
    if form.is_valid() and _decrire(form, parcours, rubrique, aujourd_hui):
        messages.success(request, f"{FREINS[rubrique].libelle}\u00a0: enregistré.")
        return redirect(adresse_du_frein(parcours, rubrique))
    contexte = _contexte(request, parcours) | {
        "beneficiaire": parcours.beneficiaire,
        "frein": frein,
        "form": form,
        "titre": FREINS[rubrique].libelle,
        "est_sensible": FREINS[rubrique].sensible,
    }
    return render(request, "parcours/freins/formulaire.html", contexte)


def _jour_propose(frein: Frein, aujourd_hui: date) -> date:
    return aujourd_hui if frein.etat == EtatFrein.NON_ABORDE else frein.date_etat


def _decrire(form: FreinForm, parcours: Parcours, rubrique: str, aujourd_hui: date) -> bool:
    dit = form.dit()
    try:
        decrire_frein(
            parcours=parcours,
            rubrique=rubrique,
            etat=dit.etat,
            jour=form.cleaned_data["jour"],
            situations=dit.situations,
            objectifs=dit.objectifs,
            precision=dit.precision,
            aujourd_hui=aujourd_hui,
        )
    except ValidationError as erreur:
        form.add_error(None, erreur)
        return False
    return True


@lecteurs_du_dossier
def frein_detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Un frein, ses actions en entier et son histoire."""
    freins = Frein.objects.pour(request.user).select_related("parcours__beneficiaire__prescripteur")
    frein = get_object_or_404(freins.prefetch_related("actions__mobilisee_par", "actions__auteur"), pk=pk)
    personne = frein.parcours.beneficiaire
    noter_consultation(beneficiaire=personne, utilisateur=request.user)
    contexte = _contexte(request, frein.parcours) | {
        "beneficiaire": personne,
        "suivi": frein_suivi(frein, timezone.localdate()),
        "histoire": histoire_du_frein(frein),
        "seuil": settings.FREIN_BLOQUE_JOURS,
    }
    return render(request, "parcours/freins/detail.html", contexte)


def _parcours(request: HttpRequest, pk: UUID, rubrique: str) -> Parcours:
    if rubrique not in FREINS:
        raise Http404
    return get_object_or_404(Parcours.objects.pour(request.user).select_related("beneficiaire"), pk=pk)
