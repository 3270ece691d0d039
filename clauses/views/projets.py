"""Les marchés à venir : la liste, l'annonce d'un acheteur, la page où l'avis se demande et se rend."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from clauses.clausier import bibliotheque, valeurs_du_projet
from clauses.forms.calibrage import CalibrageForm, depart_du_calibrage
from clauses.forms.projets import AvisForm, MessageProjetForm, ProjetForm, PublicationForm
from clauses.models import ProjetMarche
from clauses.regles.calibrage import Calibrage, rediger_calibrage
from clauses.regles.calibrage_dispositifs import Dispositif
from clauses.regles.clausier import remplir
from clauses.regles.projets import Geste, ecrire_etat, est_en_retard, jours_d_attente, peut
from clauses.services.projets import enregistrer_projet
from clauses.views.calibrage import acheteur_ou_facilitateur
from clauses.views.formulaires import ecrire
from comptes.droits import reserve_a
from comptes.formats import heures
from comptes.models import Profil

acheteur_seul = reserve_a(Profil.ACHETEUR)
PAR_PAGE = 25


@acheteur_ou_facilitateur
def projet_liste(request: HttpRequest) -> HttpResponse:
    """Ceux qui attendent une réponse d'abord, le plus ancien en tête ; « ?etat=finis » montre les autres."""
    tous, finis = ProjetMarche.objects.pour(request.user), request.GET.get("etat") == "finis"
    en_cours = tous.en_cours()
    choisis = tous.exclude(pk__in=en_cours.values("pk")) if finis else en_cours
    lignes = choisis.avec_avis().select_related("acheteur", "structure")
    lignes = lignes.order_by(F("attente_depuis").asc(nulls_last=True), "-cree_le")
    page, jour = Paginator(lignes, PAR_PAGE).get_page(request.GET.get("page")), timezone.localdate()
    for projet in page:
        projet.phrase, projet.en_retard = ecrire_etat(projet.faits, jour), est_en_retard(projet.faits, jour)
    contexte = {
        "page": page,
        "finis": finis,
        "en_cours": en_cours.count(),
        "attendus": en_cours.attendus_de(_ma_partie(request)).count(),
        "est_acheteur": request.user.profil == Profil.ACHETEUR,
    }
    return render(request, "clauses/projets/liste.html", contexte)


@acheteur_seul
def projet_creer(request: HttpRequest) -> HttpResponse:
    """« ?montant_ht_euros=… » : ce que la page « Calibrer » vient de calculer."""
    acheteur = request.user.organisation
    connus = {nom: request.GET[nom] for nom in CalibrageForm.base_fields if nom in request.GET}
    return _formulaire(
        request, ProjetMarche(acheteur=acheteur, cree_par=request.user), depart_du_calibrage(acheteur) | connus
    )


@acheteur_seul
def projet_modifier(request: HttpRequest, pk: UUID) -> HttpResponse:
    projet = projet_visible(request, pk)
    if not peut(projet.faits, Geste.MODIFIER):
        return redirect("clauses:projet_detail", pk)
    return _formulaire(request, projet, projet.calibrage)


@acheteur_ou_facilitateur
def projet_detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    return montrer_projet(request, projet_visible(request, pk))


def _formulaire(request: HttpRequest, projet: ProjetMarche, depart: dict[str, Any]) -> HttpResponse:
    neuf, objet = projet._state.adding, projet.objet
    form = ProjetForm(request.POST or None, instance=projet)
    calibrage = CalibrageForm(request.POST or None, initial=depart, jour=timezone.localdate())
    calcule = calibrage.is_valid()
    if calcule:
        for nom in ("montant_ht_euros", "duree_mois"):
            setattr(form.instance, nom, calibrage.cleaned_data[nom])
        form.instance.nature = calibrage.besoin.nature
        form.instance.publication_prevue = calibrage.besoin.publication
        form.instance.calibrage = calibrage.saisie
    if calcule and ecrire(request, form, lambda: enregistrer_projet(form.instance)):
        suite = "Relisez-le, puis demandez l’avis." if neuf else "Les changements sont enregistrés."
        messages.success(request, f"Le marché à venir est enregistré. {suite}" if neuf else suite)
        return redirect("clauses:projet_detail", form.instance.pk)
    form.is_valid()
    contexte = {"form": form, "calibrage_form": calibrage, "projet": None if neuf else projet, "objet": objet}
    return render(request, "clauses/projets/formulaire.html", contexte)


