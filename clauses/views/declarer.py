"""Déclarer un mois, avec un compte ou par le lien reçu : la feuille, puis la relecture qui confirme."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from clauses.declarations.feuille import Feuille, lire_feuille
from clauses.forms.heures import CaseEnvoyee, cases_envoyees
from clauses.models import Declaration
from clauses.services.auteurs import Auteur
from clauses.services.declarations import (
    MoisDeclare,
    declarer_neant,
    dire_la_reception,
    empreinte,
    recevoir,
    saisir_le_mois,
)
from clauses.services.heures import Conflit
from comptes.droits import reserve_a
from comptes.formats import de, heures, mois_annee
from comptes.models import Organisation, Profil
from comptes.regles import Refus


@dataclass(frozen=True, slots=True)
class Porte:
    """Par où l'on entre : qui déclare, quel mois, et les pages entre lesquelles on va."""

    auteur: Auteur
    mois: MoisDeclare
    entreprise: Organisation
    structure: Organisation
    feuille: str
    confirmer: str

    @property
    def base(self) -> str:
        return "base_lien.html" if self.auteur.lien else "base.html"


METHODES = require_http_methods(["GET", "HEAD", "POST"])


@reserve_a(Profil.ENTREPRISE)
@METHODES
def declaration_declarer(request: HttpRequest, pk: UUID) -> HttpResponse:
    return page_feuille(request, _porte_du_compte(request, pk))


@reserve_a(Profil.ENTREPRISE)
@METHODES
def declaration_confirmer(request: HttpRequest, pk: UUID) -> HttpResponse:
    return page_confirmation(request, _porte_du_compte(request, pk))


def _porte_du_compte(request: HttpRequest, pk: UUID) -> Porte:
    visibles = Declaration.objects.pour(request.user).select_related("entreprise", "marche__operation__structure")
    declaration = get_object_or_404(visibles, pk=pk)
    return Porte(
        auteur=Auteur.du_compte(request.user),
        mois=MoisDeclare.de(declaration),
        entreprise=declaration.entreprise,
        structure=declaration.marche.operation.structure,
        feuille=reverse("clauses:declaration_declarer", args=[pk]),
        confirmer=reverse("clauses:declaration_confirmer", args=[pk]),
    )


# Les deux pages ------------------------------------------------------------------------------------------------------


def page_feuille(request: HttpRequest, porte: Porte) -> HttpResponse:
    """La feuille. POST : « Enregistrer » garde ce qui est juste et rend le reste tel que tapé ; « Néant » déclare tout le mois."""
    aujourd_hui = timezone.localdate()
    if request.method != "POST":
        return _rendre(request, porte, lire_feuille(porte.mois, aujourd_hui))
    if "neant" in request.POST:
        refus = declarer_neant(mois=porte.mois, auteur=porte.auteur, aujourd_hui=aujourd_hui)
        if refus is None:
            messages.success(request, f"C’est noté\u00a0: aucune heure en {mois_annee(porte.mois.mois)}.")
            return redirect(porte.feuille)
        return _rendre(request, porte, lire_feuille(porte.mois, aujourd_hui), refus)
    feuille, refus = _enregistrer(request, porte, aujourd_hui)
    if refus or feuille.erreurs:
        return _rendre(request, porte, feuille, refus)
    return redirect(porte.confirmer)


def page_confirmation(request: HttpRequest, porte: Porte) -> HttpResponse:
    """La relecture, avec ses totaux. POST : « Confirmer ». Un refus se lit en tête de la relecture, refaite."""
    aujourd_hui = timezone.localdate()
    refus = None
    if request.method == "POST":
        refus = recevoir(
            mois=porte.mois, auteur=porte.auteur, empreinte_lue=request.POST.get("vu", ""), aujourd_hui=aujourd_hui
        )
        if refus is None:
            _remercier(request, porte, lire_feuille(porte.mois, aujourd_hui))
            return redirect(porte.feuille)
    feuille = lire_feuille(porte.mois, aujourd_hui)
    if refus is None and not feuille.a_declarer:
        return redirect(porte.feuille)
    contexte = _contexte(porte, feuille, refus) | {"vu": empreinte(porte.mois)}
    return render(request, "clauses/declarations/confirmer.html", contexte, status=422 if refus else 200)


