"""Une case à la fois : l'enregistrer, ou décider de ses heures. htmx reçoit la case et ce qui change autour d'elle."""

from urllib.parse import urlsplit

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from clauses.forms.heures import CaseEnvoyee, MotifForm, cases_envoyees
from clauses.grille import Case, cle_de_case, lire_cle
from clauses.models import Affectation, EtatReleve, NatureHeures, ReleveHeures
from clauses.regles import TRANSITIONS
from clauses.services.heures import Conflit, saisir_cases
from clauses.services.heures_etats import changer_etats
from clauses.templatetags.grille import nom_case
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
    annonce = annonce or _annonce(case)
    variables = contexte(page) | {"case": case, "groupe": page.grille.groupe_de(case.ligne), "annonce": annonce}
    reponse = render(request, "clauses/heures/case_reponse.html", variables, status=statut)
    reponse["Etape-Lu"] = f"{case.version}:{case.valeur}"
    return reponse


def _page_autour(request: HttpRequest, cle: str) -> Page:
    """La grille affichée autour de la case. Le filtre d'état ne la cache pas : elle vient peut-être d'en changer."""
    affectation, nature, mois = lire_cle(cle)
    visible = get_object_or_404(
        Affectation.objects.pour(request.user).select_related("engagement__titulaire__lot__marche"), pk=affectation
    )
    parametres = QueryDict(urlsplit(getattr(request.htmx, "current_url", None) or "").query, mutable=True)
    parametres["operation"] = str(visible.engagement.titulaire.lot.marche.operation_id)
    parametres.pop("etat", None)
    if nature == NatureHeures.FORMATION and not parametres.get("nature"):
        parametres["nature"] = "tout"
    page = ouvrir(request, parametres)
    if page.grille.case(cle) is None:  # appelée d'ailleurs que de la grille, ou pour un mois qui n'y est pas
        parametres = parametres.copy()
        parametres.pop("lot", None), parametres.pop("titulaire", None)
        parametres["mois"] = f"{mois:%Y-%m}"
        page = ouvrir(request, parametres)
    return page


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
def releve_etat(request: HttpRequest, pk) -> HttpResponse:
    """Fait passer un relevé, tel qu'il a été lu, à un autre état ; « suivant » : vérifié, puis validé."""
    releve = get_object_or_404(ReleveHeures.objects.pour(request.user), pk=pk)
    vers = request.POST.get("vers", "")
    vers = SUITE.get(EtatReleve(releve.etat), "") if vers == "suivant" else vers
    passage = TRANSITIONS.get((releve.etat, vers))
    formulaire = MotifForm(request.POST)
    motif = ""
    if passage and passage.exige_motif:
        if not formulaire.is_valid():
            messages.error(request, formulaire.errors["motif"][0])
            return _retour(request, releve)
        motif = formulaire.cleaned_data["motif"]
    if vers not in EtatReleve.values:
        messages.error(request, "Cette action n’existe pas ici : les heures ont peut-être changé, relisez-les.")
        return _retour(request, releve)
    version = request.POST.get("version", "")
    lu = ReleveHeures(pk=releve.pk, version=int(version) if version.isdigit() else releve.version)
    bilan = changer_etats(releves=[lu], vers=vers, motif=motif, utilisateur=request.user)
    phrase = bilan.refus[0][1].phrase if bilan.refus else f"{ecrire_heures(releve.heures)} {PARTICIPES[vers]}."
    if request.htmx:
        cle = cle_de_case(releve.affectation_id, releve.nature, releve.mois)
        return _repondre(request, cle, annonce=phrase)
    (messages.error if bilan.refus else messages.success)(request, phrase)
    return _retour(request, releve)


def _retour(request: HttpRequest, releve: ReleveHeures) -> HttpResponse:
    suite = request.POST.get("suite", "")
    if not url_has_allowed_host_and_scheme(suite, allowed_hosts=None):
        suite = reverse("clauses:releve_detail", args=[releve.pk])
    return redirect(suite)
