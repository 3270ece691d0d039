"""Une case à la fois : l'enregistrer, ou décider de ses heures. htmx reçoit la case et ce qui change autour d'elle."""

from urllib.parse import urlsplit
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from clauses.forms.heures import CaseEnvoyee, MotifForm, cases_envoyees, lire_version
from clauses.grille import Case, cle_de_case, lire_cle
from clauses.models import Affectation, EtatReleve, NatureHeures, ReleveHeures
from clauses.regles import TRANSITIONS
from clauses.services.heures import Conflit, saisir_cases
from clauses.services.heures_etats import changer_etats
from clauses.templatetags.grille import nom_case
from clauses.views.heures_lignes import releve_visible, rendre_detail
from clauses.views.heures_page import Page, contexte, marquer, ouvrir
from comptes.droits import reserve_a
from comptes.formats import heures as ecrire_heures
from comptes.models import Profil
from comptes.regles import Refus

# Alt+V fait avancer une case d'un pas.
SUITE = {
    EtatReleve.DECLARE: EtatReleve.VERIFIE,
    EtatReleve.RECTIFIE: EtatReleve.VERIFIE,
    EtatReleve.VERIFIE: EtatReleve.VALIDE,
}
PARTICIPES = {
    EtatReleve.DECLARE: "à vérifier de nouveau",
    EtatReleve.VERIFIE: "vérifiées",
    EtatReleve.VALIDE: "validées",
    EtatReleve.REFUSE: "refusées",
    EtatReleve.RECTIFIE: "rouvertes",
    EtatReleve.CONTESTE: "contestées",
}


@reserve_a(Profil.FACILITATEUR, Profil.ENTREPRISE)
@require_POST
def heures_case(request: HttpRequest) -> HttpResponse:
    """Enregistre une case. 200 : gardée ; 422 : refusée ; 409 : conflit. Le texte tapé revient dans les deux derniers cas."""
    envoyees = cases_envoyees(request.POST)
    if not envoyees:
        return _relire(request, request.POST.get("garder_autre", ""))
    envoyee = envoyees[0]
    saisie = envoyee.saisie()
    try:
        resultat = saisie if isinstance(saisie, Refus) else saisir_cases(saisies=[saisie], utilisateur=request.user)[0]
    except Affectation.DoesNotExist as erreur:
        raise Http404 from erreur
    return _repondre(request, envoyee.cle, envoyee, resultat)


def _relire(request: HttpRequest, cle: str) -> HttpResponse:
    """Un conflit tranché pour l'autre valeur : la case montre ce qu'elle contient."""
    if not lire_cle(cle):
        raise Http404
    return _repondre(request, cle)


def _repondre(
    request: HttpRequest,
    cle: str,
    envoyee: CaseEnvoyee | None = None,
    resultat: ReleveHeures | Refus | Conflit | None = None,
    annonce: str = "",
    avis: str = "",
) -> HttpResponse:
    page = _page_autour(request, cle)
    case = page.grille.case(cle)
    if case is None:
        raise Http404
    statut = 200
    if isinstance(resultat, Refus | Conflit):
        marquer(page.grille, envoyee, resultat)
        statut = 409 if isinstance(resultat, Conflit) else 422
    if not request.htmx:
        _dire(request, case)
        return redirect(page.adresse)
    variables = contexte(page) | {
        "case": case,
        "groupe": page.grille.groupe_de(case.ligne),
        "annonce": annonce or _annonce(case),
        "avis": avis,
    }
    reponse = render(request, "clauses/heures/case_reponse.html", variables, status=statut)
    reponse["Etape-Lu"] = f"{case.version}:{case.valeur}"
    return reponse


