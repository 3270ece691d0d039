"""Saisir des heures, case par case ou toute une grille ; les contrôler avant de les envoyer, sans rien écrire.

Une saisie porte la version qu'elle a lue (0 : case vide). Si la case a changé depuis, rien n'est écrit : la réponse est un
`Conflit`, qui porte l'autre valeur. Tout est lu et écrit par lots : le nombre de requêtes ne dépend pas du nombre de cases.

Verrous, toujours dans cet ordre et par identifiant croissant : déclarations, personnes, relevés, engagements. Deux saisies pour une même
personne s'attendent, et le plafond du mois tient compte de la première.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from beneficiaires.models import Beneficiaire
from beneficiaires.periodes import Periode, mois_de
from clauses.cumuls import recalculer_cumuls
from clauses.models import (
    Affectation,
    Contrat,
    Eligibilite,
    EtatReleve,
    NatureHeures,
    ReleveHeures,
    SourceReleve,
)
from clauses.regles import etat_apres_saisie, periode_saisissable
from clauses.regles.controles import ConstatHeures, refus_de
from clauses.regles.declarations import MOIS_VERROUILLE
from clauses.services.auteurs import Auteur
from clauses.services.controles import garder_constats
from clauses.services.faits_heures import (
    Dossier,
    avec_leurs_faits,
    faits_de,
    ouvrir_dossier,
    releves_autour,
)
from clauses.services.fenetres import (
    attend_la_premiere_heure,
    controler_premiere_heure,
    ouvrir_fenetre_a_la_premiere_heure,
    suivre_le_temps_de_travail,
)
from clauses.services.verrous import Cle, cle_du_mois, verrous_des_affectations
from comptes.formats import heures as ecrire_heures
from comptes.models import Utilisateur
from comptes.regles import Refus

CHAMPS_SAISIS = (
    "heures",
    "date_debut",
    "date_fin",
    "etat",
    "motif",
    "source",
    "declarant",
    "version",
    "saisi_par",
    "saisi_par_lien",
    "saisi_le",
    "decide_par",
    "decide_le",
)
VIDER_INTERDIT = Refus(
    "Ces heures ont déjà reçu une décision\u00a0: elles ne s’effacent plus. Écrivez leur nouveau total, ou 0.",
    "vider_interdit",
)
PLUSIEURS_RELEVES = Refus(
    "Ce mois porte plusieurs relevés pour ce contrat\u00a0: ouvrez la liste des lignes pour voir chacun d’eux.",
    "plusieurs_releves",
)


@dataclass(frozen=True, slots=True)
class Saisie:
    """Ce qu'une personne tape dans une case ; `heures` à None la vide. `periode` : la part du mois, par défaut tout ce qui compte."""

    affectation: UUID
    nature: str
    mois: date
    heures: Decimal | None
    version_lue: int = 0
    periode: Periode | None = None


@dataclass(frozen=True, slots=True)
class Conflit:
    """La case a changé depuis sa lecture. `releve` : ce qu'elle contient maintenant (None : elle a été vidée)."""

    releve: ReleveHeures | None
    heures_saisies: Decimal | None

    @property
    def version(self) -> int:
        return self.releve.version if self.releve else 0


Resultat = ReleveHeures | Refus | Conflit | None


@dataclass(frozen=True, slots=True)
class Precontrole:
    """Ce que des heures donneraient si on les envoyait : ce qui les refuserait (None : rien), et ce que les contrôles en disent."""

    refus: Refus | None
    constats: tuple[ConstatHeures, ...] = ()


def saisir_case(
    *,
    affectation: Affectation | UUID,
    nature: str,
    mois: date,
    heures: Decimal | None,
    version_lue: int,
    utilisateur: Utilisateur,
    periode: Periode | None = None,
    aujourd_hui: date | None = None,
) -> Resultat:
    """Enregistre une case. Rend le relevé, None si la case est vide maintenant, ou le `Refus` ou `Conflit` qui l'a empêché."""
    cle = affectation.pk if isinstance(affectation, Affectation) else affectation
    saisie = Saisie(cle, nature, mois, heures, version_lue, periode)
    return saisir_cases(saisies=[saisie], utilisateur=utilisateur, aujourd_hui=aujourd_hui)[0]


