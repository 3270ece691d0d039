"""Les lots d'un marché, leurs titulaires et les heures qu'ils doivent."""

from uuid import UUID

from django.contrib import messages
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from clauses.acces import a_modifier
from clauses.forms.marches import CloreLotForm, LotForm
from clauses.forms.titulaires import EngagementForm, TitulaireForm, a_calculer
from clauses.heures_dues import MODES_MOUVANTS, ecrire_calcul, parametres_heures_dues
from clauses.models import CumulMensuel, Engagement, Lot, Marche, ModeEngagement, Titulaire
from clauses.regles.modes_dues import CLAUSES_RESERVEES, MARCHE_RESERVE
from clauses.services.marches import regle_courante
from clauses.services.titulaires import heures_figees, inscrire_titulaire
from clauses.views.formulaires import ecrire, ouvrir, veut_calculer
from comptes.brouillons import partir_creer, valeurs_initiales
from comptes.droits import facilitateur_seul
from comptes.ecriture import enregistrer
from comptes.formats import date_longue
from comptes.models import Profil

A_CREER = {"entreprise": Profil.ENTREPRISE}


@facilitateur_seul
def lot_creer(request: HttpRequest, pk: UUID) -> HttpResponse:
    marche = a_modifier(Marche.objects.select_related("operation"), request.user, pk)
    form = ouvrir(request, LotForm, instance=Lot(marche=marche))
    if ecrire(request, form, lambda: enregistrer(form.instance)):
        messages.success(request, f"Le lot {form.instance.numero} est ajouté. Inscrivez maintenant son titulaire.")
        return redirect("clauses:titulaire_creer", form.instance.pk)
    return render(request, "clauses/lots/formulaire.html", {"form": form, "marche": marche, "lot": None})


@facilitateur_seul
def lot_modifier(request: HttpRequest, pk: UUID) -> HttpResponse:
    lot = _lot(request, pk)
    numero = lot.numero
    form = ouvrir(request, LotForm, instance=lot)
    if ecrire(request, form, lambda: enregistrer(form.instance)):
        messages.success(request, f"Le lot {lot.numero} est enregistré.")
        return redirect("reporting:operation_fiche", lot.marche.operation_id)
    titulaires = lot.titulaires.select_related("entreprise", "engagement", "donneur_ordre__entreprise")
    contexte = {"form": form, "marche": lot.marche, "lot": lot, "numero": numero, "titulaires": titulaires}
    return render(request, "clauses/lots/formulaire.html", contexte)


@facilitateur_seul
def lot_clore(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Clore un lot, ou le rouvrir s'il est clos."""
    lot = _lot(request, pk)
    rouvrir = lot.clos_le is not None
    form = CloreLotForm(
        {"clos_le": lot.clos_le} if rouvrir else request.POST or None, initial={"clos_le": timezone.localdate()}
    )

    def changer() -> None:
        lot.clos_le = None if rouvrir else form.cleaned_data["clos_le"]
        enregistrer(lot)

    if ecrire(request, form, changer):
        mot = "rouvert" if rouvrir else f"clos le {date_longue(lot.clos_le)}"
        messages.success(request, f"Le lot {lot.numero} est {mot}.")
        return redirect("reporting:operation_fiche", lot.marche.operation_id)
    en_attente = CumulMensuel.objects.filter(engagement__titulaire__lot=lot).aggregate(n=Sum("en_attente_nombre"))["n"]
    contexte = {"form": form, "lot": lot, "rouvrir": rouvrir, "en_attente": en_attente}
    return render(request, "clauses/lots/clore.html", contexte)


@facilitateur_seul
def titulaire_creer(request: HttpRequest, pk: UUID) -> HttpResponse:
    lot = _lot(request, pk)
    arrondi = parametres_heures_dues(regle_courante(lot.marche)).arrondi
    engagement = Engagement(montant_ht_euros=lot.montant_ht_euros, mode=ModeEngagement.SAISI, arrondi=arrondi)
    return _titulaire(request, Titulaire(lot=lot), engagement)


@facilitateur_seul
def titulaire_modifier(request: HttpRequest, pk: UUID) -> HttpResponse:
    titulaires = Titulaire.objects.select_related("lot__marche__operation", "entreprise")
    titulaire = a_modifier(titulaires, request.user, pk)
    engagement = Engagement.objects.filter(titulaire=titulaire).first()
    return _titulaire(request, titulaire, engagement or Engagement(titulaire=titulaire))


def _titulaire(request: HttpRequest, titulaire: Titulaire, engagement: Engagement) -> HttpResponse:
    """Une page, deux formulaires : qui, et combien d'heures. Des heures qu'un avenant a changées ne s'y modifient plus."""
    if depart := partir_creer(request, A_CREER):
        return depart
    lot, inscrit = titulaire.lot, not titulaire._state.adding
    partagees = engagement.mode == ModeEngagement.PART_LOT
    figees = not engagement._state.adding and (partagees or heures_figees(engagement))
    options = {"instance": engagement, "type_clause": lot.marche.type_clause}
    nom = titulaire.entreprise.nom if inscrit else ""
    form = ouvrir(request, TitulaireForm, instance=titulaire)
    heures = None if figees else ouvrir(request, EngagementForm, **options)
    if veut_calculer(request):
        heures = EngagementForm(a_calculer(request.POST), **options)
        form = TitulaireForm(initial=valeurs_initiales(form, request.POST), instance=titulaire)
    elif (heures is None or heures.is_valid()) and ecrire(
        request,
        form,
        lambda: inscrire_titulaire(titulaire=titulaire, engagement=None if figees else engagement, par=request.user),
    ):
        return _inscrit(request, titulaire, engagement, inscrit)
    contexte = {
        "form": form,
        "heures": heures,
        "lot": lot,
        "engagement": engagement,
        "titulaire": titulaire if inscrit else None,
        "nom": nom,
        "a_un_engagement": not engagement._state.adding,
        "partagees": partagees,
        "est_reserve": lot.marche.type_clause in CLAUSES_RESERVEES,
        "phrase_reserve": MARCHE_RESERVE,
        "calcul": ecrire_calcul(engagement) if figees else "",
        "avenants": engagement.avenants.all() if inscrit else [],
    }
    return render(request, "clauses/lots/titulaire.html", contexte)


def _inscrit(request: HttpRequest, titulaire: Titulaire, engagement: Engagement, deja: bool) -> HttpResponse:
    """Ce qui suit l'enregistrement : la page des heures quand il reste à y ajouter tranches ou bons de commande."""
    phrase = (
        f"{titulaire.entreprise.nom} est {'enregistrée' if deja else 'inscrite'} sur le lot {titulaire.lot.numero}."
    )
    if engagement.mode in MODES_MOUVANTS:
        suite = "ses tranches" if engagement.mode == ModeEngagement.TRANCHES else "ses bons de commande"
        messages.success(request, f"{phrase} Ajoutez maintenant {suite}." if not deja else phrase)
        return redirect("clauses:engagement_heures", engagement.pk)
    messages.success(request, phrase)
    return redirect("reporting:operation_fiche", titulaire.lot.marche.operation_id)


def _lot(request: HttpRequest, pk: UUID) -> Lot:
    return a_modifier(Lot.objects.select_related("marche__operation"), request.user, pk)
