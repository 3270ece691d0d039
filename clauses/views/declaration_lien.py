"""Le lien reçu par courriel : il s'ouvre sans compte. Son jeton ne reste pas dans l'adresse : la session dit ce qu'il a ouvert.

Ainsi ni le journal, ni l'historique des changements, ni une page suivante ne le portent.
"""

import logging
from collections.abc import Callable
from functools import wraps
from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from clauses.models import LienDeclaration
from clauses.regles.declarations import REFUS_DE_LIEN
from clauses.services.auteurs import Auteur
from clauses.services.declarations import MoisDeclare
from clauses.services.liens import lire_jeton, refus_de
from clauses.views.declarer import METHODES, Porte, page_confirmation, page_feuille
from comptes.regles import Refus

journal = logging.getLogger(__name__)
CLE_SESSION = "liens_de_declaration"
LIENS_GARDES = 20
STATUTS = {"lien_inconnu": 404, "lien_ferme": 404, "lien_etranger": 403}


def discrete(vue: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Une page qui ne s'indexe pas, ne se garde pas en cache, et ne dit rien d'elle au site suivant."""

    @wraps(vue)
    def vue_discrete(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        reponse = vue(request, *args, **kwargs)
        reponse["X-Robots-Tag"] = "noindex, nofollow"
        # « no-referrer » ferait perdre l'origine des envois, que le jeton CSRF contrôle.
        reponse["Referrer-Policy"] = "same-origin"
        return reponse

    return login_not_required(never_cache(vue_discrete))


@discrete
@require_safe
def declaration_entrer(request: HttpRequest, jeton: str) -> HttpResponse:
    """Ouvre le lien pour ce navigateur. L'ouvrir n'utilise rien : un filtre de courriel qui visite les adresses ne déclare rien."""
    lien = lire_jeton(jeton, timezone.localdate())
    if isinstance(lien, LienDeclaration) and (refus := _etranger(request, lien)):
        journal.warning("Lien de déclaration refusé : %s", refus.code)
        lien = refus
    if isinstance(lien, Refus):
        return redirect("clauses:declaration_refus", lien.code)
    ouverts = [pk for pk in request.session.get(CLE_SESSION, []) if pk != lien.pk.hex]
    request.session[CLE_SESSION] = [*ouverts, lien.pk.hex][-LIENS_GARDES:]
    return redirect("clauses:declaration_lien", lien.pk)


@discrete
@require_safe
def declaration_refus(request: HttpRequest, code: str) -> HttpResponse:
    if code not in REFUS_DE_LIEN:
        raise Http404
    return _dire(request, REFUS_DE_LIEN[code])


@discrete
@METHODES
def declaration_lien(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _ouvrir(request, pk, page_feuille)


@discrete
@METHODES
def declaration_lien_confirmer(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _ouvrir(request, pk, page_confirmation)


def _ouvrir(request: HttpRequest, pk: UUID, page: Callable[[HttpRequest, Porte], HttpResponse]) -> HttpResponse:
    lien = None
    if pk.hex in request.session.get(CLE_SESSION, []):
        lien = LienDeclaration.objects.select_related("entreprise", "structure").filter(pk=pk).first()
    if lien is None:
        return _dire(request, REFUS_DE_LIEN["lien_ferme"])
    if refus := _etranger(request, lien) or refus_de(lien, timezone.localdate()):
        journal.warning("Page de déclaration refusée : %s", refus.code)
        return _dire(request, refus)
    porte = Porte(
        auteur=Auteur.du_lien(lien),
        mois=MoisDeclare.du_lien(lien),
        entreprise=lien.entreprise,
        structure=lien.structure,
        feuille=reverse("clauses:declaration_lien", args=[pk]),
        confirmer=reverse("clauses:declaration_lien_confirmer", args=[pk]),
    )
    return page(request, porte)


def _etranger(request: HttpRequest, lien: LienDeclaration) -> Refus | None:
    """Un compte connecté d'une autre organisation n'ouvre pas le lien de celle-ci."""
    if request.user.is_authenticated and request.user.organisation != lien.entreprise:
        return REFUS_DE_LIEN["lien_etranger"]
    return None


def _dire(request: HttpRequest, refus: Refus) -> HttpResponse:
    statut = STATUTS.get(refus.code, 410)
    return render(request, "clauses/declarations/refus.html", {"refus": refus.phrase}, status=statut)
