"""Les pièces d'un contrat : l'entreprise les dépose, le facilitateur les ouvre et répond."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from clauses.filters_preuves import PreuveFilter
from clauses.forms.preuves import JugementForm, PreuveForm
from clauses.models import Contrat, EtatPreuve, Preuve
from clauses.regles.preuves import SortePreuve
from clauses.services.preuves import deposer, juger, retirer
from clauses.tables_preuves import PreuveTable
from clauses.views.formulaires import ecrire
from comptes.droits import facilitateur_seul, reserve_a
from comptes.exports import exporter, format_demande
from comptes.listes import mettre_en_pages
from comptes.models import Profil

parties = reserve_a(Profil.FACILITATEUR, Profil.ENTREPRISE)


@facilitateur_seul
def preuve_liste(request: HttpRequest) -> HttpResponse:
    """Les pièces déposées pour les personnes de la structure, celles à regarder d'abord."""
    toutes = Preuve.objects.pour(request.user)
    filtre = PreuveFilter(request.GET, queryset=toutes, utilisateur=request.user)
    table = PreuveTable(filtre.qs.select_related("contrat__beneficiaire", "deposante"))
    mettre_en_pages(request, table)
    if format_ := format_demande(request):
        return exporter(table, format_, "Pièces")
    contexte = {
        "filter": filtre,
        "table": table,
        "trouvees": table.paginator.count,
        "total": toutes.count(),
        "a_regarder": toutes.a_regarder().count(),
    }
    return render(request, "clauses/preuves/recues.html", contexte)


@parties
def contrat_preuves(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Les pièces d'un contrat, et le dépôt d'une autre. Un refus garde la pièce et le mois choisis."""
    contrat = _contrat(request, pk)
    form = PreuveForm(request.POST or None, request.FILES or None, contrat=contrat, aujourd_hui=timezone.localdate())
    if request.method == "POST" and form.is_valid():
        donnees = form.cleaned_data
        try:
            deposer(
                contrat=contrat,
                sorte=SortePreuve(donnees["sorte"]),
                mois=donnees["mois"],
                contenu=donnees["fichier"],
                par=request.user,
                aujourd_hui=timezone.localdate(),
            )
        except ValidationError as refus:
            form.add_error(None, refus)
        else:
            messages.success(request, "Pièce déposée. Elle sera lisible dès que son contrôle est fini.")
            return redirect("clauses:contrat_preuves", pk)
    return _montrer(request, contrat, form)


def _contrat(request: HttpRequest, pk: UUID) -> Contrat:
    visibles = Contrat.objects.pour(request.user).select_related("beneficiaire", "employeur", "entreprise_utilisatrice")
    return get_object_or_404(visibles, pk=pk)


def _montrer(
    request: HttpRequest,
    contrat: Contrat,
    form: PreuveForm,
    *,
    jugement: JugementForm | None = None,
    jugee: UUID | None = None,
) -> HttpResponse:
    preuves = list(
        Preuve.objects.pour(request.user)
        .filter(contrat=contrat)
        .select_related("deposante", "vue_par")
        .order_by("-deposee_le")
    )
    est_facilitateur = request.user.profil == Profil.FACILITATEUR
    for preuve in preuves:
        preuve.form = _jugement(preuve, jugement, jugee) if est_facilitateur else None
    refuse = form.errors or jugement
    contexte = {
        "contrat": contrat,
        "preuves": preuves,
        "form": form,
        "refuse": jugement or form,
        "est_facilitateur": est_facilitateur,
        # Une page qui se rafraîchit seule effacerait ce que le facilitateur écrit.
        "se_rafraichit": not est_facilitateur and any(p.etat == EtatPreuve.QUARANTAINE for p in preuves),
    }
    gabarit = "clauses/preuves/liste.html" if request.htmx else "clauses/preuves/contrat.html"
    return render(request, gabarit, contexte, status=422 if refuse else 200)


def _jugement(preuve: Preuve, refuse: JugementForm | None, jugee: UUID | None) -> JugementForm | None:
    if preuve.etat != EtatPreuve.RECUE:
        return None
    return refuse if refuse and preuve.pk == jugee else JugementForm(prefix=f"p{preuve.pk.hex[:8]}")


def _preuve(request: HttpRequest, pk: UUID) -> Preuve:
    return get_object_or_404(Preuve.objects.pour(request.user), pk=pk)


@parties
@require_GET
def preuve_fichier(request: HttpRequest, pk: UUID) -> FileResponse:
    """Le fichier d'une preuve contrôlée, toujours téléchargé : rien de ce qui vient d'un tiers ne s'affiche dans Étape."""
    preuve = get_object_or_404(Preuve.objects.pour(request.user).lisibles(), pk=pk)
    if not preuve.fichier.storage.exists(preuve.fichier.name):
        raise Http404
    mois = f"-{preuve.mois:%Y-%m}" if preuve.mois else ""
    reponse = FileResponse(
        preuve.fichier.open("rb"),
        as_attachment=True,
        filename=f"{preuve.sorte}{mois}-{preuve.contrat_id.hex[:6]}.{preuve.extension}",
        content_type=preuve.type_mime,
    )
    reponse["Cache-Control"] = "private, no-store"
    return reponse


@facilitateur_seul
@require_POST
def preuve_juger(request: HttpRequest, pk: UUID) -> HttpResponse:
    preuve = _preuve(request, pk)
    form = JugementForm(request.POST, prefix=f"p{preuve.pk.hex[:8]}")

    def action() -> None:
        accepte = form.cleaned_data["reponse"] == EtatPreuve.ACCEPTEE
        juger(preuve=preuve, accepte=accepte, motif=form.cleaned_data["motif"], par=request.user)

    if ecrire(request, form, action):
        messages.success(request, "Votre réponse est enregistrée, l’entreprise la lit sur la même page.")
        return redirect("clauses:contrat_preuves", preuve.contrat_id)
    contrat = _contrat(request, preuve.contrat_id)
    vierge = PreuveForm(contrat=contrat, aujourd_hui=timezone.localdate())
    return _montrer(request, contrat, vierge, jugement=form, jugee=preuve.pk)


@parties
@require_POST
def preuve_retirer(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Qui a déposé une pièce par erreur la retire, tant qu'elle n'est pas acceptée."""
    deposees = Preuve.objects.pour(request.user).filter(deposante=request.user.organisation)
    preuve = get_object_or_404(deposees, pk=pk)
    try:
        retirer(preuve=preuve)
    except ValidationError as refus:
        messages.error(request, refus.messages[0])
    else:
        messages.success(request, "Pièce retirée\u00a0: son fichier est effacé.")
    return redirect("clauses:contrat_preuves", preuve.contrat_id)