@transaction.atomic
def saisir_cases(
    *, saisies: Sequence[Saisie], utilisateur: Utilisateur | Auteur, aujourd_hui: date | None = None
) -> list[Resultat]:
    """Enregistre plusieurs cases ; rend un résultat par saisie, dans l'ordre. Une case refusée n'empêche pas les autres.

    `utilisateur` : un compte, ou l'auteur qui a répondu par un lien (`Auteur.du_lien`, dont l'appelant a vérifié qu'il vaut encore).
    Lève Affectation.DoesNotExist si l'une d'elles n'est pas à lui, sans rien écrire.
    """
    auteur = utilisateur if isinstance(utilisateur, Auteur) else Auteur.du_compte(utilisateur)
    if not saisies:
        return []
    cahier = _ouvrir_cahier(saisies, auteur, aujourd_hui or timezone.localdate(), verrouiller=True)
    resultats = [_examiner(cahier, saisie) for saisie in saisies]
    _ecrire(cahier)
    return resultats


def precontroler_case(*, saisie: Saisie, utilisateur: Utilisateur, aujourd_hui: date | None = None) -> Precontrole:
    """Dit ce que cette saisie donnerait, sans verrou et sans rien écrire. Un conflit ne se dit qu'à l'envoi.

    Lève Affectation.DoesNotExist si la case n'est pas à cet utilisateur.
    """
    auteur = Auteur.du_compte(utilisateur)
    cahier = _ouvrir_cahier([saisie], auteur, aujourd_hui or timezone.localdate(), verrouiller=False)
    resultat = _examiner(cahier, saisie)
    return Precontrole(resultat if isinstance(resultat, Refus) else None, cahier.derniers_constats)


@dataclass(slots=True)
class _Cahier:
    """Les faits d'un lot de saisies, lus une fois, et ce qu'il faudra écrire."""

    auteur: Auteur
    dossier: Dossier
    cases: defaultdict[tuple[UUID, str, date], list[ReleveHeures]]
    verrouilles: frozenset[Cle]
    nouveaux: list[ReleveHeures] = field(default_factory=list)
    modifies: list[ReleveHeures] = field(default_factory=list)
    effaces: list[ReleveHeures] = field(default_factory=list)
    constats: dict[ReleveHeures, tuple[ConstatHeures, ...]] = field(default_factory=dict)
    derniers_constats: tuple[ConstatHeures, ...] = ()

    @property
    def source(self) -> SourceReleve:
        return self.auteur.source


def _ouvrir_cahier(saisies: Sequence[Saisie], auteur: Auteur, aujourd_hui: date, *, verrouiller: bool) -> _Cahier:
    ids, mois = {s.affectation for s in saisies}, {s.mois for s in saisies}
    verrouilles = verrous_des_affectations(ids, mois, tenir=verrouiller)
    if verrouiller:
        verrouiller_les_personnes(ids)
    affectations = avec_leurs_faits(auteur.affectations, aujourd_hui).in_bulk(ids)
    if len(affectations) < len(ids):
        raise Affectation.DoesNotExist
    releves = releves_autour({a.contrat.beneficiaire_id for a in affectations.values()}, mois)
    if verrouiller:
        releves = releves.select_for_update(of=("self",), no_key=True)
    dossier = ouvrir_dossier(affectations=affectations, releves=releves, aujourd_hui=aujourd_hui)
    cahier = _Cahier(auteur=auteur, dossier=dossier, cases=defaultdict(list), verrouilles=verrouilles)
    for declares in dossier.releves.values():
        for releve in declares:
            cahier.cases[releve.affectation_id, releve.nature, releve.mois].append(releve)
    return cahier


def _examiner(cahier: _Cahier, saisie: Saisie) -> Resultat:
    """Décide du sort d'une saisie, sans rien écrire encore."""
    presents = cahier.cases[saisie.affectation, saisie.nature, saisie.mois]
    if saisie.periode is not None:
        presents = [r for r in presents if Periode(r.date_debut, r.date_fin).chevauche(saisie.periode)]
    if len(presents) > 1:
        return PLUSIEURS_RELEVES
    present = presents[0] if presents else None
    if present.heures == saisie.heures if present else saisie.heures is None:
        return present  # rien à changer : double envoi, ou même valeur que l'autre personne
    if cle_du_mois(cahier.dossier.affectations[saisie.affectation], saisie.mois) in cahier.verrouilles:
        return MOIS_VERROUILLE
    if saisie.version_lue != (present.version if present else 0):
        return Conflit(present, saisie.heures)
    etat = etat_apres_saisie(present.etat if present else None)
    if isinstance(etat, Refus):
        return etat
    if present and present.heures_imputees > (saisie.heures or 0):
        return _heures_imputees(present)
    if saisie.heures is None:
        return _vider(cahier, present)
    return _garder(cahier, saisie, present, EtatReleve(etat))


