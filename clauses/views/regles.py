"""La règle d'un marché : qui compte et combien de temps, les pièces et les âges, les documents dus."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from clauses.forms.criteres import CriteresForm
from clauses.forms.documents import DocumentsFormSet
from clauses.forms.regles import RegleForm
from clauses.models import Marche, RegleClause
from clauses.regles.declarations import jour_du_marche
from clauses.regles.documents import ParametresDocuments, Rythme
from clauses.regles.exemple import ecrire_exemples
from clauses.regles.lecture import NOMS_PARAMETRES
from clauses.services.faits import faits_du_marche
from clauses.services.marches import changer_regle
from clauses.services.versions import histoire_de
from clauses.views.formulaires import ouvrir, veut_calculer
from clauses.views.page_regle import autour, citer, ecrire_regle, marche_et_regle
from comptes.droits import facilitateur_seul

NOMS_CITES = {
    nom: libelle for nom, libelle in NOMS_PARAMETRES.items() if nom not in ("modele", "pieces", "organismes_avis")
}
CITES_CRITERES = {nom: NOMS_PARAMETRES[nom] for nom in ("pieces",)}
CITES_DOCUMENTS = {"documents": "Documents dus"}


@facilitateur_seul
def regle_modifier(request: HttpRequest, pk: UUID) -> HttpResponse:
    marche, actuelle = marche_et_regle(request, pk)
    # Le formulaire écrit dans son instance : la règle en vigueur reste à part.
    form = ouvrir(request, RegleForm, instance=RegleClause.objects.filter(pk=actuelle.pk).first() or actuelle)
    form.instance.marche = marche
    citations = citer(request, actuelle, NOMS_CITES)
    if not veut_calculer(request) and ecrire_regle(
        request,
        form,
        citations,
        lambda cites: changer_regle(
            marche=marche,
            valeurs=form.valeurs,
            sections={"eligibilite": form.section, **cites},
            par=request.user,
        ),
    ):
        messages.success(request, "La règle du marché est enregistrée.")
        return redirect("reporting:operation_fiche", marche.operation_id)
    contexte = {
        "form": form,
        "citations": citations,
        "exemples": _exemples(form, marche),
        "versions": histoire_de(marche),
    }
    return render(request, "clauses/regle/eligibilite.html", contexte | autour(marche, actuelle))


@facilitateur_seul
def regle_criteres(request: HttpRequest, pk: UUID) -> HttpResponse:
    marche, actuelle = marche_et_regle(request, pk)
    form = CriteresForm(request.POST or None, parametres=actuelle.parametres)
    section = actuelle.options.get("eligibilite", {})
    citations = citer(request, actuelle, CITES_CRITERES)
    if ecrire_regle(
        request,
        form,
        citations,
        lambda cites: changer_regle(
            marche=marche, sections={"eligibilite": form.section(section), **cites}, par=request.user
        ),
    ):
        messages.success(request, "Les pièces et les âges du marché sont enregistrés.")
        return redirect("clauses:regle_criteres", marche.pk)
    contexte = {"form": form, "citations": citations, **autour(marche, actuelle)}
    return render(request, "clauses/regle/criteres.html", contexte)


@facilitateur_seul
def regle_documents(request: HttpRequest, pk: UUID) -> HttpResponse:
    marche, actuelle = marche_et_regle(request, pk)
    dus = ParametresDocuments.depuis_json(actuelle.options.get("documents", {}))
    documents = DocumentsFormSet(request.POST or None, parametres=dus)
    citations = citer(request, actuelle, CITES_DOCUMENTS)
    if citations.is_valid() and documents.is_valid():
        sections = {"documents": documents.lus.vers_json(), **citations.section()}
        changer_regle(marche=marche, sections=sections, par=request.user)
        messages.success(request, "Les documents dus sont enregistrés.")
        return redirect("clauses:regle_documents", marche.pk)
    contexte = {
        "documents": documents,
        "citations": citations,
        "jour_du": jour_du_marche(dus),
        "a_un_mensuel": any(document.rythme == Rythme.MOIS for document in dus.documents),
        **autour(marche, actuelle),
    }
    return render(request, "clauses/regle/documents.html", contexte)


def _exemples(form: RegleForm, marche: Marche) -> list[str]:
    """Ce que donne la règle affichée ; rien tant qu'elle n'est pas juste."""
    if form.is_bound and not form.is_valid():
        return []
    parametres = form.parametres if form.is_bound else form.instance.parametres
    embauche = marche.date_debut or marche.date_notification or marche.date_attribution or timezone.localdate()
    return ecrire_exemples(parametres, faits_du_marche(marche), embauche)
