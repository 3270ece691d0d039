"""Ouvrir un parcours, le corriger, faire avancer ses phases. Chaque geste garde son auteur et son jour."""

from collections.abc import Collection
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction

from beneficiaires.models import Beneficiaire
from comptes.ecriture import enregistrer, exiger
from comptes.models import Utilisateur
from comptes.regles import Refus
from parcours.models import Parcours, PassagePhase, Phase
from parcours.regles.chemin import GestePhase, PassageDit, controler_entree, controler_geste, controler_ouverture
from parcours.services.sorties import reclasser
from parcours.services.verrou import verrouiller

# Le champ où se lit chaque refus.
CHAMPS = {
    "entree_implausible": "date_debut",
    "entree_future": "date_debut",
    "entree_trop_jeune": "date_debut",
    "entree_ancienne": "date_debut",
    "entree_tardive": "date_debut",
}
CHAMPS_PHASE = {
    "phase_geste": "geste",
    "phase_future": "jour",
    "phase_avant_entree": "jour",
    "phase_ordre": "jour",
    "phase_sans_motif": "motif",
}


@transaction.atomic
def ouvrir_parcours(*, parcours: Parcours, auteur: Utilisateur, aujourd_hui: date) -> Parcours:
    """Ouvre le parcours et sa phase de diagnostic, le jour de l'entrée."""
    Beneficiaire.objects.select_for_update().get(pk=parcours.beneficiaire_id)
    _controler_l_entree(parcours, aujourd_hui)
    enregistrer(parcours)
    enregistrer(PassagePhase(parcours=parcours, phase=Phase.DIAGNOSTIC, date_debut=parcours.date_debut, auteur=auteur))
    return parcours


@transaction.atomic
def corriger_parcours(*, parcours: Parcours, aujourd_hui: date) -> Parcours:
    """Corrige l'entrée, le dispositif ou qui suit. Une entrée déplacée emmène la première phase, ouverte le même jour."""
    avant = verrouiller(parcours)
    parcours.date_fin = avant.date_fin
    _controler_l_entree(parcours, aujourd_hui)
    if parcours.date_debut != avant.date_debut:
        _deplacer_l_entree(parcours, avant.date_debut)
    enregistrer(parcours)
    if parcours.dispositif != avant.dispositif and hasattr(parcours, "sortie"):
        reclasser(sortie=parcours.sortie, jour=aujourd_hui)
    return parcours


@transaction.atomic
def supprimer_parcours(*, parcours: Parcours) -> None:
    """Retire un parcours ouvert par erreur, avec sa première phase. Dès que quelque chose y est noté, il se garde."""
    parcours = verrouiller(parcours)
    notes = (parcours.diagnostics, parcours.freins, parcours.etapes)
    if hasattr(parcours, "sortie") or parcours.passages.count() > 1 or any(suite.exists() for suite in notes):
        raise ValidationError(
            "Un diagnostic, un frein, une étape, une phase ou une sortie y est déjà noté\u00a0: ce parcours se garde.",
            code="parcours_suivi",
        )
    parcours.delete()


def _controler_l_entree(parcours: Parcours, aujourd_hui: date) -> None:
    autres = Parcours.objects.filter(beneficiaire=parcours.beneficiaire_id).exclude(pk=parcours.pk)
    if not parcours._state.adding:
        # Un parcours corrigé n'a affaire qu'à ceux d'avant lui.
        autres = autres.filter(date_fin__isnull=False, date_debut__lt=parcours.date_debut)
    fins = list(autres.values_list("date_fin", flat=True))
    exiger(
        controler_ouverture(
            parcours.date_debut,
            naissance=parcours.beneficiaire.date_naissance,
            fins_precedentes=fins,
            aujourd_hui=aujourd_hui,
        ),
        champs=CHAMPS,
    )


def _deplacer_l_entree(parcours: Parcours, ancienne: date) -> None:
    passages = list(parcours.passages.all())
    suivent = [passage for passage in passages if passage.date_debut == ancienne]
    jours = {passage.date_debut for passage in passages if passage not in suivent}
    jours |= {passage.date_fin for passage in suivent if passage.date_fin}
    jours |= {etape.periode.debut for etape in parcours.etapes.select_related("contrat")}
    jours |= {jour for jour in (parcours.date_fin,) if jour}
    exiger(controler_entree(parcours.date_debut, premiers_jours=jours), champs=CHAMPS)
    for passage in suivent:
        passage.date_debut = parcours.date_debut
        enregistrer(passage)


@transaction.atomic
def avancer_phase(
    *,
    parcours: Parcours,
    phase: str,
    geste: GestePhase,
    jour: date,
    motif: str,
    auteur: Utilisateur,
    aujourd_hui: date,
    finir: Collection[Phase] = (),
) -> PassagePhase:
    """Commence, finit, saute ou rouvre une phase. Rouvrir ajoute un passage : l'histoire reste.

    `finir` : les phases ouvertes qui finissent le même jour, dans le même geste ; tout passe, ou rien.
    """
    parcours = verrouiller(parcours)
    quand = {"jour": jour, "auteur": auteur, "aujourd_hui": aujourd_hui}
    for autre in finir:
        _passer(parcours, autre, GestePhase.FINIR, motif="", nommee=f"{autre.label}\u00a0: ", **quand)
    return _passer(parcours, phase, geste, motif=motif, **quand)


def _passer(
    parcours: Parcours,
    phase: str,
    geste: GestePhase,
    *,
    jour: date,
    motif: str,
    auteur: Utilisateur,
    aujourd_hui: date,
    nommee: str = "",
) -> PassagePhase:
    """Un geste sur une phase. `nommee` : ce qui dit, dans un refus, de quelle phase il parle."""
    passages = list(parcours.passages.filter(phase=phase))
    refus = controler_geste(
        geste,
        passages=[PassageDit(p.date_debut, p.date_fin, p.est_sautee) for p in passages],
        jour=jour,
        motif=motif,
        entree=parcours.date_debut,
        parcours_clos=not parcours.est_ouvert,
        aujourd_hui=aujourd_hui,
    )
    if refus and nommee:
        refus = Refus(f"{nommee}{refus.phrase[:1].lower()}{refus.phrase[1:]}", refus.code)
    exiger(refus, champs=CHAMPS_PHASE)
    passage = next((p for p in passages if p.date_fin is None), None)
    if passage is None:
        passage = PassagePhase(parcours=parcours, phase=phase, date_debut=jour)
    if geste in {GestePhase.FINIR, GestePhase.SAUTER}:
        passage.date_fin = jour
    passage.est_sautee = geste == GestePhase.SAUTER
    passage.motif = motif.strip() or passage.motif
    passage.auteur = auteur
    enregistrer(passage)
    return passage