def _page_autour(request: HttpRequest, cle: str) -> Page:
    """Ce qui change autour de la case : sa ligne, et les totaux de la grille affichée. Rien d'autre ne se relit."""
    affectation, nature, mois = lire_cle(cle)
    visible = get_object_or_404(
        Affectation.objects.pour(request.user).select_related("engagement__titulaire__lot__marche"), pk=affectation
    )
    parametres = _filtres_affiches(request)
    parametres["operation"] = str(visible.engagement.titulaire.lot.marche.operation_id)
    if nature == NatureHeures.FORMATION and not parametres.get("nature"):
        parametres["nature"] = "tout"
    page = ouvrir(request, parametres, seule=affectation)
    if page.grille.case(cle) is None:  # appelée d'ailleurs que de la grille, ou pour un mois qui n'y est pas
        minimum = QueryDict(mutable=True)
        minimum.update({"operation": parametres["operation"], "nature": "tout", "mois": f"{mois:%Y-%m}"})
        page = ouvrir(request, minimum, seule=affectation)
    return page


def _filtres_affiches(request: HttpRequest) -> QueryDict:
    """Les filtres de la page que htmx dit montrer ; aucun si ce n'est pas une adresse."""
    try:
        requete = urlsplit(getattr(request.htmx, "current_url", None) or "").query
    except ValueError:
        requete = ""
    return QueryDict(requete, mutable=True)


def _annonce(case: Case) -> str:
    """Ce que le lecteur d'écran dit après l'envoi ; un refus ou un conflit se lit déjà dans son message."""
    if case.refus or case.conflit:
        return ""
    if case.releve is None:
        return f"Case vidée\u00a0: {nom_case(case)}."
    return f"{ecrire_heures(case.heures)}, {case.releve.get_etat_display().lower()}\u00a0: {nom_case(case)}."


def _dire(request: HttpRequest, case: Case) -> None:
    if case.conflit:
        messages.error(request, "La case a changé entre-temps\u00a0: relisez-la avant de saisir.")
    elif case.refus:
        messages.error(request, case.refus)
    else:
        messages.success(request, _annonce(case))


@reserve_a(Profil.FACILITATEUR, Profil.ENTREPRISE)
@require_POST
def releve_etat(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Fait passer un relevé, tel qu'il a été lu, à un autre état ; « suivant » : vérifié, puis validé."""
    releve = releve_visible(request.user, pk)
    vers = request.POST.get("vers", "")
    vers = SUITE.get(EtatReleve(releve.etat), "") if vers == "suivant" else vers
    refus = _decider(request, releve, vers)
    releve = releve_visible(request.user, pk)
    phrase = refus.phrase if refus else f"{ecrire_heures(releve.heures)} {PARTICIPES[releve.etat]}."
    if request.htmx:
        cle = cle_de_case(releve.affectation_id, releve.nature, releve.mois)
        return _repondre(request, cle, annonce=phrase, avis=phrase if refus else "")
    if refus:
        return rendre_detail(request, releve, erreur=phrase, vers=vers, motif=request.POST.get("motif", ""))
    messages.success(request, phrase)
    return redirect("clauses:releve_detail", pk)


def _decider(request: HttpRequest, releve: ReleveHeures, vers: str) -> Refus | None:
    """Fait ce qui est demandé, ou rend ce qui l'empêche."""
    passage = TRANSITIONS.get((releve.etat, vers))
    if vers not in EtatReleve.values:
        return Refus("Cette action n’existe pas ici\u00a0: les heures ont peut-être changé, relisez-les.", "inconnue")
    formulaire, motif = MotifForm(request.POST), ""
    if passage and passage.exige_motif:
        if not formulaire.is_valid():
            return Refus(formulaire.errors["motif"][0], "motif_absent")
        motif = formulaire.cleaned_data["motif"]
    version = lire_version(request.POST.get("version", ""))
    if not version:
        return Refus("La page est trop ancienne pour décider. Actualisez-la, puis recommencez.", "version_illisible")
    lu = ReleveHeures(pk=releve.pk, version=version)
    bilan = changer_etats(releves=[lu], vers=vers, motif=motif, utilisateur=request.user)
    return bilan.refus[0][1] if bilan.refus else None
