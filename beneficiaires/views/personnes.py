"""La liste des personnes, et leur fiche d'identité. La fiche complète est en `reporting`."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django_tables2 import RequestConfig

from beneficiaires.doublons import Doublon
from beneficiaires.filters import BeneficiaireFilter
from beneficiaires.forms.personnes import BeneficiaireForm
from beneficiaires.models import Beneficiaire
from beneficiaires.services.personnes import creer_beneficiaire, modifier_beneficiaire
from beneficiaires.tables import BeneficiaireTable
from beneficiaires.views.saisie import donnees_postees, personnes_montrees
from comptes import exports
from comptes.droits import facilitateur_seul
from comptes.formats import de
from comptes.listes import mettre_en_pages


@facilitateur_seul
def beneficiaire_liste(request: HttpRequest) -> HttpResponse:
    personnes = Beneficiaire.objects.pour(request.user)
    filtre = BeneficiaireFilter(request.GET, queryset=personnes)
    lignes = filtre.qs.select_related("prescripteur", "referent").prefetch_related("metiers")
    table = BeneficiaireTable(lignes)
    if format_ := exports.format_demande(request):
        RequestConfig(request, paginate=False).configure(table)
        return exports.exporter(table, format_, "Personnes")
    mettre_en_pages(request, table)
    contexte = {"filter": filtre, "table": table, "trouvees": table.paginator.count, "total": personnes.count()}
    return render(request, "beneficiaires/personnes/liste.html", contexte)


@facilitateur_seul
def beneficiaire_creer(request: HttpRequest) -> HttpResponse:
    formulaire = BeneficiaireForm(
        donnees_postees(request),
        structure=request.user.organisation,
        aujourd_hui=timezone.localdate(),
        initial={"referent": request.user},
    )
    doublons: list[Doublon] = []
    if request.method == "POST" and formulaire.is_valid():
        fiche = formulaire.save(commit=False)
        ecartes = personnes_montrees(request) if "enregistrer_quand_meme" in request.POST else ()
        metiers = formulaire.cleaned_data["metiers"]
        try:
            doublons = creer_beneficiaire(fiche=fiche, metiers=metiers, ecartes=ecartes)
        except ValidationError as refus:
            formulaire.add_error(None, refus.messages)
        if not doublons and formulaire.is_valid():
            messages.success(request, f"La fiche {de(fiche.nom_complet)} est créée. Ajoutez maintenant sa situation.")
            return redirect("reporting:personne_fiche", fiche.pk)
    contexte = {"form": formulaire, "doublons": doublons}
    return render(request, "beneficiaires/personnes/formulaire.html", contexte, status=409 if doublons else 200)


@facilitateur_seul
def beneficiaire_modifier(request: HttpRequest, pk: UUID) -> HttpResponse:
    fiche = get_object_or_404(Beneficiaire.objects.pour(request.user).select_related("structure", "referent"), pk=pk)
    nom = fiche.nom_complet
    formulaire = BeneficiaireForm(
        donnees_postees(request), instance=fiche, structure=fiche.structure, aujourd_hui=timezone.localdate()
    )
    if request.method == "POST" and formulaire.is_valid():
        try:
            modifier_beneficiaire(fiche=formulaire.save(commit=False), metiers=formulaire.cleaned_data["metiers"])
        except ValidationError as refus:
            formulaire.add_error(None, refus.messages)
        else:
            messages.success(request, f"La fiche {de(fiche.nom_complet)} est à jour.")
            return redirect("reporting:personne_fiche", pk)
    contexte = {"form": formulaire, "doublons": [], "fiche_id": pk, "nom": nom}
    return render(request, "beneficiaires/personnes/formulaire.html", contexte)
