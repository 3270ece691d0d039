"""Les actions sur toutes les cases du dernier mois de la page, ou les cochées : vérifier, valider, refuser, recopier.

Elles portent sur ce que l'envoi contient, donc sur ce que la page montrait : jamais sur une case que l'on n'a pas eue sous les yeux.
"""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from clauses.forms.heures import CaseEnvoyee, MotifForm
from clauses.grille import nom_de_mois
from clauses.models import EtatReleve, ReleveHeures
from clauses.services.heures import Conflit, Saisie, saisir_cases
from clauses.services.heures_etats import changer_etats
from clauses.views.heures_page import Enregistrement, Page, enregistrer_cases, marquer, ouvrir, rendre
from comptes.droits import reserve_a
from comptes.formats import accord, de, nombre, quantite
from comptes.formats import heures as ecrire_heures
from comptes.models import Profil
from comptes.regles import Refus

A_VERIFIER = (EtatReleve.DECLARE, EtatReleve.RECTIFIE)
# action → état d'arrivée, états de départ, participe passé, infinitif
ACTIONS = {
    "verifier": (EtatReleve.VERIFIE, A_VERIFIER, "vérifiée", "vérifier"),
    "valider": (EtatReleve.VALIDE, (EtatReleve.VERIFIE,), "validée", "valider"),
    "refuser": (EtatReleve.REFUSE, (*A_VERIFIER, EtatReleve.VERIFIE), "refusée", "refuser"),
}


@reserve_a(Profil.FACILITATEUR, Profil.ENTREPRISE)
@require_POST
def heures_lot(request: HttpRequest) -> HttpResponse:
    """Enregistre d'abord les cases tapées ; si l'une est refusée, rien d'autre ne se fait et tout reste à l'écran."""
    page = ouvrir(request)
    page.choix = tuple(request.POST.getlist("choix"))
    bilan = enregistrer_cases(page)
    action = request.POST.get("action", "")
    if bilan.erreurs:
        messages.error(request, "Corrigez d’abord les cases signalées\u00a0: rien d’autre n’a été fait.")
        return rendre(page, bilan.erreurs, statut=422)
    if action == "recopier":
        return _recopier(page, bilan)
    if action in ACTIONS:
        return _decider(page, action, bilan)
    return redirect(page.adresse)


def _decider(page: Page, action: str, bilan: Enregistrement) -> HttpResponse:
    vers, depuis, participe, infinitif = ACTIONS[action]
    cases = {
        case.releve.pk: case
        for case in page.grille.dernieres(*depuis)
        if case.cle in bilan.versions and (case.cle in page.choix if page.choix or action == "refuser" else True)
    }
    if erreurs := _oublis(page, action, cases):
        return rendre(page, erreurs, statut=422)
    changement = changer_etats(
        releves=[ReleveHeures(pk=pk, version=bilan.versions[case.cle]) for pk, case in cases.items()],
        vers=vers,
        motif=page.motif_form.cleaned_data["motif"] if action == "refuser" else "",
        utilisateur=page.request.user,
    )
    mois = de(nom_de_mois(page.demande.dernier_mois, page.aujourd_hui))
    if changement.nombre:
        participe = accord(changement.nombre, participe)
        fait = f"{quantite(changement.nombre, 'case')} {mois} {participe}, {ecrire_heures(changement.heures)}."
        messages.success(page.request, fait)
    elif not changement.refus:
        messages.info(page.request, f"Aucune case {mois} à {infinitif}.")
    for releve, refus in changement.refus:
        messages.error(page.request, f"{cases[releve.pk].ligne.personne}\u00a0: {refus.phrase}")
    return redirect(page.adresse)


def _oublis(page: Page, action: str, cases: dict) -> list[dict[str, str]]:
    """Ce qui manque pour refuser : des cases cochées, un motif."""
    if action != "refuser":
        return []
    page.motif_form = MotifForm(page.request.POST)
    erreurs = [
        {"cible": "id_motif", "libelle": "Motif", "texte": texte} for texte in page.motif_form.errors.get("motif", [])
    ]
    if not cases:
        erreurs.insert(0, {"cible": "", "libelle": "", "texte": "Cochez d’abord, dans la grille, les cases à refuser."})
    return erreurs


def _recopier(page: Page, bilan: Enregistrement) -> HttpResponse:
    """Remplit les cases vides du dernier mois avec les heures du mois d'avant ; les refus restent à l'écran, un par un."""
    paires = [(case, heures) for case, heures in page.grille.a_recopier if case.cle in bilan.versions]
    saisies = [
        Saisie(case.ligne.affectation.pk, case.ligne.nature, case.mois, heures, case.version) for case, heures in paires
    ]
    resultats = saisir_cases(saisies=saisies, utilisateur=page.request.user)
    gardes = [resultat for resultat in resultats if isinstance(resultat, ReleveHeures)]
    noms = (nom_de_mois(page.grille.veille, page.aujourd_hui), nom_de_mois(page.demande.dernier_mois, page.aujourd_hui))
    if gardes:
        total = sum(releve.heures for releve in gardes)
        fait = f"{quantite(len(gardes), 'case recopiée')} {de(noms[0])} en {noms[1]}, {ecrire_heures(total)}."
        messages.success(page.request, fait)
    elif not paires:
        messages.info(page.request, f"Aucune case vide à remplir en {noms[1]} avec les heures {de(noms[0])}.")
    page.relire()
    erreurs = [
        marquer(page.grille, CaseEnvoyee(case.cle, nombre(heures), case.version, ""), resultat)
        for (case, heures), resultat in zip(paires, resultats, strict=True)
        if isinstance(resultat, Refus | Conflit)
    ]
    return rendre(page, erreurs, statut=422) if erreurs else redirect(page.adresse)
