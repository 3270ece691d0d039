"""Ce qui part d'une décision : la renouveler sur avis motivé, ou voir ce qu'elle serait avec d'autres faits."""

from datetime import date
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from beneficiaires.models import Beneficiaire
from beneficiaires.services.consultations import noter_consultation
from clauses.forms.renouvellements import RenouvellementForm
from clauses.forms.simulations import EtSiForm
from clauses.models import Eligibilite, Marche, ModeleRegle, Operation
from clauses.pourquoi import pourquoi, pourquoi_de
from clauses.regles import Decision
from clauses.regles.renouvellement import controler_renouvellement
from clauses.services.eligibilites import regle_en_vigueur
from clauses.services.modeles import cle_de, modeles_livres, regle_du_modele, trouver_modele
from clauses.services.renouvellements import prevoir_renouvellement, renouveler_eligibilite
from clauses.services.simulations import simuler
from clauses.services.versions import changements
from comptes.droits import facilitateur_seul
from comptes.formats import date_longue
from comptes.regles import Refus


@facilitateur_seul
def eligibilite_renouveler(request: HttpRequest, pk: UUID) -> HttpResponse:
    eligibilite = get_object_or_404(
        Eligibilite.objects.pour(request.user).select_related("operation", "beneficiaire", "regle__marche"), pk=pk
    )
    decision = Decision.depuis_json(eligibilite.decision)
    aujourd_hui = timezone.localdate()
    obstacle = controler_renouvellement(decision)
    if not eligibilite.est_courante:
        obstacle = Refus("Cette décision a été remplacée\u00a0: renouvelez celle qui est en vigueur.", "remplacee")
    if not Operation.objects.pour(request.user).filter(pk=eligibilite.operation_id).exists():
        obstacle = Refus("Le partage de cette opération est fini\u00a0: rien ne s’y décide plus.", "partage_fini")
    form = RenouvellementForm(
        request.POST or None, parametres=decision.parametres, aujourd_hui=aujourd_hui, initial=_avis_du_comite(request)
    )
    if request.method == "POST" and obstacle is None and form.is_valid():
        try:
            nouvelle = renouveler_eligibilite(eligibilite=eligibilite, utilisateur=request.user, **form.cleaned_data)
        except ValidationError as refus:
            form.add_error(None, refus)
        else:
            quand = f" jusqu’au {date_longue(nouvelle.date_fin)} inclus" if nouvelle.date_fin else ""
            messages.success(request, f"Éligibilité renouvelée{quand}.")
            return redirect("clauses:eligibilite_detail", nouvelle.pk)
    noter_consultation(eligibilite.beneficiaire, request.user)
    contexte = {
        "eligibilite": eligibilite,
        "beneficiaire": eligibilite.beneficiaire,
        "form": form,
        "obstacle": obstacle,
        "parametres": decision.parametres,
        "prevue": _fin_prevue(eligibilite, decision) if obstacle is None else None,
    }
    return render(request, "clauses/eligibilites/renouveler.html", contexte)


def _avis_du_comite(request: HttpRequest) -> dict[str, object]:
    """`?comite=2026-11-24` : l'avis vient de la séance de ce jour. L'organisme qui le donne et ses raisons restent à écrire."""
    try:
        seance = date.fromisoformat(request.GET.get("comite", ""))
    except ValueError:
        return {}
    return {"avis_date": seance, "avis_texte": f"Comité technique du {date_longue(seance)}\u00a0: "}


def _fin_prevue(eligibilite: Eligibilite, decision: Decision) -> Decision | None:
    """Ce que donnerait un avis reçu aujourd'hui, ou le dernier jour de la fenêtre si elle est déjà finie."""
    jour = min(timezone.localdate(), eligibilite.date_fin or timezone.localdate())
    prevue = prevoir_renouvellement(
        eligibilite=eligibilite,
        avis_date=jour,
        organisme=decision.parametres.organismes[0],
        date_decision=timezone.localdate(),
    )
    return None if isinstance(prevue, Refus) else prevue


@facilitateur_seul
def eligibilite_et_si(request: HttpRequest, pk: UUID) -> HttpResponse:
    """La réponse de la règle sur d'autres faits, à côté de celle d'aujourd'hui. N'écrit rien.

    Les faits viennent par POST : des dates de situation ne vont pas dans une adresse, que les journaux gardent.
    """
    beneficiaire = get_object_or_404(Beneficiaire.objects.pour(request.user), pk=pk)
    marche = _marche(request)
    possibles = [*ModeleRegle.objects.pour(request.user), *modeles_livres()]
    en_vigueur = beneficiaire.eligibilites.courantes().filter(operation=marche.operation).first()
    form = EtSiForm(
        request.POST if request.method == "POST" else None,
        beneficiaire=beneficiaire,
        modeles=[(cle_de(modele), modele.nom) for modele in possibles],
        date_decision=en_vigueur.date_decision if en_vigueur else timezone.localdate(),
    )
    actuelle = regle_en_vigueur(marche)
    contexte = {
        "beneficiaire": beneficiaire,
        "marche": marche,
        "form": form,
        "en_vigueur": en_vigueur,
        "bloc_actuel": pourquoi_de(en_vigueur) if en_vigueur else None,
    }
    if form.is_bound and form.is_valid():
        modele = trouver_modele(request.user, form.cleaned_data["modele"])
        regle = actuelle if modele is None else regle_du_modele(modele, marche)
        decision = simuler(beneficiaire=beneficiaire, marche=marche, regle=regle, hypothese=form.hypothese)
        contexte |= {
            "bloc": pourquoi(
                decision, operation=marche.operation.nom, personne=beneficiaire.nom_complet, est_apercu=True
            ),
            "changements": [] if modele is None else changements(actuelle, regle),
        }
    noter_consultation(beneficiaire, request.user)
    return render(request, "clauses/eligibilites/et_si.html", contexte)


def _marche(request: HttpRequest) -> Marche:
    """Le marché de l'adresse, qui a une règle."""
    marches = Marche.objects.pour(request.user).filter(regles__est_courante=True).select_related("operation")
    try:
        return get_object_or_404(marches, pk=UUID(request.GET.get("marche", "")))
    except ValueError as erreur:
        raise Http404 from erreur