def _remercier(request: HttpRequest, porte: Porte, feuille: Feuille) -> None:
    """Des heures refusées que l'entreprise confirme sans les changer restent à corriger : le mois n'est pas dit reçu."""
    mois = de(mois_annee(porte.mois.mois))
    if feuille.a_declarer:
        messages.warning(
            request, f"Vos heures {mois} sont gardées, mais il en reste à corriger\u00a0: le motif est dessous."
        )
    else:
        messages.success(request, f"Merci\u00a0: vos heures {mois} sont reçues.")


def _rendre(request: HttpRequest, porte: Porte, feuille: Feuille, refus: Refus | None = None) -> HttpResponse:
    """La feuille à remplir, ou ce qui est reçu quand plus rien n'est attendu."""
    if not feuille.marches:
        raise Http404
    statut = 422 if refus or feuille.erreurs else 200
    a_servi = porte.auteur.lien is not None and porte.auteur.lien.utilise_le is not None
    gabarit = "recue" if a_servi or not feuille.a_declarer else "feuille"
    return render(request, f"clauses/declarations/{gabarit}.html", _contexte(porte, feuille, refus), status=statut)


def _contexte(porte: Porte, feuille: Feuille, refus: Refus | None) -> dict[str, object]:
    recue = any(m.lue.declaration.recue_le for m in feuille.marches)
    return {
        "porte": porte,
        "base": porte.base,
        "feuille": feuille,
        "mois": porte.mois.mois,
        "refus": refus.phrase if refus else "",
        "erreurs": feuille.erreurs,
        "reception": dire_la_reception([m.lue for m in feuille.marches]) if recue else "",
        "par_lien": porte.auteur.lien is not None,
    }


def _enregistrer(request: HttpRequest, porte: Porte, aujourd_hui: date) -> tuple[Feuille, Refus | None]:
    """Garde les cases tapées ; rend la feuille relue, chaque refus sur sa ligne avec ce qui avait été tapé."""
    avant = lire_feuille(porte.mois, aujourd_hui)
    envoyees = [e for e in cases_envoyees(request.POST) if e.est_modifiee]
    if any(e.cle not in avant.cases for e in envoyees) and avant.a_declarer:
        raise Http404
    a_dire: list[tuple[CaseEnvoyee, Refus | Conflit]] = []
    saisies = []
    for envoyee in envoyees:
        saisie = envoyee.saisie()
        if isinstance(saisie, Refus):
            a_dire.append((envoyee, saisie))
        else:
            saisies.append((envoyee, saisie))
    resultats = saisir_le_mois(
        mois=porte.mois, saisies=[s for _, s in saisies], auteur=porte.auteur, aujourd_hui=aujourd_hui
    )
    if isinstance(resultats, Refus):
        return _avec_le_texte(avant, envoyees), resultats
    a_dire += [(e, r) for (e, _), r in zip(saisies, resultats, strict=True) if isinstance(r, Refus | Conflit)]
    feuille = lire_feuille(porte.mois, aujourd_hui)
    for envoyee, resultat in a_dire:
        _marquer(feuille, envoyee, resultat)
    return feuille, None


def _avec_le_texte(feuille: Feuille, envoyees: list[CaseEnvoyee]) -> Feuille:
    for envoyee in envoyees:
        if case := feuille.cases.get(envoyee.cle):
            case.texte, case.lu = envoyee.texte, envoyee.lu
    return feuille


def _marquer(feuille: Feuille, envoyee: CaseEnvoyee, resultat: Refus | Conflit) -> None:
    """Remet le texte tapé dans sa case avec la raison. Après un conflit, l'autre valeur est lue : l'envoi suivant la remplacera."""
    case = feuille.cases[envoyee.cle]
    case.texte = envoyee.texte
    if isinstance(resultat, Conflit):
        autre = heures(resultat.releve.heures) if resultat.releve else "plus rien"
        case.erreur = (
            f"Quelqu’un d’autre vient d’enregistrer {autre}. Votre saisie est restée dans le champ\u00a0: enregistrez de nouveau pour "
            f"la garder, ou écrivez l’autre valeur."
        )
    else:
        case.lu, case.erreur = envoyee.lu, resultat.phrase
    feuille.erreurs.append({"cible": f"h-{case.cle}", "libelle": f"{case.libelle}\u00a0:", "texte": case.erreur})
