"""Ce que le facilitateur fait d'une déclaration : renvoyer ou retirer le lien, noter un retour, recevoir, verrouiller, rouvrir."""

from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from clauses.forms.declarations import ReouvertureForm, formulaires_des_contacts
from clauses.models import ContactEntreprise, Declaration, EnvoiDeclaration
from clauses.services.auteurs import Auteur
from clauses.services.contacts import enregistrer_contacts
from clauses.services.declarations import MoisDeclare, empreinte, recevoir, rouvrir, verrouiller
from clauses.services.envois import noter_retour, renvoyer_le_lien
from clauses.services.liens import revoquer_liens
from clauses.tasks import envoyer_declaration
from clauses.views.declarations import declaration_visible, rendre_declaration
from comptes.droits import facilitateur_seul, reserve_a
from comptes.formats import quantite
from comptes.models import Profil
from comptes.regles import Refus


def _finir(request: HttpRequest, declaration: Declaration, refus: Refus | None, fait: str) -> HttpResponse:
    if refus:
        return rendre_declaration(request, declaration, ReouvertureForm(), refus.phrase)
    messages.success(request, fait)
    return redirect("clauses:declaration_detail", declaration.pk)


@facilitateur_seul
@require_POST
def declaration_lien_envoyer(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Renvoie un lien ; s'il a déjà servi, un nouveau."""
    declaration = declaration_visible(request, pk)
    with transaction.atomic():
        envoi = renvoyer_le_lien(mois=MoisDeclare.de(declaration), jour=timezone.localdate())
        if isinstance(envoi, EnvoiDeclaration):
            transaction.on_commit(lambda: envoyer_declaration.delay(str(envoi.pk)))
    refus = envoi if isinstance(envoi, Refus) else None
    return _finir(request, declaration, refus, "Le lien part par courriel.")


@facilitateur_seul
@require_POST
def declaration_lien_revoquer(request: HttpRequest, pk: UUID) -> HttpResponse:
    declaration = declaration_visible(request, pk)
    mois = MoisDeclare.de(declaration)
    nombre = revoquer_liens(entreprise=mois.entreprise, structure=mois.structure, mois=mois.mois, par=request.user)
    return _finir(request, declaration, None, f"{quantite(nombre, 'lien retiré')}. Un lien retiré ne s’ouvre plus.")


@facilitateur_seul
@require_POST
def declaration_recevoir(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Le facilitateur a saisi lui-même les heures d'une entreprise qui n'a pas répondu : le mois est reçu, et le dit."""
    declaration = declaration_visible(request, pk)
    mois = MoisDeclare.de(declaration)
    refus = recevoir(
        mois=mois,
        auteur=Auteur.du_compte(request.user),
        empreinte_lue=empreinte(mois),
        aujourd_hui=timezone.localdate(),
    )
    return _finir(request, declaration, refus, "Le mois est noté reçu, saisi par vous.")


@facilitateur_seul
@require_POST
def declaration_verrouiller(request: HttpRequest, pk: UUID) -> HttpResponse:
    declaration = declaration_visible(request, pk)
    refus = verrouiller(declaration=declaration, par=request.user, aujourd_hui=timezone.localdate())
    return _finir(request, declaration, refus, "Le mois est verrouillé\u00a0: ses heures ne changent plus.")


@facilitateur_seul
@require_POST
def declaration_rouvrir(request: HttpRequest, pk: UUID) -> HttpResponse:
    declaration = declaration_visible(request, pk)
    form = ReouvertureForm(request.POST)
    if not form.is_valid():
        return rendre_declaration(request, declaration, form)
    refus = rouvrir(declaration=declaration, par=request.user, motif=form.cleaned_data["motif"])
    return _finir(request, declaration, refus, "Le mois est rouvert\u00a0: la raison est gardée.")


@facilitateur_seul
@require_POST
def envoi_revenu(request: HttpRequest, pk: UUID) -> HttpResponse:
    """« Ce courriel est revenu » : on n'écrit plus à cette adresse tant qu'elle n'est pas corrigée."""
    envoi = get_object_or_404(EnvoiDeclaration.objects.filter(structure=request.user.organisation), pk=pk)
    noter_retour(envoi=envoi, jour=timezone.localdate())
    messages.success(request, "Le retour est noté\u00a0: corrigez l’adresse de ce contact pour lui écrire de nouveau.")
    declaration = (
        Declaration.objects.du_mois(entreprise=envoi.entreprise_id, structure=envoi.structure_id, mois=envoi.mois)
        .order_by("pk")
        .first()
    )
    return (
        redirect("clauses:declaration_detail", declaration.pk) if declaration else redirect("clauses:declaration_liste")
    )


@reserve_a(Profil.FACILITATEUR, Profil.ENTREPRISE)
def declaration_contacts(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Les contacts de l'entreprise pour cette structure : l'une et l'autre les tiennent à jour."""
    declaration = declaration_visible(request, pk)
    mois = MoisDeclare.de(declaration)
    actuels = {
        c.role: c for c in ContactEntreprise.objects.filter(structure=mois.structure, entreprise=mois.entreprise)
    }
    formulaires = formulaires_des_contacts(request.POST or None, actuels)
    if request.method == "POST" and all(form.is_valid() for _, form in formulaires):
        enregistrer_contacts(
            structure=mois.structure,
            entreprise=mois.entreprise,
            contacts={form.prefix: form.valeurs for _, form in formulaires},
            par=request.user,
        )
        messages.success(request, "Les contacts sont enregistrés.")
        if request.user.profil == Profil.FACILITATEUR:
            return redirect("clauses:declaration_detail", declaration.pk)
        return redirect("reporting:accueil")
    erreurs = any(form.errors for _, form in formulaires)
    contexte = {
        "declaration": declaration,
        "formulaires": [(libelle, form, actuels.get(form.prefix)) for libelle, form in formulaires],
        "en_erreur": erreurs,
    }
    return render(request, "clauses/declarations/contacts.html", contexte, status=422 if erreurs else 200)