def montrer_projet(request: HttpRequest, projet: ProjetMarche, **refuses: Any) -> HttpResponse:
    """La page du projet ; `refuses` : le formulaire à corriger, sous son nom."""
    faits, jour = projet.faits, timezone.localdate()
    calibrage = calibrage_du_projet(projet)
    paragraphe = rediger_calibrage(calibrage) if calibrage else ""
    valeurs = valeurs_du_projet(projet, projet.ccag, heures_du_calibrage(projet))
    avis = list(projet.avis.select_related("par").prefetch_related("clauses_citees"))
    for rendu in avis:
        rendu.base = Dispositif(rendu.dispositif, ()).base
        rendu.citees = [(citee, remplir(citee.texte, valeurs)) for citee in rendu.clauses_citees.all()]
    initial = {"texte": paragraphe}
    if calibrage:
        initial["dispositif"] = calibrage.conseil.code
        initial["heures"] = calibrage.conseillees if calibrage.conseil.demande_des_heures else None
    contexte = {
        "projet": projet,
        "phrase": ecrire_etat(faits, jour),
        "en_retard": est_en_retard(faits, jour),
        "attendu": projet.attente == _ma_partie(request) and jours_d_attente(faits, jour),
        "calibrage": calibrage,
        "paragraphe": paragraphe,
        "calibrer_url": f"{reverse('clauses:calibrer')}?{urlencode(projet.calibrage)}#resultat",
        "avis": avis,
        "fil": projet.messages.select_related("organisation"),
        "est_acheteur": request.user.profil == Profil.ACHETEUR,
        "peut": {geste.value: peut(faits, geste) for geste in Geste},
        "message": MessageProjetForm(),
        "avis_form": AvisForm(initial=initial, clauses=clauses_du_projet(projet)),
        "publication": PublicationForm(),
        "refuse": next(iter(refuses.values()), None),
        **refuses,
    }
    return render(request, "clauses/projets/detail.html", contexte, status=422 if refuses else 200)


def calibrage_du_projet(projet: ProjetMarche) -> Calibrage | None:
    """Le calcul de ce que l'acheteur a tapé, au jour où il a demandé l'avis."""
    calcul = CalibrageForm(projet.calibrage, jour=projet.faits.demande_le or timezone.localdate())
    return calcul.resultat if calcul.is_valid() else None


def heures_du_calibrage(projet: ProjetMarche) -> str:
    calibrage = calibrage_du_projet(projet)
    return heures(calibrage.conseillees) if calibrage and calibrage.conseil.demande_des_heures else ""


def clauses_du_projet(projet: ProjetMarche) -> list[tuple[str, str]]:
    """Les rédactions que son facilitateur peut citer, pour une liste de choix."""
    courantes = bibliotheque(ccag=projet.ccag, structure=projet.structure)
    return [(clause.redaction.code, f"{clause.titre} ({clause.nom_de_version})") for clause in courantes]


def _ma_partie(request: HttpRequest) -> str:
    return "acheteur" if request.user.profil == Profil.ACHETEUR else "facilitateur"


def projet_visible(request: HttpRequest, pk: UUID) -> ProjetMarche:
    visibles = ProjetMarche.objects.pour(request.user).avec_avis()
    return get_object_or_404(visibles.select_related("acheteur", "structure", "operation"), pk=pk)