def _heures_imputees(present: ReleveHeures) -> Refus:
    """Des heures comptent ailleurs par convention : elles doivent rester faites."""
    imputees = ecrire_heures(present.heures_imputees)
    return Refus(
        f"{imputees} de ce relevé comptent sur un autre lot, par convention\u00a0: retirez d’abord l’imputation, ou écrivez "
        f"{imputees} au moins.",
        "heures_imputees",
    )


def _vider(cahier: _Cahier, present: ReleveHeures) -> Refus | None:
    if present.etat != EtatReleve.DECLARE:
        return VIDER_INTERDIT
    cahier.effaces.append(present)
    cahier.cases[present.affectation_id, present.nature, present.mois].remove(present)
    cahier.dossier.retirer(present)
    return None


def _garder(cahier: _Cahier, saisie: Saisie, present: ReleveHeures | None, etat: EtatReleve) -> ReleveHeures | Refus:
    affectation = cahier.dossier.affectations[saisie.affectation]
    permise = periode_saisissable(
        saisie.mois, *faits_de(affectation), est_prorata=cahier.dossier.regle(affectation).est_prorata
    )
    periode = saisie.periode or permise or mois_de(saisie.mois)
    constats = cahier.derniers_constats = cahier.dossier.constater(
        affectation,
        heures=saisie.heures,
        nature=saisie.nature,
        periode=periode,
        source=cahier.source,
        present=present,
    )
    refus = refus_de(constats, pour_le_facilitateur=cahier.source == SourceReleve.FACILITATEUR)
    if refus is None and saisie.heures:
        refus = controler_premiere_heure(affectation, periode.debut)
    if refus:
        return refus
    releve = present or ReleveHeures(
        affectation=affectation, nature=NatureHeures(saisie.nature), mois=saisie.mois, version=0
    )
    releve.heures, releve.etat = saisie.heures, etat
    releve.date_debut, releve.date_fin = periode.debut, periode.fin
    releve.motif = releve.motif if etat == EtatReleve.RECTIFIE else ""  # un relevé rectifié garde pourquoi il l'a été
    releve.version += 1
    releve.source = cahier.source
    releve.declarant = cahier.auteur.entreprise
    releve.saisi_par, releve.saisi_par_lien = cahier.auteur.utilisateur, cahier.auteur.lien
    releve.saisi_le, releve.decide_par, releve.decide_le = timezone.now(), None, None
    releve.clean_fields(exclude=("affectation", "declarant", "saisi_par", "saisi_par_lien", "decide_par"))
    cahier.constats[releve] = constats
    if present:
        cahier.modifies.append(releve)
    else:
        cahier.cases[releve.affectation_id, releve.nature, releve.mois].append(releve)
        cahier.dossier.ajouter(releve)
        cahier.nouveaux.append(releve)
    return releve


def _ecrire(cahier: _Cahier) -> None:
    ReleveHeures.objects.filter(pk__in=[r.pk for r in cahier.effaces]).delete()
    ReleveHeures.objects.bulk_create(cahier.nouveaux)
    ReleveHeures.objects.bulk_update(cahier.modifies, CHAMPS_SAISIS)
    garder_constats(cahier.constats, deja_gardes=cahier.modifies)
    _ouvrir_les_fenetres(cahier)
    touches = [*cahier.effaces, *cahier.nouveaux, *cahier.modifies]
    suivre_le_temps_de_travail(cahier.dossier.affectations[r.affectation_id].eligibilite for r in touches)
    recalculer_cumuls(
        engagements={r.affectation.engagement_id for r in touches},
        mois={r.mois for r in touches},
        par=cahier.auteur.utilisateur,
    )


def _ouvrir_les_fenetres(cahier: _Cahier) -> None:
    """Les premières heures ouvrent la fenêtre des décisions qui partent d'elles."""
    premieres: dict[Eligibilite, date] = {}
    for releve in (*cahier.nouveaux, *cahier.modifies):
        eligibilite = cahier.dossier.affectations[releve.affectation_id].eligibilite
        if releve.heures and attend_la_premiere_heure(eligibilite):
            premieres[eligibilite] = min(premieres.get(eligibilite, releve.date_debut), releve.date_debut)
    for eligibilite, jour in premieres.items():
        ouvrir_fenetre_a_la_premiere_heure(eligibilite=eligibilite, jour=jour)


def verrouiller_les_personnes(ids: set[UUID]) -> None:
    """Verrouille les personnes de ces affectations, avant leurs relevés."""
    contrats = Contrat.objects.filter(affectations__in=ids)
    list(
        Beneficiaire.objects.filter(pk__in=contrats.values("beneficiaire"))
        .order_by("pk")
        .select_for_update(no_key=True)
        .values_list("pk")
    )
