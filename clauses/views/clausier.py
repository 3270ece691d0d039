"""La bibliothèque de clauses : lire et copier ; pour le facilitateur, publier une version."""

from dataclasses import dataclass
from itertools import groupby

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from clauses.clausier import (
    bibliotheque,
    clause_courante,
    valeurs_de_la_structure,
    valeurs_du_projet,
)
from clauses.forms.clausier import BibliothequeForm, VersionForm
from clauses.models import Ccag, ProjetMarche, VersionClause
from clauses.models.clausier import structures_du_clausier
from clauses.regles.clausier import CHAMPS, LIBELLES_RUBRIQUE, Ecart, comparer_versions, nom_de_version
from clauses.regles.clausier_textes import PAR_CODE
from clauses.services.clausier import publier_version
from clauses.views.calibrage import acheteur_ou_facilitateur
from clauses.views.formulaires import ecrire
from clauses.views.projets import heures_du_calibrage
from comptes.droits import facilitateur_seul
from comptes.models import Organisation, Profil


@dataclass(frozen=True)
class LigneHistorique:
    """Une version dans l'histoire : ce qu'elle change de la précédente ; aucune pour le modèle d'Étape."""

    numero: int
    version: VersionClause | None
    ecarts: tuple[Ecart, ...]

    @property
    def nom(self) -> str:
        nom = nom_de_version(self.numero)
        return nom[0].upper() + nom[1:]


@acheteur_ou_facilitateur
def clause_liste(request: HttpRequest) -> HttpResponse:
    projets = ProjetMarche.objects.pour(request.user).en_cours()
    structures = structures_du_clausier(request.user)
    form = BibliothequeForm(request.GET or None, projets=projets, structures=structures)
    choix = form.cleaned_data if form.is_valid() else {}
    projet = choix.get("projet")
    ccag = choix.get("ccag") or (projet.ccag if projet else Ccag.TRAVAUX)
    structure = choix.get("structure") or (projet.structure if projet else structures.first())
    if projet:
        valeurs = valeurs_du_projet(projet, ccag, heures_du_calibrage(projet))
    else:
        valeurs = valeurs_de_la_structure(structure, ccag)
        if request.user.profil == Profil.ACHETEUR:
            valeurs |= {"acheteur": request.user.organisation.nom}
    clauses = bibliotheque(ccag=ccag, structure=structure, valeurs=valeurs)
    if rubrique := choix.get("rubrique"):
        clauses = [clause for clause in clauses if clause.redaction.rubrique == rubrique]
    contexte = {
        "form": form,
        "plusieurs_structures": request.user.profil == Profil.ACHETEUR and len(structures) > 1,
        "rubriques": [
            (LIBELLES_RUBRIQUE[rubrique], list(groupe))
            for rubrique, groupe in groupby(clauses, key=lambda clause: clause.redaction.rubrique)
        ],
        "nombre": len(clauses),
        "projet": projet,
        "structure": structure,
        "ccag": Ccag(ccag).label,
        "est_facilitateur": request.user.profil == Profil.FACILITATEUR,
        "suite": f"?structure={structure.pk}" if structure else "",
    }
    return render(request, "clauses/clausier/liste.html", contexte)


@acheteur_ou_facilitateur
def clause_detail(request: HttpRequest, code: str) -> HttpResponse:
    """Une rédaction, ses versions et ce que chacune change."""
    structure = _structure(request)
    clause = _clause(code, structure)
    versions = (
        list(VersionClause.objects.filter(structure=structure, code=code).select_related("par")) if structure else []
    )
    contexte = {
        "clause": clause,
        "structure": structure,
        "histoire": _histoire(clause.redaction.texte, versions),
        "rubrique": LIBELLES_RUBRIQUE[clause.redaction.rubrique],
        "est_facilitateur": request.user.profil == Profil.FACILITATEUR,
    }
    return render(request, "clauses/clausier/detail.html", contexte)


@facilitateur_seul
def clause_modifier(request: HttpRequest, code: str) -> HttpResponse:
    structure = request.user.organisation
    clause = _clause(code, structure)
    initial = {"titre": clause.titre, "texte": clause.texte, "lue": clause.numero}
    form = VersionForm(request.POST or None, instance=VersionClause(structure=structure, code=code), initial=initial)
    if ecrire(request, form, lambda: publier_version(code=code, par=request.user, **form.cleaned_data)):
        messages.success(request, "La version est publiée. Les avis déjà rendus gardent celle qu’ils citent.")
        return redirect(reverse("clauses:clause_detail", args=[code]))
    contexte = {"form": form, "clause": clause, "champs": CHAMPS.items()}
    return render(request, "clauses/clausier/formulaire.html", contexte)


def _structure(request: HttpRequest) -> Organisation | None:
    """Celle que l'adresse nomme, parmi celles que ce compte lit ; sinon la première. Une autre est introuvable."""
    structures = structures_du_clausier(request.user)
    if "structure" not in request.GET:
        return structures.first()
    form = BibliothequeForm(
        {"structure": request.GET["structure"]}, projets=ProjetMarche.objects.none(), structures=structures
    )
    if not form.is_valid() or form.cleaned_data["structure"] is None:
        raise Http404
    return form.cleaned_data["structure"]


def _clause(code: str, structure: Organisation | None):
    if code not in PAR_CODE:
        raise Http404
    return clause_courante(code, structure)


def _histoire(modele: str, versions: list[VersionClause]) -> list[LigneHistorique]:
    """De la plus récente à la première ; chaque version comparée à celle d'avant, le modèle d'Étape au bout."""
    avant = modele
    lignes = [LigneHistorique(0, None, ())]
    for version in sorted(versions, key=lambda version: version.numero):
        lignes.append(LigneHistorique(version.numero, version, comparer_versions(avant, version.texte)))
        avant = version.texte
    return lignes[::-1]
