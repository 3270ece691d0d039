"""Ce que Bâti-Rhône dit des heures qu'une agence d'intérim déclare sur ses lots : approuvées, à confirmer, contestées."""

from datetime import timedelta
from decimal import Decimal

from django.db.models import F

from clauses.models import Approbation, EtatReleve, Litige, MessageLitige, ReleveHeures
from clauses.models.confirmations import TITULAIRE_QUI_REPOND
from clauses.regles.confirmation import IssueLitige, ParametresConfirmation, fin_du_delai
from comptes.models import Utilisateur
from config.demonstration.atelier import Atelier
from config.demonstration.tables.placements import CAS_PARTICULIERS, CONVENTION, RECTIFICATION

TITULAIRE = "bati"
UNE_HEURE = timedelta(hours=1)


def construire_confirmations(atelier: Atelier) -> None:
    compte = atelier.comptes_par_organisation[TITULAIRE][0]
    attendus = list(
        ReleveHeures.objects.annotate(repond=TITULAIRE_QUI_REPOND)
        .filter(repond=atelier.organisations[TITULAIRE].pk, declarant__isnull=False)
        .exclude(declarant=F("repond"))
        .select_related("affectation__contrat__beneficiaire__referent", "declarant")
        .order_by("mois", "affectation", "nature")
    )
    # Ceux dont une table raconte déjà l'histoire gardent la leur. Certains jours, rien n'attend plus : le plus récent fait l'affaire.
    racontes = {atelier.personnes[cle].pk for cle in (CONVENTION.personne, RECTIFICATION[0])}
    racontes |= {atelier.personnes[cle].pk for cle, *_ in CAS_PARTICULIERS}
    libres = [r for r in reversed(attendus) if r.affectation.contrat.beneficiaire_id not in racontes]
    conteste = min(libres, key=lambda releve: releve.etat != EtatReleve.DECLARE)
    decides = [r for r in attendus if r.etat in (EtatReleve.VERIFIE, EtatReleve.VALIDE) and r != conteste]
    Approbation.objects.bulk_create(
        Approbation(
            id=atelier.id("approbation", releve.pk),
            releve=releve,
            entreprise=atelier.organisations[TITULAIRE],
            heures=releve.heures,
            par=compte,
            le=min(releve.saisi_le + UNE_HEURE, releve.decide_le),
        )
        for releve in decides
    )
    _regler(atelier, decides[0], compte)
    _contester(atelier, conteste, compte)


def _ouvrir(atelier: Atelier, releve: ReleveHeures, compte: Utilisateur, *, moins: int, pourquoi: str) -> Litige:
    """Le litige, ouvert une heure après la déclaration, et son premier message."""
    le = releve.saisi_le + UNE_HEURE
    litige = Litige(
        id=atelier.id("litige", releve.pk),
        releve=releve,
        entreprise=atelier.organisations[TITULAIRE],
        ouvert_par=compte,
        ouvert_le=le,
        echeance=fin_du_delai(le.date(), ParametresConfirmation().litige_jours),
        heures_declarees=releve.heures,
        heures_reconnues=releve.heures - Decimal(moins),
    )
    litige.save()
    _ecrire(atelier, litige, compte, pourquoi, rang=1)
    return litige


def _ecrire(atelier: Atelier, litige: Litige, auteur: Utilisateur, texte: str, *, rang: int) -> None:
    MessageLitige.objects.create(
        id=atelier.id("message", litige.pk, rang),
        litige=litige,
        organisation=auteur.adhesions.get().organisation,
        auteur=auteur,
        texte=texte,
        le=litige.ouvert_le + rang * timedelta(minutes=25),
    )


def _regler(atelier: Atelier, releve: ReleveHeures, compte: Utilisateur) -> None:
    """Le plus ancien relevé : contesté, puis maintenu au vu du pointage, avant d'être validé."""
    referent = releve.affectation.contrat.beneficiaire.referent
    litige = _ouvrir(atelier, releve, compte, moins=7, pourquoi="Nous comptons un jour de moins : chantier fermé le 2.")
    _ecrire(atelier, litige, referent, "Le pointage signé du chef de chantier porte bien ce jour : maintenues.", rang=2)
    litige.issue, litige.heures_retenues = IssueLitige.MAINTENUES, releve.heures
    litige.clos_par, litige.clos_le = referent, litige.ouvert_le + timedelta(minutes=50)
    litige.save()


def _contester(atelier: Atelier, releve: ReleveHeures, compte: Utilisateur) -> None:
    litige = _ouvrir(atelier, releve, compte, moins=14, pourquoi="Deux jours d’absence ne sont pas retirés du mois.")
    releve.etat, releve.version = EtatReleve.CONTESTE, 2
    releve.motif = "Contestées par Bâti-Rhône."
    releve.decide_par, releve.decide_le = compte, litige.ouvert_le
    releve.save(update_fields=["etat", "version", "motif", "decide_par", "decide_le"])
