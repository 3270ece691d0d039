"""Ajouter, corriger, conclure, rouvrir et retirer une étape."""

from datetime import date

from django.db import transaction

from clauses.models import Contrat
from comptes.ecriture import enregistrer, exiger
from comptes.regles import Refus
from parcours.models import Etape, IssueEtape, Parcours, TypeEtape
from parcours.regles import chemin
from parcours.regles.chemin import controler_dates_etape, controler_issue
from parcours.services.verrou import verrouiller

# Le champ où se lit chaque refus.
CHAMPS = {
    "etape_inversee": "date_fin",
    "etape_avant_entree": "date_debut",
    "etape_apres_sortie": "date_debut",
    "etape_deborde": "date_fin",
    "etape_sans_debut": "date_debut",
    "etape_sans_contrat": "contrat",
    "etape_du_contrat": "contrat",
    "etape_deja_du_parcours": "contrat",
}
CHAMPS_ISSUE = {
    "issue_sans_motif": "motif",
    "issue_avant_debut": "issue",
    "issue_sans_jour": "dernier_jour",
    "issue_inversee": "dernier_jour",
    "issue_future": "dernier_jour",
}
SUIT_SON_CONTRAT = Refus(
    "Cette étape suit son contrat\u00a0: c’est lui qui se rompt ou se corrige, et l’étape le dit aussitôt.",
    "etape_de_contrat",
)


def refus_etape(
    parcours: Parcours, type_etape: str, contrat: Contrat | None, debut: date | None, fin: date | None
) -> Refus | None:
    """Ce qui empêche cette étape ; celle d'un contrat se juge à ses dates à lui."""
    if type_etape == TypeEtape.CONTRAT_CLAUSE:
        if contrat is None:
            return Refus("Choisissez le contrat.", "etape_sans_contrat")
        debut, fin = contrat.date_debut, contrat.derniere_date
    if debut is None:
        return Refus("Indiquez son premier jour, même prévu.", "etape_sans_debut")
    refus = controler_dates_etape(
        debut, fin, type_etape=type_etape, entree=parcours.date_debut, sortie=parcours.date_fin
    )
    # Les dates d'un contrat ne se corrigent pas ici : c'est lui que l'on n'a pas bien choisi.
    return Refus(refus.phrase, "etape_du_contrat") if refus and contrat else refus


@transaction.atomic
def enregistrer_etape(*, etape: Etape) -> Etape:
    """Crée ou corrige une étape. Celle d'un contrat n'a ni dates ni issue à elle ; son début doit être dans le parcours."""
    parcours = verrouiller(etape.parcours)
    if etape.type_etape == TypeEtape.CONTRAT_CLAUSE:
        etape.date_debut, etape.date_fin, etape.issue, etape.motif = None, None, "", ""
    else:
        etape.contrat = None
    _controler(etape, parcours)
    if parcours.etapes.filter(contrat=etape.contrat, contrat__isnull=False).exclude(pk=etape.pk).exists():
        exiger(Refus("Ce contrat est déjà une étape de ce parcours.", "etape_deja_du_parcours"), champs=CHAMPS)
    enregistrer(etape)
    return etape


def _controler(etape: Etape, parcours: Parcours) -> None:
    exiger(refus_etape(parcours, etape.type_etape, etape.contrat, etape.date_debut, etape.date_fin), champs=CHAMPS)


@transaction.atomic
def conclure_etape(*, etape: Etape, issue: str, dernier_jour: date | None, motif: str, aujourd_hui: date) -> Etape:
    """Dit ce qu'est devenue l'étape. Interrompue ou réalisée, elle finit ce jour-là ; sautée, elle garde ses dates prévues."""
    parcours = verrouiller(etape.parcours)
    etape = Etape.objects.select_related("contrat").get(pk=etape.pk)
    if etape.contrat_id:
        exiger(SUIT_SON_CONTRAT)
    dite = chemin.IssueEtape(issue)
    exiger(
        controler_issue(dite, debut=etape.date_debut, dernier_jour=dernier_jour, motif=motif, aujourd_hui=aujourd_hui),
        champs=CHAMPS_ISSUE,
    )
    etape.issue, etape.motif = issue, motif.strip()
    if issue != IssueEtape.SAUTEE:
        etape.date_fin = dernier_jour
        _controler(etape, parcours)
    enregistrer(etape)
    return etape


@transaction.atomic
def rouvrir_etape(*, etape: Etape) -> Etape:
    """Efface l'issue : l'étape redevient ce que disent ses dates. L'ancienne issue reste dans le journal des changements."""
    parcours = verrouiller(etape.parcours)
    etape = Etape.objects.select_related("contrat").get(pk=etape.pk)
    etape.issue, etape.motif = "", ""
    _controler(etape, parcours)
    enregistrer(etape)
    return etape


@transaction.atomic
def retirer_etape(*, etape: Etape) -> None:
    """Retire une étape saisie par erreur ; le contrat qu'elle suivait reste."""
    verrouiller(etape.parcours)
    etape.delete()
